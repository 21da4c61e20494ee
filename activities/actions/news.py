"""What goes out by itself: news of documents, reminders of what is due, and the daily letter."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.actions.following import notify, tell_followers
from activities.models import Activity, Notification
from kernel import mail
from kernel.story import said
from people.models import User

AHEAD = timedelta(minutes=15)
NO_NEWS = timedelta(days=2)
MOST_AT_ONCE = 500
MOST_IN_DIGESTS = 5000
Kind = Notification.Kind


@transaction.atomic
def hear_news(record: Any, topic: str, *, by: Any) -> None:
    """News of a record: its new owner is told that it is theirs, everybody else who follows it what was done.

    Told twice, the second time changes nothing that matters: unread news of the same kind is one notification.
    """
    verb = topic.partition(".")[2]
    owner = getattr(record, "owner", None)
    told: list[User] = []
    if verb == "assigned" and owner is not None:
        told = [owner]
        if not has_unread(owner, record, Kind.ASSIGNED):
            notify(told, text=_("is yours now"), record=record, kind=Kind.ASSIGNED, by=by)
    tell_followers(record, text=said(verb), by=by, but=told)


@transaction.atomic
def announce(users: Iterable[User], *, text: str, record: Any, kind: str, by: Any, anchor: str = "") -> None:
    """Tell people news of a record that was heard from the outbox; who has not read the same yet is not told twice."""
    waiting = [one for one in users if not has_unread(one, record, kind)]
    notify(waiting, text=text, record=record, kind=kind, by=by, anchor=anchor)


def has_unread(user: User, record: Any, kind: str) -> bool:
    about = Notification(record=record)
    return Notification.objects.filter(
        user=user, kind=kind, read_at__isnull=True, record_type=about.record_type_id, record_id=record.pk
    ).exists()


@transaction.atomic
def remind_of_due(*, now: Any = None) -> int:
    """Tell owners what is due, each thing once; appointments a quarter of an hour before they begin."""
    now = now or timezone.now()
    soon = models.Q(due_at__lte=now) | models.Q(kind=Activity.Kind.APPOINTMENT, due_at__lte=now + AHEAD)
    waiting = Activity.objects.filter(soon, status=Activity.Status.OPEN, reminded_at__isnull=True)
    due = list(
        waiting.select_related("owner").select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE]
    )
    for one in due:
        # What was due long ago, in data that was brought along, is no news.
        if one.owner is not None and one.due_at is not None and one.due_at > now - NO_NEWS:
            notify([one.owner], text=reminder_text(one), record=one, kind=Kind.DUE)
    Activity.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=now)
    return len(due)


@transaction.atomic
def send_digests(*, by: Any) -> int:
    """Once a day, one e-mail to each person with what they wanted to hear of only so often."""
    waiting = Notification.objects.filter(mail=Notification.Mail.DAILY, mailed_at__isnull=True)
    rows = list(
        waiting.select_related("user", "by", "record_type").order_by("user_id", "at")[:MOST_IN_DIGESTS]
    )
    letters: dict[int, list[Notification]] = {}
    for one in rows:
        if one.user.email and one.user.is_active:
            letters.setdefault(one.user_id, []).append(one)
    for news in letters.values():
        send_digest(news[0].user, news, by=by)
    Notification.objects.filter(pk__in=[one.pk for one in rows]).update(mailed_at=timezone.now())
    return len(letters)


def send_digest(user: User, news: Sequence[Notification], *, by: Any) -> None:
    """What happened, a line each, with the way to all of it."""
    lines = [f"- {one.record or ''}: {f'{one.by}: ' if one.by else ''}{one.text}" for one in news]
    link = f"{settings.SITE_URL}{reverse('activities:notifications')}"
    subject = ngettext("%(n)s notification", "%(n)s notifications", len(news)) % {"n": len(news)}
    mail.queue(
        user, to=user.email, subject=subject, body="\n".join([*lines, "", link, ""]), by=by, hold=timedelta(0)
    )


def tell_of_job(job: Any) -> None:
    """Tell who asked for a long job how it ended; part of what ends it."""
    text = f"{job.title}: {str(job.get_state_display()).lower()}"
    notify([job.asked_by], text=text, record=job, kind=Kind.JOB)


def reminder_text(activity: Activity) -> str:
    """What the bell says of something that is due."""
    return _("%(kind)s: %(subject)s") % {"kind": activity.get_kind_display(), "subject": activity.subject}
