"""Where the story comes from: the history, what was done, files, and what the ERP said. One query each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Activity, Attachment
from activities.story.entries import RANKS, Entry
from kernel.models import HistoryEntry, OutboxMessage
from kernel.story import said

CHANGES = (
    "changed",
    "lines_changed",
    "prices_changed",
    "members_changed",
    "rates_changed",
    "related_changed",
)
MAILS = ("mailed", "mailed_again", "mail_canceled", "mail_failed", "offered", "reminded")
SYNC = ("erp_reported", "sent_again", "skipped", "received")
TOLD_ELSEWHERE = ("attached",)  # the file itself stands in the story

ICONS = {
    "task": "circle-check", "call": "phone", "appointment": "calendar", "email": "mail", "note": "sticky-note",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A place in the story: what lies before it is older."""

    at: dt.datetime
    rank: int
    pk: int

    def before(self, moment: str, rank: int) -> Q:
        """The rows of a source that are older than the place."""
        older = Q(**{f"{moment}__lt": self.at})
        same = Q(**{moment: self.at})
        if rank == self.rank:
            return older | (same & Q(pk__lt=self.pk))
        return older | same if rank > self.rank else older


@dataclass(frozen=True)
class About:
    """The records whose story is told; with several, each entry says which one it is about."""

    records: Sequence[Any]
    hidden: Callable[[str], frozenset[str]]

    @property
    def names_them(self) -> bool:
        return len(self.records) > 1

    def of(self, label: str, pk: Any) -> Any:
        """The record that an entry is about, where that needs saying."""
        return self.record(label, pk) if self.names_them else None

    def record(self, label: str, pk: Any) -> Any:
        return next((one for one in self.records if one._meta.label_lower == label and one.pk == pk), None)

    def keys(self, type_column: str, id_column: str, *, as_text: bool = False) -> Q:
        """The rows that speak of these records."""
        by_type: dict[Any, list[int]] = defaultdict(list)
        for one in self.records:
            by_type[type(one)].append(one.pk)
        found = Q()
        for model, keys in by_type.items():
            kind = model._meta.label_lower if as_text else ContentType.objects.get_for_model(model)
            found |= Q(**{type_column: kind, f"{id_column}__in": keys})
        return found


def cut(rows: QuerySet[Any], moment: str, rank: str, before: Place | None, most: int) -> QuerySet[Any]:
    """The newest rows of a source, from the place on."""
    if before is not None:
        rows = rows.filter(before.before(moment, RANKS[rank]))
    return rows.order_by(F(moment).desc(), "-pk")[:most]


def history_of(about: About, show: str, before: Place | None, most: int) -> Iterator[Entry]:
    """What was done to the records."""
    wanted = {
        "mail": Q(verb__in=MAILS), "changes": Q(verb__in=CHANGES), "sync": Q(verb__in=SYNC),
        "steps": ~Q(verb__in=(*CHANGES, *MAILS, *SYNC)), "": Q(),
    }[show]  # fmt: skip
    rows = HistoryEntry.objects.filter(wanted, about.keys("record_type", "record_id", as_text=True))
    rows = rows.exclude(verb__in=TOLD_ELSEWHERE).select_related("actor")
    for entry in cut(rows, "at", "h", before, most):
        moved = entry.from_status != entry.to_status
        record = about.record(entry.record_type, entry.record_id)
        hide = about.hidden(entry.record_type.rpartition(".")[2])
        yield Entry(
            f"h{entry.pk}", entry.actor, entry.verb, entry.at, entry.note, entry.from_status if moved else "",
            entry.to_status if moved else "", entry.reason,
            {name: change for name, change in entry.changes.items() if name not in hide}, entry.record_type,
            currency_of(record), about=record if about.names_them else None,
        )  # fmt: skip


