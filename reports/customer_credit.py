"""What a customer may owe, would owe, and how punctually they pay: only for those with the right to credit limits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Q
from django.utils import timezone

from catalog.models import Currency, ExchangeRate
from catalog.totals import in_base
from customers.models import Account
from invoices.models import Invoice
from orders.hooks import answers
from orders.models import Order
from orders.models.credit import OPEN, Credit, not_billed
from people.access import hidden_fields
from reports.customer_figures import Sums, sums_of, unpaid

ZERO = Decimal(0)
LAST_PAID = 50  # so many paid invoices tell how somebody pays


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How many days after the due day an account pays, on average over its last paid invoices; negative is early."""

    days: Decimal
    invoices: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The credit of an account, all in base currency; the same figures that hold an order back.

    ``without_rate`` are the currencies it owes in for which there is no rate of today: their amounts stand at the
    rates of the documents.
    """

    limit: Decimal | None
    credit: Credit
    owed: Sums
    without_rate: tuple[str, ...]
    punctuality: Punctuality | None

    @property
    def percent(self) -> int:
        """How much of the limit is used."""
        if not self.limit:
            return 100 if self.credit.exposure > 0 else 0
        return int(self.credit.exposure * 100 / self.limit)

    @property
    def tone(self) -> str:
        if self.limit is None:
            return "neutral"
        return "danger" if self.credit.excess else "attention" if self.percent >= 80 else "success"


def standing(user: Any, account: Account) -> Standing | None:
    """The credit of an account, for those who may know it; the whole organization's, whoever asks. Seven queries."""
    if "credit_limit" in hidden_fields(user, "account"):
        return None
    orders = Order.objects.filter(account=account, status__in=OPEN).exclude(billing="complete")
    owed = sum(answers("owed", account), ZERO)
    credit = Credit(account.credit_limit or ZERO, owed, in_base(not_billed(orders), Decimal(1)), ZERO)
    invoices = unpaid(Invoice.objects.filter(account=account))
    by_currency = sums_of(invoices, F("balance"))["all"]
    codes = [code for code, _amount in by_currency.amounts]
    return Standing(
        account.credit_limit,
        credit,
        by_currency,
        without_rate(codes, timezone.localdate()),
        punctuality(account),
    )


def without_rate(codes: Sequence[str], on: dt.date) -> tuple[str, ...]:
    """Those of the currencies that have no rate on that day; none asked for, no query."""
    if not codes:
        return ()
    known = Q(is_base=True) | Q(pk__in=ExchangeRate.objects.filter(valid_from__lte=on).values("currency"))
    rated = set(Currency.objects.filter(known, code__in=codes).values_list("code", flat=True))
    return tuple(code for code in codes if code not in rated)


def punctuality(account: Account) -> Punctuality | None:
    """Told by when the last entry settled each of the last invoices; None until one is paid. One query."""
    paid = Invoice.objects.filter(
        account=account,
        kind=Invoice.Kind.INVOICE,
        status="paid",
        status_reason="complete",
        due_on__isnull=False,
    )
    settled = paid.annotate(paid_on=Max("allocations__on", filter=Q(allocations__amount__gt=0)))
    rows = list(
        settled.filter(paid_on__isnull=False).order_by("-id").values_list("due_on", "paid_on")[:LAST_PAID]
    )
    if not rows:
        return None
    late = sum((paid_on - due_on).days for due_on, paid_on in rows)
    return Punctuality(Decimal(late) / len(rows), len(rows))
