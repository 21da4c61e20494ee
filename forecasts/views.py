"""The forecast: figures by person and team, the deals behind each, changed in place; the same as a file."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from forecasts.asked import Asked, asked
from forecasts.deal_actions import adjust_deal
from forecasts.figures import Forecast
from forecasts.files import as_file
from forecasts.forms import DealForm
from forecasts.models import Goal
from forecasts.moments import Moment, moment_of
from forecasts.pane import Deal, Pane, live, pane_of, stands_behind
from forecasts.pictures import pictures_of
from forecasts.selectors import forecast as forecast_of
from forecasts.selectors import snapshots
from forecasts.shown import table
from kernel.formats import day_text
from kernel.forms import attempt, status_of
from kernel.http import HtmxRequest, page
from kernel.periods import period_of
from kernel.tables.sheets import SHEETS
from kernel.writing import stated_version
from opportunities.models import Opportunity
from people.access import Scope, grant_for, may, require, visible
from people.models import Team, User

SNAPSHOTS = 100  # to choose from; older ones are asked for by their day
PARTS = ("grid", "deals", "pictures")


@require_GET
def forecast(request: HtmxRequest) -> HttpResponse:
    """What will be won in a period, now or as a snapshot saw it; the deals behind a figure; pictures."""
    wanted, moment, found = told(request)
    part = request.htmx.target if request.htmx and not request.htmx.boosted else None
    pane = pane_of(found, moment, wanted, request.user) if part in (None, "deals") else None
    pictures = pictures_of(found, moment, wanted, request.user) if wanted.pictures else None
    context = around(request, wanted, found) | {"pane": pane, "pictures": pictures}
    return page(request, "forecasts/forecast.html", context, part=PARTS)


def told(request: HtmxRequest, *, live: bool = False) -> tuple[Asked, Moment, Forecast]:
    """What the address asks for, of which moment, and the forecast of it; of now, where something is changed."""
    require(request.user, "view", Opportunity)
    wanted = asked(request.GET)
    moment = moment_of(None if live else wanted.as_of)
    wanted = replace(wanted, as_of=moment.day if moment.snapshot else None)
    found = forecast_of(request.user, wanted.period, as_of=wanted.as_of, team=wanted.team)
    return wanted, moment, found


def around(request: HtmxRequest, wanted: Asked, found: Forecast) -> dict[str, Any]:
    """The figures, and what stands around them: periods, days and teams one can turn to, and what one may do."""
    today = timezone.localdate()
    inside = today if today in wanted.period else wanted.period.starts_on
    days = set(snapshots().values_list("taken_on", flat=True)[:SNAPSHOTS])
    chosen = {wanted.as_of} if wanted.as_of else set()
    lengths = ((_("Month"), 1), (_("Quarter"), 3), (_("Year"), 12))
    return {
        "asked": wanted,
        "figures": table(found, wanted, request.user),
        "base_code": found.base,
        "has_targets": any(row.target is not None for row in found.total.walk()),
        "lengths": [(words, period_of(inside, months)) for words, months in lengths],
        "snapshots": [(day, day_text(day)) for day in sorted(days | chosen, reverse=True)],
        "teams": teams_to_choose(request.user),
        "may_set_goals": may(request.user, "add", Goal),
        "may_export": may(request.user, "export", Opportunity),
    }


def teams_to_choose(user: User) -> list[tuple[int, str, int]]:
    """The teams that somebody may look at alone, with how deep they lie; none for who sees but their own deals."""
    scope = grant_for(user, "opportunity").scope
    teams = Team.objects.all() if scope == Scope.ALL else Team.objects.filter(pk__in=user.team_ids)
    found = [] if scope == Scope.OWN else list(teams.order_by("path").values_list("pk", "name", "path"))
    least = min((path.count("/") for _pk, _name, path in found), default=0)
    return [(pk, name, path.count("/") - least) for pk, name, path in found]


@require_POST
def adjust(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change one deal behind a figure: its category, day, amount; the figures above follow."""
    deals = Opportunity.objects.by_ref(ref).select_related("stage", "currency", "owner")
    deal = get_object_or_404(visible(request.user, deals))
    for verb in ("change", "judge"):
        require(request.user, verb, deal)
    form = DealForm(request.POST, deal=deal)
    saved = None
    if form.is_valid():
        version, said = stated_version(request.POST), form.said()
        saved = attempt(form, lambda: adjust_deal(deal, by=request.user, version=version, **said))
    wanted, moment, found = told(request, live=True)
    if saved is not None and not request.htmx:
        messages.success(request, _("%(deal)s saved.") % {"deal": saved.name})
        return redirect(f"{wanted.url()}#deals")
    pane = pane_of(found, moment, wanted, request.user)
    row = row_of(request, saved or deal, form, pane, moment, wanted, is_saved=saved is not None)
    context = around(request, wanted, found) | {"pane": with_row(pane, row), "row": row, "pictures": None}
    template = "forecasts/adjusted.html" if request.htmx else "forecasts/forecast.html"
    return page(request, template, context, part="adjusted" if request.htmx else None, status=status_of(form))


def row_of(
    request: HtmxRequest, deal: Opportunity, form: DealForm, pane: Pane | None, moment: Moment, wanted: Asked, *,
    is_saved: bool,
) -> Deal:  # fmt: skip
    """The row of a deal that was changed, or refused in words."""
    if not is_saved:
        wrong = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return replace(live(deal, moment, wanted, request.user), form=form, wrong=wrong)
    fresh = Opportunity.objects.select_related("stage", "currency", "owner").get(pk=deal.pk)
    stands = pane is None or stands_behind(fresh, pane)
    left = "" if stands else _("Saved. It does not count in this figure any more.")
    return replace(live(fresh, moment, wanted, request.user), is_saved=True, left=left)


def with_row(pane: Pane | None, row: Deal) -> Pane | None:
    """The pane with one row told anew."""
    return pane and replace(pane, rows=[row if one.ref == row.ref else one for one in pane.rows])


@require_GET
def export(request: HtmxRequest) -> HttpResponse:
    """The table as a file: ``?as=csv``, ``xlsx`` or ``json``."""
    require(request.user, "export", Opportunity)
    kind = request.GET.get("as", "csv")
    if kind not in SHEETS:
        raise Http404
    _wanted, _moment, found = told(request)
    return as_file(found, kind)
