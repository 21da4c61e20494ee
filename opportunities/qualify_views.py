"""The pages on which leads become customers and deals."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import TransitionRefused
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import not_in_this_status
from kernel.writing import stated_version
from leads.models import Lead
from opportunities.actions import bulk_qualify, qualify_lead
from opportunities.qualify_form import QualifyForm
from people.access import require, visible

AT_ONCE = 100


def qualify(request: HtmxRequest, ref: str) -> HttpResponse:
    """Choose what the lead becomes, see why, and do it."""
    found = visible(request.user, Lead.objects.by_ref(ref)).select_related(
        "account", "contact", "owner", "team"
    )
    lead: Lead = get_object_or_404(found)
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
            messages.success(request, _("Lead %(number)s qualified.") % {"number": lead.number})
            return redirect(made.opportunity or made.account or made.contact or lead)
    return page(request, "opportunities/qualify.html", {"form": form, "lead": lead}, status=status_of(form))


@require_POST
def qualify_many(request: HtmxRequest) -> HttpResponse:
    """Qualify the leads picked in the list, and say what came of each."""
    refs = request.POST.getlist("lead")[:AT_ONCE]
    leads = visible(request.user, Lead.objects.filter(number__in=refs)).order_by("id")
    return page(request, "opportunities/qualified.html", {"results": bulk_qualify(leads, by=request.user)})
