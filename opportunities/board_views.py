"""The board of opportunities: the columns, the next cards of one, and what its cards tell."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.tables.tools import tools_of
from leads.models import Lead
from opportunities.board import AFTER, COLUMN, Board
from opportunities.board_actions import choose_card_fields
from opportunities.board_bars import bars_of
from opportunities.board_forms import CardFieldsForm
from opportunities.board_table import BoardTable
from opportunities.models import Opportunity, Pipeline
from opportunities.tables import OpportunityTable
from people.access import may, require

TEMPLATE = "opportunities/board.html"


@require_GET
def board(request: HtmxRequest) -> HttpResponse:
    """The whole board; for htmx the next cards of the column that the address names."""
    found = Board(request)
    column, after = request.GET.get(COLUMN, ""), request.GET.get(AFTER, "")
    if request.htmx and not request.htmx.boosted and column:
        more = found.more(column, after)
        if more is None:
            raise Http404
        return page(request, TEMPLATE, {"board": found, "column": more}, "cards")
    context = {
        "board": found,
        "columns": found.columns(column=column, after=after),
        "frame": BoardTable.frame(request, found.asked, found.address),
        "tools": tools_of(OpportunityTable, found.asked, found.address),
        **rights(request.user),
    }
    return page(request, TEMPLATE, context)


@require_GET
def bars(request: HtmxRequest) -> HttpResponse:
    """How the next steps of every column stand, and how many deals were closed lately, asked after the first paint."""
    found = Board(request, path=reverse("opportunities:board"))
    if not request.htmx or request.htmx.boosted:
        return redirect(found.with_bars_url)
    context = {"board": found, "bars": bars_of(found), "closed": found.closed_heads(counted=True)}
    return page(request, TEMPLATE, context, "bars")


def rights(user: Any) -> dict[str, bool]:
    """What the reader may do around the board."""
    return {
        "may_add": may(user, "add", Opportunity),
        "may_see_leads": may(user, "view", Lead),
        "may_arrange": may(user, "change", Pipeline),
    }


def fields(request: HtmxRequest) -> HttpResponse:
    """What the cards of the board's pipeline tell, for everybody who works with it."""
    require(request.user, "change", Pipeline)
    asked = Board(request)
    if (pipeline := asked.pipeline) is None:
        raise Http404
    form = CardFieldsForm(posted(request), pipeline=pipeline)
    if form.is_valid():
        chosen = form.cleaned_data["fields"]
        if attempt(form, lambda: choose_card_fields(pipeline, by=request.user, fields=chosen)):
            messages.success(
                request, _("The cards of %(pipeline)s tell this now.") % {"pipeline": pipeline.name}
            )
            return redirect(asked.url)
    context = {"form": form, "pipeline": pipeline, "back": asked.url}
    return page(request, "opportunities/board_fields.html", context, status=status_of(form))
