"""The first rows of many queries in two: what each column of a board begins with."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from opportunities.models import Opportunity

RELATED = ("account", "contact", "currency", "owner", "stage")


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
    rows = Opportunity.objects.filter(pk__in=keys).select_related(*RELATED).in_bulk()
    return [rows[pk] for pk in keys if pk in rows]
