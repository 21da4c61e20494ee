"""What pictures of the pipeline add up to: counted once when they are taken, so that no forecast of them counts deals.

Amounts are whole numbers of ten-thousandths in the deals' own currencies, so that SQLite keeps every digit too. Rates
are applied when somebody asks: those of the snapshot, or (``rate``) those of the deals where they count.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncMonth

from catalog.valuing import Rates
from forecasts.models import DealAsOf, SumAsOf
from opportunities.measures import Worth
from opportunities.tally import PERCENT, WHOLE, exact_sum, in_whole, meant
from people.access import Scope, grant_for, kind_of, reach
from people.models import User

KEY = ("team_id", "owner_id", "status", "forecast", "currency", "rate", "month", "is_late")
AT_ONCE = 500
OWN_RATE: DecimalField[Any, Any] = DecimalField(max_digits=15, decimal_places=8)
Key = tuple[Any, ...]
Told = tuple[int, int, int]  # deals, amount, amount times percent


def keep_sums(day: dt.date, rated: Collection[str], *, deals: Any = DealAsOf, sums: Any = SumAsOf) -> None:
    """Keep the sums of the deals of that day: end the rows that are no longer true, begin those that are new.

    ``rated`` are the currencies that the day has a rate for. Part of taking a snapshot, before it is described.
    """
    now, kept = _counted(day, rated, deals), _kept(sums)
    ended = [pk for key, (pk, told) in kept.items() if now.get(key) != told]
    for start in range(0, len(ended), AT_ONCE):
        sums.objects.filter(pk__in=ended[start : start + AT_ONCE]).update(until_on=day)
    fresh = (
        sums(from_on=day, deals=n, amount=amount, percents=percents, **dict(zip(KEY, key, strict=True)))
        for key, (n, amount, percents) in now.items()
        if key not in kept or kept[key][1] != (n, amount, percents)
    )
    sums.objects.bulk_create(fresh, batch_size=AT_ONCE)


def forget_sums(day: dt.date) -> None:
    """Take back what the picture of a day that is not over has written."""
    SumAsOf.objects.filter(from_on=day).delete()
    SumAsOf.objects.filter(until_on=day).update(until_on=SumAsOf.FOREVER)


def _counted(day: dt.date, rated: Collection[str], deals: Any) -> dict[Key, Told]:
    """The sums of the open and won deals of the day, in one pass."""
    own_rate = Q(status="won") | ~Q(currency__in=list(rated))
    late = Q(status="open", close_on__lt=day)
    rows = (
        deals.objects.filter(from_on__lte=day, until_on__gt=day, status__in=["open", "won"])
        .annotate(
            month=TruncMonth("close_on"),
            category=Case(
                When(status="won", then=Value("")), default=F("forecast"), output_field=CharField()
            ),
            own=Case(When(own_rate, then=F("rate")), default=None, output_field=OWN_RATE),
            is_late=Case(When(late, then=True), default=False, output_field=BooleanField()),
        )
        .order_by()
        .values_list("team_id", "owner_id", "status", "category", "currency", "own", "month", "is_late")
    )
    amount = in_whole("amount")
    found = rows.annotate(
        n=Count("pk"), worth=exact_sum(amount), percent_sum=exact_sum(amount * F("probability"))
    )
    return {tuple(row[:-3]): (row[-3], int(row[-2]), int(row[-1])) for row in found}


def _kept(sums: Any) -> dict[Key, tuple[int, Told]]:
    """What holds until now, by key: the row, and what it says."""
    exactly = {"worth": _exactly("amount"), "percent_sum": _exactly("percents")}
    rows = sums.objects.filter(until_on=SumAsOf.FOREVER).annotate(**exactly)
    return {
        tuple(row[1:-3]): (row[0], (row[-3], int(row[-2]), int(row[-1])))
        for row in rows.values_list("pk", *KEY, "deals", "worth", "percent_sum")
    }


def _exactly(column: str) -> Any:
    """A whole number as it stands there: as a decimal SQLite would show fifteen digits of it only."""
    return F(column) if connection.vendor == "postgresql" else Cast(column, WHOLE)


# --- read -----------------------------------------------------------------------------------------------------


def sums_on(user: User, day: dt.date) -> QuerySet[SumAsOf]:
    """The sums of the deals that exist for this person, of the end of that day: as with the deals themselves."""
    rows = SumAsOf.objects.filter(from_on__lte=day, until_on__gt=day)
    found = grant_for(user, kind_of(DealAsOf))
    if not found.allows("view") or found.scope == Scope.NONE:
        return rows.none()
    return rows if found.scope == Scope.ALL else rows.filter(reach(user, found.scope))


def added(rows: QuerySet[SumAsOf], *by: str) -> Any:
    """The sums of these by the named columns, currency and own rate, as rows: add ``worth_of`` each."""
    found = rows.order_by().values(*by, "status", "currency", "rate")
    return found.annotate(n=Sum("deals"), worth=exact_sum("amount"), percent_sum=exact_sum("percents"))


def worth_of(row: Mapping[str, Any], rates: Rates) -> Worth:
    """What one of them is worth in base currency; a won deal is as sure as it is worth."""
    code, own = row["currency"], row["rate"]
    rate: Decimal = rates.by_code[code] if own is None else own
    amount = meant(row["worth"]) * rate
    if row["status"] == "won":
        return Worth(row["n"], amount, amount)
    weighted = meant(row["percent_sum"]) * PERCENT * rate
    return Worth(row["n"], amount, weighted, frozenset() if own is None else frozenset([code]))
