"""Opportunities through the API, and the step of a lead that makes them."""

from typing import Any

from rest_framework import serializers

from catalog.bodies import wanted
from catalog.explained import Explained
from customers.models import Account
from kernel.api import choice, day, exact, search, since
from leads.bodies import LeadBody
from leads.models import Lead
from opportunities import actions
from opportunities.bodies import (
    AssignBody,
    MoveBody,
    OpportunityBody,
    OpportunityLinesBody,
    OpportunityRow,
    QualifyBody,
    ReopenBody,
    choices_of,
)
from opportunities.involved_actions import Part
from opportunities.involved_bodies import JudgeBody, MembersBody, RivalsBody, StakeholdersBody
from opportunities.models import Opportunity, Stage
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb


class OpportunityViewSet(Explained, Removing, RecordViewSet):
    """Possible sales."""

    body = OpportunityBody
    row = OpportunityRow
    change_action = actions.change_opportunity
    filters = {
        "q": search(),
        "status": choice("status", Opportunity.Status.choices, "Status"),
        "status_reason": choice("status_reason", Opportunity.Reason.choices, "Status reason"),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "lead": pointing_at("lead", Lead, "Lead"),
        "pipeline": exact("stage__pipeline__name", "Pipeline by name."),
        "stage": exact("stage__name", "Stage by name, in whichever pipeline."),
        "forecast": choice("forecast", Stage.Forecast.choices, "Forecast category"),
        "number": exact("number", "Number."),
        "closes_from": day("estimated_close_on__gte", "May be decided on this day or later."),
        "closes_by": day("estimated_close_on__lte", "May be decided on this day or before."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {
        name: name
        for name in (
            "created_at",
            "updated_at",
            "number",
            "name",
            "estimated_revenue",
            "estimated_close_on",
            "total",
        )
    }

    def make(self, values: dict[str, Any]) -> Opportunity:
        lines = values.pop("lines", None)
        made = actions.create_opportunity(by=self.by, **values)
        return self.with_lines(made, lines)

    def alter(self, record: Opportunity, values: dict[str, Any]) -> Opportunity:
        lines = values.pop("lines", None)
        changed = actions.change_opportunity(record, by=self.by, **values)
        return self.with_lines(changed, lines)

    def with_lines(self, opportunity: Opportunity, lines: list[Any] | None) -> Opportunity:
        if lines is None:
            return opportunity
        return actions.set_opportunity_lines(opportunity, wanted(lines), by=self.by)

    @verb(OpportunityLinesBody)
    def lines(self, opportunity: Opportunity, *, lines: list[Any]) -> Opportunity:
        """Make the lines of an open opportunity exactly these."""
        return actions.set_opportunity_lines(opportunity, wanted(lines), by=self.by)

    @verb(MoveBody)
    def move(self, opportunity: Opportunity, *, stage: Stage) -> Opportunity:
        """Bring the deal to another stage."""
        return actions.move_opportunity(opportunity, by=self.by, stage=stage)

    @verb(JudgeBody)
    def judge(self, opportunity: Opportunity, *, forecast: str | None) -> Opportunity:
        """Say in which category of the forecast the deal counts, whatever its stage; null takes that back."""
        return actions.judge_opportunity(opportunity, by=self.by, forecast=forecast)

    @verb(StakeholdersBody)
    def stakeholders(self, opportunity: Opportunity, *, stakeholders: list[Any]) -> Opportunity:
        """Make the people with a say in the deal exactly these."""
        said = [Part(one["contact"], one.get("role", "")) for one in stakeholders]
        return actions.set_stakeholders(opportunity, said, by=self.by)

    @verb(RivalsBody)
    def competitors(self, opportunity: Opportunity, *, competitors: list[Any]) -> Opportunity:
        """Make the competitors for the deal exactly these."""
        said = [(one["competitor"]["name"], one.get("note", "")) for one in competitors]
        return actions.set_rivals(opportunity, said, by=self.by)

    @verb(MembersBody)
    def members(self, opportunity: Opportunity, *, members: list[Any]) -> Opportunity:
        """Make the deal team exactly these colleagues; those who join follow the deal and are told."""
        said = [Part(one["user"], one.get("role", "")) for one in members]
        return actions.set_members(opportunity, said, by=self.by)

    @verb()
    def hold(self, opportunity: Opportunity) -> Opportunity:
        """Let it rest."""
        return actions.hold_opportunity(opportunity, by=self.by)

    @verb()
    def resume(self, opportunity: Opportunity) -> Opportunity:
        """Work on it again."""
        return actions.resume_opportunity(opportunity, by=self.by)

    @verb(ReopenBody)
    def reopen(self, opportunity: Opportunity, *, reason: str = "") -> Opportunity:
        """Take back that it was won or lost."""
        return actions.reopen_opportunity(opportunity, by=self.by, reason=reason)

    @verb(AssignBody)
    def assign(self, opportunity: Opportunity, **to: Any) -> Opportunity:
        """Give the deal to somebody else, or to a team."""
        return actions.assign_opportunity(opportunity, by=self.by, **to)


class QualifiedBody(LeadBody):
    """The lead, and what it became."""

    account: Any = serializers.UUIDField(
        source="account.public_id", read_only=True, help_text="Id of the account."
    )
    contact: Any = serializers.UUIDField(
        source="contact.public_id", read_only=True, help_text="Id of the contact."
    )
    opportunities = serializers.SerializerMethodField(
        help_text="Ids of the opportunities that hang on the lead."
    )

    prefetched = ("opportunities",)

    class Meta(LeadBody.Meta):
        fields: tuple[str, ...] = (*LeadBody.Meta.fields, "opportunities")

    def get_opportunities(self, lead: Lead) -> list[str]:
        return [str(one.public_id) for one in lead.opportunities.all()]


class QualifyingSteps:
    """The step of a lead that makes its customer and its opportunity."""

    @verb(QualifyBody, gives=QualifiedBody)
    def qualify(self: Any, lead: Lead, **said: Any) -> Lead:
        """Turn the lead into an account, a contact and an opportunity, each by choice."""
        return actions.qualify_lead(lead, by=self.by, choices=choices_of(said)).lead

    @verb(gives=QualifiedBody)
    def undo_qualify(self: Any, lead: Lead) -> Lead:
        """Take back that it was qualified, unless somebody has gone on with what that made."""
        return actions.undo_qualification(lead, by=self.by)
