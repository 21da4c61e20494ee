"""Targets: who is to reach what in a period, with what the people below a team add up to."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.rates import base_currency
from forecasts.asked import period_asked
from forecasts.goal_actions import Wish, keep_goals, spread
from forecasts.goal_sheet import METRICS, GoalCell, GoalRow, Sheet, sheet_of
from forecasts.models import Goal
from kernel.errors import DomainError
from kernel.http import HtmxRequest, page
from kernel.periods import period_of
from people.access import require
from people.models import Team, User

SPREADS = {12: ((3, "quarters"), (1, "months")), 3: ((1, "months"),), 1: ()}


def goals(request: HtmxRequest) -> HttpResponse:
    """The targets of everybody one may set targets for, changed on the page itself."""
    require(request.user, "view", Goal)
    if request.method == "POST":
        require(request.user, "add", Goal)
    period = period_asked(request.GET.get("period", ""))
    sheet = sheet_of(request.user, period, said=request.POST if request.method == "POST" else None)
    if request.method == "POST" and not sheet.wrong and done(request, sheet):
        return redirect(f"{reverse('forecasts:goals')}?period={period.key}")
    today = timezone.localdate()
    inside = today if today in period else period.starts_on
    lengths = ((_("Month"), 1), (_("Quarter"), 3), (_("Year"), 12))
    base = base_currency()
    context = {
        "period": period, "rows": sheet.rows, "wrong": sheet.wrong, "metrics": METRICS, "base_code": base.code,
        "lengths": [(words, period_of(inside, months)) for words, months in lengths],
        "spreads": [(months, words(unit)) for months, unit in SPREADS[period.months]],
        "may_set": any(cell.may for row in sheet.rows for cell in row.cells),
    }  # fmt: skip
    return page(request, "forecasts/goals.html", context, status=422 if sheet.wrong else 200)


def words(unit: str) -> str:
    return _("Save and spread over quarters") if unit == "quarters" else _("Save and spread over months")


def done(request: HtmxRequest, sheet: Sheet) -> bool:
    """Do what the pressed button says, all of it or nothing; the sheet says why not."""
    pressed = request.POST.get("do", "save")
    wishes = changed(sheet)
    if pressed == "copy":
        wishes = copied(request.user, sheet)
    elif pressed.startswith("spread-"):
        wishes += spread_out(sheet, pressed)
    try:
        count = keep_goals(wishes, by=request.user)
    except DomainError as refusal:
        sheet.wrong.append(("goals", str(refusal)))
        return False
    text = ngettext("%(count)s target written.", "%(count)s targets written.", count) % {"count": count}
    messages.success(request, text if count else _("Nothing was changed."))
    return True


def changed(sheet: Sheet) -> list[Wish]:
    """What was typed and differs from what holds."""
    return _wishes(sheet, lambda row, cell: cell.may and cell.said != cell.own, lambda cell: cell.said)


def spread_out(sheet: Sheet, pressed: str) -> list[Wish]:
    """The targets of the period in its parts, where these do not say the same already."""
    months = next((m for m, _unit in SPREADS[sheet.period.months] if pressed == f"spread-{m}"), None)
    if months is None:
        return []
    whole = _wishes(sheet, lambda row, cell: cell.may and cell.said is not None, lambda cell: cell.said)
    return [part for wish in whole for part in spread(wish, months)]


def copied(user: User, sheet: Sheet) -> list[Wish]:
    """The targets of the period before, where none is set yet."""
    before = {cell.name: cell.own for row in sheet_of(user, sheet.period.previous).rows for cell in row.cells}
    return _wishes(
        sheet,
        lambda row, cell: cell.may and cell.own is None and before.get(cell.name) is not None,
        lambda cell: before[cell.name],
    )


def _wishes(
    sheet: Sheet, wanted: Callable[[GoalRow, GoalCell], bool], target: Callable[[GoalCell], Any]
) -> list[Wish]:
    people, teams = of_rows(sheet.rows)
    return [
        Wish(people[row.user_id] if row.user_id else teams[row.team_id], sheet.period, cell.metric, target(cell))
        for row in sheet.rows
        for cell in row.cells
        if wanted(row, cell)
    ]  # fmt: skip


def of_rows(rows: Sequence[GoalRow]) -> tuple[dict[Any, User], dict[Any, Team]]:
    """The people and teams of the rows, in two queries."""
    return (
        User.objects.in_bulk([row.user_id for row in rows if row.user_id]),
        Team.objects.in_bulk([row.team_id for row in rows if not row.user_id and row.team_id]),
    )
