"""How many rows a list has: exact as long as counting is cheap, then about, from what the database knows anyway."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet

COUNTED = 10_000
# In the planner's own units; beyond it counting would read the table for longer than drawing the page takes.
DEAREST = 30_000.0
FAR_BEYOND = 10  # times as many as are counted: an estimate that large is not wrong about being large


@dataclass(frozen=True)
class Count:
    """How many, and how sure that is: ``exact``, ``about`` (from statistics) or ``over`` (counting stopped)."""

    number: int
    sure: str = "exact"


def count(queryset: QuerySet[Any]) -> Count:
    """How many rows, without ever reading a table from end to end."""
    few = queryset.order_by().values("pk")[: COUNTED + 1]
    if connections[queryset.db].vendor != "postgresql":
        found = few.count()
        return Count(found) if found <= COUNTED else Count(COUNTED, "over")
    likely, cost = estimate(queryset)
    if likely > COUNTED * FAR_BEYOND or cost > DEAREST:
        return Count(rounded(likely), "about")
    found = few.count()
    if found <= COUNTED:
        return Count(found)
    # Statistics that know of fewer than were counted know nothing.
    return Count(rounded(likely), "about") if likely > COUNTED else Count(COUNTED, "over")


def exactly(queryset: QuerySet[Any]) -> Count:
    """Counted to the last row, because somebody asked for it."""
    return Count(queryset.order_by().values("pk").count())


def estimate(queryset: QuerySet[Any]) -> tuple[int, float]:
    """How many rows the planner expects, and what counting as many as we count would cost it."""
    sql, params = queryset.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
    with connections[queryset.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        [told] = cursor.fetchone()
    plan = (told if isinstance(told, list) else json.loads(told))[0]["Plan"]
    below = plan.get("Plans", [plan])[0]
    return int(below["Plan Rows"]), plan["Total Cost"]


def rounded(number: int) -> int:
    """Two digits that mean something: 1,239,871 is about 1,200,000."""
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return round(number / unit) * unit
