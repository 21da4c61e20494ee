"""Reading a whole database in small batches: bounded memory, and a bounded number of statements for each."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Count, Model

from catalog.models import Currency

T = TypeVar("T")
SIZE = 200  # records of a batch
MOST_LINES = 10_000  # of a batch; a single larger document is one by itself
RELATED: dict[str, tuple[str, ...]] = {
    "opportunity": ("currency",),
    "quote": ("currency", "opportunity", "revises"),
    "order": ("currency", "quote", "opportunity"),
    "invoice": ("currency", "order", "opportunity", "credits"),
    "payment": ("currency",),
}


class Batch:
    """Some records of one kind; what checks need of their surroundings is read once, when the first one asks."""

    def __init__(self, documents: Sequence[Any], base_digits: int = 2) -> None:
        self.documents = documents
        self.base_digits = base_digits
        self.known: dict[Any, Any] = {}

    @cached_property
    def ids(self) -> list[int]:
        return [document.pk for document in self.documents]

    @cached_property
    def lines(self) -> dict[int, list[Any]]:
        """The lines of each document, in order."""
        relation = type(self.documents[0])._meta.get_field("lines")
        parent = relation.field.attname
        rows = relation.related_model._default_manager.filter(**{f"{parent}__in": self.ids}).order_by()
        found: dict[int, list[Any]] = {pk: [] for pk in self.ids}
        for row in rows:
            found[getattr(row, parent)].append(row)
        for lines in found.values():
            lines.sort(key=lambda line: (line.position, line.pk))
        return found

    def once(self, key: Any, read: Callable[[], T]) -> T:
        """What ``read`` gives, read for the first check that asks and kept for the others."""
        if key not in self.known:
            self.known[key] = read()
        found: T = self.known[key]
        return found


def in_batches(model: type[Model], base_digits: int) -> Iterator[Batch]:
    """All records of a kind, by primary key."""
    rows = model._default_manager.order_by("pk")
    if related := RELATED.get(str(model._meta.model_name)):
        rows = rows.select_related(*related)
    after = 0
    while found := list(rows.filter(pk__gt=after)[:SIZE]):
        after = found[-1].pk
        for part in portions(model, found):
            yield Batch(part, base_digits)


def portions(model: type[Model], found: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The records in parts that have not too many lines together."""
    counts = line_counts(model, found)
    part: list[Any] = []
    lines = 0
    for record in found:
        more = counts.get(record.pk, 0)
        if part and lines + more > MOST_LINES:
            yield part
            part, lines = [], 0
        part.append(record)
        lines += more
    yield part


def line_counts(model: type[Model], found: Sequence[Any]) -> dict[int, int]:
    if not any(field.name == "lines" for field in model._meta.related_objects):
        return {}
    parents = model._default_manager.filter(pk__in=[record.pk for record in found]).order_by()
    return dict(parents.annotate(count=Count("lines")).values_list("pk", "count"))


def base_digits() -> int:
    """How many decimals the base currency has; two before there is one."""
    digits = Currency.objects.filter(is_base=True).values_list("digits", flat=True).first()
    return 2 if digits is None else digits
