"""The ledger: what settles what, taken back by opposite entries, and derivable on any day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.utils import timezone

from catalog.models import PaymentTermsPart
from invoices.actions import (
    allocate_credit_note,
    allocate_payment,
    cancel_invoice,
    confirm_invoice,
    credit_invoice,
    invoice_from_order,
    record_customer_payment,
    record_payment,
    refund_credit_note,
    refund_payment,
    reissue_invoice,
    reverse_payment,
)
from invoices.models import Allocation, Invoice, Payment
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry
from tests.document_factories import InvoiceFactory, OrderFactory
from tests.factories import AccountFactory, CurrencyFactory, PaymentTermsFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
D = Decimal


@pytest.fixture
def finance():
    return UserFactory(role="finance")


def ago(days):
    return timezone.localdate() - dt.timedelta(days=days)


def billed(**values):
    return InvoiceFactory(status_reason="billed", **values)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def derived(invoice):
    """Paid and open, from the entries alone."""
    paid = invoice.allocations.aggregate(sum=Sum("amount"))["sum"] or D(0)
    return paid, invoice.total - paid


def code_of(act):
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


# --- instalments -----------------------------------------------------------------------------------


def in_parts(*parts, **more):
    terms = PaymentTermsFactory(code="PARTS", **more)
    for position, (percent, days) in enumerate(parts, 1):
        PaymentTermsPart.objects.create(terms=terms, position=position, percent=percent, days=days)
    return terms


def test_instalments_are_written_when_the_invoice_is_confirmed_and_sum_to_it(finance):
    invoice = InvoiceFactory(payment_terms=in_parts((30, 0), (30, 30), (40, 60)))

    invoice = confirm_invoice(invoice, by=finance, issued_on=ago(40))

    parts = list(invoice.instalments.values_list("due_on", "amount", "upto"))
    assert parts == [
        (ago(40), D("35.7"), D("35.7")),
        (ago(10), D("35.7"), D("71.4")),
        (ago(-20), D("47.6"), D("119")),
    ]
    assert invoice.due_on == ago(40)


def test_payments_settle_the_oldest_instalment_first_and_the_due_day_moves_on(finance):
    invoice = InvoiceFactory(payment_terms=in_parts((50, 0), (50, 30)))
    invoice = confirm_invoice(invoice, by=finance)

    record_payment(invoice, by=finance, amount=D("20"))
    assert fresh(invoice).due_on == ago(0)
    record_payment(invoice, by=finance, amount=D("39.50"))
    assert fresh(invoice).due_on == ago(-30)
    record_payment(invoice, by=finance, amount=D("59.50"))

    assert (fresh(invoice).balance, fresh(invoice).due_on) == (0, ago(-30))


def test_a_day_typed_by_hand_is_one_day_for_all_of_it(finance):
    invoice = InvoiceFactory(payment_terms=in_parts((50, 0), (50, 30)), due_on=ago(-7))

    invoice = confirm_invoice(invoice, by=finance)

    assert (invoice.due_on, invoice.instalments.count()) == (ago(-7), 0)


# --- early-payment discount ------------------------------------------------------------------------


def with_discount(finance, **values):
    terms = PaymentTermsFactory(code="SKONTO", net_days=30, early_percent=2, early_days=10)
    issued_on = values.pop("issued_on", None)
    return confirm_invoice(InvoiceFactory(payment_terms=terms, **values), by=finance, issued_on=issued_on)


def test_paying_in_time_takes_the_discount_by_a_credit_note(finance):
    invoice = with_discount(finance)

    record_payment(invoice, by=finance, amount=D("116.62"), take_discount=True)

    invoice = fresh(invoice)
    note = invoice.credit_notes.get()
    assert (invoice.balance, invoice.status_reason) == (0, "complete")
    assert (note.total, note.is_early_discount, note.number[:4]) == (D("-2.38"), True, "CRN-")
    assert derived(invoice) == (invoice.total, 0)


@pytest.mark.parametrize(
    ("days_ago", "amount", "code"),
    [(11, "116.62", "no_early_discount"), (0, "100", "discount_needs_full_payment")],
)
def test_a_discount_too_late_or_for_part_of_it_is_refused(finance, days_ago, amount, code):
    invoice = with_discount(finance, issued_on=ago(days_ago))

    assert code_of(lambda: record_payment(invoice, by=finance, amount=D(amount), take_discount=True)) == code

    assert (Payment.objects.count(), invoice.credit_notes.count()) == (0, 0)
    assert fresh(invoice).balance == invoice.total


def test_the_discount_is_granted_once(finance):
    invoice = with_discount(finance)
    payment = record_payment(invoice, by=finance, amount=D("116.62"), take_discount=True)
    reverse_payment(payment, by=finance, reason="Wrong customer")

    again = code_of(lambda: record_payment(invoice, by=finance, amount=D("114.29"), take_discount=True))

    assert again == "no_early_discount"
    assert fresh(invoice).balance == D("116.62")


# --- too much --------------------------------------------------------------------------------------


def test_what_is_too_much_settles_the_next_oldest_invoices(finance):
    account = AccountFactory()
    later = billed(account=account, due_on=ago(-10))
    oldest = billed(account=account, due_on=ago(30))
    invoice = billed(account=account, due_on=ago(0))
    foreign = billed(due_on=ago(90))

    payment = record_payment(invoice, by=finance, amount=D("250"), excess="next")

    balances = [fresh(one).balance for one in (invoice, oldest, later, foreign)]
    assert balances == [0, 0, D("107"), D("119")]
    assert fresh(payment).unallocated == 0


def test_a_customers_money_settles_the_oldest_first_and_the_rest_is_kept(finance):
    account = AccountFactory()
    oldest = billed(account=account, issued_on=ago(60), due_on=ago(30))
    newest = billed(account=account, issued_on=ago(33), due_on=ago(3))

    payment = record_customer_payment(
        by=finance, amount=D("300"), currency=oldest.currency, account=account, received_on=ago(1)
    )

    assert [fresh(one).balance for one in (oldest, newest)] == [0, 0]
    assert payment.unallocated == D("62")
    assert set(payment.allocations.values_list("on", flat=True)) == {ago(1)}


@pytest.mark.parametrize("day", [1, 30])
def test_money_does_not_arrive_in_the_future(finance, day):
    invoice = billed()

    assert (
        code_of(lambda: record_payment(invoice, by=finance, amount=D(1), received_on=ago(-day)))
        == "in_the_future"
    )
    assert not Payment.objects.exists()


# --- refunds ---------------------------------------------------------------------------------------


def test_kept_credit_is_paid_back(finance):
    payment = record_payment(billed(), by=finance, amount=D("150"), excess="keep")

    refund = refund_payment(payment, by=finance, amount=D("31"), method="Bank", note="As asked")

    assert (refund.amount, refund.unallocated, fresh(payment).unallocated) == (D("-31"), 0, 0)
    assert refund.taken_from.get().payment == payment
    assert code_of(lambda: refund_payment(payment, by=finance, amount=D("0.01"))) == "more_than_left"


def test_what_is_left_of_a_credit_note_is_paid_back_or_used(finance):
    account = AccountFactory()
    paid, other = billed(account=account), billed(account=account)
    record_payment(paid, by=finance, amount=D("119"))
    note = credit_invoice(paid, by=finance)

    allocate_credit_note(note, other, by=finance, amount=D("100"))
    refund = refund_credit_note(fresh(note), by=finance, amount=D("19"))

    assert (fresh(other).balance, fresh(note).balance, refund.amount) == (D("19"), 0, D("-19"))
    assert code_of(lambda: refund_credit_note(fresh(note), by=finance, amount=D(1))) == "transition_refused"


def test_a_credit_note_of_another_customer_or_currency_is_not_used(finance):
    account = AccountFactory()
    paid = billed(account=account)
    record_payment(paid, by=finance, amount=D("119"))
    note = credit_invoice(paid, by=finance)
    dollar = CurrencyFactory(code="USD")

    def use(**values):
        return lambda: allocate_credit_note(note, billed(**values), by=finance, amount=D(1))

    assert code_of(use()) == "foreign_payment"
    assert code_of(use(account=account, currency=dollar, price_list=None)) == "foreign_currency"
    too_much = billed(account=account)
    assert code_of(lambda: allocate_credit_note(note, too_much, by=finance, amount=D(120))) == "overpaid"
    assert fresh(note).balance == D("-119")


# --- mistakes --------------------------------------------------------------------------------------


def test_a_mistaken_payment_is_taken_back_by_its_opposite(finance):
    account = AccountFactory()
    first, second = billed(account=account), billed(account=account)
    payment = record_payment(first, by=finance, amount=D("200"), excess="next", received_on=ago(5))

    opposite = reverse_payment(payment, by=finance, reason="Booked twice")

    assert [(i.status, i.status_reason, i.balance) for i in map(fresh, (first, second))] == [
        ("active", "billed", D("119")), ("active", "billed", D("119")),
    ]  # fmt: skip
    assert [derived(fresh(one)) for one in (first, second)] == [(0, D("119"))] * 2
    assert (opposite.amount, opposite.reverses, opposite.note) == (D("-200"), payment, "Booked twice")
    assert fresh(payment).unallocated == 0
    assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    assert Allocation.objects.count() == 5  # two made, two taken back, one to the opposite
    assert HistoryEntry.objects.filter(verb="unpaid").count() == 2


def test_what_else_settled_the_invoice_stays(finance):
    invoice = billed()
    record_payment(invoice, by=finance, amount=D("19"))
    mistake = record_payment(invoice, by=finance, amount=D("100"))

    reverse_payment(mistake, by=finance, reason="Other customer")

    assert (fresh(invoice).status_reason, fresh(invoice).balance) == ("partial", D("100"))


def test_a_refund_booked_by_mistake_gives_the_credit_back(finance):
    payment = record_payment(billed(), by=finance, amount=D("150"), excess="keep")
    refund = refund_payment(payment, by=finance, amount=D("31"))
    assert code_of(lambda: reverse_payment(payment, by=finance, reason="x")) == "was_refunded"

    opposite = reverse_payment(refund, by=finance, reason="Came back")

    assert (fresh(payment).unallocated, fresh(opposite).unallocated, opposite.amount) == (D("31"), 0, D("31"))
    reverse_payment(fresh(payment), by=finance, reason="All wrong")
    assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == 0


def test_a_payment_is_reversed_once_and_with_a_reason(finance):
    payment = record_payment(billed(), by=finance, amount=D("19"))

    assert code_of(lambda: reverse_payment(payment, by=finance, reason=" ")) == "no_reason"
    opposite = reverse_payment(payment, by=finance, reason="x")

    assert code_of(lambda: reverse_payment(payment, by=finance, reason="x")) == "reversed"
    assert code_of(lambda: reverse_payment(opposite, by=finance, reason="x")) == "reversed"


@pytest.mark.parametrize("role", ["salesperson", "sales_manager"])
def test_sales_people_move_no_money(role, finance):
    user = UserFactory(role=role)
    account = AccountFactory(owner=user)
    invoice = billed(owner=user, account=account)
    payment = record_payment(invoice, by=finance, amount=D("150"), excess="keep")
    note = credit_invoice(invoice, by=finance)
    entries = Allocation.objects.count()

    for act in (
        lambda: refund_payment(payment, by=user, amount=D(1)),
        lambda: reverse_payment(payment, by=user, reason="x"),
        lambda: refund_credit_note(note, by=user, amount=D(1)),
        lambda: allocate_credit_note(note, billed(account=account, owner=user), by=user, amount=D(1)),
        lambda: allocate_payment(payment, billed(account=account, owner=user), by=user, amount=D(1)),
        lambda: record_customer_payment(by=user, amount=D(1), currency=invoice.currency, account=account),
        lambda: reissue_invoice(invoice, by=user),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert (Allocation.objects.count(), Payment.objects.count()) == (entries, 1)


# --- credit notes ----------------------------------------------------------------------------------


def test_an_amount_is_credited_over_lines_freight_and_tax(finance):
    invoice = billed(lines=2, freight=D("20"))  # 238.00 and 20.00

    note = credit_invoice(invoice, by=finance, amount=D("25.80"))

    assert (note.total, note.freight) == (D("-25.80"), D("-2.00"))
    assert [line.total for line in note.lines.all()] == [D("-11.90"), D("-11.90")]
    assert {line.quantity for line in note.lines.all()} == {0}
    assert note.total_tax == D("-3.80")
    rest = credit_invoice(invoice, by=finance)
    assert note.total + rest.total == -invoice.total
    assert note.total_tax + rest.total_tax == -invoice.total_tax


def test_more_than_is_left_is_not_credited_by_amount(finance):
    invoice = billed()
    credit_invoice(invoice, by=finance, amount=D("100"))

    refused = code_of(lambda: credit_invoice(invoice, by=finance, amount=D("19.01")))

    assert (refused, invoice.credit_notes.count()) == ("more_than_invoiced", 1)
    assert code_of(lambda: credit_invoice(invoice, by=finance, amount=D("0.001"))) == "too_many_decimals"
    credit_invoice(invoice, by=finance, amount=D("19"))
    with pytest.raises(TransitionRefused):
        credit_invoice(invoice, by=finance, amount=D("0.01"))


def test_a_quantity_after_an_amount_takes_its_share_of_what_is_left(finance):
    invoice = billed()  # 2 pieces, 119.00
    credit_invoice(invoice, by=finance, amount=D("19"))

    note = credit_invoice(invoice, by=finance, quantities={invoice.lines.get().key: D(1)})

    assert note.total == D("-50.01")  # net 84.03 and tax 15.97 halved, each rounded


def shipped_order(**values):
    return OrderFactory(status="fulfilled", status_reason="complete", fulfillment="complete",
                        lines__quantity_shipped=2, **values)  # fmt: skip


def test_a_full_credit_stays_credited_unless_it_is_billed_again(finance):
    order = shipped_order()
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)

    credit_invoice(invoice, by=finance)

    order.refresh_from_db()
    assert (order.billing, order.lines.get().quantity_invoiced) == ("complete", 2)
    with pytest.raises(TransitionRefused):
        invoice_from_order(order, by=finance)


def test_what_is_billed_again_makes_the_order_billable_and_adds_up(finance):
    order = shipped_order(lines=3, lines__unit_price=D("33.33"), freight=D("9.99"))
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)
    one = {line.key: D(1) for line in invoice.lines.all()}

    credit_invoice(invoice, by=finance, quantities=one, bill_again=True)
    order.refresh_from_db()
    assert (order.status, order.billing) == ("fulfilled", "partial")
    credit_invoice(invoice, by=finance, bill_again=True)
    order.refresh_from_db()
    assert (order.billing, order.lines.aggregate(sum=Sum("quantity_invoiced"))["sum"]) == ("none", 0)
    again = invoice_from_order(order, by=finance)

    assert again.total == order.total
    everything = Invoice.objects.aggregate(total=Sum("total"), tax=Sum("total_tax"), freight=Sum("freight"))
    assert everything == {"total": order.total, "tax": order.total_tax, "freight": order.freight}


def test_what_was_credited_by_amount_is_not_billed_again(finance):
    order = shipped_order()
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)
    credit_invoice(invoice, by=finance, amount=D("19"))

    assert code_of(lambda: credit_invoice(invoice, by=finance, bill_again=True)) == "credited_by_amount"
    assert code_of(lambda: credit_invoice(billed(), by=finance, bill_again=True)) == "no_order"
    assert order.lines.get().quantity_invoiced == 2


def test_a_credit_note_whose_goods_were_billed_again_is_not_canceled(finance):
    order = shipped_order()
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)
    record_payment(invoice, by=finance, amount=invoice.total)
    note = credit_invoice(invoice, by=finance, bill_again=True)
    invoice_from_order(order, by=finance)

    assert code_of(lambda: cancel_invoice(note, by=finance)) == "billed_again"
    assert order.lines.get().quantity_invoiced == 2


# --- calling off, and what stands in ---------------------------------------------------------------


def test_an_invoice_with_credit_notes_is_not_canceled(finance):
    invoice = billed()
    payment = record_payment(invoice, by=finance, amount=D("119"))
    credit_invoice(invoice, by=finance)
    reverse_payment(payment, by=finance, reason="x")

    with pytest.raises(TransitionRefused) as refused:
        cancel_invoice(invoice, by=finance)

    assert [blocker.code for blocker in refused.value.blockers] == ["has_credit_notes"]


def test_reissuing_an_untouched_invoice_calls_it_off_and_leaves_a_draft(finance):
    order = shipped_order()
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)

    draft = reissue_invoice(invoice, by=finance, note="Wrong address")

    assert (fresh(invoice).status, draft.number, draft.total) == ("canceled", None, invoice.total)
    assert fresh(invoice).canceled_on == timezone.localdate()
    assert order.lines.get().quantity_invoiced == 2
    assert confirm_invoice(draft, by=finance).number != invoice.number


@pytest.mark.parametrize("from_order", [True, False])
def test_reissuing_a_paid_invoice_credits_it_and_the_money_stays_the_customers(finance, from_order):
    invoice = invoice_from_order(shipped_order(), by=finance) if from_order else InvoiceFactory(lines=2)
    invoice = confirm_invoice(invoice, by=finance)
    record_payment(invoice, by=finance, amount=invoice.total)

    draft = reissue_invoice(invoice, by=finance)

    note = invoice.credit_notes.get()
    assert (note.total, note.balance) == (-invoice.total, -invoice.total)
    assert (draft.total, draft.lines.count()) == (invoice.total, invoice.lines.count())
    draft = confirm_invoice(draft, by=finance)
    allocate_credit_note(note, draft, by=finance, amount=draft.total)
    assert fresh(draft).balance == 0


def test_a_refused_reissue_changes_nothing(finance):
    order = shipped_order()
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)
    credit_invoice(invoice, by=finance, amount=D(19))

    assert code_of(lambda: reissue_invoice(invoice, by=finance)) == "credited_by_amount"

    assert Invoice.objects.filter(number=None).count() == 0
    assert fresh(invoice).creditable == D(100)