def done_with(about: About, show: str, before: Place | None, most: int) -> Iterator[Entry]:
    """Finished calls, meetings, e-mails, tasks and notes."""
    kinds = {"notes": ("note", "task"), "calls": ("call",), "mail": ("email",), "meetings": ("appointment",)}
    rows = Activity.objects.filter(
        about.keys("regarding_type", "regarding_id"), status=Activity.Status.COMPLETED
    )
    if show:
        rows = rows.filter(kind__in=kinds[show])
    rows = rows.select_related("owner", "team", "regarding_type")
    for one in cut(rows, "done_at", "a", before, most):
        assert one.done_at is not None
        kind = one.regarding_type
        yield Entry(
            f"a{one.pk}", one.owner or one.team, told(one), one.done_at, note_of(one), icon=ICONS[one.kind],
            title=one.subject if one.kind != Activity.Kind.NOTE or one.body else "",
            url=one.get_absolute_url(), facts=tuple(facts_of(one)), result=one.result,
            about=about.of(f"{kind.app_label}.{kind.model}", one.regarding_id) if kind else None,
        )  # fmt: skip


def files_of(about: About, show: str, before: Place | None, most: int) -> Iterator[Entry]:
    """What was attached."""
    rows = Attachment.objects.filter(about.keys("record_type", "record_id"))
    for one in cut(rows.select_related("by", "file", "record_type"), "at", "f", before, most):
        kind = one.record_type
        yield Entry(
            f"f{one.pk}", one.by, _("attached a file"), one.at, icon="paperclip", title=one.name,
            url=one.get_absolute_url(), facts=(str(filesizeformat(one.file.size)),),
            about=about.of(f"{kind.app_label}.{kind.model}", one.record_id),
        )  # fmt: skip


def sent_to_erp(about: About, show: str, before: Place | None, most: int) -> Iterator[Entry]:
    """What went to the ERP, and what became of it."""
    labels = {one.public_id: one for one in about.records}
    kinds = {one._meta.label_lower for one in about.records}
    rows = OutboxMessage.objects.filter(aggregate_type__in=kinds, aggregate_id__in=list(labels))
    rows = rows.exclude(destination="").select_related("actor")
    for one in cut(rows, "created_at", "s", before, most):
        failed = one.state == OutboxMessage.State.DEAD
        yield Entry(
            f"s{one.pk}", one.actor or _("The system"), _("sent it to the ERP"), one.created_at,
            one.error_text if failed else "", icon="refresh-cw", facts=(str(one.get_state_display()),),
            about=labels.get(one.aggregate_id) if about.names_them else None, tone="danger" if failed else "",
        )  # fmt: skip


# --- words ----------------------------------------------------------------------------------------------------


def told(activity: Activity) -> str:
    """A finished activity as the rest of a sentence that begins with a name."""
    incoming = activity.direction == Activity.Direction.IN
    return {
        Activity.Kind.NOTE: _("noted"),
        Activity.Kind.CALL: _("took a call") if incoming else _("made a call"),
        Activity.Kind.EMAIL: _("got an e-mail") if incoming else _("wrote an e-mail"),
        Activity.Kind.APPOINTMENT: _("met"),
        Activity.Kind.TASK: _("has done"),
    }[Activity.Kind(activity.kind)]


def note_of(activity: Activity) -> str:
    """What a note says stands in its text, or in its subject where that is all there is."""
    return activity.body or (activity.subject if activity.kind == Activity.Kind.NOTE else "")


def facts_of(activity: Activity) -> Iterator[str]:
    """What else there is to say of it, briefly."""
    if activity.outcome:
        yield str(activity.get_outcome_display())
    if activity.minutes:
        yield ngettext("%(n)s minute", "%(n)s minutes", activity.minutes) % {"n": activity.minutes}
    if activity.place:
        yield activity.place
    if activity.sender:
        yield _("from %(whom)s") % {"whom": activity.sender}
    if activity.recipients:
        yield _("to %(whom)s") % {"whom": activity.recipients}


def currency_of(record: Any) -> str:
    """The currency of a document that has been read along with it; never worth a query of its own."""
    if record is None:
        return ""
    known: Any = {each.name: each for each in record._meta.concrete_fields}.get("currency")
    return str(getattr(record, "currency", "")) if known and known.is_cached(record) else ""


def address_of(record: Any) -> str:
    """The page of the record; nothing where it has none."""
    try:
        return str(record.get_absolute_url())
    except (AttributeError, NoReverseMatch):
        return ""


__all__ = ["About", "Place", "address_of", "done_with", "files_of", "history_of", "said", "sent_to_erp"]
