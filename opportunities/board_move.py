"""Moving a deal from its card: every stage with what it asks for, and the move itself, confirmed by the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.forms import attempt
from kernel.http import HtmxRequest, page
from kernel.writing import stated_version
from opportunities import actions
from opportunities.board import Board
from opportunities.board_views import TEMPLATE
from opportunities.checklist import checklist_of
from opportunities.forms import MoveForm
from opportunities.models import Opportunity, Stage
from opportunities.views import opportunity_of
from people.access import may, require

NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True)
class Way:
    """A stage that a deal could go to, with what it still asks for."""

    stage: Stage
    missing: Sequence[Any]
    is_here: bool
    is_near: bool  # the one that comes next
    ask_url: str


def move(request: HtmxRequest, ref: str) -> HttpResponse:
    """Every stage to choose from, with what is missing asked right there; posted, the move."""
    deal = opportunity_of(request, ref)
    if request.method != "POST":
        return _menu(request, deal)
    require(request.user, "move", deal)
    ways = ways_of(deal, request)
    stage = _chosen(ways, deal, request.POST.get("stage", ""))
    data = request.POST.copy()
    data["stage"] = str(stage.pk) if stage else ""
    form = MoveForm(data, opportunity=deal, user=request.user, stage=stage)
    if stage is None:
        form.add_error(None, _("There is no further stage in this direction."))
    left = deal.stage
    if form.is_valid():
        version, values = stated_version(request.POST), form.answers()
        moved = attempt(
            form,
            lambda: actions.move_opportunity(
                deal, by=request.user, stage=form.cleaned_data["stage"], version=version, **values
            ),
        )
        if moved:
            return _moved(request, moved, left)
    status = getattr(getattr(form, "refusal", None), "status", 422)
    return _menu(request, opportunity_of(request, ref), form=form, stage=stage, status=status)


def ways_of(deal: Opportunity, request: HtmxRequest) -> list[Way]:
    """Every stage of its pipeline, in order, in two queries."""
    stages = list(
        Stage.objects.filter(pipeline_id=deal.stage.pipeline_id, is_active=True).order_by("position", "pk")
    )
    asking = {one.stage.pk: one for one in checklist_of(deal, stages)}
    near = next((stage.pk for stage in stages if stage.position > deal.stage.position), None)
    found = []
    for stage in stages:
        asked = asking[stage.pk].asked if stage.pk in asking else []
        missing = [one for one in asked if one.required and not one.given]
        here, is_near = stage.pk == deal.stage_id, stage.pk == near
        found.append(Way(stage, missing, here, is_near, address_of(request, deal, stage=stage.pk)))
    return found


def address_of(request: HtmxRequest, deal: Opportunity, **more: Any) -> str:
    """Where a deal is moved, and which board it stands on."""
    query = [(name, value) for name, values in request.GET.lists() for value in values if name != "stage"]
    query += [(name, str(value)) for name, value in more.items()]
    address = reverse("opportunities:board-move", args=[deal.ref])
    return f"{address}?{urlencode(query)}" if query else address


def _chosen(ways: list[Way], deal: Opportunity, asked: str) -> Stage | None:
    """The stage that is named, or the nearest one in a direction that asks for nothing more, else the nearest."""
    if asked not in (NEXT, PREVIOUS):
        return next((way.stage for way in ways if str(way.stage.pk) == asked), None)
    here = deal.stage.position
    if asked == NEXT:
        ahead = [way for way in ways if way.stage.position > here]
    else:
        ahead = [way for way in reversed(ways) if way.stage.position < here]
    free = [way for way in ahead if not way.missing]
    return next((way.stage for way in [*free, *ahead]), None)


def _menu(
    request: HtmxRequest,
    deal: Opportunity,
    *,
    form: MoveForm | None = None,
    stage: Stage | None = None,
    status: int = 200,
) -> HttpResponse:
    ways = ways_of(deal, request)
    may_move = deal.status == Opportunity.Status.OPEN and may(request.user, "move", deal)
    if form is None and may_move:
        stage = next((way.stage for way in ways if str(way.stage.pk) == request.GET.get("stage")), None)
        if stage is not None:
            form = MoveForm(None, opportunity=deal, user=request.user, stage=stage)
    board = Board(request)
    context = {
        "deal": deal,
        "card": board.card(deal),
        "ways": ways,
        "form": form,
        "stage": stage,
        "may_move": may_move,
        "action": address_of(request, deal),
        "back": f"{board.url}#deal-{deal.ref}",
    }
    return page(request, "opportunities/board_move.html", context, "move", status=status)


def _moved(request: HtmxRequest, deal: Opportunity, left: Stage) -> HttpResponse:
    """The card and the heads of both columns for a script; without one, the board as it is now."""
    board = Board(request)
    place = place_of(board, deal)
    said = _("%(deal)s moved to %(stage)s.") % {"deal": deal.name, "stage": deal.stage}
    if place:
        said = _("%(deal)s moved to %(stage)s, %(place)s of %(all)s.") % {
            "deal": deal.name,
            "stage": deal.stage,
            "place": place,
            "all": board.worths[deal.stage_id].deals,
        }
    if not request.htmx:
        messages.success(request, said)
        return redirect(f"{board.url}#deal-{deal.ref}")
    context = {
        "board": board,
        "card": board.card(deal) if place else None,
        "columns": board.heads(only={str(left.pk), str(deal.stage_id)}),
        "deal": deal,
        "left": left,
        "said": said if place else _("%(said)s It is out of this view now.") % {"said": said},
    }
    return page(request, TEMPLATE, context, "moved")


def place_of(board: Board, deal: Opportunity) -> int:
    """The how-manieth card of its column it is; 0 when the board does not ask for it any more."""
    due = deal.next_due_at
    if due is None:
        before = Q(next_due_at__isnull=False) | Q(next_due_at__isnull=True, pk__lt=deal.pk)
    else:
        before = Q(next_due_at__lt=due) | Q(next_due_at=due, pk__lt=deal.pk)
    found = board.open_deals.filter(stage_id=deal.stage_id).aggregate(
        there=Count("pk", filter=Q(pk=deal.pk)), before=Count("pk", filter=before)
    )
    return found["before"] + 1 if found["there"] else 0
