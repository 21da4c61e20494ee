"""Money at Nordlicht Machines: instalments, an early-payment discount, kept credit, a mistake, reminders."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from catalog.lines import LineChange
from catalog.models import PaymentTerms, PaymentTermsPart
from catalog.rates import base_currency
from invoices.actions import (
    confirm_invoice,
    create_invoice,
    propose_reminders,
    record_payment,
    remind_invoice,
    reverse_payment,
)
from invoices.letters import reminder_letter
from invoices.models import Invoice, Reminder
from invoices.selectors import suggested_level
from people.models import User
from people.service import service_user
from salesops.demo.deals import Year, ago
from salesops.demo.past import happened


def make_money(year: Year) -> None:
    """What the accounts of a real company show beside plain payments."""
    finance = year.people["frank"]
    in_parts(year, finance)
    with_discount(year, finance)
    open_ones = Invoice.objects.filter(
        balance__gt=0, kind=Invoice.Kind.INVOICE, due_on__lt=timezone.localdate()
    )
    late = list(open_ones.select_related("account", "contact", "currency").order_by("due_on", "id")[:3])
    if len(late) == 3:
        keep_credit(late[2], finance)
        take_back(late[1], finance)
        remind(late[0], finance)
    propose_reminders(by=service_user("reminders"))


def in_parts(year: Year, finance: User) -> None:
    """A service contract paid in three parts: the first is paid, the second is overdue."""
    terms = PaymentTerms.objects.create(
        code="3PARTS", name="30 % at once, 30 % in 30, 40 % in 60 days", net_days=60
    )
    for position, (percent, days) in enumerate(((30, 0), (30, 30), (40, 60)), 1):
        PaymentTermsPart.objects.create(terms=terms, position=position, percent=percent, days=days)
    invoice = billed(
        year, finance, terms, "Commissioning of a milling line", Decimal("18400.00"), days_ago=45
    )
    record_payment(
        invoice,
        by=finance,
        amount=invoice.instalments.get(position=1).amount,
        received_on=ago(43),
        method="Bank",
    )


def with_discount(year: Year, finance: User) -> None:
    """Paid within ten days, less two percent."""
    terms = PaymentTerms.objects.create(
        code="2IN10", name="30 days net, 2 % within 10 days", net_days=30, early_percent=2, early_days=10
    )
    invoice = billed(year, finance, terms, "Operator training", Decimal("2400.00"), days_ago=8)
    rest = invoice.total - (invoice.total * 2 / 100).quantize(Decimal("0.01"))
    record_payment(invoice, by=finance, amount=rest, received_on=ago(1), method="Bank", take_discount=True)
    billed(year, finance, terms, "Spindle overhaul", Decimal("3150.00"), days_ago=4)


def billed(
    year: Year, finance: User, terms: PaymentTerms, name: str, price: Decimal, *, days_ago: int
) -> Invoice:
    """An invoice of its own, without an order."""
    account = year.accounts[days_ago % len(year.accounts)]
    draft = create_invoice(
        by=finance, account=account, name=name, payment_terms=terms, owner=account.owner, team=account.team,
        currency=account.currency or base_currency(),
        lines=[LineChange(description=name, unit_price=price, tax_code=year.standard)],
    )  # fmt: skip
    invoice = confirm_invoice(draft, by=finance, issued_on=ago(days_ago))
    happened(invoice, days_ago=days_ago)
    return invoice


def keep_credit(invoice: Invoice, finance: User) -> None:
    """The customer paid too much; what is too much waits for the next invoice."""
    amount = invoice.balance + Decimal(250)
    record_payment(invoice, by=finance, amount=amount, received_on=ago(2), method="Bank", excess="keep")


def take_back(invoice: Invoice, finance: User) -> None:
    """A payment was booked for the wrong customer, and taken back."""
    payment = record_payment(invoice, by=finance, amount=Decimal(500), received_on=ago(9), method="Bank")
    reverse_payment(payment, by=finance, reason="Belongs to another customer", reversed_on=ago(6))


def remind(invoice: Invoice, finance: User) -> None:
    """The oldest debt was reminded of three weeks ago and nothing came."""
    if level := suggested_level(invoice):
        letter = reminder_letter(invoice, level, by=finance)
        to = letter.to or "accounts@customer.example"
        made = remind_invoice(invoice, by=finance, to=to, subject=letter.subject, body=letter.body)
        Reminder.objects.filter(pk=made.pk).update(sent_at=timezone.now() - dt.timedelta(days=21))
