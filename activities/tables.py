"""The list of activities."""

from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from kernel.tables import ChoiceFilter, Column, OwnerFilter, StatusFilter, Table


class ActivityTable(Table):
    """What is to do and what was done, the most urgent first."""

    title = _("Activities")
    columns = (
        Column("subject", _("Subject"), sort=True, main=True),
        Column("kind", _("Kind")),
        Column("due_at", _("Due"), kind="datetime", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("owner", _("Owner")),
    )
    filters = (StatusFilter(Activity.Status), OwnerFilter(), ChoiceFilter("kind", _("Kind"), Activity.Kind))
    default_order = "due_at"
    related = ("owner",)
