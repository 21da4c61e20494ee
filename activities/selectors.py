"""What is planned: about a record, as the next step of many, for a person."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from activities.models import Activity, Attachment, Follow, Notification
from activities.story import Entry, timeline
from kernel.models import OutboxMessage
from people.access import visible

__all__ = [
    "Entry", "attached_to", "between", "follows", "mine", "next_steps", "planned", "readable", "regarding", "seen_by",
    "standing", "still_open", "timeline", "unread", "with_next_step",
]  # fmt: skip

FIRST_DUE = (F("due_at").asc(nulls_last=True), "id")


def regarding(record: models.Model) -> models.QuerySet[Activity]:
    """The activities about a record: whoever may see the record may see what is going on with it."""
    content_type = ContentType.objects.get_for_model(record)
    return Activity.objects.filter(regarding_type=content_type, regarding_id=record.pk).select_related(
        "owner"
    )


def planned(record: models.Model, *, limit: int = 20) -> list[Activity]:
    """What is still to be done about a record, the most urgent first."""
    still_open = regarding(record).filter(status=Activity.Status.OPEN)
    return list(still_open.order_by(*FIRST_DUE)[:limit])


def still_open(model: type[models.Model]) -> QuerySet[Activity]:
    """What is to be done about the record of an outer query."""
    return Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(model), regarding_id=OuterRef("pk"),
        status=Activity.Status.OPEN,
    ).order_by(*FIRST_DUE)  # fmt: skip


def with_next_step(records: QuerySet[Any]) -> QuerySet[Any]:
    """The records with ``next_activity`` (its subject) and ``next_activity_at``, for lists."""
    first = still_open(records.model)
    found: QuerySet[Any] = records.annotate(
        next_activity=Subquery(first.values("subject")[:1]),
        next_activity_at=Subquery(first.values("due_at")[:1]),
    )
    return found


def next_steps(records: Iterable[Any]) -> dict[tuple[str, int], Activity]:
    """What is next for each of the records, of any kind, and when, by (app.model, key): one query."""
    keys: dict[int, list[int]] = {}
    for one in records:
        keys.setdefault(ContentType.objects.get_for_model(one).pk, []).append(one.pk)
    if not keys:
        return {}
    wanted = Q()
    for kind_of_record, own in keys.items():
        wanted |= Q(regarding_type=kind_of_record, regarding_id__in=own)
    found: dict[tuple[str, int], Activity] = {}
    rows = Activity.objects.filter(wanted, status=Activity.Status.OPEN)
    for one in rows.only("subject", "due_at", "regarding_type", "regarding_id").order_by(*FIRST_DUE):
        assert one.regarding_type_id is not None
        assert one.regarding_id is not None
        about = ContentType.objects.get_for_id(one.regarding_type_id)
        kind = f"{about.app_label}.{about.model}"
        found.setdefault((kind, one.regarding_id), one)
    return found


def seen_by(user: Any) -> QuerySet[Activity]:
    """The activities one may look at: those within one's reach, and those one takes part in."""
    reach = visible(user, Activity.objects.all())
    part = Activity.objects.filter(participants__user=user)
    return Activity.objects.filter(Q(pk__in=reach.values("pk")) | Q(pk__in=part.values("pk")))


def mine(user: Any) -> QuerySet[Activity]:
    """What stands in one's own calendar: one's own activities, and those one takes part in."""
    part = Activity.objects.filter(participants__user=user).values("pk")
    return Activity.objects.filter(Q(owner=user) | Q(pk__in=part))


def attached_to(record: models.Model, *, limit: int = 50) -> list[Attachment]:
    """The files of a record, the newest first."""
    rows = Attachment.objects.about(record).select_related("by", "file").order_by("-at", "-id")
    return list(rows[:limit])


def follows(user: Any, record: Any) -> bool:
    """Whether this person hears of the record; its owner does without asking."""
    said = Follow.objects.about(record).filter(user=user).values_list("is_muted", flat=True).first()
    return record.owner_id == user.pk if said is None else not said


@dataclass(frozen=True)
class Standing:
    """What there is about a record, so that nobody looks for what is not there."""

    follows: bool
    sources: frozenset[str]  # letters of the sources of its story that have something to tell
    has_open: bool


def standing(record: Any, user: Any) -> Standing:
    """Whether one follows the record, and which kinds of rows hang on it: one query."""
    about = {"record_type": OuterRef("pk"), "record_id": record.pk}
    done = Activity.objects.filter(regarding_type=OuterRef("pk"), regarding_id=record.pk)
    sent = OutboxMessage.objects.filter(
        aggregate_type=record._meta.label_lower, aggregate_id=record.public_id
    )
    # The row of the record's own type is always there, so that whatever hangs on the record can be asked beside it.
    found = ContentType.objects.annotate(
        muted=Subquery(Follow.objects.filter(user=user, **about).values("is_muted")[:1]),
        has_open=Exists(done.filter(status=Activity.Status.OPEN)),
        a=Exists(done.filter(status=Activity.Status.COMPLETED)),
        f=Exists(Attachment.objects.filter(**about)),
        s=Exists(sent.exclude(destination="")),
    ).get(app_label=record._meta.app_label, model=record._meta.model_name)
    owned = getattr(record, "owner_id", None) == user.pk
    letters = frozenset({"h", *(letter for letter in "afs" if getattr(found, letter))})
    return Standing(owned if found.muted is None else not found.muted, letters, found.has_open)


def unread(user: Any) -> QuerySet[Notification]:
    """What the bell of this person counts."""
    return Notification.objects.filter(user=user, read_at__isnull=True, in_bell=True)


def readable(notifications: Iterable[Notification], user: Any) -> list[Notification]:
    """Those whose record this person may see now, each with its record: one query for each kind of record."""
    rows = list(notifications)
    keys: dict[int, set[int]] = {}
    for one in rows:
        if one.record_type_id and one.record_id:
            keys.setdefault(one.record_type_id, set()).add(one.record_id)
    seen: dict[tuple[int, int], Any] = {}
    for kind, ids in keys.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is None:
            continue
        records = model._default_manager.filter(pk__in=ids)
        owned = hasattr(model, "public_id") and hasattr(model, "version")
        seen |= {(kind, one.pk): one for one in (visible(user, records) if owned else records)}
    found = []
    for one in rows:
        if not one.record_type_id:
            found.append(one)
        elif (record := seen.get((one.record_type_id, one.record_id or 0))) is not None:
            one.__dict__["shown"] = record
            found.append(one)
    return found


def between(activities: QuerySet[Activity], begin: dt.datetime, end: dt.datetime) -> QuerySet[Activity]:
    """What falls into a stretch of time."""
    lasts = Q(ends_at__gt=begin) | Q(ends_at__isnull=True, due_at__gte=begin)
    return activities.filter(lasts, due_at__lt=end)
