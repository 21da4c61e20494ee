"""What the API says of leads and is told of them."""

from typing import Any

from rest_framework import serializers

from customers.bodies import RECORD, STATE, AccountRef, ContactRef, OwnerRef, TeamRef
from kernel.bodies import RecordBody, StepBody
from leads.models import Lead

# Dynamics 365 Sales: (statecode, statuscode).
CODES = {
    ("open", "new"): (0, 1),
    ("open", "contacted"): (0, 2),
    ("qualified", "qualified"): (1, 3),
    ("disqualified", "lost"): (2, 4),
    ("disqualified", "cannot_contact"): (2, 5),
    ("disqualified", "no_longer_interested"): (2, 6),
    ("disqualified", "canceled"): (2, 7),
}


class LeadBody(RecordBody):
    """Somebody who may buy."""

    account = AccountRef(help_text="Account they belong to already, by id or number.")
    contact = ContactRef(help_text="Contact they are already, by id or number.")
    owner = OwnerRef("lead")
    team = TeamRef("lead")
    statecode = serializers.SerializerMethodField()
    statuscode = serializers.SerializerMethodField()

    related = ("account", "contact", "owner", "team")
    named = ("account__public_id", "contact__public_id", "owner__username", "team__name")
    only_at_creation = frozenset({"owner", "team"})
    helps = {
        "topic": "What they may buy.",
        "company": "Name of the company; this or the last name is required.",
        "source": "Where the lead came from.",
        "rating": "How warm it is.",
        "budget_amount": "What they can spend, in base currency.",
        "budget_status": "How sure the money is.",
        "need": "What they need.",
        "timeframe": "When they want to buy.",
        "purchase_process": "Who decides.",
        "decision_maker": "Whether this person decides.",
        "estimated_value": "What the deal may be worth, in base currency.",
        "estimated_close_on": "Day on which it may be decided.",
        "campaign": "Campaign it came from.",
        "do_not_bulk_email": "Whether they want no bulk e-mail.",
        "do_not_post": "Whether they want no post.",
        "consent_at": "When they agreed to be contacted.",
        "consent_note": "What they agreed to.",
        "last_contacted_at": "When somebody spoke to them last.",
        "score": "How promising it is, from 0 to 100; `score/` says why.",
    }

    class Meta:
        model = Lead
        fields: tuple[str, ...] = (
            *RECORD, *STATE, "topic", "first_name", "last_name", "company", "job_title", "email", "phone", "mobile",
            "website", "street", "postcode", "city", "region", "country", "source", "rating", "industry",
            "budget_amount", "budget_status", "need", "timeframe", "purchase_process", "decision_maker",
            "estimated_value", "estimated_close_on", "account", "contact", "campaign", "do_not_email",
            "do_not_phone", "do_not_bulk_email", "do_not_post", "consent_at", "consent_note", "last_contacted_at",
            "score", "owner", "team", "custom",
        )  # fmt: skip
        read_only_fields = ("number", "status", "status_reason", "last_contacted_at", "score")
        validators: list[Any] = []

    def get_statecode(self, lead: Lead) -> int:
        return CODES[lead.status, lead.status_reason][0]

    def get_statuscode(self, lead: Lead) -> int:
        return CODES[lead.status, lead.status_reason][1]


class DisqualifyBody(StepBody):
    """Why a lead is given up."""

    reason = serializers.ChoiceField(
        [(reason, reason) for reason in Lead.REASONS["disqualified"]], help_text="Why it is given up."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    revisit_on = serializers.DateField(
        required=False, allow_null=True, help_text="Day to look at it again; becomes a task."
    )


class AssignLeadBody(StepBody):
    """Who takes it over."""

    owner = OwnerRef("lead", required=True, help_text="Username; null leaves it to the team.")
    team = TeamRef("lead")


class ScoreReasonBody(serializers.Serializer[Any]):
    """One reason that counts."""

    name = serializers.CharField(help_text="The reason in words.")
    points = serializers.IntegerField(help_text="What it counts; negative: against the lead.")


class ScoreBody(serializers.Serializer[Any]):
    """Why the score of a lead is what it is."""

    score = serializers.IntegerField(help_text="From 0 to 100.")
    scored_at = serializers.DateTimeField(help_text="When it was rated.", allow_null=True)
    reasons = ScoreReasonBody(many=True, help_text="What is true of it and counts.")
    missed = ScoreReasonBody(many=True, help_text="What would raise it if it were true, the most first.")
