"""One entry of the ledger, made or taken back; the actions around it lock, check and tell."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Currency
from invoices.models import Allocation, Invoice, Payment
from kernel import history, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.pricing import round_half_up
from people.models import User


def allocate(
    invoice: Invoice, amount: Decimal, *, by: User, on: dt.date | None = None, **source: Any
) -> Allocation:
    """Settle part of the locked invoice with a payment or a credit note, counting from that day (today).

    Nothing is settled before there was an invoice: until then the money was the customer's credit.
    """
    before = invoice.status
    day = max(on or timezone.localdate(), invoice.issued_on or dt.date.min)
    made = Allocation.objects.create(invoice=invoice, amount=amount, on=day, **source)
    advance(invoice.settle, by=by, amount=amount)
    invoice.due_on = next_due(invoice)
    invoice.save()
    draw_on(amount, **source)
    history.record(invoice, "paid", by=by, from_status=before, note=str(amount))
    outbox.publish("invoice.paid", invoice, by=by, payload={"amount": str(amount)})
    return made


def pay_back(refund: Payment, amount: Decimal, *, on: dt.date, **source: Any) -> Allocation:
    """Give part of a payment or a credit note back to the customer by the refund."""
    made = Allocation.objects.create(refund=refund, amount=amount, on=on, **source)
    draw_on(amount, **source)
    return made


def take_back(entry: Allocation, *, by: User, on: dt.date) -> None:
    """Undo an entry by its opposite; what it settled is owed again, what it drew on is free again."""
    source: dict[str, Any] = {"payment": entry.payment, "credit_note": entry.credit_note}
    Allocation.objects.create(
        invoice=entry.invoice, refund=entry.refund, amount=-entry.amount, on=max(on, entry.on), reverses=entry,
        **source,
    )  # fmt: skip
    if invoice := entry.invoice:
        before = invoice.status
        unsettle = invoice.unsettle if invoice.amount_paid == entry.amount else invoice.unsettle_partly
        advance(unsettle, by=by, amount=entry.amount)
        invoice.due_on = next_due(invoice)
        invoice.save()
        history.record(invoice, "unpaid", by=by, from_status=before, note=str(entry.amount))
        outbox.publish("invoice.unpaid", invoice, by=by, payload={"amount": str(entry.amount)})
    draw_on(-entry.amount, **source)


def draw_on(amount: Decimal, *, payment: Payment | None = None, credit_note: Invoice | None = None) -> None:
    """So much more of the locked payment or credit note is used."""
    if payment:
        payment.unallocated -= amount
        payment.save()
    elif credit_note:
        # The mirror of an invoice: both figures are negative and go towards what was given.
        credit_note.amount_paid -= amount
        credit_note.balance = credit_note.total - credit_note.amount_paid
        credit_note.save()


def next_due(invoice: Invoice) -> dt.date | None:
    """The day on which the oldest unpaid instalment is due; the last one's once all is paid."""
    plan = list(invoice.instalments.all())
    for part in plan:
        if part.upto > invoice.amount_paid:
            return part.due_on
    return plan[-1].due_on if plan else invoice.due_on


def refuse_bad_amount(amount: Decimal, currency: Currency) -> None:
    if not amount.is_finite() or amount <= 0:
        raise DomainError(_("The amount must be more than zero."), code="amount_not_positive", field="amount")
    if round_half_up(amount, currency.digits) != amount:
        raise DomainError(
            _("%(currency)s has %(digits)s decimals.") % {"currency": currency.code, "digits": currency.digits},
            code="too_many_decimals", field="amount",
        )  # fmt: skip


def refuse_future(day: dt.date, field: str = "received_on") -> None:
    """The ledger speaks of what has happened."""
    if day > timezone.localdate():
        raise DomainError(_("This day is still to come."), code="in_the_future", field=field)
