"""Following records, and telling people what they ought to know."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from activities.mentions import mentioned, who_may_see
from activities.models import Activity, Follow, Notification, NotificationSetting
from kernel import mail
from kernel.models import Record
from people.access import require
from people.models import User

LONGEST = 300
FOLD = timedelta(minutes=10)
Kind = Notification.Kind


@transaction.atomic
def follow(record: models.Model, *, by: User) -> None:
    """Hear of what happens with the record."""
    require(by, "view", record)
    _say(record, by, is_muted=False)


@transaction.atomic
def unfollow(record: models.Model, *, by: User) -> None:
    """Hear no more of it, even as its owner."""
    require(by, "view", record)
    _say(record, by, is_muted=True)


def _say(record: models.Model, user: User, *, is_muted: bool) -> None:
    rows = Follow.objects.about(record).filter(user=user)
    if not rows.update(is_muted=is_muted):
        Follow.objects.bulk_create(
            [Follow(record=record, user=user, is_muted=is_muted)], ignore_conflicts=True
        )


def followers(record: Any) -> list[User]:
    """Who hears of the record: those who follow it, and its owner unless they said no."""
    said = {one.user_id: one for one in Follow.objects.about(record).select_related("user")}
    found = [one.user for one in said.values() if not one.is_muted and one.user.is_active]
    owner = getattr(record, "owner", None)
    return [*found, owner] if owner is not None and owner.pk not in said else found


def tell_followers(
    record: Any, *, text: str, by: Any, anchor: str = "", but: Iterable[User] = ()
) -> list[Notification]:
    """Tell who follows the record, except who did it and who has been told already; part of an action."""
    told = {one.pk for one in but}
    hearing = [one for one in followers(record) if one.pk not in told]
    return notify(hearing, text=text, record=record, kind=Kind.FOLLOWED, by=by, anchor=anchor)


def tell_assigned(activity: Activity, *, by: Any) -> list[User]:
    """Tell the owner that it is theirs now; part of an action."""
    owner = activity.owner
    if owner is None or owner.pk == by.pk:
        return []
    notify([owner], text=activity.subject, record=activity, kind=Kind.ASSIGNED, by=by)
    return [owner]


def call_mentioned(activity: Activity, *, by: Any) -> list[User]:
    """Tell whom the text names, as far as they may see what it is about; ``activity.untold`` are the others."""
    about = activity.regarding or activity
    able, unable = who_may_see(mentioned(activity.subject, activity.body), about)
    notify(able, text=activity.body or activity.subject, record=about, kind=Kind.MENTION, by=by,
           anchor=f"e-a{activity.pk}")  # fmt: skip
    activity.__dict__["untold"] = unable
    return able


def notify(
    users: Iterable[User],
    *,
    text: Any,
    record: Any = None,
    kind: str = Kind.FOLLOWED,
    by: Any = None,
    anchor: str = "",
) -> list[Notification]:
    """Tell people something; part of an action. Nobody is told of their own doing, nor of a record out of sight.

    The same kind of news of the same record by the same person, not yet read, is one notification and not many.
    """
    asked = {
        one.pk: one
        for one in users
        if one.is_active and not one.is_service and one.pk != getattr(by, "pk", 0)
    }
    people, _unable = who_may_see(asked.values(), record if isinstance(record, Record) else None)
    if not people:
        return []
    ways = NotificationSetting.of(people, kind)
    words = " ".join(str(text).split())[:LONGEST]
    again = folded(people, words, record=record, kind=kind, by=by)
    made = [
        Notification(
            user=one, kind=kind, text=words, record=record, anchor=anchor, by=by, at=timezone.now(),
            in_bell=ways[one.pk].bell, mail=ways[one.pk].mail,
        )
        for one in people
        if one.pk not in again and (ways[one.pk].bell or ways[one.pk].mail != Notification.Mail.OFF)
    ]  # fmt: skip
    Notification.objects.bulk_create(made)
    for one in made:
        if one.mail == Notification.Mail.INSTANT and one.user.email:
            send_at_once(one)
    return made


def folded(people: Sequence[User], text: str, *, record: Any, kind: str, by: Any) -> set[int]:
    """Those who have not read the last of the same news yet: that one is brought up to date instead."""
    if kind != Kind.FOLLOWED or record is None:
        return set()
    about = Notification(record=record)
    unread = Notification.objects.filter(
        user__in=people, kind=kind, by=by, read_at__isnull=True, record_type=about.record_type_id,
        record_id=record.pk, at__gte=timezone.now() - FOLD,
    )  # fmt: skip
    newest = {one.user_id: one.pk for one in unread.order_by("at")}
    Notification.objects.filter(pk__in=newest.values()).update(
        text=text, at=timezone.now(), times=F("times") + 1
    )
    return set(newest)


def send_at_once(one: Notification) -> None:
    """The notification as an e-mail of its own."""
    title = str(one.record) if one.record is not None else str(one.get_kind_display())
    who = f"{one.by}: " if one.by else ""
    link = f"{settings.SITE_URL}{one.get_absolute_url()}"
    mail.queue(
        one.user, to=one.user.email, subject=f"{title}: {one.text}"[:200], body=f"{who}{one.text}\n\n{title}\n{link}\n",
        by=one.by or one.user, hold=timedelta(0),
    )  # fmt: skip
    Notification.objects.filter(pk=one.pk).update(mailed_at=timezone.now())


@transaction.atomic
def read_notification(one: Notification, *, by: User) -> Notification:
    """It has been seen by whom it is for."""
    Notification.objects.filter(pk=one.pk, user=by, read_at__isnull=True).update(read_at=timezone.now())
    return one


@transaction.atomic
def read_all(*, by: User) -> int:
    """Everything has been seen."""
    return Notification.objects.filter(user=by, read_at__isnull=True).update(read_at=timezone.now())


@transaction.atomic
def choose_news(*, by: User, ways: dict[str, tuple[bool, str]]) -> None:
    """How one wants to hear of each kind of news: in the bell, and by which e-mail."""
    NotificationSetting.objects.bulk_create(
        [NotificationSetting(user=by, kind=kind, bell=bell, mail=way) for kind, (bell, way) in ways.items()],
        update_conflicts=True, unique_fields=["user", "kind"], update_fields=["bell", "mail"],
    )  # fmt: skip
