"""What a check is, and what it finds; each proves one thing about one batch of records."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Model

from reports.books.batches import Batch


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that should not be, as the check that saw it says it."""

    record: Any  # the record itself, or its name
    text: str
    expected: Any = ""
    found: Any = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be, as people and machines read it."""

    code: str
    record: str
    wrong: str
    expected: str
    found: str
    hint: str

    def __str__(self) -> str:
        figures = f" (expected {self.expected}, found {self.found})" if self.expected or self.found else ""
        return f"{self.code}: {self.record}: {self.wrong}{figures}. {self.hint}"

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


Find = Callable[[Batch], Iterator[Wrong]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, of which kinds of record, and what to do where it does not."""

    code: str
    proves: str
    hint: str
    of: tuple[type[Model], ...]
    find: Find

    def findings(self, batch: Batch) -> Iterator[Finding]:
        for wrong in self.find(batch):
            expected, found = shown(wrong.expected), shown(wrong.found)
            yield Finding(self.code, name_of(wrong.record), wrong.text, expected, found, self.hint)


CHECKS: list[Check] = []


def check(code: str, *of: type[Model], hint: str) -> Callable[[Find], Find]:
    """Register the function as a check of these kinds of record; its docstring says what it proves."""

    def register(find: Find) -> Find:
        CHECKS.append(Check(code, (find.__doc__ or "").strip(), hint, of, find))
        return find

    return register


def name_of(record: Any) -> str:
    """The record as people call it: order ORD-2026-00012."""
    if isinstance(record, str):
        return record
    number = getattr(record, "ref", None) or getattr(record, "number", None) or record.pk
    return f"{record._meta.verbose_name} {number}"


def shown(value: Any) -> str:
    """A figure without idle zeros, anything else as it is."""
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}" if value else "0"
    return "" if value is None else str(value)
