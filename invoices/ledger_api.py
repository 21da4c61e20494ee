"""Credit, refunds, reversals, e-mails, ageing and statements through the API; mixed into the kinds of records."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Currency
from catalog.rates import base_currency
from customers.models import Account, Contact
from invoices import actions
from invoices.actions.mailing import overdue_of
from invoices.ageing import NAMES, Group, ageing_by_customer
from invoices.bodies import InvoiceBody, PaymentBody
from invoices.ledger_bodies import (
    AgeingBody,
    CustomerPaymentBody,
    MailBody,
    RefundBody,
    ReissueBody,
    ReverseBody,
    StatementBody,
    UseCreditBody,
)
from invoices.letters import Letter, customer_letter, invoice_letter, reminder_letter
from invoices.models import Invoice, Payment
from invoices.selectors import RELATED, suggested_level
from invoices.statements import refuse_statement, statements
from kernel.errors import DomainError
from people.access import may, require, visible
from people.resources import verb


def day_said(request: Request, name: str, otherwise: dt.date) -> dt.date:
    """A day of the address; raises for what is none."""
    text = request.query_params.get(name, "")
    try:
        found = parse_date(text) if text else otherwise
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 9000:
        raise ValidationError({name: [ErrorDetail(str(_("Give a day such as 2026-01-31.")), "invalid")]})
    return found


def day_parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, dt.date, description=description)


def said_or_usual(said: dict[str, Any], usual: Letter) -> dict[str, str]:
    return {"to": usual.to, "subject": usual.subject, "body": usual.body} | said


class LedgerSteps:
    """Steps of an invoice or credit note that move credit, take it back, or tell the customer."""

    @extend_schema(
        responses=AgeingBody,
        filters=False,
        parameters=[day_parameter("as_of", "Day it speaks of; today by default.")],
    )
    @action(detail=False, pagination_class=None)
    def ageing(self: Any, request: Request) -> Response:
        """Who owes what and how late, as of a day; later payments and cancellations do not change it."""
        require(request.user, "view", Invoice)
        on = min(day_said(request, "as_of", timezone.localdate()), timezone.localdate())
        mine = visible(request.user, Invoice.objects.all())
        groups = ageing_by_customer(mine, on=on, credits=may(request.user, "view", Payment))
        return Response(AgeingBody(ageing_said(groups, on)).data)

    @verb(UseCreditBody, gives=InvoiceBody, name="use-credit")
    def use_credit(
        self: Any, invoice: Invoice, *, amount: Any, payment: Any = None, credit_note: Any = None
    ) -> Invoice:
        """Settle the invoice with kept credit of a payment, or with what is left of a credit note."""
        if (payment is None) == (credit_note is None):
            text = _("Name one payment or one credit note.")
            raise ValidationError({"payment": [ErrorDetail(str(text), "invalid")]})
        if payment:
            return actions.allocate_payment(payment, invoice, by=self.by, amount=amount)
        return actions.allocate_credit_note(credit_note, invoice, by=self.by, amount=amount)

    @verb(RefundBody, gives=PaymentBody, made=True)
    def refund(self: Any, invoice: Invoice, **said: Any) -> Payment:
        """Pay what is left of a credit note back; the payment of the opposite sign is answered."""
        return actions.refund_credit_note(invoice, by=self.by, **said)

    @verb(ReissueBody, gives=InvoiceBody, made=True)
    def reissue(self: Any, invoice: Invoice, *, note: str = "") -> Invoice:
        """Cancel or credit the invoice and make a draft like it, which is answered."""
        return actions.reissue_invoice(invoice, by=self.by, note=note)

    @verb(MailBody)
    def send(self: Any, invoice: Invoice, **said: Any) -> Invoice:
        """Send it to the customer by e-mail, with its PDF."""
        letter = invoice_letter(with_names(invoice), by=self.by)
        return actions.send_invoice(invoice, by=self.by, **said_or_usual(said, letter))

    @verb(MailBody)
    def remind(self: Any, invoice: Invoice, **said: Any) -> Invoice:
        """Remind the customer of an overdue invoice, in the words of the next level."""
        level = suggested_level(invoice)
        usual = reminder_letter(with_names(invoice), level, by=self.by) if level else Letter("", "", "")
        actions.remind_invoice(invoice, by=self.by, **said_or_usual(said, usual))
        return invoice

    @verb()
    def book(self: Any, invoice: Invoice) -> Invoice:
        """Note that the services it bills are planned."""
        return actions.book_invoice(invoice, by=self.by)

    @verb()
    def install(self: Any, invoice: Invoice) -> Invoice:
        """Note that the services it bills are done."""
        return actions.install_invoice(invoice, by=self.by)


class PaymentSteps:
    """Steps of a payment that give money back."""

    @verb(RefundBody, gives=PaymentBody, made=True)
    def refund(self: Any, payment: Payment, **said: Any) -> Payment:
        """Pay kept credit back; the payment of the opposite sign is answered."""
        return actions.refund_payment(payment, by=self.by, **said)

    @verb(ReverseBody, gives=PaymentBody, made=True)
    def reverse(self: Any, payment: Payment, **said: Any) -> Payment:
        """Take back a payment that was booked by mistake; its opposite is answered."""
        return actions.reverse_payment(payment, by=self.by, **said)


class AccountLedger:
    """What an account owes, and its money."""

    @extend_schema(
        responses=StatementBody(many=True), filters=False,
        parameters=[
            day_parameter("since", "First day; the first of the year by default."),
            day_parameter("until", "Last day; today by default."),
        ],
    )  # fmt: skip
    @action(detail=True, pagination_class=None)
    def statement(self: Any, request: Request, **where: Any) -> Response:
        """The account's statements, one a currency."""
        account = self.one()
        refuse_statement(request.user, account)
        until = day_said(request, "until", timezone.localdate())
        since = min(day_said(request, "since", dt.date(until.year, 1, 1)), until)
        return Response(StatementBody(statements(account, since=since, until=until), many=True).data)

    @verb(CustomerPaymentBody, gives=PaymentBody, made=True, name="payment")
    def receive_payment(self: Any, account: Account, **said: Any) -> Payment:
        """Note money received from the account: its oldest invoices are settled first; the payment is answered."""
        return actions.record_customer_payment(by=self.by, account=account, **said)

    @verb(MailBody, name="remind")
    def remind(self: Any, account: Account, **said: Any) -> Account:
        """Remind the account of everything overdue by one e-mail."""
        require(self.by, "remind", Invoice)
        late = list(overdue_of(account, self.by).select_related(*RELATED).order_by("due_on", "id"))
        levels = [level for one in late if (level := suggested_level(one))]
        if not levels:
            raise DomainError(_("Nothing of this customer is overdue."), code="not_overdue")
        usual = customer_letter(late, max(levels, key=lambda level: level.level), by=self.by)
        actions.remind_customer(account, by=self.by, **said_or_usual(said, usual))
        return account


