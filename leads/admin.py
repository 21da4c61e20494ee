"""Leads in the back office."""

from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.admin import for_each
from leads import actions
from leads.models import Lead
from people.office import RecordAdmin


@admin.register(Lead)
class LeadAdmin(RecordAdmin):
    creating = actions.create_lead
    changing = actions.change_lead
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
