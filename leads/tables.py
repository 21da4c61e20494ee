"""The list of leads."""

from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import OWNER
from kernel.tables import ChoiceFilter, Column, OwnerFilter, StatusFilter, Table
from leads.models import Lead

RATING_TONES = {"hot": "attention", "warm": "info", "cold": "neutral"}


class LeadTable(Table):
    """Leads, the newest first."""

    title = _("Leads")
    columns = (
        Column("pick", "", source=lambda lead: lead.status == Lead.Status.OPEN),
        Column("name", _("Name"), sort="last_name", main=True),
        Column("company", _("Company"), sort=True),
        Column("topic", _("Topic")),
        Column("rating", _("Rating"), kind="badge", tone=lambda lead: RATING_TONES[lead.rating]),
        Column("status_reason", _("Status"), kind="badge"),
        Column("source", _("Source")),
        Column("created_at", _("Created"), kind="ago"),
        Column("owner", _("Owner")),
    )
    filters = (
        StatusFilter(Lead.Status),
        OwnerFilter(),
        ChoiceFilter("rating", _("Rating"), Lead.Rating),
        ChoiceFilter("source", _("Source"), Lead.Source),
        ChoiceFilter("status_reason", _("Reason"), Lead.Reason),
        *OF_CUSTOMER,
    )
    default_order = "-pk"
    related = ("owner",)
    reads = (
        "number", "first_name", "last_name", "company", "topic", "rating", "status", "status_reason", "source",
        "created_at", *OWNER,
    )  # fmt: skip
