"""The list of leads."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import KEEPING, OWNER, PLACE
from kernel.formats import day_text
from kernel.tables import BulkAction, ChoiceFilter, Column, Editing, OwnerFilter, StatusFilter, Table
from leads.models import Lead
from leads.selectors import next_steps

RATING_TONES = {"hot": "attention", "warm": "info", "cold": "neutral"}


def lead_named(first_name: str, last_name: str, company: str) -> str:
    """Who the lead is, from its columns."""
    return f"{first_name} {last_name}".strip() or company


def told_next(lead: Lead) -> Any:
    """What is to be done next, and when."""
    step = lead.__dict__.get("next_step")
    if step is None:
        return ""
    day = day_text(timezone.localdate(step.due_at)) if step.due_at else ""
    return f"{day} · {step.subject}" if day else step.subject


def look_up_next_steps(rows: Sequence[Lead]) -> None:
    """The next step of every row, in one query."""
    found = next_steps(rows)
    for lead in rows:
        lead.__dict__["next_step"] = found.get(lead.pk)


BULK = (
    BulkAction("assign", _("Assign"), "assign", act="leads.actions.assign_lead", form="leads.forms.AssignManyForm",
               icon="user-plus"),
    BulkAction("place", _("Assign by the rules"), "assign", act="leads.actions.place_lead", icon="split"),
    BulkAction("take", _("Take"), "change", act="leads.actions.take_lead", icon="hand"),
    BulkAction("contact", _("Mark contacted"), "contact", act="leads.actions.contact_lead", icon="phone"),
    BulkAction("disqualify", _("Disqualify"), "disqualify", act="leads.actions.disqualify_lead",
               form="leads.forms.DisqualifyManyForm", icon="ban", danger=True),
)  # fmt: skip


class LeadTable(Table):
    """Leads, the newest first."""

    name, model, place = "leads", Lead, "leads:list"
    title = _("Leads")
    columns = (
        Column(
            "name", _("Name"), sort="last_name", main=True,
            parts=("first_name", "last_name", "company"), join=lead_named,
        ),
        Column("company", _("Company"), sort=True, edit="company"),
        Column("score", _("Score"), kind="number", sort=True),
        Column("topic", _("Topic"), shown=False, edit="topic"),
        Column(
            "rating", _("Rating"), kind="badge", tone=lambda lead: RATING_TONES[lead.rating], edit="rating",
            shown=False,
        ),
        Column("status_reason", _("Status"), kind="badge"),
        Column("source", _("Source"), edit="source"),
        Column("created_at", _("Age"), kind="ago", sort="pk"),
        Column("next_step", _("Next step"), source=told_next, filter=False, prepare=look_up_next_steps),
        Column("owner", _("Owner")),
        Column("number", _("Number"), sort=True, shown=False),
        Column("first_name", _("First name"), shown=False, edit="first_name"),
        Column("job_title", _("Job title"), shown=False, edit="job_title"),
        Column("email", _("E-mail"), shown=False, edit="email"),
        Column("phone", _("Phone"), shown=False, edit="phone"),
        Column("mobile", _("Mobile"), shown=False, edit="mobile"),
        Column("website", _("Website"), shown=False, edit="website"),
        Column("industry", _("Industry"), shown=False, edit="industry"),
        Column("campaign", _("Campaign"), shown=False, edit="campaign"),
        Column(
            "estimated_value", _("Estimated value"), kind="money", currency="no_currency", shown=False,
            edit="estimated_value",
        ),
        Column("estimated_close_on", _("Close date"), kind="date", shown=False, edit="estimated_close_on"),
        Column("last_contacted_at", _("Last contact"), kind="ago", shown=False),
        Column("city", _("City"), shown=False, edit="city"),
        Column("country", _("Country"), shown=False, edit="country"),
        *PLACE,
        Column("account.name", _("Account"), kind="link", shown=False),
        Column("status", _("State"), kind="badge", shown=False),
        *(column for column in KEEPING if column.name != "created_at"),
    )  # fmt: skip
    searched = ("number", "topic", "first_name", "last_name", "company", "email", "phone")
    bulk = BULK
    editing = Editing("leads.actions.change_lead", "leads.forms.LeadForm")
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
        "score", "created_at", *OWNER,
    )  # fmt: skip
