"""What goes to customers by e-mail about invoices: the words one starts from, and the PDF."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from invoices.models import Invoice, ReminderLevel
from invoices.printing import invoice_pdf
from invoices.selectors import RELATED, overdue_amount
from kernel.attachments import Attachment
from kernel.formats import day_text, money
from people.models import Organization, User


@dataclass(frozen=True)
class Letter:
    """An e-mail before somebody has looked at it."""

    to: str
    subject: str
    body: str


def address_of(invoice: Invoice) -> str:
    """Where invoices of this customer go."""
    contact, account = invoice.contact, invoice.account
    return (contact.email if contact else "") or (account.email if account else "")


def sender(by: User) -> str:
    organization = Organization.current()
    return "\n".join(filter(None, [str(by), organization.name if organization.pk else ""]))


def invoice_letter(invoice: Invoice, *, by: User) -> Letter:
    """The letter an invoice or credit note goes out with."""
    what = _("credit note") if invoice.kind == Invoice.Kind.CREDIT_NOTE else _("invoice")
    total = money(abs(invoice.total), invoice.currency.code)
    said = [_("please find attached our %(what)s %(number)s over %(total)s.")
            % {"what": what, "number": invoice.number, "total": total}]  # fmt: skip
    if invoice.kind == Invoice.Kind.INVOICE and invoice.due_on and invoice.balance > 0:
        said.append(_("It is due on %(day)s.") % {"day": day_text(invoice.due_on)})
    greeting = _("Dear %(name)s,") % {"name": invoice.contact or invoice.customer}
    body = "\n\n".join([greeting, " ".join(said), sender(by)])
    subject = f"{what[:1].upper()}{what[1:]} {invoice.number}"
    return Letter(address_of(invoice), subject, body)


def reminder_letter(invoice: Invoice, level: ReminderLevel, *, by: User) -> Letter:
    """The reminder of one invoice, in the words of its level."""
    today = timezone.localdate()
    values = {
        "number": invoice.number or "",
        "customer": str(invoice.contact or invoice.customer),
        "amount": money(overdue_amount(invoice, today), invoice.currency.code),
        "due": day_text(invoice.due_on) if invoice.due_on else "",
        "days": str((today - invoice.due_on).days if invoice.due_on else 0),
    }
    body = f"{filled(level.text, values)}\n\n{sender(by)}"
    return Letter(address_of(invoice), filled(level.subject, values), body)


def customer_letter(invoices: Sequence[Invoice], level: ReminderLevel, *, by: User) -> Letter:
    """One reminder for all that is overdue, in the words of the highest level, with every invoice named."""
    today = timezone.localdate()
    oldest = min(invoices, key=lambda one: one.due_on or dt.date.max)
    owed: dict[str, Decimal] = {}
    for one in invoices:
        owed[one.currency.code] = owed.get(one.currency.code, Decimal(0)) + overdue_amount(one, today)
    values = {
        "number": ", ".join(str(one.number) for one in invoices),
        "customer": str(oldest.customer),
        "amount": " + ".join(money(amount, code) for code, amount in owed.items()),
        "due": day_text(oldest.due_on) if oldest.due_on else "",
        "days": str((today - oldest.due_on).days if oldest.due_on else 0),
    }
    named = "\n".join(line_of(one, today) for one in invoices)
    subject = level.subject.replace("{number}", _("%(count)s invoices") % {"count": len(invoices)})
    body = f"{filled(level.text, values)}\n\n{named}\n\n{sender(by)}"
    return Letter(address_of(oldest), filled(subject, values), body)


def line_of(invoice: Invoice, today: dt.date) -> str:
    """One invoice in a list of several: number, what is overdue, since when."""
    amount = money(overdue_amount(invoice, today), invoice.currency.code)
    return f"{invoice.number}  {amount}  {day_text(invoice.due_on) if invoice.due_on else ''}".rstrip()


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The text with its values; what is not known stays as it was typed, and nothing else is evaluated."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def drawn_pdf(public_id: str) -> Attachment:
    """The invoice as a file of an e-mail, as it looks when the e-mail leaves."""
    invoice = Invoice.objects.select_related(*RELATED).get(public_id=public_id)
    return Attachment(file_name(invoice.ref), invoice_pdf(invoice))


def file_name(ref: str) -> str:
    """The name of its PDF, without anything a disk or a header would stumble over."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in ref)
    return f"{safe}.pdf"
