"""Credit notes: what was billed is corrected by a new document with negative amounts, never more than is left."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import header_columns
from catalog.totals import sum_up
from invoices.actions.left import credited_amount, credited_quantities, left_of, takes_amounts_back
from invoices.actions.making import lock
from invoices.actions.settlement import allocate, refuse_bad_amount
from invoices.models import Invoice, InvoiceLine
from invoices.selectors import early_discount
from kernel import history, outbox
from kernel.customfields import carried
from kernel.errors import DomainError
from kernel.lifecycle import advance, check_step
from kernel.numbering import next_gapless_number
from orders.actions.billing import settle_billing
from orders.actions.changing import lock as lock_order
from orders.models import OrderLine
from people.models import User

ZERO = Decimal(0)


@transaction.atomic
def credit_invoice(
    invoice: Invoice, *, by: User, quantities: Mapping[UUID, Decimal] | None = None, amount: Decimal | None = None,
    freight: bool | None = None, bill_again: bool = False, note: str = "",
) -> Invoice:  # fmt: skip
    """Correct a confirmed invoice by a new document: all that is left of it, so much of each line, or an amount.

    The credit settles what is still owed; the rest of it stays with the customer. With ``bill_again`` the order's
    quantities are free to be invoiced again; otherwise they stay billed and credited.
    """
    if invoice.order_id:
        lock_order(invoice.order)  # type: ignore[arg-type]
    invoice = lock(invoice)
    check_step(invoice.may_be_credited, by=by)
    lines = list(invoice.lines.all())
    left = left_of(invoice, lines)
    if bill_again:
        refuse_billing_again(invoice, amount)
    credit = Invoice(
        **header_columns(invoice), **invoice.addresses(), kind=Invoice.Kind.CREDIT_NOTE, credits=invoice,
        name=invoice.name, order_id=invoice.order_id, opportunity_id=invoice.opportunity_id,
        payment_terms_id=invoice.payment_terms_id, bills_again=bill_again, custom=carried(invoice, Invoice),
    )  # fmt: skip
    if amount is None:
        whole = quantities is None if freight is None else freight
        made = credited_quantities(credit, invoice, lines, left, quantities, freight=whole)
    else:
        refuse_bad_amount(amount, invoice.currency)
        made = credited_amount(credit, invoice, lines, left, amount)
    issue(credit, made, invoice, by=by, note=note)
    if bill_again:
        free_to_bill(credit, made, by=by)
    return credit


def issue(credit: Invoice, made: Sequence[InvoiceLine], invoice: Invoice, *, by: User, note: str) -> None:
    """Give the credit note its number and let it settle what is still owed."""
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


def grant_early_discount(invoice: Invoice, *, by: User, paid: Decimal, received_on: dt.date) -> Invoice:
    """Take the early-payment discount off the locked invoice by a credit note over all its lines."""
    discount = early_discount(invoice, received_on)
    if not discount:
        raise DomainError(
            _("No early-payment discount can be taken."), code="no_early_discount", field="take_discount"
        )
    if paid < invoice.balance - discount:
        raise DomainError(
            _("The discount is for paying everything: %(rest)s.") % {"rest": invoice.balance - discount},
            code="discount_needs_full_payment", field="amount",
        )  # fmt: skip
    credit = Invoice(
        **header_columns(invoice), **invoice.addresses(), kind=Invoice.Kind.CREDIT_NOTE, credits=invoice,
        name=invoice.name, order_id=invoice.order_id, opportunity_id=invoice.opportunity_id,
        payment_terms_id=invoice.payment_terms_id, is_early_discount=True,
    )  # fmt: skip
    lines = list(invoice.lines.all())
    made = credited_amount(credit, invoice, lines, left_of(invoice, lines), discount)
    issue(credit, made, invoice, by=by, note=str(_("Early-payment discount")))
    return credit


def refuse_billing_again(invoice: Invoice, amount: Decimal | None) -> None:
    """What is billed again must be whole quantities at their full amounts, or the order would not add up."""
    if invoice.order_id is None:
        raise DomainError(_("It comes from no order."), code="no_order", field="bill_again")
    if amount is not None or takes_amounts_back(invoice):
        raise DomainError(
            _("Part of it is credited by amount, so its quantities cannot be billed again."),
            code="credited_by_amount", field="bill_again",
        )  # fmt: skip


def free_to_bill(credit: Invoice, made: Sequence[InvoiceLine], *, by: User) -> None:
    """Return the credited quantities to the order; its lines are negative here."""
    move_billed(credit, made, by=by)
    history.record(credit.order, "unbilled", by=by, note=str(credit))  # type: ignore[arg-type]


def move_billed(invoice: Invoice, lines: Sequence[InvoiceLine], *, by: User, sign: int = 1) -> None:
    """Add what these lines bill to the order's billed quantities (or, with -1, take it off)."""
    order = lock_order(invoice.order)  # type: ignore[arg-type]
    held = {
        line.pk: line for line in OrderLine.objects.select_for_update().filter(order=order).order_by("id")
    }
    for line in lines:
        if billed := held.get(line.order_line_id or 0):
            billed.quantity_invoiced += sign * line.quantity
            if billed.quantity_invoiced > billed.quantity - billed.quantity_canceled:
                raise DomainError(
                    _("What it took back has been billed again."), code="billed_again", field="order"
                )
    settle_billing(order, list(held.values()), by=by)
