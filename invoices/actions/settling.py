"""From confirmed to settled: numbers, payments, credit notes, cancellation."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import header_columns
from catalog.totals import part_of, sum_up
from invoices.actions.making import due_date, lock
from invoices.models import Allocation, Invoice, InvoiceLine, Payment
from kernel import history, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance, check_step
from kernel.numbering import next_gapless_number, next_number
from kernel.pricing import round_half_up
from orders.actions.billing import settle_billing
from orders.actions.changing import lock as lock_order
from orders.models import OrderLine
from people.access import require
from people.models import User

ZERO = Decimal(0)


@transaction.atomic
def confirm_invoice(invoice: Invoice, *, by: User, issued_on: dt.date | None = None) -> Invoice:
    """Give the invoice its number; from now on it is a legal document and never changes."""
    invoice = lock(invoice)
    check_step(invoice.confirm, by=by)
    issued_on = issued_on or timezone.localdate()
    due_on = invoice.due_on or due_date(invoice, issued_on)
    before = invoice.status
    # The counter is taken last: everybody who confirms waits for this row.
    advance(
        invoice.confirm, by=by, number=next_gapless_number(invoice.kind), issued_on=issued_on, due_on=due_on
    )
    invoice.save()
    history.record(invoice, "confirmed", by=by, from_status=before)
    outbox.publish("invoice.confirmed", invoice, by=by)
    return invoice


@transaction.atomic
def record_payment(
    invoice: Invoice, *, by: User, amount: Decimal, received_on: dt.date | None = None, method: str = "",
    reference: str = "", keep_excess: bool = False,
) -> Payment:  # fmt: skip
    """Note money received for the invoice; more than is owed is refused, or kept as the customer's credit."""
    invoice = lock(invoice)
    check_step(invoice.settle, by=by)
    require(by, "add", Payment)
    refuse_bad_amount(invoice, amount)
    if amount > invoice.balance and not keep_excess:
        raise DomainError(
            _("%(amount)s is more than the %(balance)s owed.") % {
                "amount": amount, "balance": round_half_up(invoice.balance, invoice.currency.digits),
            },
            code="overpaid", field="amount",
        )  # fmt: skip
    payment = Payment.objects.create(
        number=next_number("payment"), account=invoice.account, contact=invoice.contact, currency=invoice.currency,
        amount=amount, unallocated=amount, received_on=received_on or timezone.localdate(), method=method,
        reference=reference,
    )  # fmt: skip
    allocate(invoice, min(amount, invoice.balance), by=by, payment=payment)
    history.record(payment, "received", by=by, note=str(invoice))
    return payment


@transaction.atomic
def allocate_payment(payment: Payment, invoice: Invoice, *, by: User, amount: Decimal) -> Invoice:
    """Use a customer's credit for one of the customer's invoices."""
    invoice = lock(invoice)
    check_step(invoice.settle, by=by)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    require(by, "allocate", payment)
    refuse_bad_amount(invoice, amount)
    if (payment.account_id, payment.contact_id) != (invoice.account_id, invoice.contact_id):
        raise DomainError(_("The payment is another customer's."), code="foreign_payment", field="payment")
    if payment.currency_id != invoice.currency_id:
        raise DomainError(_("The payment is in another currency."), code="foreign_currency", field="payment")
    if amount > min(payment.unallocated, invoice.balance):
        raise DomainError(_("That is more than is left or owed."), code="overpaid", field="amount")
    allocate(invoice, amount, by=by, payment=payment)
    return invoice


@transaction.atomic
def credit_invoice(
    invoice: Invoice, *, by: User, quantities: Mapping[UUID, Decimal] | None = None, note: str = ""
) -> Invoice:
    """Correct a confirmed invoice by a new document with negative amounts: all that is left of it, or by line.

    The credit settles what is still owed; the rest of it stays with the customer.
    """
    invoice = lock(invoice)
    check_step(invoice.may_be_credited, by=by)
    lines = list(invoice.lines.all())
    credit = Invoice(
        **header_columns(invoice), **invoice.addresses(), kind=Invoice.Kind.CREDIT_NOTE, credits=invoice,
        name=invoice.name, order_id=invoice.order_id, opportunity_id=invoice.opportunity_id,
        payment_terms_id=invoice.payment_terms_id,
    )  # fmt: skip
    made = credit_lines(credit, invoice, lines, quantities)
    take_back_freight(credit, invoice, whole=quantities is None)
    sum_up(credit, made)
    credit.discount_percent, credit.discount_amount = ZERO, credit.header_discount_amount
    if credit.total >= 0:
        raise DomainError(_("There is nothing left to credit."), code="nothing_to_credit", field="quantity")
    credit.save()
    InvoiceLine.objects.bulk_create(made, batch_size=500)
    today = timezone.localdate()
    advance(credit.confirm, by=by, number=next_gapless_number("credit_note"), issued_on=today, due_on=today)
    credit.save()
    history.record(credit, "confirmed", by=by, from_status=Invoice.Status.ACTIVE, note=note or str(invoice))
    history.record(invoice, "credited", by=by, note=f"{credit.number} {note}".strip())
    if settled := min(-credit.total, invoice.balance):
        allocate(invoice, settled, by=by, credit_note=credit)
    outbox.publish("invoice.credited", invoice, by=by, payload={"credit_note": str(credit.public_id)})
    return credit


