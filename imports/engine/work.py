"""What stays the same for all rows of an import: who, which kind, which column means what, and how it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from duplicates.keys import home_region
from duplicates.matching import rule_between
from duplicates.rules import Rule
from imports.engine.links import Links
from imports.fields import Convert, Field, Misfit, by_name, converter
from imports.kinds.base import Kind
from imports.reading import Dialect
from imports.reading.rows import Row

BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
CHUNK = 1000


@dataclass(frozen=True)
class Column:
    """A column that means something: its place, its field, and how a cell of it becomes a value."""

    index: int
    field: Field
    convert: Convert


@dataclass
class Work:
    """One import at work for one person."""

    run: Any
    user: Any
    kind: Kind
    corrections: dict[int, dict[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fields: dict[str, Field] = by_name(self.kind.fields_for(self.user))
        self.columns = columns_of(self.run.columns, self.fields)
        self.options: dict[str, Any] = self.run.options
        self.links = Links(self.user, self.kind.model._meta.model_name)
        self.now = timezone.now()
        self.has_own_fields = False  # whether the organization added fields; looked up chunk by chunk
        self.placed: dict[int, Any] = {}  # by row, the rule that gave a lead to somebody
        self.reach: dict[tuple[int | None, int | None], bool] = {}  # owners within this person's reach
        for row, column, value in self.run.corrections.values_list("row", "column", "value"):
            self.corrections.setdefault(row, {})[column] = value

    @cached_property
    def dialect(self) -> Dialect:
        return dialect_of(self.run.source)

    @cached_property
    def region(self) -> str:
        """Where phone numbers without a country are dialed."""
        return home_region()

    @cached_property
    def rule(self) -> Rule:
        """What counts as the same between a row and a record."""
        return rule_between(self.kind.record_type, self.kind.model)

    @property
    def on_match(self) -> str:
        return str(self.options.get("on_match", "skip"))

    @property
    def key(self) -> str:
        return str(self.options.get("key", ""))

    @cached_property
    def width(self) -> int:
        return len(self.run.header)

    @cached_property
    def fixed(self) -> dict[str, Any]:
        """The values that every row gets; links as texts still. They were checked when they were said."""
        found = {}
        for name, text in self.run.fixed.items():
            if (one := self.fields.get(name)) is not None and text:
                found[name] = fixed_value(one, text)
        return found

    @cached_property
    def link_fields(self) -> list[Field]:
        named = {column.field.name for column in self.columns} | self.fixed.keys()
        return [one for name, one in self.fields.items() if one.link and name in named]

    def cells_of(self, row: Row) -> list[str]:
        """The cells of a row, with what somebody put right in them."""
        if row.number not in self.corrections:
            return row.cells
        cells = [*row.cells, *[""] * (self.width - len(row.cells))]
        for at, value in self.corrections[row.number].items():
            if 0 <= at < len(cells):
                cells[at] = value
        return cells


def columns_of(chosen: list[Mapping[str, str]], fields: Mapping[str, Field]) -> list[Column]:
    """The columns that mean a field this person may write."""
    found = []
    for at, said in enumerate(chosen):
        if (one := fields.get(said.get("field", ""))) is not None:
            found.append(Column(at, one, converter(one, said.get("way", ""))))
    return found


def fixed_value(one: Field, text: str) -> Any:
    """What a field that is the same for all rows holds, days and numbers in their plain form; raises Misfit."""
    way = {"number": "point", "date": "ymd"}.get(one.kind, "")
    return converter(one, way)(text)


def dialect_of(source: Mapping[str, Any]) -> Dialect:
    return Dialect(source["encoding"], source["delimiter"], source["start"], source["skipped"])


__all__ = ["BAD", "CHUNK", "Column", "Misfit", "Work", "columns_of", "dialect_of", "fixed_value"]
