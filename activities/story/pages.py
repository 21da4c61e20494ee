"""One page of the story: which sources it asks, where it begins and where it goes on."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from activities.story.entries import RANKS, Entry, folded
from activities.story.sources import About, Place, done_with, files_of, history_of, sent_to_erp
from people.access import hidden_fields

PAGE = 40
ERP_KNOWS = frozenset({"quotes.quote", "orders.order", "invoices.invoice"})

Source = Callable[[About, str, Place | None, int], Iterator[Entry]]

# What one may ask to see; each source with what it is asked for.
SHOWN: dict[str, tuple[Any, tuple[tuple[Source, str], ...]]] = {
    "": (_("All"), ((history_of, ""), (done_with, ""), (files_of, ""), (sent_to_erp, ""))),
    "notes": (_("Notes"), ((done_with, "notes"),)),
    "mail": (_("Mail"), ((done_with, "mail"), (history_of, "mail"))),
    "calls": (_("Calls"), ((done_with, "calls"),)),
    "meetings": (_("Meetings"), ((done_with, "meetings"),)),
    "files": (_("Files"), ((files_of, ""),)),
    "steps": (_("Steps"), ((history_of, "steps"),)),
    "changes": (_("Changes"), ((history_of, "changes"),)),
    "sync": (_("Sync"), ((history_of, "sync"), (sent_to_erp, ""))),
}


LETTERS: dict[Source, str] = {history_of: "h", done_with: "a", files_of: "f", sent_to_erp: "s"}
EVERY = frozenset(LETTERS.values())


@dataclass(frozen=True)
class Page:
    """Some entries of the story, and the place where the older ones begin; none at the end."""

    entries: list[Entry]
    older: str


def nothing_hidden(kind: str) -> frozenset[str]:
    return frozenset()


def read(
    records: Sequence[Any],
    *,
    user: Any = None,
    show: str = "",
    before: str = "",
    size: int = PAGE,
    only: Collection[str] = EVERY,
) -> Page:
    """The entries about the records from a place on: one query a source, however long the story.

    ``only`` are the letters of the sources that are worth asking, for who knows.
    """
    about = About(records, partial(hidden_fields, user) if user is not None else nothing_hidden)
    place = place_of(before)
    found: list[Entry] = []
    for source, asked in SHOWN[show if show in SHOWN else ""][1]:
        if LETTERS[source] not in only:
            continue
        if source is sent_to_erp and not any(one._meta.label_lower in ERP_KNOWS for one in records):
            continue
        found += source(about, asked, place, size + 1)
    found.sort(key=lambda entry: entry.place, reverse=True)
    shown = found[:size]
    return Page(folded(shown), cursor_of(shown[-1]) if len(found) > size else "")


def timeline(record: models.Model, *, limit: int = 30) -> list[Entry]:
    """What happened with one record, newest first, for a page that shows no more than that."""
    return list(islice(read([record], size=4 * limit).entries, limit))


def cursor_of(entry: Entry) -> str:
    """The place behind an entry, as an address carries it."""
    return f"{entry.at.astimezone(dt.UTC).isoformat()}~{entry.pk}"


def place_of(cursor: str) -> Place | None:
    """The place that an address names; what makes no sense is the beginning."""
    moment, _tilde, key = cursor.partition("~")
    if key[:1] not in RANKS or not (key[1:].isascii() and key[1:].isdecimal()) or len(key) > 16:
        return None
    try:
        at = parse_datetime(moment.replace(" ", "+"))
    except ValueError:
        return None
    if at is None or timezone.is_naive(at):
        return None
    return Place(at, RANKS[key[0]], int(key[1:]))