@transaction.atomic
def cancel_invoice(invoice: Invoice, *, by: User, note: str = "") -> Invoice:
    """Call the invoice off; what it billed of its order can be invoiced again. Its number stays used."""
    if invoice.order_id:
        lock_order(invoice.order)  # type: ignore[arg-type]
    invoice = lock(invoice)
    before = invoice.status
    advance(invoice.cancel, by=by)
    invoice.save()
    history.record(invoice, "canceled", by=by, from_status=before, note=note)
    if invoice.order_id and invoice.kind == Invoice.Kind.INVOICE:
        give_back(invoice, by=by)
    outbox.publish("invoice.canceled", invoice, by=by)
    return invoice


def give_back(invoice: Invoice, *, by: User) -> None:
    """Return the billed quantities to the order."""
    order = lock_order(invoice.order)  # type: ignore[arg-type]
    lines = {
        line.pk: line for line in OrderLine.objects.select_for_update().filter(order=order).order_by("id")
    }
    for line in invoice.lines.all():
        if line.order_line_id in lines:
            lines[line.order_line_id].quantity_invoiced -= line.quantity
    settle_billing(order, list(lines.values()), by=by)


def allocate(invoice: Invoice, amount: Decimal, *, by: User, **source: Any) -> None:
    """Settle part of the locked invoice with a payment or a credit note."""
    before = invoice.status
    Allocation.objects.create(invoice=invoice, amount=amount, **source)
    advance(invoice.settle, by=by, amount=amount)
    invoice.save()
    if payment := source.get("payment"):
        payment.unallocated -= amount
        payment.save()
    elif credit := source.get("credit_note"):
        # The mirror of an invoice: both figures are negative and go towards what was given.
        credit.amount_paid -= amount
        credit.balance = credit.total - credit.amount_paid
        credit.save()
    history.record(invoice, "paid", by=by, from_status=before, note=str(amount))
    outbox.publish("invoice.paid", invoice, by=by, payload={"amount": str(amount)})


def refuse_bad_amount(invoice: Invoice, amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise DomainError(_("The amount must be more than zero."), code="amount_not_positive", field="amount")
    if round_half_up(amount, invoice.currency.digits) != amount:
        raise DomainError(
            _("%(currency)s has %(digits)s decimals.") % {
                "currency": invoice.currency.code, "digits": invoice.currency.digits,
            },
            code="too_many_decimals", field="amount",
        )  # fmt: skip


def credit_lines(
    credit: Invoice, invoice: Invoice, lines: list[InvoiceLine], quantities: Mapping[UUID, Decimal] | None
) -> list[InvoiceLine]:
    """The credited lines with negative quantities and amounts; what earlier credit notes took back is left out."""
    known = {line.key: line for line in lines}
    if unknown := set(quantities or {}) - set(known):
        raise DomainError(
            _("The invoice has no line %s.") % unknown.pop(), code="unknown_line", field="quantity"
        )
    taken = taken_back(invoice)
    made = []
    for line in lines:
        done, amounts = taken.get(line.position, (ZERO, dict.fromkeys(InvoiceLine.AMOUNTS, ZERO)))
        left = line.quantity - done
        quantity = left if quantities is None else quantities.get(line.key, ZERO)
        if not quantity.is_finite() or quantity < 0 or quantity > left:
            raise DomainError(
                _("At most %(left)s can be credited of this line.") % {"left": left.normalize()},
                code="more_than_invoiced", field=f"quantity_{line.key}",
            )  # fmt: skip
        if quantity:
            upto = part_of(line, done + quantity, invoice.currency.digits)
            columns: dict[str, Any] = {name: -(upto[name] - amounts[name]) for name in InvoiceLine.AMOUNTS}
            columns |= {"quantity": -quantity, "discount_percent": None}
            columns["discount_amount"] = columns["manual_discount"]
            made.append(
                InvoiceLine(invoice=credit, order_line_id=line.order_line_id, **line.columns() | columns)
            )
    return made


def taken_back(invoice: Invoice) -> dict[int, tuple[Decimal, dict[str, Decimal]]]:
    """By line position: the quantity and the amounts that credit notes have taken back so far, as positives."""
    taken: dict[int, tuple[Decimal, dict[str, Decimal]]] = {}
    notes = InvoiceLine.objects.filter(invoice__credits=invoice).exclude(
        invoice__status=Invoice.Status.CANCELED
    )
    for line in notes:
        quantity, amounts = taken.get(line.position, (ZERO, dict.fromkeys(InvoiceLine.AMOUNTS, ZERO)))
        sums = {name: amounts[name] - getattr(line, name) for name in InvoiceLine.AMOUNTS}
        taken[line.position] = (quantity - line.quantity, sums)
    return taken


def take_back_freight(credit: Invoice, invoice: Invoice, *, whole: bool) -> None:
    """Crediting a whole invoice takes its freight back too, as far as that has not been done."""
    credit.freight, credit.freight_tax = ZERO, ZERO
    if whole:
        notes = invoice.credit_notes.exclude(status=Invoice.Status.CANCELED)
        given = list(notes.values_list("freight", "freight_tax"))
        credit.freight = -invoice.freight - sum((freight for freight, _tax in given), ZERO)
        credit.freight_tax = -invoice.freight_tax - sum((tax for _freight, tax in given), ZERO)
