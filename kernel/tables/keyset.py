"""Pages by key instead of by offset: the thousandth page costs what the first does, and no row comes twice."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from kernel.tables.columns import Virtual

SALT = "kernel.tables.keyset"
KEY = "sort_key"


@dataclass(frozen=True)
class Key:
    """One thing a list is sorted by; rows without it come last in either direction."""

    model: type[Model]
    path: str
    descending: bool = False
    alias: str = KEY
    virtual: Virtual | None = None

    @property
    def name(self) -> str:
        return f"-{self.path}" if self.descending else self.path

    @cached_property
    def _steps(self) -> list[Any]:
        model: Any = self.model
        found = []
        for step in self.path.split("__"):
            step_field = model._meta.pk if step == "pk" else model._meta.get_field(step)
            if not getattr(step_field, "concrete", False):
                raise FieldDoesNotExist(f"{self.model.__name__} cannot be sorted by {self.path}")
            found.append(step_field)
            model = step_field.related_model
        return found

    def field(self) -> Field[Any, Any]:
        found: Field[Any, Any] = self.virtual.output if self.virtual else self._steps[-1]
        return found

    @property
    def nullable(self) -> bool:
        return bool(self.virtual) or any(step.null for step in self._steps)

    def expression(self) -> Any:
        return self.virtual.expression if self.virtual else F(self.path)

    def ordering(self, *, backward: bool) -> OrderBy:
        last = {("nulls_first" if backward else "nulls_last"): True} if self.nullable else {}
        return OrderBy(F(self.alias), descending=self.descending != backward, **last)

    def far(self, *, backward: bool) -> str:
        return "lt" if self.descending != backward else "gt"

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.alias}__isnull": True}) if value is None else Q(**{self.alias: value})

    def past(self, value: Any, *, backward: bool) -> Q | None:
        """Rows whose value lies on the far side of this one; None when there is nothing beyond."""
        if value is None:
            return Q(**{f"{self.alias}__isnull": False}) if backward else None
        found = Q(**{f"{self.alias}__{self.far(backward=backward)}": value})
        return found | Q(**{f"{self.alias}__isnull": True}) if self.nullable and not backward else found

    def fence(self, value: Any, *, backward: bool) -> Q | None:
        """What all rows from this value on have in common, so that an index on the column is entered in the middle."""
        if value is None or (self.nullable and not backward):
            return None
        return Q(**{f"{self.alias}__{self.far(backward=backward)}e": value})


@dataclass(frozen=True)
class Order:
    """The order of a list: up to three paths, each with a direction; rows of equal values go by their primary key."""

    model: type[Model]
    path: str
    descending: bool = False
    then: tuple[tuple[str, bool], ...] = ()
    virtual: dict[str, Virtual] = field(default_factory=dict, hash=False, compare=False)

    @cached_property
    def keys(self) -> list[Key]:
        asked = [(self.path, self.descending), *self.then]
        return [
            Key(self.model, path, down, f"{KEY}_{n}" if n else KEY, self.virtual.get(path))
            for n, (path, down) in enumerate(asked)
        ]

    @property
    def name(self) -> str:
        """How addresses and cursors call it: ``-amount,name``."""
        return ",".join(key.name for key in self.keys)

    def field(self) -> Field[Any, Any]:
        return self.keys[0].field()

    @property
    def nullable(self) -> bool:
        return self.keys[0].nullable

    def direction_of(self, path: str) -> tuple[int, bool] | None:
        """The place of a path in this order and whether it descends."""
        return next(((n, key.descending) for n, key in enumerate(self.keys) if key.path == path), None)

    def apply(self, queryset: QuerySet[Any], *, backward: bool = False) -> QuerySet[Any]:
        """Sorted by the values, then by primary key in the direction of the first."""
        by = [key.ordering(backward=backward) for key in self.keys]
        ordered: QuerySet[Any] = queryset.annotate(**{k.alias: k.expression() for k in self.keys}).order_by(
            *by, OrderBy(F("pk"), descending=self.descending != backward)
        )
        return ordered

    def beyond(self, values: Any, pk: Any, *, backward: bool = False) -> Q:
        """The rows on the far side of a row, which need not exist any more."""
        values = values if isinstance(values, list) else [values]
        far = "lt" if self.descending != backward else "gt"
        found = Q(**{f"pk__{far}": pk})
        for key, value in reversed(list(zip(self.keys, values, strict=True))):
            found = key.same(value) & found
            if (past := key.past(value, backward=backward)) is not None:
                found = past | found
            if (fence := key.fence(value, backward=backward)) is not None:
                found = fence & found
        return found

    def cursor(self, row: Any) -> str:
        """An opaque, signed mark of a row's place in this order."""
        return self.cursor_at([getattr(row, key.alias) for key in self.keys], row.pk)

    def cursor_at(self, values: list[Any], pk: Any) -> str:
        texts = [None if value is None else _text(value) for value in values]
        return signing.dumps([self.name, texts, pk], salt=SALT)

    def place(self, cursor: str) -> tuple[list[Any], Any] | None:
        """The values and key that a cursor marks; None for one that is broken or belongs to another order."""
        try:
            name, texts, pk = signing.loads(cursor, salt=SALT)
            if name != self.name:
                return None
            pairs = zip(self.keys, texts, strict=True)
            return [None if text is None else key.field().to_python(text) for key, text in pairs], pk
        except (signing.BadSignature, ValidationError, ValueError, TypeError):
            return None


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@dataclass(frozen=True)
class Slice:
    """The rows of one page, and whether there are more on either side."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def cut(queryset: QuerySet[Any], order: Order, *, size: int, after: str = "", before: str = "") -> Slice:
    """One page: from the start, after a cursor, or before one. A bad cursor is the start."""
    if before and (place := order.place(before)):
        rows = rows_from(queryset, order, place, size + 1, backward=True)
        if rows:
            return Slice(rows[:size][::-1], has_previous=len(rows) > size, has_next=True)
    place = order.place(after) if after else None
    rows = rows_from(queryset, order, place, size + 1)
    return Slice(rows[:size], has_previous=bool(place), has_next=len(rows) > size)


def rows_from(
    queryset: QuerySet[Any],
    order: Order,
    place: tuple[list[Any], Any] | None,
    most: int,
    *,
    backward: bool = False,
) -> list[Any]:
    """The rows beyond a place, at most so many.

    Where the first value may be missing, rows with it and rows without it are read in turn: asked for both at once, a
    database would walk through its index up to the place instead of entering it there.
    """
    ordered = order.apply(queryset, backward=backward)
    if place is None:
        return list(ordered[:most])
    values, first = place[0], order.keys[0]
    beyond = ordered.filter(order.beyond(*place, backward=backward))
    if not first.nullable or (values[0] is None) != backward:
        return list(beyond[:most])
    missing = Q(**{f"{first.alias}__isnull": True})
    if backward:
        near, then = missing, ~missing
    else:
        near, then = Q(**{f"{first.alias}__{first.far(backward=False)}e": values[0]}), missing
    rows = list(beyond.filter(near)[:most])
    return rows if len(rows) == most else rows + list(ordered.filter(then)[: most - len(rows)])
