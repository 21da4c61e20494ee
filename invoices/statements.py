"""Statements of account: what a customer was billed and has paid, with a running balance, currency by currency."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from catalog.fields import exact
from catalog.models import Currency
from customers.models import Account
from invoices.ageing import BUCKETS, Group, ageing_by_customer, summed
from invoices.models import Allocation, Invoice, Payment
from kernel.statements import AgeingBucket, StatementEntry, StatementSheet
from people.access import grant_for, in_scope, may

ZERO = Decimal(0)
# What an entry is called on a page; the kinds of kernel.printing and those that only happen here.
KINDS = {
    "invoice": _("Invoice"), "credit_note": _("Credit note"), "payment": _("Payment"), "refund": _("Paid back"),
    "reversal": _("Payment reversed"), "cancellation": _("Canceled"), "write_off": _("Settled in the ERP"),
}  # fmt: skip
FIRST_OF_A_DAY = {"invoice": 0, "credit_note": 1, "cancellation": 2, "write_off": 3}


@dataclass(frozen=True)
class Entry:
    """Something that changed what the customer owes: more (positive) or less (negative)."""

    on: dt.date
    kind: str
    number: str
    amount: Decimal
    reference: str = ""
    due_on: dt.date | None = None
    balance: Decimal = ZERO

    @property
    def label(self) -> Any:
        return KINDS[self.kind]

    @property
    def charge(self) -> Decimal:
        return max(self.amount, ZERO)

    @property
    def payment(self) -> Decimal:
        return max(-self.amount, ZERO)


@dataclass(frozen=True)
class Statement:
    """One customer's account in one currency from a day to a day."""

    account: Account
    currency: Currency
    since: dt.date
    until: dt.date
    opening: Decimal
    closing: Decimal
    entries: list[Entry] = field(default_factory=list)
    ageing: Group | None = None

    @property
    def buckets(self) -> list[tuple[str, Any, Decimal]]:
        """Name, words and amount of each ageing bucket on the last day."""
        amounts = self.ageing.amounts if self.ageing else [ZERO] * len(BUCKETS)
        return [(name, label, amount) for (name, label, _f, _l), amount in zip(BUCKETS, amounts, strict=True)]

    @property
    def overdue(self) -> Decimal:
        return sum((amount for _name, _label, amount in self.buckets[1:]), ZERO)

    @property
    def credit(self) -> Decimal:
        return self.ageing.credit if self.ageing else ZERO


def refuse_statement(user: Any, account: Account) -> None:
    """A statement tells everything about an account, so it is for those whose invoices reach as far as it."""
    if not (may(user, "view", Invoice) and in_scope(user, account, grant_for(user, "invoice").scope)):
        raise PermissionDenied(_("You may not do this."))


def statements(account: Account, *, since: dt.date, until: dt.date) -> list[Statement]:
    """The account's statements, one a currency it was ever billed or paid in; ten queries however long they are."""
    opening = openings(account, since)
    found: dict[int, list[Entry]] = {currency: [] for currency in opening}
    for currency_id, entry in entries(account, since, until):
        found.setdefault(currency_id, []).append(entry)
    groups = {
        group.currency_id: group
        for group in ageing_by_customer(Invoice.objects.all(), on=until, account_id=account.pk)
    }
    currencies = Currency.objects.in_bulk(found.keys() | groups.keys())
    return [
        statement(
            account, currencies[pk], since, until, opening.get(pk, ZERO), found.get(pk, []), groups.get(pk)
        )
        for pk in sorted(currencies, key=lambda pk: (not currencies[pk].is_base, currencies[pk].code))
    ]


