"""From new to a legal document: number, days due, and what becomes of its services."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from invoices.actions.making import due_date, lock
from invoices.models import Instalment, Invoice
from kernel import history, outbox
from kernel.lifecycle import advance, check_step
from kernel.numbering import next_gapless_number
from kernel.pricing import allocate
from people.models import User

ZERO = Decimal(0)


@transaction.atomic
def confirm_invoice(invoice: Invoice, *, by: User, issued_on: dt.date | None = None) -> Invoice:
    """Give the invoice its number; from now on it is a legal document and never changes."""
    invoice = lock(invoice)
    check_step(invoice.confirm, by=by)
    issued_on = issued_on or timezone.localdate()
    # A day typed by hand is one day for all of it, whatever the terms say.
    plan = [] if invoice.due_on else plan_of(invoice, issued_on)
    due_on = plan[0].due_on if plan else invoice.due_on or due_date(invoice, issued_on)
    before, reason = invoice.status, reason_of(invoice)
    # The counter is taken last: everybody who confirms waits for this row.
    number = next_gapless_number(invoice.kind)
    advance(invoice.confirm, by=by, number=number, issued_on=issued_on, due_on=due_on, reason=reason)
    invoice.save()
    Instalment.objects.bulk_create(plan)
    history.record(invoice, "confirmed", by=by, from_status=before)
    outbox.publish("invoice.confirmed", invoice, by=by)
    return invoice


@transaction.atomic
def book_invoice(invoice: Invoice, *, by: User) -> Invoice:
    """Note that the services it bills are planned with those who do them."""
    invoice = lock(invoice)
    before = invoice.status
    advance(invoice.book, by=by)
    return stepped(invoice, "booked", before, by)


@transaction.atomic
def install_invoice(invoice: Invoice, *, by: User) -> Invoice:
    """Note that the services it bills are done."""
    invoice = lock(invoice)
    before = invoice.status
    advance(invoice.install, by=by)
    return stepped(invoice, "installed", before, by)


@transaction.atomic
def ship_invoice(invoice: Invoice, *, by: User) -> Invoice:
    """Note that the rest of its order has left: it is no longer shipped in part."""
    invoice = lock(invoice)
    before = invoice.status
    advance(invoice.ship, by=by)
    return stepped(invoice, "shipped", before, by)


def stepped(invoice: Invoice, verb: str, before: str, by: User) -> Invoice:
    invoice.save()
    history.record(invoice, verb, by=by, from_status=before)
    outbox.publish(f"invoice.{verb}", invoice, by=by)
    return invoice


def reason_of(invoice: Invoice) -> str:
    """Billed; shipped in part where its order is on its way in parts and it bills what has not left yet."""
    order = invoice.order
    if order is not None and order.fulfillment == order.Progress.PARTIAL:
        ahead = order.lines.filter(
            invoice_lines__invoice=invoice, quantity_invoiced__gt=F("quantity_shipped")
        )
        if ahead.exists():
            return Invoice.Reason.PARTIALLY_SHIPPED
    return Invoice.Reason.BILLED


def plan_of(invoice: Invoice, issued_on: dt.date) -> list[Instalment]:
    """Its instalments by the payment terms, which sum to its total; none where all is due on one day."""
    terms = invoice.payment_terms
    parts = sorted(terms.parts.all(), key=lambda part: (part.days, part.position)) if terms else []
    if not parts or invoice.total <= 0:
        return []
    shares = allocate(invoice.total, [part.percent for part in parts], invoice.currency.digits)
    plan: list[Instalment] = []
    upto = ZERO
    for part, amount in zip(parts, shares, strict=True):
        if amount:
            upto += amount
            due_on = issued_on + dt.timedelta(days=part.days)
            plan.append(
                Instalment(invoice=invoice, position=len(plan) + 1, due_on=due_on, amount=amount, upto=upto)
            )
    return plan
