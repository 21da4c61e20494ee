"""What can be done to subscriptions: each action is one function and one transaction."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import history, jobs
from kernel.errors import DomainError
from kernel.models import Job
from kernel.writing import assign, locked
from people.models import User
from people.service import service_user
from reports.models import Recipient, Subscription
from reports.subscriptions import may_change, next_of

KIND = "reports.send"
FIELDS = frozenset({
    "about", "slug", "view", "name", "query", "every", "weekday", "month_day", "hour", "format",
})  # fmt: skip
MOST_OF_ONE = 50
MOST_RECIPIENTS = 50
MOST_AT_ONCE = 200


@transaction.atomic
def create_subscription(*, by: User, recipients: Iterable[User], **values: Any) -> Subscription:
    """Have a report sent regularly from now on."""
    if Subscription.objects.filter(owner=by).count() >= MOST_OF_ONE:
        raise DomainError(_("These are too many subscriptions. Delete one first."), code="too_many")
    made = Subscription(owner=by)
    assign(made, values, allowed=FIELDS)
    refuse_senseless(made)
    made.next_at = next_of(made)
    made.save()
    send_to(made, list(recipients))
    history.record(made, "created", by=by)
    return made


@transaction.atomic
def change_subscription(
    subscription: Subscription, *, by: User, recipients: Iterable[User] | None = None,
    version: int | None = None, **values: Any,
) -> Subscription:  # fmt: skip
    """Have something else sent, at other times or to others."""
    kept = held(subscription, by, version=version)
    changes = assign(kept, values, allowed=FIELDS)
    refuse_senseless(kept)
    if recipients is not None:
        send_to(kept, list(recipients))
    kept.next_at = next_of(kept) if kept.is_active else None
    written(kept)
    history.record(kept, "changed", by=by, changes=changes)
    return kept


@transaction.atomic
def pause_subscription(subscription: Subscription, *, by: User) -> Subscription:
    """Send it no more until somebody resumes it."""
    kept = held(subscription, by)
    kept.is_active, kept.next_at = False, None
    written(kept)
    history.record(kept, "paused", by=by)
    return kept


@transaction.atomic
def resume_subscription(subscription: Subscription, *, by: User) -> Subscription:
    """Send it again, from the next time on; what was missed is not made up for."""
    kept = held(subscription, by)
    kept.is_active, kept.next_at = True, next_of(kept)
    kept.failures, kept.last_problem = 0, ""
    written(kept)
    history.record(kept, "resumed", by=by)
    return kept


@transaction.atomic
def delete_subscription(subscription: Subscription, *, by: User) -> None:
    """Never send it again, and forget it."""
    kept = held(subscription, by)
    history.record(kept, "deleted", by=by, note=kept.name)
    kept.delete()


@transaction.atomic
def send_subscription_now(subscription: Subscription, *, by: User) -> Job:
    """Send it once, beside its usual times. Raises DomainError while one is on its way."""
    kept = held(subscription, by)
    waiting = Job.objects.filter(kind=KIND, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if waiting.filter(arguments__subscription=kept.pk).exists():
        raise DomainError(_("It is being sent already."), code="being_sent")
    history.record(kept, "sent_now", by=by)
    return start(kept, by=by)


@transaction.atomic
def unsubscribe(subscription: Subscription, *, by: User) -> None:
    """Get it no more."""
    place = place_of(subscription, by)
    if place.left_at is None:
        place.left_at = timezone.now()
        place.save(update_fields=["left_at"])
        history.record(subscription, "unsubscribed", by=by)


@transaction.atomic
def subscribe_again(subscription: Subscription, *, by: User) -> None:
    """Get it again after having left."""
    place = place_of(subscription, by)
    if place.left_at is not None:
        place.left_at = None
        place.save(update_fields=["left_at"])
        history.record(subscription, "subscribed", by=by)


@transaction.atomic
def start_due(*, now: dt.datetime | None = None) -> int:
    """Start sending what is due, each once: the next time is set in the transaction that starts the job.

    However long nobody looked, what is due is sent once and goes on from now. Two workers never take the same row.
    """
    now = now or timezone.now()
    due = Subscription.objects.filter(is_active=True, next_at__lte=now).select_related("owner")
    clock, started = service_user("reports"), 0
    for one in due.order_by("next_at", "pk").select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE]:
        if not one.owner.is_active:
            one.is_active, one.next_at = False, None
            one.save(update_fields=["is_active", "next_at"])
            history.record(one, "paused", by=clock, note=_("its owner does not work here any more"))
            continue
        one.next_at = next_of(one, after=now)
        one.save(update_fields=["next_at"])
        start(one, by=clock)
        started += 1
    return started


# --- parts of actions -----------------------------------------------------------------------------------------


def start(subscription: Subscription, *, by: User) -> Job:
    """Ask for the job that makes it for each recipient and sends it."""
    title = _("Sending %(name)s") % {"name": subscription.name}
    total = subscription.recipients.filter(left_at__isnull=True).count()
    leads_to = subscription.get_absolute_url()
    return jobs.start(
        KIND, by=by, title=title, arguments={"subscription": subscription.pk}, total=total, leads_to=leads_to
    )


def held(subscription: Subscription, by: User, *, version: int | None = None) -> Subscription:
    """The subscription as it stands, its row locked, for who may change it."""
    kept = locked(subscription, version=version)
    if not may_change(by, kept):
        raise PermissionDenied(_("This subscription belongs to somebody else."))
    return kept


def written(subscription: Subscription) -> None:
    subscription.version += 1
    subscription.save()


def place_of(subscription: Subscription, by: User) -> Recipient:
    """The person's own place among the recipients."""
    place = Recipient.objects.select_for_update().filter(subscription=subscription, user=by).first()
    if place is None:
        raise DomainError(_("You do not get this."), code="no_recipient")
    return place


def refuse_senseless(subscription: Subscription) -> None:
    """It says when and has a name; the database knows the limits too."""
    if not subscription.name.strip():
        raise DomainError(_("Give it a name."), code="required", field="name")
    limits = {"hour": (0, 23), "weekday": (0, 6), "month_day": (1, 31)}
    for name, (least, most) in limits.items():
        if not least <= getattr(subscription, name) <= most:
            raise DomainError(_("There is no such day or hour."), code="no_such_time", field=name)


def send_to(subscription: Subscription, people: Sequence[User]) -> None:
    """These get it from now on. Raises DomainError for somebody who is no colleague or has unsubscribed."""
    if not people:
        raise DomainError(_("Say who gets it."), code="no_recipient", field="recipients")
    if len(people) > MOST_RECIPIENTS:
        raise DomainError(_("These are too many people at once."), code="too_many", field="recipients")
    there = {one.user_id: one for one in subscription.recipients.select_related("user")}
    for user in people:
        if not user.is_active or user.is_service:
            text = _("%(who)s does not work here.") % {"who": user}
            raise DomainError(text, code="no_colleague", field="recipients")
        if user.pk in there and there[user.pk].left_at is not None:
            text = _("%(who)s has unsubscribed and can only come back by themselves.") % {"who": user}
            raise DomainError(text, code="has_left", field="recipients")
    wanted = {user.pk for user in people}
    subscription.recipients.filter(left_at__isnull=True).exclude(user__in=wanted).delete()
    Recipient.objects.bulk_create(
        Recipient(subscription=subscription, user=user) for user in people if user.pk not in there
    )
