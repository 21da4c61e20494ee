"""What came in by web forms, above all what waits as suspected spam."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kernel.http import HtmxRequest, page
from kernel.lifecycle import steps
from kernel.tables import Column, StatusFilter, Table
from leads.models import Lead, WebEntry
from leads.web_actions import REFUSED, discard_entry, release_entry
from leads.web_forms import WHY
from people.access import may, require, visible


def why(entry: WebEntry) -> str:
    """What made it suspicious, in words."""
    return ", ".join(
        reason.removeprefix(REFUSED) if reason.startswith(REFUSED) else str(WHY.get(reason, reason))
        for reason in entry.suspicions
    )


def who(entry: WebEntry) -> str:
    """Whoever sent it, as they call themselves."""
    named = [entry.values.get(name, "") for name in ("first_name", "last_name", "company", "email")]
    return " ".join(each for each in named if each) or "–"


class EntryTable(Table):
    """Entries of web forms, the latest first."""

    title = gettext_lazy("Entries of web forms")
    columns = (
        Column("values", gettext_lazy("From"), main=True, source=who),
        Column("form.name", gettext_lazy("Form")),
        Column("status", gettext_lazy("Status"), kind="badge"),
        Column("suspicions", gettext_lazy("Why"), source=why),
        Column("lead.number", gettext_lazy("Lead")),
        Column("received_at", gettext_lazy("Received"), kind="ago"),
    )
    filters = (StatusFilter(WebEntry.Status),)
    default_order = "-pk"
    searchable = False


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """All entries, or those of one status."""
    require(request.user, "view", WebEntry)
    entries = EntryTable.page(request, visible(request.user, WebEntry.objects.all()))
    return page(request, "leads/settings/entries.html", {"entries": entries})


@require_GET
def detail(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """What was sent, and what can be done with it."""
    entry = entry_of(request, public_id)
    labels = {name: Lead._meta.get_field(name).verbose_name for name in entry.values}  # type: ignore[union-attr]
    context = {
        "entry": entry,
        "who": who(entry),
        "why": why(entry),
        "labels": labels,
        "steps": steps(entry, request.user),
        "lead": entry.lead if entry.lead and may(request.user, "view", entry.lead) else None,
    }
    return page(request, "leads/settings/entry.html", context)


@require_POST
def release(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """It was no spam."""
    lead = release_entry(entry_of(request, public_id), by=request.user)
    messages.success(request, _("Lead %(number)s created.") % {"number": lead.number})
    return redirect(lead) if may(request.user, "view", lead) else redirect("lead-settings:entries")


@require_POST
def discard(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """It was spam."""
    discard_entry(entry_of(request, public_id), by=request.user)
    messages.success(request, _("Discarded. What it said is kept."))
    return redirect("lead-settings:entries")


def entry_of(request: HtmxRequest, public_id: UUID) -> Any:
    require(request.user, "view", WebEntry)
    found = visible(request.user, WebEntry.objects.select_related("form", "lead", "folded_into"))
    return get_object_or_404(found, public_id=public_id)
