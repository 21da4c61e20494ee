"""What is read about invoices: what settles them, what credit a customer has, what may be taken off."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

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


def next_level(
    levels: Sequence[ReminderLevel], used: Sequence[Reminder], due_on: dt.date, on: dt.date
) -> Any:
    """The level at which a customer is reminded on that day of what was due; none while it is too early.

    The lowest that was neither sent nor left out, once it is that many days late and as far from the last
    reminder as the levels are from each other.
    """
    done = [one for one in used if one.due_on == due_on and (one.sent_at or one.dismissed_at)]
    highest = max((one.level.level for one in done), default=0)
    upcoming = next((level for level in levels if level.level > highest), None)
    if upcoming is None or (on - due_on).days < upcoming.days_overdue:
        return None
    last = max((one for one in done if one.sent_at), key=lambda one: one.level.level, default=None)
    if last and last.sent_at:
        apart = upcoming.days_overdue - last.level.days_overdue
        if (on - timezone.localdate(last.sent_at)).days < apart:
            return None
    return upcoming


def suggested_level(invoice: Invoice) -> ReminderLevel | None:
    """The level to remind at when somebody decides to do it now, early or not; none when all are used."""
    used = [
        one.level.level
        for one in invoice.reminders.select_related("level")
        if one.due_on == invoice.due_on and one.sent_at
    ]
    return ReminderLevel.objects.filter(level__gt=max(used, default=0)).order_by("level").first()


def overdue_amount(invoice: Invoice, on: dt.date) -> Decimal:
    """How much of it is overdue on that day: all that is open, or the open instalments whose day has passed."""
    if parts := plan(invoice):
        return sum((part.open for part in parts if part.is_late(on)), ZERO)
    return invoice.balance if invoice.due_on and invoice.due_on < on else ZERO


def reminders_of(invoice: Invoice) -> list[Reminder]:
    """What the customer was reminded of, the newest first."""
    found = invoice.reminders.filter(sent_at__isnull=False).select_related("level", "by")
    return list(found.order_by("-sent_at")[:20])


def open_invoices_of(source: Payment | Invoice) -> list[Invoice]:
    """The open invoices of the customer whose credit it is, in its currency, the oldest debt first."""
    whose: dict[str, Any] = {
        "account_id": source.account_id,
        "contact_id": source.contact_id,
        "currency_id": source.currency_id,
    }
    found = Invoice.objects.filter(
        kind=Invoice.Kind.INVOICE, balance__gt=0, number__isnull=False, is_pulled=False, **whose
    )
    return list(found.select_related("currency").order_by(F("due_on").asc(nulls_last=True), "id")[:100])


def kept_by_currency(payments: QuerySet[Payment]) -> list[tuple[str, Decimal, int]]:
    """What is kept as credit: currency, sum, number of payments."""
    kept = payments.filter(unallocated__gt=0).order_by().values_list("currency__code")
    return list(kept.annotate(sum=Sum("unallocated"), count=Count("pk")).order_by("currency__code"))
