"""What changed since a day: the bridge of a figure with the deals behind each step."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from forecasts.asked import Asked, asked
from forecasts.bridge import bridge
from forecasts.pictures import bridge_of, usual_start
from forecasts.selectors import forecast as forecast_of
from forecasts.selectors import snapshots
from kernel.formats import day_text
from kernel.http import HtmxRequest, page
from opportunities.models import Opportunity, Stage
from people.access import require, visible

CHOICE = 100
PAGE = 100
FIGURES = {
    "commit": _("Commit"),
    "best": _("Best case"),
    "pipeline": _("Pipeline"),
    "open": _("Open deals"),
}


@require_GET
def changes(request: HtmxRequest) -> HttpResponse:
    """What changed in a figure of the forecast between two days, step by step, deal by deal."""
    require(request.user, "view", Opportunity)
    wanted = asked(request.GET)
    days = list(snapshots().values_list("taken_on", flat=True)[:CHOICE])
    context: dict[str, Any] = {
        "asked": wanted, "figure": figure_asked(request), "figures": list(FIGURES.items()), "days": told(days),
        "bridge": None, "row": None,
    }  # fmt: skip
    if since := wanted.since or usual_start(wanted.as_of):
        context |= bridged(request, wanted, since, context["figure"])
    return page(request, "forecasts/changes.html", context)


def bridged(request: HtmxRequest, wanted: Asked, since: dt.date, figure: str) -> dict[str, Any]:
    """The bridge of a row, or of all of them, with its picture and the deals of the step that was asked for."""
    found = forecast_of(request.user, wanted.period, as_of=wanted.as_of, team=wanted.team)
    row = (wanted.cell and found.find(wanted.cell.whose)) or found.total
    made = bridge(request.user, wanted.period, since, wanted.as_of, figure=figure, part=row.part)
    step = made.step(request.GET.get("step", ""))
    shown = [step] if step else list(made.steps)
    moves = {one.name: one.moves[:PAGE] for one in shown}
    known = visible(request.user, Opportunity.objects.all()).only("pk", "number", "public_id")
    keys = [move.opportunity_id for some in moves.values() for move in some]
    return {
        "asked": replace(wanted, since=made.since), "bridge": made, "row": row, "base_code": found.base,
        "picture": bridge_of(made, replace(wanted, since=made.since), figure, found.base),
        "step": step, "steps": shown, "moves": moves, "deals": known.in_bulk(keys),
        "categories": dict(Stage.Forecast.choices), "words": dict(Opportunity.Status.choices),
    }  # fmt: skip


def figure_asked(request: HtmxRequest) -> str:
    """The figure that the bridge is of."""
    name = request.GET.get("figure", "")
    return name if name in FIGURES else "commit"


def told(days: list[dt.date]) -> list[tuple[dt.date, str]]:
    return [(day, day_text(day)) for day in days]
