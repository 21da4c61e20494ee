"""The manager's home: will the number be made, who needs a decision, how does each person stand."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from forecasts.figures import Part, Row
from forecasts.moments import condition_of
from forecasts.reasons import STEPS
from kernel.http import HtmxRequest, page
from opportunities.models import Opportunity
from people.access import grant_for, visible
from reports.team_asked import TeamAsked, team_asked
from reports.team_deals import MOST_LISTED, DealRow, silent, slipped
from reports.team_figures import moves_of
from reports.team_page import MOST_APPROVALS, TeamPage
from reports.team_reps import belongs, refused

KIND = "team"  # of those who lead a team
WHICH: dict[str, Any] = {
    "slipped": gettext_lazy("Put off at least twice in 90 days"),
    "silent": gettext_lazy("Silent for more than 14 days"),
    "sync": gettext_lazy("Refused by the ERP"),
    "new": gettext_lazy("New since Monday"),
    "lost": gettext_lazy("Lost since Monday"),
    "moved": gettext_lazy("Moved since Monday"),
    **{f"step-{name}": label for name, label in STEPS.items()},
}


def leads_a_team(user: Any) -> bool:
    """Whether the manager's home is for this person."""
    return grant_for(user, KIND).allows("view")


def asked_by(request: HtmxRequest) -> TeamAsked:
    """What the address asks for, of those who lead a team."""
    if not leads_a_team(request.user):
        raise PermissionDenied(_("This page is for those who lead a team."))
    return team_asked(request.user, request.GET)


@require_GET
def team(request: HtmxRequest) -> HttpResponse:
    """The figures of the team, what waits for the manager, and a row for each person."""
    asked = asked_by(request)
    context = {"asked": asked, "most_approvals": MOST_APPROVALS, **TeamPage(asked).parts()}
    return page(request, "reports/team.html", context)


@require_GET
def deals(request: HtmxRequest, which: str) -> HttpResponse:
    """Exactly the records behind one figure of the page, each with why it counts."""
    asked = asked_by(request)
    if which not in WHICH:
        raise Http404
    whole = TeamPage(asked)
    whose = row_named(whole, request.GET.get("of", ""))
    count, rows = rows_of(whole, which, whose.part if whose else Part())
    context = {
        "asked": asked, "title": WHICH[which], "rows": rows[:MOST_LISTED], "count": count,
        "whose": whose.label if whose else "", "is_change": which not in ("silent", "slipped", "sync"),
    }  # fmt: skip
    return page(request, "reports/team_deals.html", context)


def row_named(whole: TeamPage, name: str) -> Row | None:
    """The person whose records are asked for; 404 for somebody who does not stand in the reader's table."""
    found = whole.forecast.find(name) if name else None
    if name and found is None:
        raise Http404
    return found


def rows_of(whole: TeamPage, which: str, part: Part) -> tuple[int, list[DealRow]]:
    """How many records there are, and they (or the largest of many) as rows of one shape."""
    if which == "silent":
        count = sum(n for key, n in whole.quiet.items() if belongs(key, part))
        return count, silent(whole.asked.open_deals().filter(condition_of(part)), whole.rates)
    if which == "slipped":
        rows = slipped(whole.asked.open_deals(), whole.rates)
    elif which == "sync":
        rows = [order_row(order, said) for order, said in refused(whole.asked)]
    else:
        rows = moved(whole, which)
    rows = [row for row in rows if belongs(row.key, part)]
    return len(rows), rows


def order_row(order: Any, said: str) -> DealRow:
    """An order that an ERP refused, with the ERP's own words."""
    return DealRow(
        order.pk, str(order), order.get_absolute_url(), str(order.owner or ""), order.total, order.currency.code,
        said, order.total, order.team_id, order.owner_id,
    )  # fmt: skip


def moved(whole: TeamPage, which: str) -> list[DealRow]:
    """Deals that changed since Monday; the amount is what each adds to the figure."""
    moves = moves_of(whole.asked, which)
    there = visible(
        whole.asked.user, Opportunity.objects.filter(pk__in=[move.opportunity_id for move in moves])
    )
    known = {deal.pk: deal for deal in there.select_related("owner")}
    base = whole.rates.base
    return [
        DealRow(
            move.opportunity_id, f"{move.number} {move.name}", deal.get_absolute_url() if deal else "",
            str(deal.owner or "") if deal else "", move.amount, base, "", move.amount,
            deal.team_id if deal else None, deal.owner_id if deal else None,
        )
        for move in moves
        for deal in [known.get(move.opportunity_id)]
    ]  # fmt: skip
