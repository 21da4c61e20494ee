"""The list of activities."""

from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from kernel.tables import ChoiceFilter, Column, Editing, OwnerFilter, StatusFilter, Table


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
    filters = (StatusFilter(Activity.Status), OwnerFilter(), ChoiceFilter("kind", _("Kind"), Activity.Kind))
    default_order = "due_at"
    related = ("owner",)
