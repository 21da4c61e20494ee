"""Pages of opportunities: fetch, call one action, show. Winning and losing are pages of the apps above."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog.editor import Lines, editor_of_lines, table_of_lines
from catalog.line_views import blank_rows, edit_lines
from customers.models import Account, Contact
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.lifecycle import steps
from kernel.writing import stated_version
from opportunities import actions
from opportunities.deal_page import deal_context
from opportunities.forms import AssignForm, MoveForm, OpportunityForm, ReopenForm
from opportunities.models import Opportunity
from opportunities.selectors import stages_to_go_to
from opportunities.tables import OpportunityTable
from people.access import may, require, visible


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The deals one may see."""
    found = OpportunityTable.page(request, visible(request.user, Opportunity.objects.all()))
    context = {"opportunities": found, "may_add": may(request.user, "add", Opportunity)}
    return page(request, "opportunities/list.html", context)


@require_GET
def detail(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a deal; while it is open its lines are edited in place."""
    return show(request, opportunity_of(request, ref))


def show(
    request: HtmxRequest, opportunity: Opportunity, *, lines: Lines | None = None, status: int = 200
) -> HttpResponse:
    is_open = opportunity.status == Opportunity.Status.OPEN
    may_change = is_open and may(request.user, "change", opportunity)
    if lines is None and may_change:
        address = url("opportunities:lines", opportunity.ref)
        lines = editor_of_lines(opportunity, address, blank=blank_rows(request))
    lines = lines or table_of_lines(opportunity)
    context = {
        "opportunity": opportunity,
        "steps": steps(opportunity, request.user),
        "lines": lines,
        "may_change": may_change,
        "may_judge": is_open and may(request.user, "judge", opportunity),
        "may_assign": may(request.user, "assign", opportunity),
        **deal_context(opportunity, user=request.user, may_change=may_change, lines=lines),
    }
    return page(request, "opportunities/detail.html", context, status=status)


def new(request: HtmxRequest) -> HttpResponse:
    """Open a possible sale, perhaps to the customer that the address names."""
    require(request.user, "add", Opportunity)
    initial = {
        "account": visible(request.user, Account.objects.by_ref(request.GET.get("account", ""))).first(),
        "contact": visible(request.user, Contact.objects.by_ref(request.GET.get("contact", ""))).first(),
    }
    form = OpportunityForm(posted(request), user=request.user, initial=initial)
    if form.is_valid():
        made = attempt(form, lambda: actions.create_opportunity(by=request.user, **form.said()))
        if made:
            messages.success(request, _("Opportunity %(number)s created.") % {"number": made.number})
            return redirect(made)
    context = {"form": form, "opportunity": None}
    return page(request, "opportunities/form.html", context, status=status_of(form))


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change what is known of a deal."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "change", opportunity)
    form = OpportunityForm(posted(request), instance=opportunity, user=request.user)
    if form.is_valid():

        def again() -> OpportunityForm:
            return OpportunityForm(instance=opportunity_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_opportunity, by=request.user)):
            messages.success(request, _("Opportunity saved."))
            return redirect(opportunity)
    context = {"form": form, "opportunity": opportunity}
    return page(request, "opportunities/form.html", context, status=status_of(form))


def lines(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take what the line editor says."""
    opportunity = opportunity_of(request, ref)

    def shown(document: Opportunity, **more: Any) -> HttpResponse:
        return show(request, document, **more)

    return edit_lines(request, opportunity, action=actions.set_opportunity_lines, show=shown)


def move(request: HtmxRequest, ref: str) -> HttpResponse:
    """Bring the deal to another stage."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "move", opportunity)
    asked = request.POST.get("stage") or request.GET.get("stage", "")
    stage = next((found for found in stages_to_go_to(opportunity) if str(found.pk) == asked), None)
    form = MoveForm(posted(request), opportunity=opportunity, user=request.user, stage=stage)
    if form.is_valid():
        version, to, values = stated_version(request.POST), form.cleaned_data["stage"], form.answers()
        moved = attempt(
            form,
            lambda: actions.move_opportunity(
                opportunity, by=request.user, stage=to, version=version, **values
            ),
        )
        if moved:
            messages.success(
                request, _("%(deal)s is in %(stage)s now.") % {"deal": moved.number, "stage": to}
            )
            return redirect(moved)
    context = {"form": form, "opportunity": opportunity}
    return page(request, "opportunities/move.html", context, status=status_of(form))


@require_POST
def hold(request: HtmxRequest, ref: str) -> HttpResponse:
    """Let it rest."""
    version = stated_version(request.POST)
    opportunity = actions.hold_opportunity(opportunity_of(request, ref), by=request.user, version=version)
    messages.success(request, _("%(deal)s is on hold.") % {"deal": opportunity})
    return redirect(opportunity)


@require_POST
def resume(request: HtmxRequest, ref: str) -> HttpResponse:
    """Work on it again."""
    version = stated_version(request.POST)
    opportunity = actions.resume_opportunity(opportunity_of(request, ref), by=request.user, version=version)
    messages.success(request, _("%(deal)s is in progress again.") % {"deal": opportunity})
    return redirect(opportunity)


def reopen(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take back that it was won or lost, and say why; what stands in the way is named."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "reopen", opportunity)
    form = ReopenForm(posted(request))
    if form.is_valid():
        version, reason = stated_version(request.POST), form.cleaned_data["reason"]
        if attempt(
            form,
            lambda: actions.reopen_opportunity(opportunity, by=request.user, reason=reason, version=version),
        ):
            messages.success(request, _("%(deal)s is open again.") % {"deal": opportunity})
            return redirect(opportunity)
    close = opportunity.closes.filter(is_canceled=False).select_related("revisit").first()
    step = next((one for one in steps(opportunity, request.user) if one.name == "reopen"), None)
    context = {"form": form, "opportunity": opportunity, "close": close, "step": step}
    return page(request, "opportunities/reopen.html", context, status=status_of(form))


def assign(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give a deal to somebody."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "assign", opportunity)
    initial = {"owner": opportunity.owner_id}
    form = AssignForm(posted(request), user=request.user, kind="opportunity", initial=initial)
    if form.is_valid():
        version, owner = stated_version(request.POST), form.cleaned_data["owner"]
        if attempt(
            form,
            lambda: actions.assign_opportunity(opportunity, by=request.user, owner=owner, version=version),
        ):
            messages.success(request, _("Opportunity assigned."))
            return redirect(opportunity)
    context = {"form": form, "opportunity": opportunity}
    return page(request, "opportunities/assign.html", context, status=status_of(form))


def opportunity_of(request: HtmxRequest, ref: str) -> Opportunity:
    related = (
        "account", "contact", "currency", "price_list", "stage", "lead", "owner", "team", "freight_tax_code",
    )  # fmt: skip
    found = visible(request.user, Opportunity.objects.by_ref(ref)).select_related(*related)
    opportunity: Opportunity = get_object_or_404(found)
    return opportunity
