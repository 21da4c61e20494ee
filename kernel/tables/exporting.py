"""The rows of a list as values for a file: read in pieces by key, without making records of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Field, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.tables.columns import PERSON, SPOKEN_BY, Column, walk
from kernel.tables.keyset import Order

PIECE = 2_000

Reader = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True)
class Out:
    """One column of the file: what it is called, what it reads of the database and what comes of that."""

    name: str
    label: str
    paths: tuple[str, ...]
    made: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Piece:
    """Some rows, and the place after them."""

    rows: list[tuple[Any, ...]]
    after: str


def outs_of(model: Any, columns: Sequence[Column], *, for_machines: bool) -> list[Out]:
    """The columns of the file; amounts are followed by their currency."""
    found: list[Out] = []
    for column in columns:
        if (out := out_of(model, column, for_machines=for_machines)) is None:
            continue
        found.append(out)
        paid_in = _currency(model, column) if column.kind == "money" else None
        if paid_in is not None and paid_in.name not in {one.name for one in found}:
            found.append(paid_in)
    return found


def out_of(model: Any, column: Column, *, for_machines: bool) -> Out | None:
    """How one column is written; None if it is no matter of the database."""
    name, label = column.name.replace(".", "_"), str(column.label)
    if column.parts:
        return Out(name, label, column.parts, column.join or _spaced)
    path = next((p for p in (column.name.replace(".", "__"), column.order_by) if p and walk(model, p)), "")
    if not path:
        return None
    field = walk(model, path)[-1][1]
    if field.is_relation:
        return _of_relation(name, label, path, field.related_model)
    if field.choices and not for_machines:
        words = {value: str(text) for value, text in field.flatchoices}
        return Out(name, label, (path,), lambda value: words.get(value, value))
    return Out(name, label, (path,), _local if _is_moment(field) else None)


def _of_relation(name: str, label: str, path: str, model: Any) -> Out | None:
    known = {field.name for field in model._meta.concrete_fields}
    if known >= set(PERSON):
        return Out(name, label, tuple(f"{path}__{part}" for part in PERSON), _person)
    spoken = next((one for one in SPOKEN_BY if one in known), "")
    return Out(name, label, (f"{path}__{spoken}",)) if spoken else None


def _currency(model: Any, column: Column) -> Out | None:
    path = column.currency.removesuffix(".code").replace(".", "__")
    if not walk(model, path):
        return None
    return Out(path.replace("__", "_"), str(_("Currency")), (f"{path}__code",))


def _is_moment(field: Field[Any, Any]) -> bool:
    return field.get_internal_type() == "DateTimeField"


def _local(value: Any) -> Any:
    return None if value is None else timezone.localtime(value)


def _person(first_name: str | None, last_name: str | None, username: str | None) -> str | None:
    return f"{first_name or ''} {last_name or ''}".strip() or username


def _spaced(*values: Any) -> str:
    return " ".join(str(value) for value in values if value not in (None, ""))


def pieces(
    queryset: QuerySet[Any], order: Order, outs: Sequence[Out], *, after: str = "", size: int = 0
) -> Iterator[Piece]:
    """The rows in order, piece by piece from a place on; each piece is one query and forgets the one before."""
    paths = list(dict.fromkeys(path for out in outs for path in out.paths))
    keys, size = [key.alias for key in order.keys], size or PIECE
    makers = [_maker(out, paths) for out in outs]
    while True:
        place = order.place(after) if after else None
        found = order.apply(queryset)
        if place:
            found = found.filter(order.beyond(*place))
        rows = list(found.values_list(*paths, *keys, "pk")[:size])
        if rows:
            *_values, pk = rows[-1]
            after = order.cursor_at(list(rows[-1][len(paths) : -1]), pk)
            columns = list(zip(*rows, strict=True))
            yield Piece(list(zip(*[make(columns) for make in makers], strict=True)), after)
        if len(rows) < size:
            return


def _maker(out: Out, paths: list[str]) -> Callable[[list[tuple[Any, ...]]], Sequence[Any]]:
    """What makes a column of the file from the columns that were read."""
    places = [paths.index(path) for path in out.paths]
    made = out.made
    if made is None:
        return lambda columns: columns[places[0]]
    return lambda columns: list(map(made, *[columns[at] for at in places]))


__all__ = ["Decimal", "Out", "Piece", "out_of", "outs_of", "pieces"]
