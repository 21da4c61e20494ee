"""Two people changed one thing: what it was, what each made of it, and how the choice comes back.

What only one of them changed is never asked about: fields are merged by ``kernel.forms.keep``, lines by
``catalog.line_conflicts``. What both changed becomes a Difference; an EditConflict is shown as a page on which each
Difference is decided (``templates/errors/conflict.html``), or as the body of a 409 for machines.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kernel import history
from kernel.errors import Conflict

MINE, THEIRS = "mine", "theirs"
PICK, INSTEAD, ALL = "pick:", "theirs:", "all"
# What a form says about itself, not about the record.
ABOUT_THE_FORM = {"csrfmiddlewaretoken", "version", "shown", ALL}
LONG = 80
ENTRIES_READ = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two people changed; texts are as people read them, ``mine`` and ``theirs`` as a form says them."""

    name: str
    label: str
    original: str
    yours: str
    others: str
    mine: str = ""
    theirs: str = ""
    who: str = ""
    at: dt.datetime | None = None
    line: str = ""  # of which line of the document, in words
    is_text: bool = False

    @property
    def is_long(self) -> bool:
        """Whether one wants to see which words differ."""
        return self.is_text or max(len(self.original), len(self.yours), len(self.others)) > LONG

    def words(self, which: str) -> list[tuple[str, str]]:
        """The text of ``yours`` or ``others`` as (same|new, words), against the original."""
        return list(new_words(self.original, getattr(self, which)))


class EditConflict(Conflict):
    """The same thing was changed by two people; nothing was written, and each difference waits to be decided."""

    def __init__(
        self,
        document: Any,
        differences: Sequence[Difference],
        *,
        version: int,
        typed: Sequence[tuple[str, str]] = (),
        shown: str = "",
        merged: Sequence[str] = (),
    ) -> None:
        super().__init__(
            _("Somebody else changed the same thing meanwhile. Choose what holds; nothing was saved yet.")
        )
        self.document = document
        self.differences = list(differences)
        self.version = version
        self.typed = list(typed)  # the rest of the form, to be sent again with the decision
        self.shown = shown
        self.merged = list(merged)  # what the other one changed alone, in words

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """The differences for machines."""
        return [
            {
                "field": one.name, "base": one.original, "mine": one.yours, "theirs": one.others, "by": one.who,
                "at": one.at.isoformat() if one.at else None,
            }
            for one in self.differences
        ]  # fmt: skip


@dataclass(slots=True)
class Authors:
    """Who last changed which field of a record, from its history."""

    entries: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, record: models.Model) -> "Authors":
        return cls(list(history.of(record)[:ENTRIES_READ]))

    def of_field(self, name: str) -> tuple[str, dt.datetime | None]:
        """The person and the moment; the last one who changed anything where the history does not name the field."""
        named = next(
            (entry for entry in self.entries if {name, as_remembered(name)} & entry.changes.keys()), None
        )
        entry = named or next(iter(self.entries), None)
        return (str(entry.actor), entry.at) if entry else ("", None)

    def of_lines(self) -> tuple[str, dt.datetime | None]:
        """Who changed the lines last."""
        found = next(
            (entry for entry in self.entries if entry.verb in ("lines_changed", "got_products")), None
        )
        return (str(found.actor), found.at) if found else ("", None)


def as_remembered(name: str) -> str:
    """What the history calls the form field of a field that was added: ``custom_size`` is ``custom.size``."""
    return f"custom.{name.removeprefix('custom_')}" if name.startswith("custom_") else name


def settled(data: QueryDict) -> QueryDict:
    """The input with what was decided on the page of a conflict: theirs instead of mine where that was chosen."""
    waiting = [name.removeprefix(INSTEAD) for name in data if name.startswith(INSTEAD)]
    if not waiting:
        return data
    decided = data.copy()
    for name in waiting:
        choice = data.get(ALL) or data.get(f"{PICK}{name}")
        if choice == THEIRS:
            decided.setlist(name, data.getlist(f"{INSTEAD}{name}"))
    return decided


def rest_of(data: QueryDict, without: Collection[str]) -> list[tuple[str, str]]:
    """What else the form said, to be sent again: all but what is decided and what the form says about itself."""
    return [
        (name, value)
        for name, values in data.lists()
        if name not in without and name not in ABOUT_THE_FORM and not name.startswith((PICK, INSTEAD))
        for value in values
    ]


def new_words(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The words of ``after``, those that ``before`` does not have marked as new."""
    old, new = pieces(before), pieces(after)
    for tag, _i, _j, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if start < end:
            yield ("same" if tag == "equal" else "new"), "".join(new[start:end])


def pieces(text: str) -> list[str]:
    """Words and the spaces between them; of an endless text only the beginning is compared word by word."""
    return re.findall(r"\s+|\S+", text[:20_000])
