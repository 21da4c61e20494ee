"""The forecast as a report: the figures of a period by team and person, as one person sees them now."""

from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from forecasts import asked as addresses
from forecasts.figures import Forecast, Row
from forecasts.moments import moment_of
from forecasts.pictures import months_of
from forecasts.selectors import forecast
from kernel.formats import NOTHING, money
from kernel.jinja import url
from opportunities.models import Opportunity
from people.access import may
from reports.contents import Content, Figure, Grid, Unseen


def content_of_forecast(user: Any, query: str, *, title: str) -> Content:
    """The forecast of the period that the filters name, or of the present quarter. Raises Unseen without the right."""
    if not may(user, "view", Opportunity):
        raise Unseen(_("may not see opportunities"))
    asked = addresses.asked(QueryDict(query))
    found = forecast(user, asked.period, team=asked.team)
    filters = [(_("Period"), asked.period.label)]
    if asked.team is not None and found.roots:
        filters.append((_("Team"), found.roots[0].label))
    return Content(
        title=title, name="forecast", filters=filters, figures=figures_of(found),
        charts=[months_of(found, moment_of(None), asked)], tables=[grid_of(found)],
        notes=notes_of(found), url=f"{url('forecasts:forecast')}{f'?{query}' if query else ''}",
    )  # fmt: skip


def figures_of(found: Forecast) -> list[Figure]:
    """Whether the number is made: the first things to know."""
    row, base = found.total, found.base
    said = [
        (_("Commit"), row.figures.commit_total, _("won and committed")),
        (_("Best case"), row.figures.best_total, ""),
        (_("Won"), row.figures.won.amount, ""),
        (_("Target"), row.target, ""),
        (_("Gap"), row.gap, ""),
    ]
    return [Figure(label, shown(amount, base), note) for label, amount, note in said]


def shown(amount: Decimal | None, base: str) -> str:
    return NOTHING if amount is None else money(amount, base)


def grid_of(found: Forecast) -> Grid:
    """Teams and people with their figures, each below its team."""
    several = len(found.roots) != 1
    rows = [found.total, *found.rows] if several else found.rows
    heads = [
        _("Who"), _("Target"), _("Won"), _("Commit"), _("Best case"), _("Pipeline"), _("Weighted"), _("Call"),
        _("Gap"),
    ]  # fmt: skip
    values = [[str(row.label), *amounts_of(row)] for row in rows]
    texts = [[indented(row), *(shown(one, found.base) for one in amounts_of(row))] for row in rows]
    return Grid(_("Forecast %(period)s") % {"period": found.period.label}, heads, values, texts)


def indented(row: Row) -> str:
    """The name of a row, further in the deeper it stands."""
    return "– " * row.depth + str(row.label)


def amounts_of(row: Row) -> list[Decimal | None]:
    figures = row.figures
    return [
        row.target, figures.won.amount, figures.commit_total, figures.best_total, figures.pipeline_total,
        figures.weighted_total, row.call_total, row.gap,
    ]  # fmt: skip


def notes_of(found: Forecast) -> list[str]:
    """What stands beside the figures, and what had no rate."""
    figures, notes = found.total.figures, []
    if figures.overdue.deals:
        text = _("%(n)s open deals are overdue from earlier periods (%(amount)s): in none of these figures.")
        notes.append(text % {"n": figures.overdue.deals, "amount": money(figures.overdue.amount, found.base)})
    if figures.undated.deals:
        text = _("%(n)s open deals have no close date (%(amount)s): in none of these figures.")
        notes.append(text % {"n": figures.undated.deals, "amount": money(figures.undated.amount, found.base)})
    if found.unrated:
        text = _(
            "No exchange rate today: %(codes)s. Deals in these count at the rates they were entered with."
        )
        notes.append(text % {"codes": ", ".join(sorted(found.unrated))})
    return notes
