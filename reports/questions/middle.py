"""What is usual: medians and bands of durations, by the database where it can, else from the newest rows.

``middles`` lets PostgreSQL sort, however many there are; SQLite knows no percentiles, so that there the newest rows are
read and sorted here, by the same rule (between two values in the middle lies their mean). ``newest_middles`` always
reads the newest rows: where the past is long, what is usual now is in those.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, QuerySet

from kernel.pricing import round_half_up

NEWEST = 5000
DAY = Decimal(24 * 3600)


class Percentile(Aggregate):
    """The value below which this share lies, on PostgreSQL."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: Decimal, **extra: Any) -> None:
        super().__init__(expression, share=str(share), output_field=DurationField(), **extra)


@dataclass(frozen=True)
class Middle:
    """How many there are, and where the middle and the chosen shares of them lie, in seconds."""

    count: int
    at: tuple[Decimal, ...]

    @property
    def days(self) -> tuple[Decimal, ...]:
        """The same in days, to a tenth."""
        return tuple(round_half_up(each / DAY, 1).normalize() + 0 for each in self.at)


def middles(
    rows: QuerySet[Any], *by: str, since: str, until: str, shares: Sequence[Decimal] = (Decimal("0.5"),)
) -> dict[tuple[Any, ...], Middle]:
    """Medians (or other shares) of the time between two columns, for each group, in one query."""
    if connection.vendor == "postgresql":
        return _sorted_there(rows.order_by().annotate(lasted=lasting(since, until)), by, shares)
    return newest_middles(rows, *by, since=since, until=until, shares=shares)


def lasting(since: str, until: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(until) - F(since), output_field=DurationField())


def newest_middles(
    rows: QuerySet[Any], *by: str, since: str, until: str, shares: Sequence[Decimal] = (Decimal("0.5"),)
) -> dict[tuple[Any, ...], Middle]:
    """The same of the newest ``NEWEST`` rows, in one query."""
    rows = rows.annotate(lasted=lasting(since, until))
    found: dict[tuple[Any, ...], list[Decimal]] = defaultdict(list)
    for *key, length in rows.order_by("-pk").values_list(*by, "lasted")[:NEWEST]:
        found[tuple(key)].append(seconds(length))
    return {key: middle_of(each, shares) for key, each in found.items()}


def _sorted_there(
    rows: QuerySet[Any], by: Sequence[str], shares: Sequence[Decimal]
) -> dict[tuple[Any, ...], Middle]:
    sums = {f"share_{n}": Percentile("lasted", share) for n, share in enumerate(shares)}
    if not by:
        row = rows.aggregate(how_many=Count("pk"), **sums)
        found = [row] if row["how_many"] else []
    else:
        found = list(rows.values(*by).annotate(how_many=Count("pk"), **sums))
    return {
        tuple(row[name] for name in by): Middle(
            row["how_many"], tuple(seconds(row[name]) for name in sums)
        )
        for row in found
    }  # fmt: skip


def seconds(length: dt.timedelta) -> Decimal:
    return Decimal(length.days * 86400 + length.seconds) + Decimal(length.microseconds) / 1_000_000


def middle_of(values: Iterable[Decimal], shares: Sequence[Decimal] = (Decimal("0.5"),)) -> Middle:
    """The same of values at hand."""
    ordered = sorted(values)
    return Middle(len(ordered), tuple(share_of(ordered, share) for share in shares))


def share_of(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Where a share of sorted values lies: between two of them by how near it is to each."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
