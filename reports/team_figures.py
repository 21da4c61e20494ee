"""The head of the manager's home: will the number be made, and what has changed since Monday."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from forecasts import asked as addresses
from forecasts.bridge import bridge
from forecasts.figures import BEST_CASE, COMMIT, WON, Forecast
from forecasts.selectors import forecast
from kernel.charts import Bridge, Mark
from kernel.errors import DomainError
from kernel.formats import day_text, money
from reports.team_asked import TeamAsked

CAME = ("new", "moved_in", "handed_in", "reopened")
MOVED = ("moved_in", "moved_out", "category_up", "category_down", "grown", "shrunk")


@dataclass(frozen=True)
class Told:
    """One figure, the deals behind it and whether it is good or bad."""

    label: str
    amount: Decimal | None
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Head:
    """The figures of the period."""

    figures: list[Told]
    base: str
    unrated: list[str]


@dataclass(frozen=True)
class Since:
    """What has changed since a day, and the picture of it; without a picture nobody has looked then."""

    day: dt.date
    counts: list[tuple[str, int, str]]
    chart: Bridge | None


def forecast_of(asked: TeamAsked) -> Forecast:
    """The forecast that the figures are of."""
    return forecast(asked.user, asked.period, team=asked.team)


def forecast_address(asked: TeamAsked) -> addresses.Asked:
    """The same on the page of the forecast."""
    return addresses.Asked(asked.period, team=asked.team.pk if asked.team else None)


def head_of(asked: TeamAsked, found: Forecast) -> Head:
    """Commit, best case, won, target and gap."""
    row, to = found.total, forecast_address(asked)
    gap = row.gap
    figures = [
        Told(_("Commit"), row.figures.commit_total, to.into(row.key, COMMIT), _("won and committed")),
        Told(_("Best case"), row.figures.best_total, to.into(row.key, BEST_CASE)),
        Told(_("Won"), row.figures.won.amount, to.into(row.key, WON)),
        Told(_("Target"), row.target, to.url(), "" if row.target is not None else _("none set")),
        Told(_("Gap"), gap, to.url(), tone="" if gap is None else "danger" if gap < 0 else "success"),
    ]
    return Head(figures, found.base, sorted(found.unrated))


# --- since Monday ---------------------------------------------------------------------------------------------


def monday(today: dt.date | None = None) -> dt.date:
    """The last Monday that is over: on a Monday that of the week before."""
    today = today or timezone.localdate()
    return today - dt.timedelta(days=today.weekday() or 7)


def since_monday(asked: TeamAsked, found: Forecast) -> Since:
    """From the evening before Monday to now: what came, what was lost, what moved."""
    day = monday()
    try:
        made = bridge(asked.user, asked.period, day - dt.timedelta(days=1), part=found.total.part)
    except DomainError:
        return Since(day, [], None)
    steps = {step.name: step for step in made.steps}

    def count(*names: str) -> int:
        return len({move.opportunity_id for name in names if name in steps for move in steps[name].moves})

    counts = [
        (_("new"), count("new"), to_deals(asked, "new")),
        (_("lost"), count("lost"), to_deals(asked, "lost")),
        (_("moved"), count(*MOVED), to_deals(asked, "moved")),
    ]
    return Since(day, counts, picture(asked, made, found.base))


def to_deals(asked: TeamAsked, which: str) -> str:
    return asked.url("reports:team-deals", which)


def picture(asked: TeamAsked, made: Any, base: str) -> Bridge:
    """The way from the open deals of Monday to those of now."""
    first = Mark(day_text(made.since), made.start, money(made.start, base))
    last = Mark(_("Now"), made.end, money(made.end, base), forecast_address(asked).url())
    steps = [
        Mark(
            step.label,
            step.amount,
            money(step.amount, base),
            to_deals(asked, f"step-{step.name}") if step.moves else "",
        )
        for step in made.steps
    ]
    change = made.difference
    words = {"amount": money(abs(change), base), "day": day_text(made.since)}
    if not steps:
        finding = _("Nothing has changed since %(day)s.") % words
    elif change < 0:
        finding = _("The open deals of the period are %(amount)s less than on %(day)s.") % words
    else:
        finding = _("The open deals of the period are %(amount)s more than on %(day)s.") % words
    return Bridge(
        _("Open deals since Monday"),
        finding,
        _("There are no open deals in this period."),
        first,
        steps,
        last,
    )


def moves_of(asked: TeamAsked, which: str) -> list[Any]:
    """The deals behind one of the counts or one step of the picture, the largest first."""
    found = forecast_of(asked)
    try:
        made = bridge(asked.user, asked.period, monday() - dt.timedelta(days=1), part=found.total.part)
    except DomainError:
        return []
    names = {"moved": MOVED}.get(which, (which.removeprefix("step-"),))
    moves = [move for step in made.steps if step.name in names for move in step.moves]
    return list({move.opportunity_id: move for move in moves}.values())
