"""Will we make the number? A period's months: won, committed and best case against the target."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecasts.figures import Figures, Forecast
from forecasts.selectors import forecast
from kernel.charts import Column, Columns, Mark
from kernel.formats import money, number
from kernel.periods import Period
from opportunities.measures import Worth
from people.access import Scope, grant_for
from people.models import User
from reports.questions import notes
from reports.questions.asked import Asked
from reports.questions.shape import Answer, Cell, Figure, Report, Table, amount

CATEGORIES = {"commit": "committed", "best_case": "best_case", "pipeline": "pipeline"}


def answer(user: User, asked: Asked) -> Answer:
    """The forecast of the period as it stands now."""
    found = forecast(user, asked.period, team=asked.team)
    figures, target = found.total.figures, found.total.target
    shown = [
        figure(_("Won"), figures.won, asked.period, "won", asked),
        Figure(_("Commit"), money(figures.commit_total, asked.base), figures.commit_total,
               url_of("commit", asked.period, asked), _("won and committed")),
        Figure(_("Best case"), money(figures.best_total, asked.base), figures.best_total,
               url_of("best_case", asked.period, asked), _("won, committed and best case")),
        Figure(_("Weighted"), money(figures.weighted_total, asked.base), figures.weighted_total, "",
               _("won, and open deals by their chance")),
    ]  # fmt: skip
    if target is not None:
        gap = target - figures.commit_total
        shown.append(
            Figure(_("Target"), money(target, asked.base), target, "",
                   _("reached") if gap <= 0 else _("%(gap)s to go") % {"gap": money(gap, asked.base)},
                   "success" if gap <= 0 else "attention")
        )  # fmt: skip
    return Answer(shown, [columns(found, asked)], [table(found, asked)], said(found, asked))


def said(found: Forecast, asked: Asked) -> list[Any]:
    figures = found.total.figures
    lines = [
        _("Open deals count in the month of their close date, won deals in that in which they were won.")
    ]
    for worth, text in (
        (figures.overdue, _("%(n)s open deals worth %(amount)s should have been closed before the period.")),
        (figures.undated, _("%(n)s open deals worth %(amount)s have no close date.")),
    ):
        if worth.deals:
            lines.append(text % {"n": number(worth.deals), "amount": money(worth.amount, asked.base)})
    return [*lines, *notes.unrated(found.unrated, asked)]


def figure(label: Any, worth: Worth, period: Period, column: str, asked: Asked) -> Figure:
    return Figure(
        label, money(worth.amount, asked.base), worth.amount, url_of(column, period, asked),
        _("%(n)s deals") % {"n": number(worth.deals)},
    )  # fmt: skip


def url_of(column: str, period: Period, asked: Asked) -> str:
    """The deals of a column: those won in the period, or open ones of the category that are due in it."""
    if column == "won":
        return asked.url(status="won", closed_on=period)
    return asked.url(status="open", forecast=CATEGORIES[column], estimated_close_on=period)


def columns(found: Forecast, asked: Asked) -> Columns:
    row = found.total
    names = {"won": _("Won"), "commit": _("Commit"), "best_case": _("Best case")}
    bars = []
    for n, (month, figures) in enumerate(zip(found.period.parts, row.months, strict=True)):
        target = row.month_targets[n] if n < len(row.month_targets) else None
        marks = [
            mark(names[name], getattr(figures, name), url_of(name, month, asked), asked) for name in names
        ]
        bars.append(
            Column(
                month.label, marks,
                Mark(_("Target"), target, money(target, asked.base)) if target is not None else None,
                Mark(_("Weighted"), figures.weighted_total, money(figures.weighted_total, asked.base)),
            )
        )  # fmt: skip
    return Columns(
        _("Month by month"), finding(found, asked), _("Nothing is won or expected in this period."),
        bars if row.figures.deals or row.target else (), list(names.values()),
    )  # fmt: skip


def mark(label: str, worth: Worth, url: str, asked: Asked) -> Mark:
    return Mark(label, worth.amount, money(worth.amount, asked.base), url)


def finding(found: Forecast, asked: Asked) -> str:
    """Whether the number is made, in one sentence."""
    figures, target = found.total.figures, found.total.target
    commit, best = (money(each, asked.base) for each in (figures.commit_total, figures.best_total))
    if target is None:
        return _("%(commit)s are won or committed, %(best)s with the best case; no target is set.") % {
            "commit": commit, "best": best,
        }  # fmt: skip
    gap = target - figures.commit_total
    values = {"commit": commit, "target": money(target, asked.base), "gap": money(abs(gap), asked.base)}
    if gap <= Decimal(0):
        return _("%(commit)s are won or committed: the target of %(target)s is reached.") % values
    return _("%(commit)s are won or committed: %(gap)s are missing to the target of %(target)s.") % values


def table(found: Forecast, asked: Asked) -> Table:
    rows = []
    for n, (month, figures) in enumerate(zip(found.period.parts, found.total.months, strict=True)):
        target = found.total.month_targets[n] if n < len(found.total.month_targets) else None
        rows.append([Cell(month.label), *cells(figures, month, target, asked)])
    return Table(
        "months", _("Month by month"),
        [_("Month"), _("Target"), _("Won"), _("Committed"), _("Best case"), _("Pipeline"), _("Weighted")], rows,
    )  # fmt: skip


def cells(figures: Figures, month: Period, target: Decimal | None, asked: Asked) -> list[Cell]:
    found = [Cell("–") if target is None else amount(target, asked.base)]
    for name in ("won", "commit", "best_case", "pipeline"):
        found.append(amount(getattr(figures, name).amount, asked.base, url=url_of(name, month, asked)))
    return [*found, amount(figures.weighted_total, asked.base)]


REPORT = Report(
    "number", gettext_lazy("Period and target"), gettext_lazy("Will we make the number?"), answer,
    frozenset({"period", "team"}), lambda user: grant_for(user, "opportunity").scope != Scope.NONE,
)  # fmt: skip
