"""What can be done to activities: each action is one function and one transaction."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from kernel import history
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, locked
from people.access import may, require
from people.models import User

FIELDS = frozenset({"kind", "subject", "body", "due_at", "owner", "team", "custom"})
COPIED = (
    "kind",
    "subject",
    "body",
    "due_at",
    "done_at",
    "owner_id",
    "team_id",
    "status",
    "search_text",
    "custom",
)


@transaction.atomic
def create_activity(*, by: User, regarding: models.Model | None = None, **values: Any) -> Activity:
    """Plan something about a record; a note is nothing to do, so it is done at once."""
    if regarding is not None and not may(by, "view", regarding):
        raise DomainError(_("There is no such record."), code="not_found", field="regarding")
    activity = Activity(regarding=regarding)
    assign(activity, {"subject": "", **values}, allowed=FIELDS)
    if activity.owner_id is None and activity.team_id is None:
        activity.owner, activity.team = by, by.team
    elif activity.team_id is None and activity.owner:
        activity.team = activity.owner.team
    require(by, "add", activity)
    if activity.kind == Activity.Kind.NOTE:
        advance(activity.complete, by=by)
    activity.save(force_insert=True)
    history.record(activity, "created", by=by)
    return activity


@transaction.atomic
def change_activity(activity: Activity, *, by: User, version: int | None = None, **values: Any) -> Activity:
    """Plan it differently, while it is open."""
    activity = locked(activity, version=version)
    advance(activity.edit, by=by)
    if changes := assign(activity, values, allowed=FIELDS):
        activity.save()
        history.record(activity, "changed", by=by, changes=changes)
    return activity


@transaction.atomic
def complete_activity(activity: Activity, *, by: User, version: int | None = None) -> Activity:
    """It is done."""
    activity = locked(activity, version=version)
    before = activity.status
    advance(activity.complete, by=by)
    activity.save()
    history.record(activity, "completed", by=by, from_status=before)
    return activity


@transaction.atomic
def cancel_activity(activity: Activity, *, by: User, version: int | None = None) -> Activity:
    """It will not be done."""
    activity = locked(activity, version=version)
    before = activity.status
    advance(activity.cancel, by=by)
    activity.save()
    history.record(activity, "canceled", by=by, from_status=before)
    return activity


def receive_task(*, regarding: Any, subject: str, body: str, by: User) -> tuple[Activity, bool]:
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
        regarding=regarding, kind=Activity.Kind.TASK, subject=subject, body=body, due_at=timezone.now(),
        owner=regarding.owner, team=regarding.team,
    )  # fmt: skip
    task.save(force_insert=True)
    history.record(task, "created", by=by)
    return task, True


def hand_over(source: models.Model, target: models.Model) -> None:
    """What is still to do moves to the target, what was done is copied to it; part of a larger action."""
    here = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(source), regarding_id=source.pk
    )
    done = list(here.filter(status=Activity.Status.COMPLETED).order_by("id"))
    Activity.objects.bulk_create(
        [
            Activity(regarding=target, **{name: getattr(activity, name) for name in COPIED})
            for activity in done
        ],
        batch_size=500,
    )
    here.filter(status=Activity.Status.OPEN).update(
        regarding_type=ContentType.objects.get_for_model(target),
        regarding_id=target.pk,
        version=F("version") + 1,
    )
