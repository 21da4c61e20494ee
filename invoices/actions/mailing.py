"""Invoices by e-mail, and reminders of what is overdue; each e-mail is queued in the transaction that decides it."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Account
from invoices.actions.making import lock
from invoices.models import Invoice, Reminder, ReminderLevel
from invoices.selectors import next_level, overdue_amount, suggested_level
from kernel import history, mail, outbox
from kernel.errors import DomainError
from kernel.lifecycle import check_step
from people.access import require, visible
from people.models import User

PDF = "invoice_pdf"


@transaction.atomic
def send_invoice(invoice: Invoice, *, by: User, to: str, subject: str, body: str) -> Invoice:
    """Send the invoice or credit note to the customer with its PDF."""
    invoice = lock(invoice)
    check_step(invoice.may_be_sent, by=by)
    mail.queue(invoice, to=to, subject=subject, body=body, by=by, attachments=[(PDF, invoice.public_id)])
    history.record(invoice, "sent", by=by, note=to)
    outbox.publish("invoice.sent", invoice, by=by)
    return invoice


@transaction.atomic
def remind_invoice(invoice: Invoice, *, by: User, to: str, subject: str, body: str) -> Reminder:
    """Remind the customer of an overdue invoice, at the next level."""
    invoice = lock(invoice)
    check_step(invoice.may_be_reminded, by=by)
    level = level_for(invoice)
    mail.queue(invoice, to=to, subject=subject, body=body, by=by, attachments=[(PDF, invoice.public_id)])
    return reminded(invoice, level, to=to, by=by)


@transaction.atomic
def remind_customer(account: Account, *, by: User, to: str, subject: str, body: str) -> list[Reminder]:
    """Remind a customer of everything overdue by one e-mail with all the invoices."""
    invoices = list(overdue_of(account, by).select_for_update(of=("self",)).order_by("id"))
    if not invoices:
        raise DomainError(_("Nothing of this customer is overdue."), code="not_overdue")
    for invoice in invoices:
        check_step(invoice.may_be_reminded, by=by)
    files = [(PDF, invoice.public_id) for invoice in invoices]
    mail.queue(account, to=to, subject=subject, body=body, by=by, attachments=files)
    history.record(
        account, "reminded", by=by, note=", ".join(str(invoice.number) for invoice in invoices)[:500]
    )
    return [
        reminded(invoice, level, to=to, by=by) for invoice in invoices if (level := suggested_level(invoice))
    ]


@transaction.atomic
def dismiss_reminder(reminder: Reminder, *, by: User) -> Reminder:
    """Leave a proposed reminder out; the next level is proposed when its time comes."""
    invoice = lock(reminder.invoice)
    reminder = Reminder.objects.select_for_update().get(pk=reminder.pk)
    require(by, "remind", invoice)
    if reminder.sent_at or reminder.dismissed_at:
        raise DomainError(_("It is sent or left out already."), code="not_proposed")
    reminder.dismissed_at, reminder.by = timezone.now(), by
    reminder.save()
    history.record(invoice, "reminder_left_out", by=by, note=str(reminder.level))
    return reminder


@transaction.atomic
def propose_reminders(*, by: User) -> int:
    """Propose a reminder for every overdue invoice whose next level has come; nothing is sent."""
    today = timezone.localdate()
    levels = list(ReminderLevel.objects.order_by("level"))
    late = Invoice.objects.filter(
        balance__gt=0, due_on__lt=today, kind=Invoice.Kind.INVOICE, number__isnull=False
    )
    made: list[Reminder] = []
    for invoice in (
        late.select_related("currency").prefetch_related("reminders__level", "instalments").iterator(500)
    ):
        known = list(invoice.reminders.all())
        level = next_level(levels, known, invoice.due_on, today)  # type: ignore[arg-type]
        if (
            invoice.due_on
            and level
            and not any(one.level_id == level.pk and one.due_on == invoice.due_on for one in known)
        ):
            amount = overdue_amount(invoice, today)
            made.append(Reminder(invoice=invoice, level=level, due_on=invoice.due_on, amount=amount))
    Reminder.objects.bulk_create(made, batch_size=500)
    history.record_all([one.invoice for one in made], "reminder_proposed", by=by)
    return len(made)


def level_for(invoice: Invoice) -> ReminderLevel:
    level = suggested_level(invoice)
    if level is None:
        raise DomainError(_("Every level of reminders is used for it."), code="all_levels_used")
    return level


def reminded(invoice: Invoice, level: ReminderLevel, *, to: str, by: User) -> Reminder:
    """Note the reminder, whether it was proposed before or not."""
    said = {
        "sent_at": timezone.now(), "dismissed_at": None, "to": to[:1000], "by": by,
        "amount": overdue_amount(invoice, timezone.localdate()),
    }  # fmt: skip
    key: dict[str, Any] = {"invoice": invoice, "level": level, "due_on": invoice.due_on}
    made, _new = Reminder.objects.update_or_create(**key, defaults=said)
    history.record(invoice, "reminded", by=by, note=f"{level.name}: {to}"[:500])
    outbox.publish("invoice.reminded", invoice, by=by, payload={"level": level.level})
    return made


def overdue_of(account: Account, by: User) -> QuerySet[Invoice]:
    """The account's overdue invoices that exist for this person."""
    found = visible(by, Invoice.objects.filter(account=account))
    today = timezone.localdate()
    return found.filter(balance__gt=0, due_on__lt=today, number__isnull=False).select_related("currency")
