"""Pages of leads: fetch, call one action, show. Qualifying is a page of the opportunities."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duplicates.asking import asks_about, made_another
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import steps
from kernel.writing import stated_version
from leads import actions
from leads.forms import AssignForm, DisqualifyForm, LeadForm, NewLeadForm
from leads.models import AssignmentRule, Lead, WebEntry
from leads.scoring import missed, rules_now
from leads.selectors import takeable
from leads.tables import LeadTable
from people.access import may, require, visible

MOST_CHANCES = 8


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The leads one may see."""
    leads = LeadTable.page(request, visible(request.user, Lead.objects.all()))
    context = {
        "leads": leads,
        "may_add": may(request.user, "add", Lead),
        "may_take": may(request.user, "change", Lead),
        "may_decide": may(request.user, "change", AssignmentRule),
        "may_review": may(request.user, "release", WebEntry),
    }
    return page(request, "leads/list.html", context)


@require_GET
def detail(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a lead."""
    lead = lead_of(request, ref)
    context = {
        "lead": lead,
        "steps": steps(lead, request.user),
        "opportunities": list(
            visible(request.user, lead.opportunities.select_related("currency", "stage"))[:10]
        ),
        "may_change": lead.status == Lead.Status.OPEN and may(request.user, "change", lead),
        "may_assign": may(request.user, "assign", lead),
        "may_take": lead.owner_id is None and may(request.user, "change", lead),
        "may_undo": may(request.user, "qualify", lead),
    }
    return page(request, "leads/detail.html", context)


def new(request: HtmxRequest) -> HttpResponse:
    """Note somebody who may buy."""
    require(request.user, "add", Lead)
    form = NewLeadForm(posted(request), user=request.user)
    if form.is_valid() and not asks_about(request, form):
        lead = attempt(form, lambda: actions.create_lead(by=request.user, **form.wanted()))
        if lead:
            made_another(request, lead)
        if lead and may(request.user, "view", lead):
            messages.success(request, _("Lead %(number)s created.") % {"number": lead.number})
            return redirect(lead)
        if lead:
            words = {"number": lead.number, "who": lead.owner or lead.team}
            messages.success(request, _("Lead %(number)s created; it went to %(who)s.") % words)
            return redirect("leads:list")
    return page(request, "leads/form.html", {"form": form, "lead": None}, status=status_of(form))


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change what is known of a lead."""
    lead = lead_of(request, ref)
    require(request.user, "change", lead)
    form = LeadForm(posted(request), instance=lead, user=request.user)
    if form.is_valid():

        def again() -> LeadForm:
            return LeadForm(instance=lead_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_lead, by=request.user)):
            messages.success(request, _("Lead saved."))
            return redirect(lead)
    return page(request, "leads/form.html", {"form": form, "lead": lead}, status=status_of(form))


@require_POST
def contact(request: HtmxRequest, ref: str) -> HttpResponse:
    """Note that somebody spoke to them."""
    version = stated_version(request.POST)
    lead = actions.contact_lead(lead_of(request, ref), by=request.user, version=version)
    messages.success(request, _("%(lead)s is marked as contacted.") % {"lead": lead})
    return redirect(lead)


def disqualify(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give a lead up, and say why."""
    lead = lead_of(request, ref)
    require(request.user, "disqualify", lead)
    form = DisqualifyForm(posted(request))
    if form.is_valid():
        version, why = stated_version(request.POST), form.cleaned_data
        if attempt(form, lambda: actions.disqualify_lead(lead, by=request.user, version=version, **why)):
            messages.success(request, _("Lead disqualified."))
            return redirect(lead)
    return page(request, "leads/disqualify.html", {"form": form, "lead": lead}, status=status_of(form))


def assign(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give a lead to somebody."""
    lead = lead_of(request, ref)
    require(request.user, "assign", lead)
    form = AssignForm(posted(request), user=request.user, kind="lead", initial={"owner": lead.owner_id})
    if form.is_valid():
        version, owner = stated_version(request.POST), form.cleaned_data["owner"]
        if attempt(form, lambda: actions.assign_lead(lead, by=request.user, owner=owner, version=version)):
            messages.success(request, _("Lead assigned."))
            return redirect(lead)
    return page(request, "leads/assign.html", {"form": form, "lead": lead}, status=status_of(form))


@require_POST
def take(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take a lead out of the queue; the first who does has it, the others are told who was faster."""
    found = takeable(request.user, Lead.objects.by_ref(ref)).select_related("owner")
    lead = actions.take_lead(get_object_or_404(found), by=request.user)
    messages.success(request, _("%(lead)s is yours.") % {"lead": lead})
    return redirect(lead)


@require_POST
def place(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give the lead to whom the rules say."""
    lead = actions.place_lead(lead_of(request, ref), by=request.user, version=stated_version(request.POST))
    words = {"number": lead.number, "who": lead.owner or lead.team}
    messages.success(request, _("Lead %(number)s went to %(who)s.") % words)
    return redirect(lead) if may(request.user, "view", lead) else redirect("leads:list")


@require_GET
def why_score(request: HtmxRequest, ref: str) -> HttpResponse:
    """Why the score is what it is, and what would raise it."""
    lead = lead_of(request, ref)
    context = {"lead": lead, "missed": missed(lead, rules_now())[:MOST_CHANCES]}
    return page(request, "leads/score.html", context)


def lead_of(request: HtmxRequest, ref: str) -> Lead:
    found = visible(request.user, Lead.objects.by_ref(ref)).select_related(
        "owner", "team", "account", "contact"
    )
    lead: Lead = get_object_or_404(found)
    return lead
