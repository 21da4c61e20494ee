"""What the pictures of a forecast show: the months against their targets, what changed, how true the calls were."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from forecasts.asked import Asked
from forecasts.asked import Cell as CellAsked
from forecasts.bridge import Bridge as Changes
from forecasts.figures import BEST_CASE, COMMIT, WON, Figures, Forecast, Row
from forecasts.moments import Moment
from forecasts.pane import list_url
from forecasts.shown import COLUMN_LABELS, ONLY
from kernel.charts import Bridge, Column, Columns, Mark
from kernel.formats import day_text, money
from kernel.periods import Period
from people.models import User

STACKED = (WON, COMMIT, BEST_CASE)


@dataclass(frozen=True)
class Pictures:
    """The three pictures of a forecast; a bridge only where there is a snapshot to compare with."""

    months: Columns


def pictures_of(forecast: Forecast, moment: Moment, asked: Asked, reader: User) -> Pictures:
    """The pictures below the figures."""
    return Pictures(months_of(forecast, moment, asked))


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
