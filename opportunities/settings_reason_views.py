"""Settings of loss reasons and competitors."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel import history
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from opportunities import settings_reason_actions as actions
from opportunities.competing import deals_lost_to, deals_open_against, deals_won_against, record_of
from opportunities.models import Competitor, LossReason, OpportunityClose
from opportunities.settings_forms import CompetitorForm, LossReasonForm
from people.access import may, require

MOST_DEALS = 50


@require_GET
def loss_reasons(request: HtmxRequest) -> HttpResponse:
    """Why deals are lost, in the order in which the reasons are offered."""
    require(request.user, "view", LossReason)
    closes = OpportunityClose.objects.filter(is_canceled=False, loss_reason__isnull=False).order_by()
    used = dict(closes.values_list("loss_reason").annotate(n=Count("pk")))
    rows = [(reason, used.get(reason.pk, 0)) for reason in LossReason.objects.all()]
    context = {
        "rows": [row for row in rows if row[0].is_active],
        "retired": [row for row in rows if not row[0].is_active],
        "may_change": may(request.user, "change", LossReason),
    }
    return page(request, "opportunities/settings/loss_reasons.html", context)


def loss_reason(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Write a loss reason."""
    require(request.user, "change" if pk else "add", LossReason)
    reason = get_object_or_404(LossReason, pk=pk) if pk else LossReason()
    form = LossReasonForm(posted(request), instance=reason)
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.save_loss_reason(reason, by=request.user, **said)):
            messages.success(request, _("Saved."))
            return redirect("pipeline-settings:loss-reasons")
    context = {"form": form, "reason": reason if pk else None}
    return page(request, "opportunities/settings/loss_reason.html", context, status=status_of(form))


@require_POST
def loss_reason_place(request: HtmxRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    require(request.user, "change", LossReason)
    reason = get_object_or_404(LossReason, pk=pk)
    actions.move_loss_reason(reason, by=request.user, up=request.POST.get("to") == "up")
    return redirect("pipeline-settings:loss-reasons")


@require_POST
def loss_reason_use(request: HtmxRequest, pk: int) -> HttpResponse:
    """Offer it again, or no longer."""
    require(request.user, "change", LossReason)
    reason = get_object_or_404(LossReason, pk=pk)
    act = actions.restore if request.POST.get("to") == "restore" else actions.retire
    act(reason, by=request.user)
    return redirect("pipeline-settings:loss-reasons")


# --- competitors -------------------------------------------------------------------------------------------------


@require_GET
def competitors(request: HtmxRequest) -> HttpResponse:
    """Who else wants our deals, and how often they got them."""
    require(request.user, "view", Competitor)
    rows = record_of(request.user, Competitor.objects.all())
    context = {
        "rows": [row for row in rows if row.competitor.is_active],
        "retired": [row for row in rows if not row.competitor.is_active],
        "may_change": may(request.user, "change", Competitor),
    }
    return page(request, "opportunities/settings/competitors.html", context)


@require_GET
def competitor(request: HtmxRequest, pk: int) -> HttpResponse:
    """What is known of a competitor, and the deals one met it in."""
    require(request.user, "view", Competitor)
    found = get_object_or_404(Competitor, pk=pk)
    won, lost, still = (
        list(deals[: MOST_DEALS + 1])
        for deals in (
            deals_won_against(request.user, found),
            deals_lost_to(request.user, found),
            deals_open_against(request.user, found),
        )
    )
    context = {
        "competitor": found,
        "record": record_of(request.user, Competitor.objects.filter(pk=pk))[0],
        "parts": [("won", won), ("lost", lost), ("open", still)],
        "most": MOST_DEALS,
        "may_change": may(request.user, "change", Competitor),
        "entries": list(history.of(found)[:20]),
    }
    return page(request, "opportunities/settings/competitor.html", context)


def competitor_edit(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Write what is known of a competitor."""
    require(request.user, "change" if pk else "add", Competitor)
    shown = get_object_or_404(Competitor, pk=pk) if pk else Competitor()
    form = CompetitorForm(posted(request), instance=shown)
    if form.is_valid():
        saved = attempt(form, lambda: actions.save_competitor(shown, by=request.user, **form.cleaned_data))
        if saved:
            messages.success(request, _("Saved."))
            return redirect("pipeline-settings:competitor", saved.pk)
    context = {"form": form, "competitor": shown if pk else None}
    return page(request, "opportunities/settings/competitor_form.html", context, status=status_of(form))


@require_POST
def competitor_use(request: HtmxRequest, pk: int) -> HttpResponse:
    """Offer its name again, or no longer."""
    require(request.user, "change", Competitor)
    found = get_object_or_404(Competitor, pk=pk)
    act = actions.restore if request.POST.get("to") == "restore" else actions.retire
    act(found, by=request.user)
    return redirect("pipeline-settings:competitor", pk)
