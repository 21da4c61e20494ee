"""What a list shows of each record."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kernel.badges import tone_of

RIGHT = frozenset({"money", "number", "percent"})


@dataclass(frozen=True)
class Column:
    """One value of each row: where it comes from, how it is drawn, whether the list can be sorted by it.

    ``name`` is a path such as ``account.name``; ``sort`` is True for that path in the database, or another.
    """

    name: str
    label: Any
    kind: str = "text"
    sort: bool | str = False
    main: bool = False
    currency: str = "currency"
    source: Callable[[Any], Any] | None = None
    tone: Callable[[Any], str] | None = None

    @property
    def order_by(self) -> str:
        """The database path to sort by, empty if this column does not sort."""
        return self.sort if isinstance(self.sort, str) else self.name.replace(".", "__") if self.sort else ""

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


def follow(row: Any, path: str) -> Any:
    """The value at a dotted path; nothing where a step of it is empty."""
    found = row
    for step in path.split("."):
        if found is None:
            return None
        found = getattr(found, step, None)
    return found
