"""The pages on which leads become customers and deals, and the ways back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import TransitionRefused
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import check_step, not_in_this_status
from kernel.writing import stated_version
from leads.models import Lead
from opportunities.actions import qualify_lead, reopen_qualified, undo_qualification
from opportunities.models import Opportunity
from opportunities.qualify_form import QualifyForm, ReopenForm
from people.access import may, require, visible


def qualify(request: HtmxRequest, ref: str) -> HttpResponse:
    """Choose what the lead becomes, see why, and do it."""
    lead = lead_of(request, ref)
    require(request.user, "qualify", lead)
    if lead.status != Lead.Status.OPEN:
        raise TransitionRefused(lead, [not_in_this_status(lead)], step="qualify")
    form = QualifyForm(posted(request), lead=lead, user=request.user)
    if form.is_valid():
        version = stated_version(request.POST)
        made = attempt(
            form, lambda: qualify_lead(lead, by=request.user, choices=form.choices(), version=version)
        )
        if made:
            undo = reverse("opportunities:undo-qualify", args=[lead.ref])
            text = _("Lead %(number)s qualified.") % {"number": lead.number}
            messages.success(request, text, extra_tags=f"undo:{undo}")
            return redirect(made.opportunity or made.account or made.contact or lead)
    context = {
        "form": form,
        "lead": lead,
        "may_override": may(request.user, "override_duplicate", lead),
    }
    return page(request, "opportunities/qualify.html", context, status=status_of(form))


@require_POST
def undo_qualify(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take back that a lead was qualified, while nobody has gone on with what it made."""
    lead = undo_qualification(lead_of(request, ref), by=request.user)
    messages.success(request, _("%(lead)s is open again, as it was before.") % {"lead": lead})
    return redirect(lead)


def reopen(request: HtmxRequest, ref: str) -> HttpResponse:
    """Work on a lead again, and say what becomes of its opportunity."""
    lead = lead_of(request, ref)
    check_step(lead.reopen, by=request.user)
    open_ones = lead.opportunities.filter(status=Opportunity.Status.OPEN)
    waiting = list(visible(request.user, open_ones).order_by("id")[:10])
    form: Any = ReopenForm(posted(request))
    if form.is_valid():
        version, choice = stated_version(request.POST), form.cleaned_data["opportunities"]
        if attempt(
            form,
            lambda: reopen_qualified(lead, by=request.user, opportunities=choice, version=version),
        ):
            messages.success(request, _("%(lead)s is open again.") % {"lead": lead})
            return redirect(lead)
    context = {"form": form, "lead": lead, "opportunities": waiting}
    return page(request, "opportunities/reopen_lead.html", context, status=status_of(form))


def lead_of(request: HtmxRequest, ref: str) -> Lead:
    found = visible(request.user, Lead.objects.by_ref(ref)).select_related(
        "account", "contact", "owner", "team"
    )
    lead: Lead = get_object_or_404(found)
    return lead
