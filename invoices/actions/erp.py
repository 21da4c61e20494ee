"""Invoices the ERP has made: taken over with its figures, verbatim, and never computed again."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from catalog.models import Currency
from catalog.rates import rate_on
from catalog.totals import in_base
from invoices.actions.billing import live_lines
from invoices.models import Allocation, Invoice, InvoiceLine, Payment
from kernel import history, outbox
from kernel.lifecycle import advance
from kernel.numbering import next_number
from orders.actions.billing import settle_billing
from orders.actions.changing import lock as lock_order
from orders.models import Order, OrderLine
from people.access import require
from people.models import User

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ErpInvoiceLine:
    """A line as the ERP billed it; ``line_key`` is our order line's key where the ERP kept it."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal = ZERO
    tax_rate: Decimal = ZERO
    line_key: UUID | None = None


@dataclass(frozen=True, slots=True)
class ErpPayment:
    """Money the ERP has booked on the invoice."""

    erp_id: str
    amount: Decimal
    received_on: dt.date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ErpInvoice:
    """An invoice or credit note (negative amounts) as the ERP says it stands now."""

    connection: str
    erp_id: str
    number: str
    kind: str
    erp_status: str
    currency: str
    issued_on: dt.date | None
    due_on: dt.date | None
    net: Decimal
    tax: Decimal
    total: Decimal
    amount_paid: Decimal
    balance: Decimal
    lines: Sequence[ErpInvoiceLine]
    payments: Sequence[ErpPayment] = field(default_factory=tuple)
    is_canceled: bool = False
    credits_erp_id: str = ""


@transaction.atomic
def take_erp_invoice(said: ErpInvoice, *, by: User, order: Order) -> Invoice:
    """Make or bring up to date the read-only copy of an ERP invoice for this order; saying it twice changes nothing."""
    order = lock_order(order)
    invoice = (
        Invoice.objects.select_for_update()
        .filter(managed_by=said.connection, erp_id=said.erp_id, is_pulled=True)
        .first()
    )
    is_new = invoice is None
    invoice = invoice or copy_of_order(order, said)
    require(by, "write_back", invoice)
    columns = columns_of(said, invoice)
    changes = {} if is_new else history.changes_of(invoice, columns)
    if not is_new and not changes and not news_of_payments(invoice, said):
        Invoice.objects.filter(pk=invoice.pk).update(erp_synced_at=timezone.now())
        return invoice
    for name, value in columns.items():
        setattr(invoice, name, value)
    invoice.erp_synced_at = timezone.now()
    before = "" if is_new else invoice.status
    step(invoice, said, by=by)
    invoice.save()
    if is_new or changes:
        replace_lines(invoice, said, order)
    take_payments(invoice, said)
    history.record(
        invoice, "pulled" if is_new else "erp_reported", by=by, from_status=before, changes=changes
    )
    outbox.publish("invoice.pulled", invoice, by=by)
    bill_order(order, by=by)
    return invoice


def copy_of_order(order: Order, said: ErpInvoice) -> Invoice:
    """The invoice's place in the chain: customer, owner and addresses of the order, figures to follow."""
    return Invoice(
        is_pulled=True, managed_by=said.connection, erp_id=said.erp_id, order=order,
        opportunity_id=order.opportunity_id, name=order.name, account_id=order.account_id, contact_id=order.contact_id,
        owner_id=order.owner_id, team_id=order.team_id, payment_terms_id=order.payment_terms_id,
        exchange_rate=order.exchange_rate, **order.addresses(),
    )  # fmt: skip


def columns_of(said: ErpInvoice, invoice: Invoice) -> dict[str, Any]:
    """The ERP's figures as our columns; differences inside (freight, discounts) are the ERP's business."""
    currency = Currency.objects.get(code=said.currency)
    rate = invoice.exchange_rate
    if invoice.order is None or invoice.order.currency_id != currency.pk:
        rate = rate_on(currency, said.issued_on or timezone.localdate())
    original = None
    if said.credits_erp_id:
        original = Invoice.objects.filter(managed_by=said.connection, erp_id=said.credits_erp_id).first()
    return {
        "kind": said.kind, "number": free_number(said, invoice), "currency": currency, "exchange_rate": rate,
        "erp_status": said.erp_status, "issued_on": said.issued_on, "due_on": said.due_on,
        "detail_amount": said.net, "pre_freight_amount": said.net, "total_tax": said.tax, "total": said.total,
        "total_base": in_base(said.total, rate), "amount_paid": said.amount_paid,
        "balance": ZERO if said.is_canceled else said.balance, "credits": original,
    }  # fmt: skip


