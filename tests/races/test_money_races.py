"""Many hands at the same money: nothing is paid, used or given back twice. On PostgreSQL, with real threads."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from invoices.actions import (
    allocate_credit_note,
    allocate_payment,
    cancel_invoice,
    confirm_invoice,
    credit_invoice,
    invoice_from_order,
    record_payment,
    refund_payment,
    reissue_invoice,
    remind_invoice,
    reverse_payment,
)
from invoices.models import Allocation, Invoice, Payment, Reminder, ReminderLevel
from tests.document_factories import InvoiceFactory, OrderFactory
from tests.factories import AccountFactory, UserFactory
from tests.races.test_races import CROWD, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
D = Decimal


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def billed(**values):
    return InvoiceFactory(status_reason="billed", **values)  # 119.00


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def test_paying_and_canceling_exclude_each_other(boss):
    invoice = billed()

    at_once(
        lambda n: (
            record_payment(invoice, by=boss, amount=D(119)) if n % 2 else cancel_invoice(invoice, by=boss)
        )
    )

    invoice = fresh(invoice)
    paid = Allocation.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    assert (invoice.status, paid, Payment.objects.count()) in {("paid", D(119), 1), ("canceled", 0, 0)}


def test_kept_credit_is_used_or_paid_back_once(boss):
    account = AccountFactory()
    payment = record_payment(billed(account=account), by=boss, amount=D(150), excess="keep")
    invoices = [billed(account=account) for _n in range(CROWD)]

    def act(number):
        if number % 2:
            refund_payment(payment, by=boss, amount=D(31))
        else:
            allocate_payment(payment, invoices[number], by=boss, amount=D(31))

    outcome = at_once(act)

    assert outcome["done"] == 1
    assert fresh(payment).unallocated == 0


def test_what_is_left_of_a_credit_note_is_used_once(boss):
    account = AccountFactory()
    paid = billed(account=account)
    record_payment(paid, by=boss, amount=D(119))
    note = credit_invoice(paid, by=boss)
    invoices = [billed(account=account) for _n in range(CROWD)]

    outcome = at_once(lambda n: allocate_credit_note(note, invoices[n], by=boss, amount=D(119)))

    assert outcome == {"done": 1, "overpaid": CROWD - 1}
    assert fresh(note).balance == 0


def test_payments_that_settle_the_next_invoices_do_not_wait_in_a_circle(boss):
    account = AccountFactory()
    invoices = [billed(account=account) for _n in range(4)]

    outcome = at_once(
        lambda n: record_payment(invoices[n % 4], by=boss, amount=D(119) if n < 4 else D(1), excess="next"),
        times=8,
    )

    settled = Allocation.objects.aggregate(sum=Sum("amount"))["sum"]
    assert set(outcome) <= {"done", "transition_refused"}
    assert settled == sum(119 - fresh(one).balance for one in invoices)
    assert all(fresh(one).balance >= 0 for one in invoices)


def test_a_mistake_is_taken_back_once(boss):
    invoice = billed()
    payment = record_payment(invoice, by=boss, amount=D(119))

    outcome = at_once(lambda _n: reverse_payment(payment, by=boss, reason="x"))

    assert outcome["done"] == 1
    assert (fresh(invoice).balance, Payment.objects.aggregate(sum=Sum("amount"))["sum"]) == (D(119), 0)


def test_crediting_by_many_hands_never_gives_back_more_than_was_billed(boss):
    invoice = billed()

    outcome = at_once(lambda _n: credit_invoice(invoice, by=boss, amount=D(50)))

    assert outcome["done"] == 2
    assert fresh(invoice).creditable == D(19)


def test_a_reissued_invoice_bills_its_order_once(boss):
    order = OrderFactory(
        status="fulfilled", status_reason="complete", fulfillment="complete", lines__quantity_shipped=2
    )
    invoice = confirm_invoice(invoice_from_order(order, by=boss), by=boss)

    outcome = at_once(lambda _n: reissue_invoice(invoice, by=boss))

    assert outcome["done"] == 1
    assert Invoice.objects.filter(number=None).count() == 1
    assert order.lines.get().quantity_invoiced == 2


def test_many_reminders_at_once_climb_no_more_levels_than_there_are(boss):
    for level in (1, 2):
        ReminderLevel.objects.create(level=level, name="x", days_overdue=level, subject="x", text="x")
    invoice = billed(due_on="2026-01-02")

    outcome = at_once(lambda _n: remind_invoice(invoice, by=boss, to="a@example.com", subject="x", body="x"))

    assert outcome == {"done": 2, "all_levels_used": CROWD - 2}
    assert Reminder.objects.count() == 2
