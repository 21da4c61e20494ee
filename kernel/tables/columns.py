"""What a list shows of each record."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.badges import tone_of

RIGHT = frozenset({"money", "number", "percent"})
SPOKEN_BY = ("name", "number", "code", "sku", "subject")  # what a record that is referred to is called by
PERSON = ("first_name", "last_name", "username")


@dataclass(frozen=True, eq=False)
class Virtual:
    """A value that is no column of the database: how it is got, the type that reads it back, what one may ask of it.

    ``kind`` and ``choices`` are those of ``kernel.tables.fields``.
    """

    expression: Any
    output: Any
    kind: str = ""
    choices: Callable[[Any], Iterable[tuple[str, Any]]] | None = None
    answer: Callable[[str, str, Any], Any] | None = (
        None  # (operator, value, user) -> Q, where it knows better
    )


@dataclass(frozen=True)
class Column:
    """One value of each row: where it comes from, how it is drawn, what one may do with it.

    ``name`` is a path such as ``account.name``; ``sort`` is True for that path in the database, or another; ``filter``
    alike, and without saying so one may filter by whatever a column of the database holds. ``shown`` columns stand in
    the list until somebody chooses otherwise. What is put together from several columns names them in ``parts`` and
    says in ``join`` what comes of their values, so that exports need no records. ``edit`` names the field of the form
    that changes it in place.
    """

    name: str
    label: Any
    kind: str = "text"
    sort: bool | str = False
    main: bool = False
    currency: str = "currency"
    source: Callable[[Any], Any] | None = None
    tone: Callable[[Any], str] | None = None
    shown: bool = True
    filter: bool | str = True
    parts: tuple[str, ...] = ()
    join: Callable[..., Any] | None = None
    edit: str = ""
    virtual: Virtual | None = None
    prepare: Callable[[Sequence[Any]], None] | None = (
        None  # told the rows of a page before the first is drawn
    )

    @property
    def order_by(self) -> str:
        """The database path to sort by, empty if this column does not sort."""
        return self.sort if isinstance(self.sort, str) else self.name.replace(".", "__") if self.sort else ""

    @property
    def filter_by(self) -> str:
        """The database path to filter by, empty if nobody may."""
        if isinstance(self.filter, str):
            return self.filter
        return self.name.replace(".", "__") if self.filter else ""

    @property
    def align(self) -> str:
        return "num" if self.kind in RIGHT else ""

    def value(self, row: Any) -> Any:
        return self.source(row) if self.source else follow(row, self.name)

    def words(self, row: Any) -> str:
        """The value as a person says it: the label of a choice, else its text."""
        *path, last = self.name.split(".")
        holder = follow(row, ".".join(path)) if path else row
        display = getattr(holder, f"get_{last}_display", None)
        return str(display()) if display and not self.source else str(self.value(row))

    def currency_of(self, row: Any) -> str:
        return str(follow(row, self.currency) or "")

    def tone_of(self, row: Any) -> str:
        return self.tone(row) if self.tone else tone_of(self.value(row))

    def target(self, row: Any) -> str:
        """Where a link leads: to the record that the path's first step names."""
        linked = follow(row, self.name.split(".")[0])
        return str(linked.get_absolute_url()) if hasattr(linked, "get_absolute_url") else ""


def relations(model: Any, paths: Iterable[str]) -> set[str]:
    """The foreign keys that the paths walk over: what a list selects along, so that no row asks again."""
    found = set()
    for path in paths:
        holder, walked = model, []
        for step in path.split("."):
            field = next((f for f in holder._meta.get_fields() if f.name == step), None)
            if field is None or not (field.many_to_one or field.one_to_one) or not field.concrete:
                break
            walked.append(step)
            holder = field.related_model
        if walked:
            found.add("__".join(walked))
    return found


def walk(model: Any, path: str) -> list[tuple[Any, Any]]:
    """The (model, field) of each step of a database path; empty when it leads nowhere."""
    found = []
    for step in path.split("__"):
        if model is None:
            return []
        field = model._meta.pk if step == "pk" else _fields(model).get(step)
        if field is None:
            return []
        found.append((model, field))
        model = field.related_model
    return found


def _fields(model: Any) -> dict[str, Any]:
    return {field.name: field for field in model._meta.concrete_fields}


def follow(row: Any, path: str) -> Any:
    """The value at a dotted path; nothing where a step of it is empty."""
    found = row
    for step in path.split("."):
        if found is None:
            return None
        found = getattr(found, step, None)
    return found
