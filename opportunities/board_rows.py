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


def first_of_each(queries: Sequence[QuerySet[Opportunity]], most: int) -> list[Opportunity]:
    """The first so many rows of every query, each in its order, one query after the other.

    Each part enters its own index and stops; numbering the rows of all deals would read all of them.
    """
    parts: list[str] = []
    params: list[Any] = []
    for query in queries:
        try:
            sql, given = query.values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT * FROM ({sql}) AS part_{len(parts)}")
        params += given
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        keys = [pk for (pk,) in cursor.fetchall()]
    if not keys:
        return []
    rows = Opportunity.objects.filter(pk__in=keys).select_related(*RELATED).only(*CARD_FIELDS).in_bulk()
    return [rows[pk] for pk in keys if pk in rows]
