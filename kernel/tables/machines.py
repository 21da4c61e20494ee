"""The filters of lists for machines: the same declared fields, and every question that makes no sense is refused."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import QueryDict

from kernel.tables.asked import Asked
from kernel.tables.conditions import MOST_GROUPS, PARAMETER, parse
from kernel.tables.fields import fields_of
from kernel.tables.registry import table_of
from kernel.tables.views import with_choices

VIEW = "view"


def narrowed(queryset: QuerySet[Any], texts: list[str], user: Any) -> QuerySet[Any]:
    """The rows for which all questions hold; raises ValueError for one that makes no sense."""
    table = table_of(queryset.model)
    if table is None or len(texts) > MOST_GROUPS:
        raise ValueError
    fields = table.fields_for(user)
    for text in texts:
        asked = Q()
        for one in parse(text, fields, user):
            if one.field.expression is not None:
                queryset = queryset.alias(**{one.field.path: one.field.expression})
            asked |= one.q(user)
        queryset = queryset.filter(asked)
    return queryset


def seen_through(queryset: QuerySet[Any], public_id: str, user: Any) -> QuerySet[Any]:
    """The rows that a saved view leaves; raises ValueError for one that does not exist for this person."""
    table = table_of(queryset.model)
    known = with_choices(user).filter(table=table.name) if table is not None else ()
    view = next((one for one in known if str(one.public_id) == public_id), None)
    if view is None or table is None:
        raise ValueError
    return Asked(table, QueryDict(view.query), user).narrow(queryset)


def described(model: Any) -> Mapping[str, str]:
    """The words for the description of the API, by parameter; nothing where a kind of record has no list."""
    table = table_of(model)
    if table is None:
        return {}
    # Declared columns only: a description is drawn where there is no database yet.
    known = [column for column in table.columns if not table.is_reserved(column, AnonymousUser())]
    fields = sorted(fields_of(model, known).values(), key=lambda field: field.name)
    named = "; ".join(f"`{field.name}` ({field.kind}: {', '.join(field.operators)})" for field in fields)
    return {
        PARAMETER: (
            "A condition `field:operator:value`, as in the addresses of the pages, such as `created_at:last:30d`. Given"
            " several times, all must hold; `||` stands between alternatives. Added fields are `custom_<name>`."
            f" Fields: {named}."
        ),
        VIEW: "Id of a saved view of the list, whose filters and words are applied.",
    }