def free_number(said: ErpInvoice, invoice: Invoice) -> str:
    """The ERP's number; with the connection's name where that number is another document's here already."""
    number = said.number or said.erp_id
    taken = Invoice.objects.filter(number=number).exclude(pk=invoice.pk).exists()
    return f"{number} ({said.connection})" if taken else number


def step(invoice: Invoice, said: ErpInvoice, *, by: User) -> None:
    if said.is_canceled:
        advance(invoice.take_canceled, by=by, canceled_on=timezone.localdate())
    else:
        paid = said.amount_paid != 0 or said.balance == 0
        advance(invoice.take_paid if paid else invoice.take_billed, by=by)


def replace_lines(invoice: Invoice, said: ErpInvoice, order: Order) -> None:
    """The ERP's lines, each with our order line where the ERP kept its key."""
    ours = {line.key: line for line in order.lines.all()}
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=invoice, position=position, description=line.description, quantity=line.quantity,
                unit_price=line.unit_price, base=line.net, net=line.net, tax=line.tax, tax_rate=line.tax_rate,
                total=line.net + line.tax, order_line=ours.get(line.line_key) if line.line_key else None,
                product_id=ours[line.line_key].product_id if line.line_key in ours else None,
                unit_id=ours[line.line_key].unit_id if line.line_key in ours else None,
            )
            for position, line in enumerate(said.lines, 1)
        ],
        batch_size=500,
    )  # fmt: skip


def news_of_payments(invoice: Invoice, said: ErpInvoice) -> bool:
    known = set(invoice.allocations.exclude(payment=None).values_list("payment__erp_id", "amount"))
    return {(payment.erp_id, payment.amount) for payment in said.payments if payment.amount > 0} != known


def take_payments(invoice: Invoice, said: ErpInvoice) -> None:
    """The ERP's payments as our ledger shows them; one that the ERP took back disappears."""
    said_ids = {payment.erp_id for payment in said.payments}
    gone = invoice.allocations.exclude(payment=None).exclude(payment__erp_id__in=said_ids)
    touched = set(gone.values_list("payment_id", flat=True))
    gone.delete()
    for paid in said.payments:
        if paid.amount <= 0:
            continue
        booked: dict[str, Any] = {
            "account_id": invoice.account_id, "contact_id": invoice.contact_id, "currency_id": invoice.currency_id,
            "received_on": paid.received_on, "reference": paid.reference,
        }  # fmt: skip
        payment, _made = Payment.objects.update_or_create(
            managed_by=said.connection, erp_id=paid.erp_id, defaults=booked,
            create_defaults=booked | {"number": next_number("payment"), "amount": paid.amount},
        )  # fmt: skip
        Allocation.objects.update_or_create(
            invoice=invoice,
            payment=payment,
            defaults={
                "amount": paid.amount,
                "on": max(paid.received_on, invoice.issued_on or paid.received_on),
            },
        )
        touched.add(payment.pk)
    sum_up_payments(touched)


def sum_up_payments(touched: Collection[int]) -> None:
    """A payment that the ERP spread over several invoices comes to the sum of its parts; one without parts goes."""
    for payment in Payment.objects.filter(pk__in=touched).annotate(parts=Sum("allocations__amount")):
        if payment.parts is None:
            payment.delete()
        elif payment.amount != payment.parts:
            payment.amount = payment.parts
            payment.save()


def bill_order(order: Order, *, by: User) -> None:
    """Bring the order's invoiced quantities in line with what the ERP has billed of it."""
    lines = list(OrderLine.objects.select_for_update().filter(order=order))
    billed: dict[int, Decimal] = {}
    for part in live_lines(order):
        if part.order_line_id:
            billed[part.order_line_id] = billed.get(part.order_line_id, ZERO) + part.quantity
    before = [line.quantity_invoiced for line in lines]
    for line in lines:
        # The ERP may bill more than was ordered; our column says how far the order is covered.
        line.quantity_invoiced = min(billed.get(line.pk, ZERO), line.quantity - line.quantity_canceled)
    if before != [line.quantity_invoiced for line in lines] and order.status in {
        Order.Status.SUBMITTED, Order.Status.FULFILLED, Order.Status.INVOICED,
    }:  # fmt: skip
        settle_billing(order, lines, by=by)
