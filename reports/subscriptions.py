"""Which subscriptions there are for somebody, what they are about, and when they are due."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.models import SavedView
from kernel.tables.views import LAYOUT, seen_by
from people.access import may
from people.middleware import zone_of
from people.models import User
from reports.models import Recipient, Subscription
from reports.registry import report_named, reports_for
from reports.schedule import next_moment

FORECAST = "forecast"


def of_person(user: Any) -> QuerySet[Subscription]:
    """The subscriptions that exist for this person: their own and those they get; all for who looks after all."""
    found = Subscription.objects.select_related("owner", "view")
    if may(user, "view", Subscription):
        return found.order_by("name", "id")
    gets = Recipient.objects.filter(subscription=OuterRef("pk"), user=user.pk)
    return found.filter(Q(owner=user.pk) | Exists(gets)).order_by("name", "id")


def may_change(user: Any, subscription: Subscription) -> bool:
    """Whether it is this person's to change: the owner's, or one who looks after all."""
    return subscription.owner_id == user.pk or may(user, "change", Subscription)


def colleagues() -> QuerySet[User]:
    """Who may be sent something: people who work here."""
    people = User.objects.filter(is_active=True, is_service=False)
    return people.order_by("first_name", "last_name", "pk")


def next_of(subscription: Subscription, *, after: dt.datetime | None = None) -> dt.datetime:
    """When it goes out next, by the clock of its owner."""
    return next_moment(
        after or timezone.now(), every=subscription.every, weekday=subscription.weekday,
        month_day=subscription.month_day, hour=subscription.hour, zone=zone_of(subscription.owner),
    )  # fmt: skip


# --- what it is about -----------------------------------------------------------------------------------------


def subjects(user: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """What this person may have sent, as a choice in groups."""
    reports = [(f"report:{report.slug}", str(report.title)) for report in reports_for(user)]
    views = views_of(user).order_by("table", "name")
    lists = [(f"view:{view.public_id}", f"{view.table}: {view.name}") for view in views]
    groups = [(_("Reports"), reports), (_("Forecast"), [(FORECAST, _("Forecast"))]), (_("Lists"), lists)]
    return [(label, choices) for label, choices in groups if choices]


def views_of(user: Any) -> QuerySet[SavedView]:
    """The named views of lists that exist for this person."""
    return SavedView.objects.filter(seen_by(user)).exclude(name=LAYOUT)


def key_of(subscription: Subscription) -> str:
    """What it is about, as the choice names it."""
    if subscription.about == Subscription.About.VIEW:
        return f"view:{subscription.view.public_id}" if subscription.view else ""
    if subscription.about == Subscription.About.FORECAST:
        return FORECAST
    return f"report:{subscription.slug}"


def named_by(key: str, user: Any) -> dict[str, Any] | None:
    """The choice as the fields of a subscription; None for what is not there for this person."""
    kind, _colon, name = key.partition(":")
    if key == FORECAST:
        return {"about": Subscription.About.FORECAST, "slug": "", "view": None}
    report = report_named(name) if kind == "report" else None
    if report is not None and report.is_for(user):
        return {"about": Subscription.About.REPORT, "slug": name, "view": None}
    if kind == "view":
        view = next((one for one in views_of(user) if str(one.public_id) == name), None)
        return {"about": Subscription.About.VIEW, "slug": "", "view": view} if view else None
    return None


def subject_of(subscription: Subscription) -> str:
    """What it is about, in words."""
    if subscription.about == Subscription.About.FORECAST:
        return _("Forecast")
    if subscription.about == Subscription.About.VIEW:
        return str(subscription.view.name) if subscription.view else _("A view that is deleted")
    report = report_named(subscription.slug)
    return str(report.title) if report is not None else subscription.slug


def rhythm_of(subscription: Subscription) -> str:
    """How often, in words: every week on Monday at 07:00."""
    at = {"hour": f"{subscription.clock:%H:%M}"}
    if subscription.every == Subscription.Every.WEEK:
        return _("%(day)s at %(hour)s") % {**at, "day": subscription.get_weekday_display()}
    if subscription.every == Subscription.Every.MONTH:
        return _("On day %(day)s of the month at %(hour)s") % {**at, "day": subscription.month_day}
    return _("Every day at %(hour)s") % at
