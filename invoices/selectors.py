"""What is read about invoices: what settles them, what credit a customer has, what may be taken off."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from invoices.models import Allocation, Invoice, Payment, Reminder, ReminderLevel
from kernel.pricing import round_half_up

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "order", "opportunity", "credits", "owner", "team",
    "freight_tax_code",
)  # fmt: skip
ZERO = Decimal(0)


@dataclass(frozen=True)
class Credit:
    """Money or credit of a customer that settles nothing yet."""

    source: Payment | Invoice
    left: Decimal
    on: dt.date | None

    @property
    def field(self) -> str:
        """What actions call such a source."""
        return "payment" if isinstance(self.source, Payment) else "credit_note"


@dataclass(frozen=True)
class Part:
    """An instalment as it stands: how much of it is open."""

    position: int
    due_on: dt.date
    amount: Decimal
    open: Decimal

    def is_late(self, on: dt.date) -> bool:
        return self.open > 0 and self.due_on < on


def allocations_of(invoice: Invoice) -> list[Allocation]:
    """What has settled the invoice, the newest first; of a credit note, what it was used for."""
    found: QuerySet[Allocation] = (
        invoice.given_allocations if invoice.kind == Invoice.Kind.CREDIT_NOTE else invoice.allocations
    ).all()
    found = found.select_related("payment", "credit_note", "invoice", "refund", "reverses", "reversal")
    return list(found.order_by("-id")[:100])


def plan(invoice: Invoice) -> list[Part]:
    """Its instalments; what is paid settles the oldest first."""
    parts = []
    for part in invoice.instalments.all():
        owed = ZERO if invoice.balance <= 0 else min(part.amount, max(part.upto - invoice.amount_paid, ZERO))
        parts.append(Part(part.position, part.due_on, part.amount, owed))
    return parts


def credits_of(invoice: Invoice) -> list[Credit]:
    """The credit of the invoice's customer in its currency, the oldest first."""
    whose: dict[str, Any] = {
        "account_id": invoice.account_id,
        "contact_id": invoice.contact_id,
        "currency_id": invoice.currency_id,
    }
    payments = Payment.objects.filter(unallocated__gt=0, **whose).order_by("received_on", "id")[:50]
    notes = Invoice.objects.filter(
        kind=Invoice.Kind.CREDIT_NOTE, balance__lt=0, number__isnull=False, is_pulled=False, **whose
    )
    found = [Credit(payment, payment.unallocated, payment.received_on) for payment in payments]
    return found + [Credit(note, -note.balance, note.issued_on) for note in notes.order_by("id")[:50]]


def early_discount(invoice: Invoice, on: dt.date) -> Decimal:
    """What the customer may take off for paying everything on that day; nothing once the days are over."""
    terms = invoice.payment_terms
    if terms is None or not terms.early_percent or invoice.issued_on is None or invoice.balance <= 0:
        return ZERO
    if on > invoice.issued_on + dt.timedelta(days=terms.early_days):
        return ZERO
    granted = invoice.credit_notes.filter(is_early_discount=True).exclude(status=Invoice.Status.CANCELED)
    if granted.exists():
        return ZERO
    discount = round_half_up(invoice.creditable * terms.early_percent / 100, invoice.currency.digits)
    return discount if discount < invoice.balance else ZERO


def next_level(invoice: Invoice, on: dt.date) -> ReminderLevel | None:
    """The level at which the customer is reminded next of what is due now: the lowest not used that fits the days."""
    if invoice.due_on is None:
        return None
    late = (on - invoice.due_on).days
    used = Reminder.objects.filter(invoice=invoice, due_on=invoice.due_on).exclude(
        sent_at=None, dismissed_at=None
    )
    last = used.order_by("-level__level").values_list("level__level", flat=True).first() or 0
    return ReminderLevel.objects.filter(level__gt=last, days_overdue__lte=late).order_by("level").first()
