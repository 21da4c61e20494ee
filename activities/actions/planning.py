"""Planning, doing and giving up activities."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.actions.following import call_mentioned, tell_assigned, tell_followers
from activities.models import Activity, Attachment, Follow, Snooze
from activities.participants import Guest, invite
from activities.plans import about, follow, hold
from kernel import history
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, locked
from people.access import may, refuse_handover, require
from people.models import User

FIELDS = frozenset(
    {
        "kind", "subject", "body", "due_at", "ends_at", "owner", "team", "custom", "priority", "direction", "minutes",
        "place", "sender", "recipients", "outcome", "result",
    }
)  # fmt: skip
RESULTS = frozenset({"outcome", "result", "minutes"})
COPIED = (
    "kind", "subject", "body", "due_at", "ends_at", "done_at", "owner_id", "team_id", "status", "search_text",
    "custom", "priority", "direction", "minutes", "place", "sender", "recipients", "outcome", "result",
)  # fmt: skip


def _save(activity: Activity, **how: bool) -> None:
    """Write it, and let the record it is about know what is planned now."""
    activity.save(**how)
    follow([about(activity)])


@transaction.atomic
def create_activity(
    *,
    by: User,
    regarding: models.Model | None = None,
    participants: Sequence[Guest] = (),
    done: bool = False,
    **values: Any,
) -> Activity:
    """Plan something about a record, or with ``done`` note that it was done; a note is nothing to do."""
    if regarding is not None and not may(by, "view", regarding):
        raise DomainError(_("There is no such record."), code="not_found", field="regarding")
    activity = Activity(regarding=regarding)
    assign(activity, {"subject": "", **values}, allowed=FIELDS)
    if activity.owner_id is None and activity.team_id is None:
        activity.owner, activity.team = by, by.team
    elif activity.team_id is None and activity.owner:
        activity.team = activity.owner.team
    require(by, "add", activity)
    if done or activity.kind == Activity.Kind.NOTE:
        advance(activity.complete, by=by)
    _save(activity, force_insert=True)
    invite(activity, participants)
    history.record(activity, "created", by=by)
    spread_the_word(activity, by=by)
    return activity


def spread_the_word(activity: Activity, *, by: User) -> None:
    """Tell whom it is for, whom its text names, and who follows what it is about."""
    told = [*tell_assigned(activity, by=by), *call_mentioned(activity, by=by)]
    if activity.status == Activity.Status.COMPLETED and activity.regarding is not None:
        text = f"{str(activity.get_kind_display()).lower()}: {activity.subject}"
        tell_followers(activity.regarding, text=text, by=by, anchor=anchor_of(activity), but=told)


def anchor_of(activity: Activity) -> str:
    """Where it stands in the timeline."""
    return f"e-a{activity.pk}"


@transaction.atomic
def change_activity(
    activity: Activity,
    *,
    by: User,
    version: int | None = None,
    note: str = "",
    participants: Sequence[Guest] | None = None,
    **values: Any,
) -> Activity:
    """Plan it differently, while it is open."""
    hold([about(activity)])
    activity = locked(activity, version=version)
    advance(activity.edit, by=by)
    refuse_handover(activity, values, by)
    owner, due_at = activity.owner_id, activity.due_at
    if changes := assign(activity, values, allowed=FIELDS):
        if activity.due_at != due_at:
            activity.reminded_at = None
        _save(activity)
        history.record(activity, "changed", by=by, changes=changes, note=note)
    if participants is not None:
        invite(activity, participants)
    if activity.owner_id != owner:
        tell_assigned(activity, by=by)
    return activity


@transaction.atomic
def assign_activity(activity: Activity, *, by: User, owner: User, version: int | None = None) -> Activity:
    """Give it to somebody, who is told."""
    hold([about(activity)])
    activity = locked(activity, version=version)
    advance(activity.edit, by=by)
    values = {"owner": owner, "team": owner.team or activity.team}
    refuse_handover(activity, values, by)
    if changes := assign(activity, values, allowed=FIELDS):
        _save(activity)
        history.record(activity, "assigned", by=by, changes=changes)
        tell_assigned(activity, by=by)
    return activity


@transaction.atomic
def complete_activity(
    activity: Activity, *, by: User, version: int | None = None, **results: Any
) -> Activity:
    """It is done, and this came of it."""
    hold([about(activity)])
    activity = locked(activity, version=version)
    before = activity.status
    advance(activity.complete, by=by)
    assign(activity, results, allowed=RESULTS)
    _save(activity)
    history.record(activity, "completed", by=by, from_status=before, note=activity.result)
    if activity.regarding is not None:
        text = _("done: %(what)s") % {"what": activity.subject}
        tell_followers(activity.regarding, text=text, by=by, anchor=anchor_of(activity))
    return activity


@transaction.atomic
def snooze_activity(
    activity: Activity, *, by: User, until: dt.datetime, version: int | None = None
) -> Activity:
    """Not now but then."""
    if until <= timezone.now():
        raise DomainError(_("Choose a moment to come."), code="in_the_past", field="until")
    hold([about(activity)])
    activity = locked(activity, version=version)
    changes = history.changes_of(activity, {"due_at": until})
    advance(activity.snooze, by=by, until=until)
    _save(activity)
    history.record(activity, "snoozed", by=by, changes=changes)
    return activity


@transaction.atomic
def put_off(record: models.Model, *, by: User, until: dt.datetime) -> None:
    """Do not show me the record on my day before then; nobody else is concerned."""
    require(by, "view", record)
    if until <= timezone.now():
        raise DomainError(_("Choose a moment to come."), code="in_the_past", field="until")
    if not Snooze.objects.about(record).filter(user=by).update(until=until):
        Snooze.objects.bulk_create([Snooze(record=record, user=by, until=until)], ignore_conflicts=True)


@transaction.atomic
def cancel_activity(activity: Activity, *, by: User, version: int | None = None) -> Activity:
    """It will not be done."""
    hold([about(activity)])
    activity = locked(activity, version=version)
    before = activity.status
    advance(activity.cancel, by=by)
    _save(activity)
    history.record(activity, "canceled", by=by, from_status=before)
    return activity


def call_off(activity: Activity, *, by: User) -> Activity:
    """What it was planned for is gone, whoever it belongs to; part of a larger action on the record it is about."""
    hold([about(activity)])
    activity = locked(activity)
    before = activity.status
    advance(activity.call_off, by=by)
    _save(activity)
    history.record(activity, "canceled", by=by, from_status=before)
    return activity


@transaction.atomic
def reopen_activity(activity: Activity, *, by: User, version: int | None = None) -> Activity:
    """It is to be done after all; the same click twice is one."""
    hold([about(activity)])
    activity = locked(activity, version=version)
    before = activity.status
    advance(activity.reopen, by=by)
    _save(activity)
    history.record(activity, "reopened", by=by, from_status=before)
    return activity


def receive_task(
    *, regarding: Any, subject: str, body: str, by: User, due_at: dt.datetime | None = None
) -> tuple[Activity, bool]:
    """What somebody outside asks for, as a task of whoever looks after the record; part of a larger action.

    Asking the same again while the task is open makes no second one. The asker needs no right of their own.
    """
    same = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(regarding), regarding_id=regarding.pk,
        status=Activity.Status.OPEN, subject=subject, body=body,
    ).first()  # fmt: skip
    if same is not None:
        return same, False
    task = Activity(
        regarding=regarding, kind=Activity.Kind.TASK, subject=subject, body=body,
        due_at=due_at or timezone.now(),
        owner=regarding.owner, team=regarding.team,
    )  # fmt: skip
    _save(task, force_insert=True)
    history.record(task, "created", by=by)
    tell_assigned(task, by=by)
    return task, True


@dataclass(frozen=True)
class Handover:
    """What went along: activities that moved, and copies of what was done."""

    moved: list[int]
    copied: list[int]
    files: list[int]


def hand_over(source: models.Model, target: models.Model) -> Handover:
    """What is still to do moves to the target; what was done, files, followers are copied; part of an action."""
    here = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(source), regarding_id=source.pk
    )
    still_open = list(here.filter(status=Activity.Status.OPEN).values_list("pk", flat=True))
    copied = copy_over(source, target)
    Activity.objects.filter(pk__in=still_open).update(
        regarding_type=ContentType.objects.get_for_model(target),
        regarding_id=target.pk,
        version=F("version") + 1,
    )
    follow((ContentType.objects.get_for_model(one).pk, one.pk) for one in (source, target))
    return Handover(still_open, copied.copied, copied.files)


def copy_over(source: models.Model, target: models.Model) -> Handover:
    """What was done, files and followers stand with the target as well; part of a larger action."""
    here = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(source), regarding_id=source.pk
    )
    done = list(here.filter(status=Activity.Status.COMPLETED).order_by("id"))
    copies = Activity.objects.bulk_create(
        [
            Activity(regarding=target, **{name: getattr(activity, name) for name in COPIED})
            for activity in done
        ],
        batch_size=500,
    )
    files = Attachment.objects.about(source)
    attached = Attachment.objects.bulk_create(
        Attachment(record=target, file_id=a.file_id, name=a.name, by_id=a.by_id, at=a.at) for a in files
    )
    followers = Follow.objects.about(source)
    Follow.objects.bulk_create(
        (Follow(record=target, user_id=f.user_id, is_muted=f.is_muted) for f in followers),
        ignore_conflicts=True,
    )
    return Handover([], [each.pk for each in copies], [each.pk for each in attached])
