"""The list of activities."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from kernel.tables import ChoiceFilter, Column, Editing, Filter, OwnerFilter, Table


class WhenFilter(Filter):
    """Today (with what is late), this week, later or some day, and what is over: the tabs of a list of tasks."""

    is_tabs = True

    def __init__(self) -> None:
        super().__init__("when", _("When"))

    def choices(self) -> Iterable[tuple[str, Any]]:
        return [("today", _("Today")), ("week", _("Week")), ("later", _("Later")), ("done", _("Done"))]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        if value == "done":
            return queryset.filter(status=Activity.Status.COMPLETED)
        today = timezone.localdate()
        tomorrow = midnight(today + dt.timedelta(days=1))
        monday = midnight(today + dt.timedelta(days=7 - today.weekday()))
        when = {
            "today": Q(due_at__lt=tomorrow), "week": Q(due_at__gte=tomorrow, due_at__lt=monday),
            "later": Q(due_at__gte=max(tomorrow, monday)) | Q(due_at__isnull=True),
        }  # fmt: skip
        return queryset.filter(when[value], status=Activity.Status.OPEN)


def midnight(day: dt.date) -> dt.datetime:
    """The beginning of the day in the reader's own zone."""
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())


class ActivityTable(Table):
    """What is to do and what was done, the most urgent first."""

    name, model, place = "activities", Activity, "activities:list"
    title = _("Activities")
    columns = (
        Column("subject", _("Subject"), sort=True, main=True),
        Column("kind", _("Kind")),
        Column("due_at", _("Due"), kind="datetime", sort=True, edit="due_at"),
        Column("status", _("Status"), kind="badge"),
        Column("owner", _("Owner")),
        Column("priority", _("Priority"), shown=False, edit="priority"),
        Column("place", _("Place"), shown=False, edit="place"),
        Column("outcome", _("Outcome"), shown=False),
        Column("done_at", _("Done"), kind="datetime", shown=False),
        Column("team", _("Team"), shown=False),
        Column("created_at", _("Created"), kind="datetime", shown=False),
        Column("updated_at", _("Changed"), kind="ago", shown=False),
    )
    searched = ("subject", "place")
    editing = Editing("activities.actions.change_activity", "activities.forms.ActivityForm")
    filters = (
        WhenFilter(),
        OwnerFilter(),
        ChoiceFilter("kind", _("Kind"), Activity.Kind),
        ChoiceFilter("status", _("Status"), Activity.Status),
    )
    default_order = "due_at"
    related = ("owner",)
