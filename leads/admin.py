"""Leads in the back office, and the rules about them."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.admin import ReadOnly, for_each
from leads import actions
from leads.models import AssignmentRule, Lead, ScoreRule, WebEntry, WebForm
from leads.rule_actions import rescore
from people.office import RecordAdmin, ReferenceAdmin
from people.removing import remove_record


@admin.register(Lead)
class LeadAdmin(RecordAdmin):
    creating = actions.create_lead
    changing = actions.change_lead
    deleting = remove_record
    writable = actions.FIELDS
    given_at_creation = ("owner", "team")
    linked = (("opportunities", _("Opportunities")),)
    list_display = [
        "number",
        "topic",
        "company",
        "last_name",
        "status",
        "status_reason",
        "rating",
        "score",
        "owner",
        "team",
    ]
    list_filter = ["status", "rating", "source", "team"]
    actions = [
        for_each("contacted", _("Mark as contacted"), actions.contact_lead),
        *(
            for_each(
                f"disqualify_{reason}",
                format_lazy("{}: {}", _("Disqualify"), Lead.Reason(reason).label),
                actions.disqualify_lead,
                reason=reason,
            )
            for reason in actions.LOSSES
        ),
        for_each("reopen", _("Reopen"), actions.reopen_lead),
    ]


@admin.register(ScoreRule)
class ScoreRuleAdmin(ReferenceAdmin):
    """What rates leads; a change rates all open leads again."""

    list_display = ["name", "fact", "test", "value", "points", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["position", "id"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        rescore(by=request.user)  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        rescore(by=request.user)  # type: ignore[arg-type]


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(ReferenceAdmin):
    """Who gets the leads that come in."""

    list_display = ["name", "position", "target", "user", "team", "is_active"]
    list_filter = ["is_active", "target"]
    search_fields = ["name"]
    ordering = ["position", "id"]
    readonly_fields = ["last_given_to"]


@admin.register(WebForm)
class WebFormAdmin(ReferenceAdmin):
    """Forms on web sites."""

    list_display = ["name", "key", "topic", "source", "owner", "team", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    readonly_fields = ["key", "created_at"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(WebEntry)
class WebEntryAdmin(ReadOnly):
    """What visitors sent."""

    list_display = ["received_at", "form", "status", "lead", "address"]
    list_filter = ["status", "form"]
    ordering = ["-id"]
