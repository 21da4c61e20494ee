"""Opportunities and their pipelines in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin import ReadOnly, for_each
from opportunities import actions
from opportunities.deals import FIELDS
from opportunities.models import (
    Competitor,
    DealMember,
    LeadQualification,
    LossReason,
    Opportunity,
    OpportunityClose,
    OpportunityLine,
    Pipeline,
    Rival,
    Stage,
    StageVisit,
    Stakeholder,
    Tally,
)
from people.office import RecordAdmin, ReferenceAdmin
from people.removing import remove_record


@admin.register(Opportunity)
class OpportunityAdmin(RecordAdmin):
    creating = actions.create_opportunity
    changing = actions.change_opportunity
    deleting = remove_record
    writable = FIELDS
    given_at_creation = ("stage", "owner", "team")
    left_out_at_creation = ("probability",)  # the stage has its own
    linked = (
        ("lines", _("Lines")),
        ("stage_visits", _("Time in stages")),
        ("closes", _("How it was closed")),
        ("quotes", _("Quotes")),
        ("orders", _("Orders")),
        ("invoices", _("Invoices")),
    )
    list_display = [
        "number", "name", "account", "stage", "estimated_revenue", "currency", "estimated_close_on", "status",
        "status_reason", "owner", "team",
    ]  # fmt: skip
    list_filter = ["status", "stage", "team"]
    actions = [
        for_each("hold", _("Put on hold"), actions.hold_opportunity),
        for_each("resume", _("Resume"), actions.resume_opportunity),
        for_each("reopen", _("Reopen"), actions.reopen_opportunity),
    ]


@admin.register(OpportunityLine)
class OpportunityLineAdmin(ReadOnly):
    list_display = [
        "opportunity",
        "position",
        "description",
        "quantity",
        "unit",
        "unit_price",
        "net",
        "tax",
        "total",
    ]
    ordering = ["opportunity_id", "position"]


@admin.register(OpportunityClose)
class OpportunityCloseAdmin(ReadOnly):
    list_display = [
        "opportunity",
        "outcome",
        "closed_on",
        "actual_revenue",
        "loss_reason",
        "by",
        "is_canceled",
    ]
    list_filter = ["outcome", "loss_reason"]
    ordering = ["-id"]


@admin.register(StageVisit)
class StageVisitAdmin(ReadOnly):
    list_display = ["opportunity", "stage", "entered_at", "left_at"]
    ordering = ["-id"]


@admin.register(Stakeholder)
class StakeholderAdmin(ReadOnly):
    list_display = ["opportunity", "contact", "role"]
    ordering = ["-id"]


@admin.register(Pipeline)
class PipelineAdmin(ReferenceAdmin):
    list_display = ["name", "is_default", "position", "is_active"]
    search_fields = ["name"]


@admin.register(Stage)
class StageAdmin(ReferenceAdmin):
    list_display = ["name", "pipeline", "position", "probability", "forecast", "rots_after_days", "is_active"]
    list_filter = ["pipeline", "is_active"]
    search_fields = ["name"]


@admin.register(LossReason)
class LossReasonAdmin(ReferenceAdmin):
    list_display = ["name", "status_reason", "position", "is_active"]
    search_fields = ["name"]


@admin.register(Competitor)
class CompetitorAdmin(ReferenceAdmin):
    list_display = ["name", "website", "is_active"]
    search_fields = ["name"]


@admin.register(Rival)
class RivalAdmin(ReadOnly):
    list_display = ["opportunity", "competitor", "note"]
    ordering = ["-id"]


@admin.register(DealMember)
class DealMemberAdmin(ReadOnly):
    list_display = ["opportunity", "user", "role"]
    ordering = ["-id"]


@admin.register(Tally)
class TallyAdmin(ReadOnly):
    """Sums of open deals, kept by the database itself."""

    list_display = ["stage_id", "owner_id", "team_id", "currency_id", "deals", "amount", "percents"]
    ordering = ["-id"]


@admin.register(LeadQualification)
class LeadQualificationAdmin(ReadOnly):
    """What qualifying leads did, for the way back."""

    list_display = ["at", "lead", "by", "undone_at", "undone_by"]
    ordering = ["-id"]
