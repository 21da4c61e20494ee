"""Who owes what and how late, as of any day: told from the ledger as it was dated, not from today's balances.

An invoice counts from the day it was issued until the day it was canceled; what settles it counts from its own day.
An invoice with instalments is as late as each of them, the oldest settled first. A constant number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.fields import exact
from invoices.models import Allocation, Instalment, Invoice, Payment

MONEY: Any = DecimalField(max_digits=20, decimal_places=4)
ZERO = Decimal(0)
CENT = Decimal("0.0001")

# Ageing buckets: name, words, and how many days late they begin and end (inclusive).
BUCKETS: tuple[tuple[str, Any, int | None, int | None], ...] = (
    ("not_due", _("Not due"), None, 0),
    ("1-30", _("1–30 days late"), 1, 30),
    ("31-60", _("31–60 days late"), 31, 60),
    ("61-90", _("61–90 days late"), 61, 90),
    ("over-90", _("Over 90 days late"), 91, None),
)
NAMES = tuple(name for name, _label, _first, _last in BUCKETS)


@dataclass(frozen=True)
class Bucket:
    """How much is owed and how late, in base currency."""

    name: str
    label: Any
    amount: Decimal
    count: int


@dataclass
class Group:
    """What one customer owes in one currency, by lateness, and the credit that settles nothing yet."""

    account_id: int | None
    contact_id: int | None
    currency_id: int
    amounts: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))
    base: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))
    counts: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    credit: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        return sum(self.amounts, ZERO)

    @property
    def owed_base(self) -> Decimal:
        return sum(self.base, ZERO)


def late(first: int | None, last: int | None, on: dt.date, column: str = "due_on") -> Q:
    """Rows that many days late on that day; one without a due date is not late."""
    found = Q()
    if first is not None:
        found &= Q(**{f"{column}__lte": on - dt.timedelta(days=first)})
    if last is not None:
        begins = Q(**{f"{column}__gte": on - dt.timedelta(days=last)})
        found &= begins | Q(**{f"{column}__isnull": True}) if first is None else begins
    return found


def bucket_condition(name: str, on: dt.date) -> Q:
    """What is owed today in one bucket; an invoice with several instalments may lie in several."""
    bounds = next(((first, last) for found, _label, first, last in BUCKETS if found == name), None)
    if bounds is None:
        return Q(pk=None)
    parts = Instalment.objects.filter(invoice=OuterRef("pk"), upto__gt=OuterRef("amount_paid"))
    planned = Instalment.objects.filter(invoice=OuterRef("pk"))
    return Exists(parts.filter(late(*bounds, on))) | (~Exists(planned) & late(*bounds, on))


def late_condition(on: dt.date) -> Q:
    """What is owed and late on that day, as a whole or in one of its instalments."""
    parts = Instalment.objects.filter(invoice=OuterRef("pk"), upto__gt=OuterRef("amount_paid"))
    planned = Instalment.objects.filter(invoice=OuterRef("pk"))
    return Exists(parts.filter(due_on__lt=on)) | (~Exists(planned) & Q(due_on__lt=on))


def owed_on(invoices: QuerySet[Invoice], on: dt.date) -> QuerySet[Any]:
    """The invoices that were owed at the end of that day, each with ``owed``.

    Counted back from today: what settled it later is owed again, one that was canceled later stood for its total.
    """
    issued = invoices.filter(kind=Invoice.Kind.INVOICE, number__isnull=False, issued_on__lte=on)
    alive = issued.filter(~Q(status=Invoice.Status.CANCELED) | Q(canceled_on__gt=on))
    if on >= timezone.localdate():
        return alive.filter(balance__gt=0).annotate(owed=ExpressionWrapper(F("balance"), output_field=MONEY))
    later = summed(Allocation.objects.filter(invoice=OuterRef("pk"), on__gt=on), "invoice")
    now = Case(
        When(status=Invoice.Status.CANCELED, then=F("total") - F("amount_paid")), default=F("balance"),
        output_field=MONEY,
    )  # fmt: skip
    owed = ExpressionWrapper(now + later, output_field=MONEY)
    return alive.annotate(owed=owed).filter(owed__gte=CENT)


def summed(entries: QuerySet[Allocation], by: str) -> Any:
    """The sum of the entries of one row, as an expression of its query."""
    sums = entries.order_by().values(by).annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums, output_field=MONEY), Value(ZERO), output_field=MONEY)


def without_plan(owed: QuerySet[Any]) -> QuerySet[Any]:
    """Those that are due on one day."""
    return owed.filter(~Exists(Instalment.objects.filter(invoice=OuterRef("pk"))))


def parts_owed(owed: QuerySet[Any]) -> QuerySet[Any]:
    """The open instalments of those that are due in parts, each with ``open``."""
    amount = Subquery(
        owed.filter(pk=OuterRef("invoice_id")).order_by().values("owed")[:1], output_field=MONEY
    )
    paid = ExpressionWrapper(F("invoice__total") - F("invoice_owed"), output_field=MONEY)
    rest = Least(F("amount"), F("upto") - F("invoice_paid"), output_field=MONEY)
    found = Instalment.objects.annotate(invoice_owed=amount).filter(invoice_owed__isnull=False)
    opened = found.annotate(invoice_paid=paid).annotate(open=Greatest(rest, Value(ZERO), output_field=MONEY))
    return opened.filter(open__gte=CENT)


def sums_of(amount: str, rate: str, on: dt.date) -> dict[str, Any]:
    """One aggregate a bucket for amount, base amount and count."""
    in_base = ExpressionWrapper(F(amount) * F(rate), output_field=MONEY)
    sums: dict[str, Any] = {}
    for index, (_name, _label, first, last) in enumerate(BUCKETS):
        here = late(first, last, on)
        sums[f"amount{index}"] = Sum(amount, filter=here, output_field=MONEY)
        sums[f"base{index}"] = Sum(in_base, filter=here, output_field=MONEY)
        sums[f"count{index}"] = Count("pk", filter=here)
    return sums


def ageing(invoices: QuerySet[Invoice], *, on: dt.date | None = None) -> list[Bucket]:
    """What is owed by lateness, as of a day (today if none is given), in base currency."""
    on = on or timezone.localdate()
    owed = owed_on(invoices, on)
    found = [
        without_plan(owed).order_by().aggregate(**sums_of("owed", "exchange_rate", on)),
        parts_owed(owed).order_by().aggregate(**sums_of("open", "invoice__exchange_rate", on)),
    ]
    return [
        Bucket(
            name, label, sum((exact(one[f"base{index}"]) for one in found), ZERO),
            sum(one[f"count{index}"] for one in found),
        )
        for index, (name, label, _first, _last) in enumerate(BUCKETS)
    ]  # fmt: skip


def ageing_by_customer(
    invoices: QuerySet[Invoice], *, on: dt.date, credits: bool = True, **whose: Any
) -> list[Group]:
    """What each customer owes in each currency, as of a day; with the credit each has, where that may be seen."""
    groups: dict[tuple[Any, ...], Group] = {}
    owed = owed_on(invoices.filter(**whose), on)
    for prefix, rows, amount in (("", without_plan(owed), "owed"), ("invoice__", parts_owed(owed), "open")):
        keys = [f"{prefix}{name}" for name in ("account_id", "contact_id", "currency_id")]
        sums = sums_of(amount, f"{prefix}exchange_rate", on)
        for row in rows.order_by().values(*keys).annotate(**sums):
            add_up(group_for(groups, [row[key] for key in keys]), row)
    if credits:
        for key, amount_left in credit_on(on, **whose).items():
            group_for(groups, key).credit += amount_left
    return [group for group in groups.values() if group.owed or group.credit]


def group_for(groups: dict[tuple[Any, ...], Group], key: Iterable[Any]) -> Group:
    """The group of this customer and currency; a contact counts only where there is no account."""
    account_id, contact_id, currency_id = key
    contact_id = None if account_id else contact_id
    return groups.setdefault(
        (account_id, contact_id, currency_id), Group(account_id, contact_id, currency_id)
    )


def add_up(group: Group, row: dict[str, Any]) -> None:
    for index in range(len(BUCKETS)):
        group.amounts[index] += exact(row[f"amount{index}"])
        group.base[index] += exact(row[f"base{index}"])
        group.counts[index] += row[f"count{index}"]


def credit_on(on: dt.date, **whose: Any) -> dict[tuple[Any, ...], Decimal]:
    """Kept payments and open credit notes by customer and currency, as of a day."""
    used = summed(Allocation.objects.filter(payment=OuterRef("pk"), on__lte=on), "payment")
    paid: QuerySet[Any] = Payment.objects.filter(received_on__lte=on, amount__gt=0, **whose)
    kept = paid.filter(managed_by="").annotate(left=ExpressionWrapper(F("amount") - used, output_field=MONEY))
    given = summed(Allocation.objects.filter(credit_note=OuterRef("pk"), on__lte=on), "credit_note")
    notes: QuerySet[Any] = Invoice.objects.filter(
        ~Q(status=Invoice.Status.CANCELED) | Q(canceled_on__gt=on), kind=Invoice.Kind.CREDIT_NOTE,
        number__isnull=False, issued_on__lte=on, **whose,
    )  # fmt: skip
    # Of an ERP's credit note only the ERP knows what it was used for.
    left_of_note = Case(
        When(is_pulled=True, then=ExpressionWrapper(-F("balance"), output_field=MONEY)),
        default=ExpressionWrapper(-F("total") - given, output_field=MONEY), output_field=MONEY,
    )  # fmt: skip
    opened = notes.annotate(left=left_of_note)
    found: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for rows in (kept, opened):
        left = rows.filter(left__gte=CENT).order_by()
        for row in left.values("account_id", "contact_id", "currency_id").annotate(sum=Sum("left")):
            found[row["account_id"], row["contact_id"], row["currency_id"]] += exact(row["sum"])
    return found


@dataclass(frozen=True)
class Item:
    """An open invoice, or an open instalment of one, as it stood on a day."""

    invoice: Invoice
    due_on: dt.date | None
    amount: Decimal
    days_late: int


def open_items(
    invoices: QuerySet[Invoice], *, on: dt.date, bucket: str = "", most: int = 200, **whose: Any
) -> list[Item]:
    """What makes up a sum of the ageing: the oldest first, at most so many; three queries."""
    owed = owed_on(invoices.filter(**whose), on)
    bounds = next(((first, last) for name, _label, first, last in BUCKETS if name == bucket), None)
    here = late(*bounds, on) if bounds else Q()
    whole = without_plan(owed).filter(here).select_related("account", "contact", "currency")
    parts = parts_owed(owed).filter(here).select_related(
        "invoice__account", "invoice__contact", "invoice__currency"
    )  # fmt: skip
    found = [
        (one, one.due_on, one.owed) for one in whole.order_by(F("due_on").asc(nulls_last=True), "id")[:most]
    ]
    found += [(part.invoice, part.due_on, part.open) for part in parts.order_by("due_on", "id")[:most]]
    items = [
        Item(invoice, due_on, amount, max((on - due_on).days, 0) if due_on else 0)
        for invoice, due_on, amount in found
    ]
    return sorted(items, key=lambda item: (item.due_on or dt.date.max, item.invoice.pk))[:most]
