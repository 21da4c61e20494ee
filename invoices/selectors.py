"""What is read about invoices: what is owed, and how late it is."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models import Allocation, Invoice

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "order", "opportunity", "credits", "owner", "team",
    "freight_tax_code",
)  # fmt: skip
MONEY: Any = DecimalField(max_digits=20, decimal_places=4)
ZERO = Decimal(0)

# Ageing buckets: name, words, and how many days late they begin and end (inclusive).
BUCKETS: tuple[tuple[str, Any, int | None, int | None], ...] = (
    ("not_due", _("Not due"), None, 0),
    ("1-30", _("1–30 days late"), 1, 30),
    ("31-60", _("31–60 days late"), 31, 60),
    ("61-90", _("61–90 days late"), 61, 90),
    ("over-90", _("Over 90 days late"), 91, None),
)


@dataclass(frozen=True)
class Bucket:
    """How much is owed and how late, in base currency."""

    name: str
    label: Any
    amount: Decimal
    count: int


def late(first: int | None, last: int | None, on: dt.date) -> Q:
    """Invoices that many days late on that day; one without a due date is not late."""
    found = Q()
    if first is not None:
        found &= Q(due_on__lte=on - dt.timedelta(days=first))
    if last is not None:
        begins = Q(due_on__gte=on - dt.timedelta(days=last))
        found &= begins | Q(due_on__isnull=True) if first is None else begins
    return found


def bucket_condition(name: str, on: dt.date) -> Q:
    """What is owed in one bucket on that day."""
    return next(
        (late(first, last, on) for found, _label, first, last in BUCKETS if found == name), Q(pk=None)
    )


def ageing(invoices: QuerySet[Invoice], *, on: dt.date | None = None) -> list[Bucket]:
    """What is owed by lateness, as of a day (today if none is given), in one query and base currency."""
    today = timezone.localdate()
    on = on or today
    owed: QuerySet[Any] = invoices.filter(kind=Invoice.Kind.INVOICE, number__isnull=False).exclude(
        status=Invoice.Status.CANCELED
    )
    owed = owed.annotate(owed=F("balance")) if on >= today else as_of(owed, on)
    owed = owed.filter(owed__gt=0)
    in_base = ExpressionWrapper(F("owed") * F("exchange_rate"), output_field=MONEY)
    sums: dict[str, Any] = {}
    for index, (_name, _label, first, last) in enumerate(BUCKETS):
        sums[f"amount{index}"] = Sum(in_base, filter=late(first, last, on))
        sums[f"count{index}"] = Sum(1, filter=late(first, last, on))
    found = owed.order_by().aggregate(**sums)
    return [
        Bucket(name, label, found[f"amount{index}"] or ZERO, found[f"count{index}"] or 0)
        for index, (name, label, _first, _last) in enumerate(BUCKETS)
    ]


def as_of(invoices: QuerySet[Invoice], on: dt.date) -> QuerySet[Any]:
    """What was owed at the end of a past day: what was allocated later does not count yet."""
    settled = (
        Allocation.objects.filter(invoice=OuterRef("pk"), at__date__lte=on)
        .order_by()
        .values("invoice")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    owed = F("total") - Coalesce(Subquery(settled, output_field=MONEY), ZERO, output_field=MONEY)
    return invoices.filter(issued_on__lte=on).annotate(owed=ExpressionWrapper(owed, output_field=MONEY))


def allocations_of(invoice: Invoice) -> list[Allocation]:
    """What has settled the invoice, the newest first."""
    found = invoice.allocations.select_related("payment", "credit_note").order_by("-id")
    return list(found[:100])
