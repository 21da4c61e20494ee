"""The first rows of many queries in two: what each column of a board begins with."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from opportunities.models import Opportunity

RELATED = ("account", "contact", "currency", "owner", "stage")
# What cards tell, and what says whether they may be moved; the rest of a deal is not read for them.
CARD_FIELDS = (
    "public_id", "version", "owner", "team", "number", "name", "status", "status_reason", "stage", "account", "contact",
    "currency", "revenue_mode", "estimated_revenue", "pre_freight_amount", "freight", "estimated_close_on", "closed_on",
    "probability", "forecast", "next_step", "next_step_on", "next_due_at", "stage_entered_at", "created_at",
    "account__name", "contact__first_name", "contact__last_name", "currency__code", "owner__first_name",
    "owner__last_name", "owner__username", "stage__name", "stage__rots_after_days",
)  # fmt: skip


ANY = -9_007_199_254  # stands for the stage in a query that is asked of one stage after the other
Part = tuple[str, Sequence[Any]]


def of_each_stage(query: QuerySet[Opportunity], stages: Sequence[int], most: int) -> list[Part]:
    """The first so many rows of the query in every stage; it is put together once and asked of each."""
    sql, params = _part(query.filter(stage=ANY), most) or ("", ())
    if params.count(ANY) != 1:
        found = [_part(query.filter(stage=stage), most) for stage in stages]
        return [part for part in found if part is not None]
    return [(sql, [stage if one == ANY else one for one in params]) for stage in stages]


def of_all(queries: Sequence[QuerySet[Opportunity]], most: int) -> list[Part]:
    """The first so many rows of every query."""
    return [part for query in queries if (part := _part(query, most)) is not None]


def _part(query: QuerySet[Opportunity], most: int) -> tuple[str, tuple[Any, ...]] | None:
    try:
        sql, params = query.values("pk")[:most].query.sql_with_params()
    except EmptyResultSet:
        return None
    return str(sql), tuple(params)


def rows_of(parts: Sequence[Part]) -> list[Opportunity]:
    """The rows of all parts, each in its order, one part after the other, in two queries.

    Each part enters its own index and stops; numbering the rows of all deals would read all of them.
    """
    if not parts:
        return []
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part_{n}" for n, (sql, _params) in enumerate(parts))
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _sql, params in parts for param in params])
        keys = [pk for (pk,) in cursor.fetchall()]
    if not keys:
        return []
    rows = Opportunity.objects.filter(pk__in=keys).select_related(*RELATED).only(*CARD_FIELDS).in_bulk()
    return [rows[pk] for pk in keys if pk in rows]
