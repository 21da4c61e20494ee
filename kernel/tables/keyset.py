"""Pages by key instead of by offset: the thousandth page costs what the first does, and no row comes twice."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

SALT = "kernel.tables.keyset"
KEY = "sort_key"


@dataclass(frozen=True)
class Order:
    """The order of a list: a path, a direction; rows of equal value are ordered by their primary key."""

    model: type[Model]
    path: str
    descending: bool = False

    @property
    def name(self) -> str:
        return f"-{self.path}" if self.descending else self.path

    def field(self) -> Field[Any, Any]:
        found: Field[Any, Any] = self._walk()[-1]
        return found

    @property
    def nullable(self) -> bool:
        return any(field.null for field in self._walk())

    def _walk(self) -> list[Any]:
        model: Any = self.model
        found = []
        for step in self.path.split("__"):
            field = model._meta.pk if step == "pk" else model._meta.get_field(step)
            if not getattr(field, "concrete", False):
                raise FieldDoesNotExist(f"{self.model.__name__} cannot be sorted by {self.path}")
            found.append(field)
            model = field.related_model
        return found

    def apply(self, queryset: QuerySet[Any], *, backward: bool = False) -> QuerySet[Any]:
        """Sorted by value, then by primary key; rows without a value come last in either direction."""
        descending = self.descending != backward
        last = {("nulls_first" if backward else "nulls_last"): True} if self.nullable else {}
        key = OrderBy(F(KEY), descending=descending, **last)
        ordered: QuerySet[Any] = queryset.annotate(**{KEY: F(self.path)}).order_by(
            key, OrderBy(F("pk"), descending=descending)
        )
        return ordered

    def beyond(self, value: Any, pk: Any, *, backward: bool = False) -> Q:
        """The rows on the far side of a row, which need not exist any more."""
        far = "lt" if self.descending != backward else "gt"
        same = Q(**{f"pk__{far}": pk})
        if value is None:
            without = Q(**{f"{KEY}__isnull": True}) & same
            return without | Q(**{f"{KEY}__isnull": False}) if backward else without
        # Written as a range and a tie-break, so that an index on the column can be entered in the middle.
        found = Q(**{f"{KEY}__{far}e": value}) & (Q(**{f"{KEY}__{far}": value}) | same)
        return found | Q(**{f"{KEY}__isnull": True}) if self.nullable and not backward else found

    def cursor(self, row: Any) -> str:
        """An opaque, signed mark of a row's place in this order."""
        value = getattr(row, KEY)
        text = None if value is None else _text(value)
        return signing.dumps([self.name, text, row.pk], salt=SALT)

    def place(self, cursor: str) -> tuple[Any, Any] | None:
        """The value and key that a cursor marks; None for one that is broken or belongs to another order."""
        try:
            name, text, pk = signing.loads(cursor, salt=SALT)
            if name != self.name:
                return None
            return (None if text is None else self.field().to_python(text)), pk
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
        rows = list(
            order.apply(queryset, backward=True).filter(order.beyond(*place, backward=True))[: size + 1]
        )
        if rows:
            return Slice(rows[:size][::-1], has_previous=len(rows) > size, has_next=True)
    place = order.place(after) if after else None
    rows = list(order.apply(queryset).filter(order.beyond(*place) if place else Q())[: size + 1])
    return Slice(rows[:size], has_previous=bool(place), has_next=len(rows) > size)