def statement(
    account: Account, currency: Currency, since: dt.date, until: dt.date, opening: Decimal, found: list[Entry],
    ageing: Group | None,
) -> Statement:  # fmt: skip
    """The entries in order, each with the balance after it."""
    balance, told = opening, []
    for entry in sorted(found, key=lambda one: (one.on, FIRST_OF_A_DAY.get(one.kind, 9), one.number)):
        balance += entry.amount
        told.append(
            Entry(entry.on, entry.kind, entry.number, entry.amount, entry.reference, entry.due_on, balance)
        )
    return Statement(account, currency, since, until, opening, balance, told, ageing)


def documents(account: Account) -> QuerySet[Any]:
    """Everything with a number; of an ERP's documents also what it says is settled without an entry of ours."""
    settled = summed(Allocation.objects.filter(invoice=OuterRef("pk")), "invoice")
    found = Invoice.objects.filter(account=account, number__isnull=False)
    return found.annotate(elsewhere=F("total") - F("balance") - settled)


def openings(account: Account, since: dt.date) -> dict[int, Decimal]:
    """What was owed before that day, by currency."""
    issued = documents(account).filter(issued_on__lt=since)
    canceled = Q(status=Invoice.Status.CANCELED)
    sources: list[tuple[QuerySet[Any], str, int]] = [
        (issued, "total", 1),
        (issued.filter(canceled, canceled_on__lt=since), "total", -1),
        (issued.filter(~canceled, is_pulled=True), "elsewhere", -1),
        (Payment.objects.filter(account=account, received_on__lt=since), "amount", -1),
    ]
    found: dict[int, Decimal] = {}
    for rows, column, sign in sources:
        for row in rows.order_by().values("currency_id").annotate(sum=Sum(column)):
            found[row["currency_id"]] = found.get(row["currency_id"], ZERO) + sign * exact(row["sum"])
    return found


def entries(account: Account, since: dt.date, until: dt.date) -> Iterable[tuple[int, Entry]]:
    """What happened from that day to that day, with its currency."""
    inside = (since, until)
    for doc in documents(account).filter(Q(issued_on__range=inside) | Q(canceled_on__range=inside)):
        if since <= doc.issued_on <= until:
            yield (
                doc.currency_id,
                Entry(doc.issued_on, doc.kind, doc.number, doc.total, doc.name, doc.due_on),
            )
            if doc.is_pulled and doc.status != Invoice.Status.CANCELED and doc.elsewhere:
                yield doc.currency_id, Entry(doc.issued_on, "write_off", doc.number, -doc.elsewhere)
        if doc.status == Invoice.Status.CANCELED and doc.canceled_on and since <= doc.canceled_on <= until:
            yield doc.currency_id, Entry(doc.canceled_on, "cancellation", doc.number, -doc.total)
    for paid in Payment.objects.filter(account=account, received_on__range=inside):
        kind = "payment" if paid.amount > 0 else "reversal" if paid.reverses_id else "refund"
        yield paid.currency_id, Entry(paid.received_on, kind, paid.number, -paid.amount, paid.reference)


def sheet(one: Statement) -> StatementSheet:
    """The statement as it is printed."""
    account = one.account
    return StatementSheet(
        customer=account.name, address=address_of(account), currency=one.currency.code, digits=one.currency.digits,
        as_of=one.until, since=one.since, opening=one.opening, closing=one.closing, number=account.number,
        tax_number=getattr(account, "tax_number", ""), language=account.language, overdue=one.overdue,
        country=account.country,
        entries=[
            StatementEntry(
                entry.on, entry.kind, entry.number, entry.charge, entry.payment, entry.balance,
                entry.reference, entry.due_on,
            )
            for entry in one.entries
        ],
        ageing=[
            AgeingBucket(first, last if first is not None else None, amount)
            for (_name, _label, first, last), (_n, _l, amount) in zip(BUCKETS, one.buckets, strict=True)
        ],
    )  # fmt: skip


def address_of(account: Account) -> list[str]:
    """The lines of an envelope below the name."""
    town = f"{account.postcode} {account.city}".strip()
    return [line for line in (account.street, town, account.country) if line]
