"""One line of the story, and how lines that belong together are told as one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

# Changes by one person within this time of each other are one change; cells of a line editor within the longer.
TOGETHER = dt.timedelta(minutes=5)
SITTING = dt.timedelta(minutes=15)
FOLDING = {"changed": TOGETHER, "lines_changed": SITTING}

# Where entries of one moment stand, the latest first.
RANKS = {"h": 0, "a": 1, "f": 2, "s": 3}


@dataclass(frozen=True)
class Entry:
    """One line of the story, as components/timeline.html draws it."""

    pk: str  # with the letter of where it comes from: its own link is #e-<pk>
    actor: Any
    verb: str
    at: dt.datetime
    note: str = ""
    from_status: str = ""
    to_status: str = ""
    reason: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    record_type: str = ""
    currency: str = ""
    icon: str = ""
    title: str = ""  # what it is about, as a link to ``url``
    url: str = ""
    facts: tuple[str, ...] = ()
    result: str = ""
    about: Any = None  # the record, where several are told together
    tone: str = ""
    count: int = 1

    @property
    def place(self) -> tuple[dt.datetime, int, int]:
        """Where it stands in the story."""
        return (self.at, -RANKS[self.pk[0]], int(self.pk[1:]))


def folded(entries: Iterable[Entry]) -> list[Entry]:
    """The newest first, with what one person changed in one go told as one change, from its first to its last value."""
    kept: list[Entry] = []
    began: list[dt.datetime] = []
    for entry in entries:
        last = kept[-1] if kept else None
        if last is None or not belongs(entry, last, began[-1]):
            kept.append(entry)
            began.append(entry.at)
            continue
        changes = dict(last.changes)
        for name, change in entry.changes.items():
            before, after = pair(change)
            changes[name] = [before, pair(changes.get(name, [None, after]))[1]]
        kept[-1] = replace(last, changes=changes, note=last.note or entry.note, count=last.count + 1)
        began[-1] = entry.at
    return kept


def belongs(entry: Entry, later: Entry, began: dt.datetime) -> bool:
    """Whether the entry is the beginning of what the later one goes on with."""
    if entry.verb not in FOLDING or entry.verb != later.verb or entry.pk[0] != "h":
        return False
    if (entry.actor, entry.about) != (later.actor, later.about):
        return False
    # Two remarks are two: nothing that somebody wrote is swallowed.
    return began - entry.at <= FOLDING[entry.verb] and not (entry.note and later.note)


def pair(change: Any) -> list[Any]:
    """A change as [before, after]."""
    return list(change) if isinstance(change, list | tuple) and len(change) == 2 else [None, change]
