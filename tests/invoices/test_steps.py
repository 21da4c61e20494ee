"""Every step of an invoice: it happens, it is refused with all reasons and changes nothing, it is forbidden."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.lines import LineChange
from invoices.actions import (
    allocate_payment,
    cancel_invoice,
    change_invoice,
    confirm_invoice,
    create_invoice,
    credit_invoice,
    invoice_from_order,
    record_payment,
    set_invoice_lines,
)
from invoices.models import Allocation, Invoice, Payment
from kernel.errors import ComponentOwnedElsewhere, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from kernel.numbering import next_gapless_number
from orders.models import Order
from tests.document_factories import InvoiceFactory, OrderFactory, erp_keeps
from tests.factories import AccountFactory, CurrencyFactory, PaymentTermsFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance():
    return UserFactory(role="finance")


def status_of(invoice):
    return Invoice.objects.values_list("status", "status_reason").get(pk=invoice.pk)


def billed(**values):
    return InvoiceFactory(status_reason="billed", **values)


def shipped_order(**values):
    return OrderFactory(status="fulfilled", status_reason="complete", fulfillment="complete",
                        lines__quantity_shipped=2, **values)  # fmt: skip


def test_confirming_gives_the_next_number_a_due_date_and_a_debt(finance):
    first, second = (confirm_invoice(InvoiceFactory(), by=finance) for _ in range(2))

    year = timezone.localdate().year
    assert [first.number, second.number] == [f"INV-{year}-00001", f"INV-{year}-00002"]
    assert first.due_on == timezone.localdate() + dt.timedelta(days=30)
    assert (status_of(first), first.balance) == (("active", "billed"), Decimal("119.00"))
    assert OutboxMessage.objects.filter(topic="invoice.confirmed").count() == 2


def test_a_refused_confirmation_gives_the_number_back(finance):
    with pytest.raises(TransitionRefused) as refused:
        confirm_invoice(InvoiceFactory(lines=0), by=finance)
    assert [blocker.code for blocker in refused.value.blockers] == ["no_lines"]

    with transaction.atomic():
        assert next_gapless_number("invoice").endswith("-00001")
        transaction.set_rollback(True)

    assert confirm_invoice(InvoiceFactory(), by=finance).number.endswith("-00001")


def test_a_confirmed_invoice_never_changes(finance):
    invoice = billed()

    for change in (
        lambda: change_invoice(invoice, by=finance, name="x"),
        lambda: set_invoice_lines(invoice, [], by=finance),
        lambda: confirm_invoice(invoice, by=finance),
    ):
        with pytest.raises(TransitionRefused) as refused:
            change()
        assert "confirmed" in [blocker.code for blocker in refused.value.blockers]

    assert invoice.lines.count() == 1


def test_a_payment_settles_part_then_all(finance):
    invoice = billed()

    record_payment(invoice, by=finance, amount=Decimal("19.00"), reference="88")
    invoice.refresh_from_db()
    assert (status_of(invoice), invoice.balance) == (("paid", "partial"), Decimal("100.00"))
    record_payment(invoice, by=finance, amount=Decimal("100.00"))

    invoice.refresh_from_db()
    assert (status_of(invoice), invoice.amount_paid, invoice.balance) == (
        ("paid", "complete"),
        Decimal("119.00"),
        0,
    )
    assert sum(invoice.allocations.values_list("amount", flat=True)) == invoice.amount_paid


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0", "amount_not_positive"), ("-1", "amount_not_positive"), ("NaN", "amount_not_positive"),
     ("1.001", "too_many_decimals"), ("119.01", "overpaid")],
)  # fmt: skip
def test_a_payment_that_cannot_be_is_refused_with_its_field(amount, code, finance):
    invoice = billed()

    with pytest.raises(DomainError) as refused:
        record_payment(invoice, by=finance, amount=Decimal(amount))

    assert (refused.value.code, refused.value.field) == (code, "amount")
    assert not Payment.objects.exists()
    assert status_of(invoice) == ("active", "billed")


def test_an_overpayment_can_be_kept_and_used_for_the_next_invoice(finance):
    account = AccountFactory()
    first, second = billed(account=account), billed(account=account)

    payment = record_payment(first, by=finance, amount=Decimal("150.00"), excess="keep")
    payment.refresh_from_db()
    assert payment.unallocated == Decimal("31.00")
    allocate_payment(payment, second, by=finance, amount=Decimal("31.00"))

    second.refresh_from_db()
    payment.refresh_from_db()
    assert (second.balance, payment.unallocated) == (Decimal("88.00"), 0)
    with pytest.raises(DomainError):
        allocate_payment(payment, second, by=finance, amount=Decimal("1.00"))


def test_one_customers_money_does_not_settle_anothers_invoice(finance):
    payment = record_payment(billed(), by=finance, amount=Decimal("150.00"), excess="keep")
    invoice = billed()

    with pytest.raises(DomainError) as refused:
        allocate_payment(payment, invoice, by=finance, amount=Decimal("1.00"))

    assert refused.value.code == "foreign_payment"
    assert invoice.allocations.count() == 0


def test_a_credit_note_mirrors_the_invoice_and_settles_what_is_owed(finance):
    invoice = billed(lines=2)

    note = credit_invoice(invoice, by=finance, note="returned")

    invoice.refresh_from_db()
    assert (note.kind, note.total, note.total_tax, note.credits) == (
        "credit_note",
        -invoice.total,
        Decimal("-38.00"),
        invoice,
    )
    assert note.number.startswith("CRN-")
    assert (invoice.balance, status_of(invoice)) == (0, ("paid", "complete"))
    with pytest.raises(TransitionRefused) as refused:
        credit_invoice(invoice, by=finance)
    assert [blocker.code for blocker in refused.value.blockers] == ["fully_credited"]


def test_a_credit_by_line_and_the_rest_later_make_the_whole(finance):
    invoice = billed(lines=2, lines__unit_price=Decimal("33.33"))
    first = invoice.lines.first()

    part = credit_invoice(invoice, by=finance, quantities={first.key: Decimal(1)})
    rest = credit_invoice(invoice, by=finance)

    assert part.lines.count() == 1
    assert part.total + rest.total == -invoice.total
    assert part.total_tax + rest.total_tax == -invoice.total_tax


def test_more_than_was_invoiced_is_not_credited(finance):
    invoice = billed()

    with pytest.raises(DomainError) as refused:
        credit_invoice(invoice, by=finance, quantities={invoice.lines.get().key: Decimal(3)})

    assert refused.value.code == "more_than_invoiced"
    assert not invoice.credit_notes.exists()


def test_canceling_gives_the_quantities_back_to_the_order(finance):
    order = shipped_order()
    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)
    order.refresh_from_db()
    assert (order.status, order.billing) == ("invoiced", "complete")

    cancel_invoice(invoice, by=finance)

    order.refresh_from_db()
    assert (order.status, order.status_reason, order.billing) == ("fulfilled", "complete", "none")
    again = invoice_from_order(order, by=finance)
    assert again.total == order.total == invoice.total
    assert status_of(invoice) == ("canceled", "canceled")


def test_an_invoice_with_money_on_it_is_credited_not_canceled(finance):
    invoice = billed()
    record_payment(invoice, by=finance, amount=Decimal(1))

    with pytest.raises(TransitionRefused):
        cancel_invoice(invoice, by=finance)

    assert status_of(invoice) == ("paid", "partial")


@pytest.mark.parametrize("role", ["salesperson", "sales_manager"])
def test_sales_people_read_invoices_and_touch_nothing(role):
    user = UserFactory(role=role)
    invoice = billed(owner=user)
    draft = InvoiceFactory(owner=user)

    for act in (
        lambda: confirm_invoice(draft, by=user),
        lambda: record_payment(invoice, by=user, amount=Decimal(1)),
        lambda: credit_invoice(invoice, by=user),
        lambda: cancel_invoice(invoice, by=user),
        lambda: create_invoice(by=user, account=AccountFactory(), currency=CurrencyFactory()),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert status_of(invoice) == ("active", "billed")
    assert not HistoryEntry.objects.exists()


def test_under_when_fulfilled_only_what_is_shipped_is_billed(finance):
    order = OrderFactory(status="fulfilled", fulfillment="partial", lines__quantity_shipped=1)

    invoice = invoice_from_order(order, by=finance)

    assert (invoice.total, invoice.lines.get().quantity) == (Decimal("59.50"), 1)
    order.refresh_from_db()
    assert (order.status, order.billing) == ("fulfilled", "partial")
    with pytest.raises(TransitionRefused) as refused:
        invoice_from_order(order, by=finance)
    assert [blocker.code for blocker in refused.value.blockers] == ["nothing_to_invoice"]


def test_under_when_ordered_the_invoice_comes_first_and_delivery_stays_open(finance):
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    order = OrderFactory(status="submitted", payment_terms=terms)

    invoice_from_order(order, by=finance)

    order.refresh_from_db()
    assert (order.status, order.billing, order.fulfillment) == ("invoiced", "complete", "none")
    invoice = Invoice.objects.get()
    cancel_invoice(invoice, by=finance)
    order.refresh_from_db()
    assert (order.status, order.status_reason) == ("submitted", "in_progress")


def test_more_than_is_ready_is_not_billed(finance):
    order = shipped_order()

    with pytest.raises(DomainError) as refused:
        invoice_from_order(order, by=finance, quantities={order.lines.get().key: Decimal(3)})

    assert refused.value.code == "more_than_ready"
    assert not Invoice.objects.exists()
    assert Order.objects.get().billing == "none"


def test_lines_from_an_order_stay_the_orders(finance):
    invoice = invoice_from_order(shipped_order(), by=finance)

    with pytest.raises(DomainError) as refused:
        set_invoice_lines(invoice, [LineChange(description="x", unit_price=Decimal(1))], by=finance)
    assert refused.value.code == "amounts_from_order"
    with pytest.raises(DomainError):
        change_invoice(invoice, by=finance, discount_percent=Decimal(5))


def test_where_the_erp_makes_invoices_none_is_made_here(finance):
    erp_keeps("invoices")

    with pytest.raises(TransitionRefused) as refused:
        invoice_from_order(shipped_order(), by=finance)
    assert refused.value.blockers[0].code == "component_owned_by_erp"
    with pytest.raises(ComponentOwnedElsewhere):
        create_invoice(by=finance, account=AccountFactory(), currency=CurrencyFactory())
    assert not Invoice.objects.exists()


def test_an_invoice_of_the_erp_is_read_only(finance):
    invoice = billed(is_pulled=True, managed_by="demo", erp_id="9")

    for act in (
        lambda: record_payment(invoice, by=finance, amount=Decimal(1)),
        lambda: credit_invoice(invoice, by=finance),
        lambda: cancel_invoice(invoice, by=finance),
        lambda: change_invoice(invoice, by=finance, name="x"),
    ):
        with pytest.raises(TransitionRefused) as refused:
            act()
        assert "component_owned_by_erp" in [blocker.code for blocker in refused.value.blockers]

    assert not Payment.objects.exists()


def test_the_database_knows_that_a_number_comes_with_confirmation():
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceFactory(status_reason="billed", number=None)


def test_the_database_knows_that_an_allocation_comes_from_one_place():
    invoice = billed()

    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(invoice=invoice, amount=Decimal(1))


def test_an_invoice_from_nothing_goes_to_its_customers_address_and_is_taxed_there(finance):
    account = AccountFactory(city="Katowice", country="PL")

    invoice = create_invoice(by=finance, account=account, currency=CurrencyFactory())

    assert (invoice.bill_to_city, invoice.ship_to_country) == ("Katowice", "PL")
    assert invoice.tax_place == ("PL", "")
