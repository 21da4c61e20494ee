"""What the pictures of a forecast show: the months against their targets, what changed, how true the calls were."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from forecasts.accuracy import Past, accuracy
from forecasts.asked import Asked
from forecasts.asked import Cell as CellAsked
from forecasts.bridge import Bridge as Changes
from forecasts.bridge import bridge
from forecasts.figures import BEST_CASE, COMMIT, WON, Figures, Forecast, Part, Row
from forecasts.moments import Moment
from forecasts.pane import list_url, whose
from forecasts.selectors import snapshots
from forecasts.shown import COLUMN_LABELS, ONLY
from kernel.charts import Bridge, Column, Columns, Line, Lines, Mark
from kernel.formats import day_text, money
from kernel.periods import Period
from opportunities.links import deals_url
from people.models import User

STACKED = (WON, COMMIT, BEST_CASE)
FIGURE = "commit"


@dataclass(frozen=True)
class Pictures:
    """The three pictures of a forecast; a bridge only where there is a snapshot to compare with."""

    months: Columns
    bridge: Bridge | None
    accuracy: Lines
    changes_url: str


def pictures_of(forecast: Forecast, moment: Moment, asked: Asked, reader: User) -> Pictures:
    """The pictures below the figures: of everything the table tells of."""
    row, plain = forecast.total, replace(asked, pictures=False, cell=None)
    since = asked.since or usual_start(asked.as_of)
    changes = (
        bridge(reader, asked.period, since, asked.as_of, figure=FIGURE, part=row.part) if since else None
    )
    past = accuracy(reader, asked.period, part=row.part, **caller(forecast))
    return Pictures(
        months_of(forecast, moment, plain),
        bridge_of(changes, replace(plain, since=changes.since), FIGURE, forecast.base) if changes else None,
        accuracy_of(past, row.part, forecast.base),
        plain.url(page="forecasts:changes"),
    )


def caller(forecast: Forecast) -> dict[str, Any]:
    """Whose calls tell how true the forecast was: those of the one row at the top."""
    if len(forecast.roots) != 1:
        return {}
    top = forecast.roots[0]
    return {"person": top.user_id} if top.user_id else {"team": top.team_id}


def usual_start(until: dt.date | None) -> dt.date | None:
    """The day a bridge begins with unless said: the newest snapshot up to last Monday, else the oldest there is."""
    end = until or timezone.localdate()
    monday = end - dt.timedelta(days=end.weekday() or 7)
    earlier = snapshots().filter(taken_on__lt=end).values_list("taken_on", flat=True)
    first: dt.date | None = (
        earlier.filter(taken_on__lte=monday).first() or earlier.order_by("taken_on").first()
    )
    return first


def months_of(forecast: Forecast, moment: Moment, asked: Asked) -> Columns:
    """Won, committed and best case of each month against its target, with the weighted figure as a dot."""
    row, base = forecast.total, forecast.base
    columns = [
        Column(
            _month_label(month),
            [_mark(row, figures, column, month, moment, asked, base) for column in STACKED],
            target=Mark(_("Target"), target, money(target, base)) if target is not None else None,
            dot=Mark(_("Weighted"), figures.weighted_total, money(figures.weighted_total, base)),
        )
        for month, figures, target in zip(forecast.period.parts, row.months, row.month_targets, strict=True)
    ]
    return Columns(
        _("Month by month"), _finding(row, base), _("Nothing is won or expected in this period."),
        columns if row.figures.deals else (), [str(COLUMN_LABELS[column]) for column in STACKED],
    )  # fmt: skip


def _mark(
    row: Row, figures: Figures, column: str, month: Period, moment: Moment, asked: Asked, base: str
) -> Mark:
    worth = getattr(figures, column)
    if moment.snapshot is None:
        url = list_url(row.part, column, moment, month)
    else:
        url = asked.url(period=month, cell=CellAsked(row.key, ONLY[column]), pictures=False)
    return Mark(COLUMN_LABELS[column], worth.amount, money(worth.amount, base), url)


def _month_label(month: Period) -> str:
    return month.label.rsplit(" ", 1)[0][:3]


def _finding(row: Row, base: str) -> str:
    """Whether the number is made, in one sentence."""
    figures = row.figures
    values = {"commit": money(figures.commit_total, base), "best": money(figures.best_total, base)}
    if row.target is None:
        return _("%(commit)s are won or committed, %(best)s with the best case.") % values
    gap = row.target - figures.commit_total
    values |= {"target": money(row.target, base), "gap": money(abs(gap), base)}
    if gap <= Decimal(0):
        return _("%(commit)s are won or committed: the target of %(target)s is reached.") % values
    if figures.best_total >= row.target:
        return _("%(gap)s are missing to the target of %(target)s; the best case covers them.") % values
    return _("%(gap)s are missing to the target of %(target)s; the best case comes to %(best)s.") % values


# --- what changed ---------------------------------------------------------------------------------------------


def bridge_of(changes: Changes, asked: Asked, figure: str, base: str) -> Bridge:
    """The way from what a figure was to what it is; each step leads to its deals."""
    begin = Mark(day_text(changes.since), changes.start, money(changes.start, base))
    end = Mark(day_text(changes.until) if changes.until else _("Now"), changes.end, money(changes.end, base))
    steps = [
        Mark(
            step.label, step.amount, signed(step.amount, base),
            asked.url(page="forecasts:changes", more={"figure": figure, "step": step.name}, pictures=False),
        )
        for step in changes.steps
    ]  # fmt: skip
    return Bridge(
        _("What changed since %(day)s") % {"day": day_text(changes.since)}, _told(changes, base),
        _("Nothing was there, and nothing has come since."), begin, steps, end,
    )  # fmt: skip


def signed(amount: Decimal, base: str) -> str:
    """A change with its sign."""
    return f"+{money(amount, base)}" if amount > 0 else money(amount, base)


def _told(changes: Changes, base: str) -> str:
    """What moved the figure most, in one sentence."""
    if not changes.steps:
        return _("Nothing changed: it stands at %(end)s.") % {"end": money(changes.end, base)}
    most = max(changes.steps, key=lambda step: abs(step.amount))
    values = {
        "difference": signed(changes.difference, base), "end": money(changes.end, base), "step": most.label,
        "amount": signed(most.amount, base),
    }  # fmt: skip
    return _("%(difference)s to %(end)s; most of it: %(step)s, %(amount)s.") % values


# --- how true it was ------------------------------------------------------------------------------------------


def accuracy_of(past: Sequence[Past], part: Part, base: str) -> Lines:
    """What was called and what the system saw early in each period, beside what was won in the end."""
    conditions = whose(part)
    won = [
        Mark(one.period.label, one.actual, money(one.actual, base),
             deals_url(status="won", closed_on=one.period, **conditions))
        for one in past
    ]  # fmt: skip
    lines = [
        Line(_("Won"), won),
        Line(_("Called"), [_told_then(one, one.call, base) for one in past]),
        Line(_("Commit then"), [_told_then(one, one.commit, base) for one in past]),
    ]
    told = [line for line in lines if any(mark is not None for mark in line.marks)]
    return Lines(
        _("How true it was"), _how_true(past, base), _("No period before this one is known yet."),
        [one.period.label for one in past], told if past else (), base,
    )  # fmt: skip


def _told_then(one: Past, amount: Decimal | None, base: str) -> Mark | None:
    if amount is None:
        return None
    said = _("as of %(day)s") % {"day": day_text(one.day)}
    return Mark(one.period.label, amount, money(amount, base), note=said)


def _how_true(past: Sequence[Past], base: str) -> str:
    """How the calls compared with what came, on average."""
    off = [abs(one.call_off) for one in past if one.call_off is not None]
    word = "called"
    if not off:
        off, word = [abs(one.commit_off) for one in past if one.commit_off is not None], "commit"
    if not off:
        return _("What was called and seen in these periods is not known; this is what was won.")
    values = {"amount": money(sum(off, Decimal(0)) / len(off), base), "count": len(off)}
    if word == "called":
        return _("Calls were off by %(amount)s on average, in %(count)s periods.") % values
    return _("The commit was off by %(amount)s on average, in %(count)s periods.") % values