def with_names(invoice: Invoice) -> Invoice:
    """The invoice with what a letter speaks of."""
    return Invoice.objects.select_related(*RELATED).get(pk=invoice.pk)


def ageing_said(groups: list[Group], on: dt.date) -> dict[str, Any]:
    """The ageing as the API tells it."""
    accounts = Account.objects.in_bulk([group.account_id for group in groups if group.account_id])
    contacts = Contact.objects.in_bulk([group.contact_id for group in groups if group.contact_id])
    codes = dict(Currency.objects.values_list("pk", "code"))
    rows = []
    for group in sorted(groups, key=lambda group: (-group.owed_base, group.account_id or 0)):
        account, contact = accounts.get(group.account_id or 0), contacts.get(group.contact_id or 0)
        rows.append(
            {
                "account": account.public_id if account else None, "contact": contact.public_id if contact else None,
                "customer_name": str(account or contact), "currency": codes[group.currency_id], "owed": group.owed,
                "owed_base": group.owed_base, "credit": group.credit,
                "buckets": [
                    {"name": name, "amount": amount, "amount_base": base, "count": count}
                    for name, amount, base, count in zip(NAMES, group.amounts, group.base, group.counts, strict=True)
                ],
            }
        )  # fmt: skip
    owed = sum((group.owed_base for group in groups), Decimal(0))
    return {"as_of": on, "base_currency": base_currency().code, "owed_base": owed, "rows": rows}
