"""What a list reads from the database for the columns it shows: no more, and no row asks again."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from kernel.tables.columns import Column, relations, walk


@dataclass(frozen=True)
class Plan:
    """The relations to follow and the columns to read; no columns means all."""

    related: tuple[str, ...]
    only: tuple[str, ...]

    def of(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = queryset.select_related(*self.related) if self.related else queryset
        return found.only(*self.only) if self.only else found


def plan_of(table: Any, model: Any, columns: Sequence[Column]) -> Plan:
    """How to read these columns; worked out once for each choice of columns."""
    return _plan(
        table, model, tuple((c.name, c.currency if c.kind == "money" else "", c.parts) for c in columns)
    )


@lru_cache(maxsize=512)
def _plan(table: Any, model: Any, wanted: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Plan:
    paths = [path for name, currency, _parts in wanted for path in (name, currency) if path]
    related = {
        *relations(model, paths),
        *(r for r in table.related if not table.reads or _is_read(r, table, wanted)),
    }
    if not table.reads:
        return Plan(tuple(sorted(related)), ())
    more = [read for name, currency, parts in wanted for read in _reads_of(model, name, currency, parts)]
    only = dict.fromkeys([*table.reads, *more])
    joined = {path.rpartition("__")[0] for path in only if "__" in path}
    return Plan(tuple(sorted(related | joined)), tuple(only))


def _is_read(relation: str, table: Any, wanted: Any) -> bool:
    """Whether a relation to follow is among what is read at all."""
    return any(read == relation or read.startswith(f"{relation}__") for read in table.reads) or any(
        name.split(".")[0] == relation for name, _currency, _parts in wanted
    )


def _reads_of(model: Any, name: str, currency: str, parts: tuple[str, ...]) -> list[str]:
    found = list(parts)
    for dotted in filter(None, (name, currency)):
        path = dotted.replace(".", "__")
        while path and not walk(model, path):
            path = path.rpartition("__")[0]
        if path:
            found.append(path)
    return found
