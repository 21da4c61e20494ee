"""What happened with a record and what is planned, as one story."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from activities.models import Activity
from kernel import history
from kernel.models import HistoryEntry

# Cells typed within this time of each other belong together.
SITTING = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Entry:
    """One line of the story, as components/timeline.html draws it."""

    pk: str
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


def regarding(record: models.Model) -> models.QuerySet[Activity]:
    """The activities about a record: whoever may see the record may see what is going on with it."""
    content_type = ContentType.objects.get_for_model(record)
    return Activity.objects.filter(regarding_type=content_type, regarding_id=record.pk).select_related(
        "owner"
    )


def planned(record: models.Model, *, limit: int = 20) -> list[Activity]:
    """What is still to be done about a record, the most urgent first."""
    still_open = regarding(record).filter(status=Activity.Status.OPEN)
    return list(still_open.order_by(models.F("due_at").asc(nulls_last=True), "id")[:limit])


def timeline(record: models.Model, *, limit: int = 30) -> list[Entry]:
    """Changes and finished activities of a record, newest first, in two queries."""
    currency = currency_of(record)
    entries = [
        Entry(
            f"h{e.pk}", e.actor, e.verb, e.at, e.note, e.from_status if e.from_status != e.to_status else "",
            e.to_status if e.from_status != e.to_status else "", e.reason, e.changes, e.record_type, currency,
        )
        for e in folded(history.of(record)[: 4 * limit])
    ]  # fmt: skip
    finished = regarding(record).filter(status=Activity.Status.COMPLETED).order_by("-done_at", "-id")[:limit]
    entries += [
        Entry(f"a{a.pk}", a.owner or a.team, told(a), a.done_at or a.updated_at, a.body) for a in finished
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def currency_of(record: models.Model) -> str:
    """The currency of a document that has been read along with it; never worth a query of its own."""
    known: Any = {each.name: each for each in record._meta.concrete_fields}.get("currency")
    return str(getattr(record, "currency", "")) if known and known.is_cached(record) else ""


def folded(entries: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """The newest first, with a sitting at the line editor told as one change from its first figure to its last."""
    kept: list[HistoryEntry] = []
    for entry in entries:
        last = kept[-1] if kept else None
        same = last is not None and (last.verb, last.actor_id) == (entry.verb, entry.actor_id)
        if last is None or not same or entry.verb != "lines_changed" or last.at - entry.at > SITTING:
            kept.append(entry)
            continue
        for name, (before, _after) in entry.changes.items():
            last.changes[name] = [before, last.changes.get(name, [None, None])[1]]
    return kept


def told(activity: Activity) -> str:
    """A finished activity in the words of a story."""
    return f"{str(activity.get_kind_display()).lower()}: {activity.subject}"
