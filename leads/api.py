"""Leads through the API."""

from typing import Any

from customers.models import Account
from kernel.api import choice, exact, search, since
from leads import actions
from leads.bodies import AssignLeadBody, DisqualifyBody, LeadBody
from leads.models import Lead
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb


class LeadViewSet(Removing, RecordViewSet):
    """People and companies who may become customers."""

    body = LeadBody
    row = LeadBody
    create_action = actions.create_lead
    change_action = actions.change_lead
    filters = {
        "q": search(),
        "status": choice("status", Lead.Status.choices, "Status"),
        "status_reason": choice("status_reason", Lead.Reason.choices, "Status reason"),
        "rating": choice("rating", Lead.Rating.choices, "Rating"),
        "source": choice("source", Lead.Source.choices, "Source"),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "email": exact("email", "E-mail address."),
        "number": exact("number", "Number."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "last_name", "company")}

    @verb()
    def contact(self, lead: Lead) -> Lead:
        """Note that somebody spoke to them."""
        return actions.contact_lead(lead, by=self.by)

    @verb(DisqualifyBody)
    def disqualify(self, lead: Lead, *, reason: str, note: str = "") -> Lead:
        """Give the lead up."""
        return actions.disqualify_lead(lead, by=self.by, reason=reason, note=note)

    @verb()
    def reopen(self, lead: Lead) -> Lead:
        """Work on it again."""
        return actions.reopen_lead(lead, by=self.by)

    @verb(AssignLeadBody)
    def assign(self, lead: Lead, **to: Any) -> Lead:
        """Give it to somebody else, or to a team."""
        return actions.assign_lead(lead, by=self.by, **to)
