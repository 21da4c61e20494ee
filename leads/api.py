"""Leads through the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Account
from kernel.api import Narrow, choice, exact, flag, search, since
from kernel.writing import whole_number
from leads import actions
from leads.bodies import AssignLeadBody, DisqualifyBody, LeadBody, ScoreBody
from leads.models import Lead
from leads.scoring import missed, rules_now
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb


def at_least(column: str, description: str) -> Narrow:
    """Rows whose number is not below this one."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        number = whole_number(value)
        if number is None:
            raise ValueError(_("Give a whole number."))
        return queryset.filter(**{f"{column}__gte": number})

    return Narrow(description, apply, {"type": "integer"})


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
        "score_from": at_least("score", "Score from here on."),
        "unassigned": flag("owner__isnull", "Whether it waits in a queue for somebody to take it."),
        "number": exact("number", "Number."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {
        name: name for name in ("created_at", "updated_at", "number", "last_name", "company", "score")
    }

    @verb()
    def contact(self, lead: Lead) -> Lead:
        """Note that somebody spoke to them."""
        return actions.contact_lead(lead, by=self.by)

    @verb(DisqualifyBody)
    def disqualify(self, lead: Lead, **why: Any) -> Lead:
        """Give the lead up."""
        return actions.disqualify_lead(lead, by=self.by, **why)

    @verb()
    def reopen(self, lead: Lead) -> Lead:
        """Work on it again."""
        return actions.reopen_lead(lead, by=self.by)

    @verb(AssignLeadBody)
    def assign(self, lead: Lead, **to: Any) -> Lead:
        """Give it to somebody else, or to a team."""
        return actions.assign_lead(lead, by=self.by, **to)

    @verb(name="take")
    def take_from_queue(self, lead: Lead) -> Lead:
        """Take it out of the queue; the first who does has it."""
        return actions.take_lead(lead, by=self.by)

    @verb()
    def place(self, lead: Lead) -> Lead:
        """Give it to whom the assignment rules say."""
        return actions.place_lead(lead, by=self.by)

    @extend_schema(responses=ScoreBody, filters=False)
    @action(detail=True, pagination_class=None)
    def score(self, request: Request, **where: Any) -> Response:
        """Why the score is what it is, and what would raise it."""
        lead = self.one()
        told = {
            "score": lead.score,
            "scored_at": lead.scored_at,
            "reasons": lead.score_reasons,
            "missed": missed(lead, rules_now()),
        }
        return Response(ScoreBody(told).data)
