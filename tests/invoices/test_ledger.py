"""What is owed can always be told from payments and credit notes, whatever happens afterwards."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum

from catalog.lines import LineChange
from invoices.actions import (
    ErpInvoice,
    ErpPayment,
    cancel_invoice,
    change_invoice,
    confirm_invoice,
    create_invoice,
    credit_invoice,
    invoice_from_order,
    take_erp_invoice,
)
from invoices.models import Invoice, Payment
from kernel.errors import DomainError, TransitionRefused
from people.service import service_user
from tests.document_factories import InvoiceFactory, OrderFactory, erp_keeps
from tests.factories import AccountFactory, CurrencyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance():
    return UserFactory(role="finance")


def billed(**values):
    return InvoiceFactory(status_reason="billed", **values)


def fresh(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def test_a_credit_note_that_settled_an_invoice_is_not_canceled(finance):
    invoice = billed()
    note = credit_invoice(invoice, by=finance)

    with pytest.raises(TransitionRefused) as refused:
        cancel_invoice(note, by=finance)

    assert [blocker.code for blocker in refused.value.blockers] == ["has_payments"]
    assert fresh(note).status == "active"
    assert (fresh(invoice).balance, fresh(invoice).creditable) == (0, 0)


def test_the_figures_of_a_credit_note_follow_from_what_it_settled(finance):
    invoice = billed(lines=2)

    note = fresh(credit_invoice(invoice, by=finance))

    given = note.given_allocations.aggregate(sum=Sum("amount"))["sum"]
    assert (note.amount_paid, note.balance) == (-given, 0)
    assert note.balance == note.total - note.amount_paid


def test_freight_can_be_credited_after_all_lines_were(finance):
    invoice = billed(freight=Decimal(20))
    line = invoice.lines.get()
    credit_invoice(invoice, by=finance, quantities={line.key: Decimal(1)})
    credit_invoice(invoice, by=finance, quantities={line.key: Decimal(1)})

    rest = credit_invoice(invoice, by=finance)

    assert (rest.total, rest.lines.count()) == (Decimal("-20.00"), 0)
    assert (fresh(invoice).balance, fresh(invoice).creditable) == (0, 0)


def test_many_small_credits_never_give_back_more_than_was_billed(finance):
    invoice = billed(
        lines=3, lines__quantity=3, lines__unit_price=Decimal("0.33"), freight=Decimal("0.05"),
        discount_amount=Decimal("0.10"),
    )  # fmt: skip

    for _round in range(3):
        quantities = {line.key: Decimal(1) for line in invoice.lines.all()}
        credit_invoice(invoice, by=finance, quantities=quantities)
    credit_invoice(invoice, by=finance)

    notes = invoice.credit_notes.aggregate(
        total=Sum("total"), tax=Sum("total_tax"), net=Sum("pre_freight_amount")
    )
    assert notes == {
        "total": -invoice.total, "tax": -invoice.total_tax, "net": -invoice.pre_freight_amount,
    }  # fmt: skip
    with pytest.raises(TransitionRefused):
        credit_invoice(invoice, by=finance)


def test_an_invoice_made_here_lives_on_when_the_erp_takes_over(finance):
    draft, confirmed = InvoiceFactory(), billed()
    erp_keeps("invoices")

    assert confirm_invoice(draft, by=finance).status_reason == "billed"
    assert credit_invoice(confirmed, by=finance).total == -confirmed.total


def test_canceling_in_the_middle_and_billing_again_adds_up(finance):
    order = OrderFactory(
        status="fulfilled", status_reason="complete", fulfillment="complete", freight=Decimal("10.01"),
        lines=2, lines__quantity=3, lines__unit_price=Decimal("33.33"), lines__quantity_shipped=3,
    )  # fmt: skip
    one = {line.key: Decimal(1) for line in order.lines.all()}
    first, second = (invoice_from_order(order, by=finance, quantities=one) for _ in range(2))

    cancel_invoice(first, by=finance)
    rest = invoice_from_order(order, by=finance)

    assert second.total + rest.total == order.total
    assert second.total_tax + rest.total_tax == order.total_tax
    assert second.freight + rest.freight == order.freight


def said(order, erp_id, paid, **more):
    total = Decimal("119.00")
    return ErpInvoice(
        connection="demo", erp_id=erp_id, number=f"E-{erp_id}", kind="invoice", erp_status="posted", currency="EUR",
        issued_on=dt.date(2026, 1, 2), due_on=None, net=Decimal(100), tax=Decimal(19), total=total,
        amount_paid=paid, balance=total - paid, lines=[],
        payments=[ErpPayment("P1", paid, dt.date(2026, 1, 9))] if paid else [], **more,
    )  # fmt: skip


def test_a_payment_the_erp_spread_over_two_invoices_is_the_sum_of_its_parts():
    erp, order = service_user("integration"), OrderFactory(status="submitted")
    take_erp_invoice(said(order, "1", Decimal(100)), by=erp, order=order)
    take_erp_invoice(said(order, "2", Decimal(19)), by=erp, order=order)

    payment = Payment.objects.get()
    assert payment.amount == 119 == payment.allocations.aggregate(sum=Sum("amount"))["sum"]

    take_erp_invoice(said(order, "1", Decimal(0)), by=erp, order=order)
    assert Payment.objects.get().amount == 19
    take_erp_invoice(said(order, "2", Decimal(0)), by=erp, order=order)
    assert not Payment.objects.exists()


def test_an_invoice_the_erp_revives_is_owed_again():
    erp, order = service_user("integration"), OrderFactory(status="submitted")
    invoice = take_erp_invoice(said(order, "1", Decimal(0), is_canceled=True), by=erp, order=order)
    assert (invoice.status, invoice.balance) == ("canceled", 0)

    invoice = take_erp_invoice(said(order, "1", Decimal(0)), by=erp, order=order)

    assert (invoice.status, invoice.status_reason, invoice.balance) == ("active", "billed", Decimal("119.00"))


@pytest.mark.parametrize("field", ["status_reason", "number", "order", "is_pulled", "total", "amount_paid"])
def test_what_steps_write_cannot_be_given_to_a_new_invoice(field, finance):
    with pytest.raises(DomainError) as refused:
        create_invoice(by=finance, account=AccountFactory(), currency=CurrencyFactory(), **{field: None})

    assert (refused.value.code, refused.value.field) == ("read_only_field", field)


def test_a_stopped_customer_gets_no_new_invoice(finance):
    with pytest.raises(DomainError) as refused:
        create_invoice(by=finance, account=AccountFactory(is_active=False), currency=CurrencyFactory())

    assert (refused.value.code, refused.value.field) == ("inactive", "account")


def test_taking_the_last_line_away_leaves_the_freight(finance):
    invoice = create_invoice(
        by=finance, account=AccountFactory(), currency=CurrencyFactory(),
        lines=[LineChange(description="Travel", unit_price=Decimal(10))],
    )  # fmt: skip

    invoice = change_invoice(invoice, by=finance, freight=Decimal(5))

    assert fresh(invoice).total == 15


def test_a_seller_cannot_even_ask_to_change_an_invoice(finance):
    invoice = InvoiceFactory()

    with pytest.raises(PermissionDenied):
        change_invoice(invoice, by=invoice.owner, name="x")
