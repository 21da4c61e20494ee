"""What changed between two moments: the way from one figure to another, step by step, each with its deals.

The steps add up to the difference exactly, because every deal that counts at the start or at the end is told of once:
what it is worth at the end less what it was worth at the start.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from forecasts.compared import FIGURES, Compared, compare
from forecasts.figures import Part
from forecasts.moments import Moment, moment_of
from forecasts.reasons import STEPS, Side, parts_of
from kernel.periods import Period
from opportunities.measures import NOTHING
from people.models import User

__all__ = ["FIGURES", "Bridge", "Move", "Side", "Step", "bridge"]
PAGE = 50


@dataclass(frozen=True)
class Move:
    """One deal's part in a step."""

    opportunity_id: int
    number: str
    name: str
    amount: Decimal  # what it adds to the step, in base currency
    before: Side | None  # what it was at the start; None: it did not exist, or was not the asker's
    after: Side | None  # what it is at the end; None: it is gone, or no longer theirs

    @property
    def place(self) -> tuple[Decimal, int]:
        """Where it stands among the others: the largest first."""
        return -abs(self.amount), self.opportunity_id

    @property
    def cursor(self) -> str:
        """What the next page goes on after."""
        return f"{abs(self.amount)}_{self.opportunity_id}"


@dataclass(frozen=True)
class Step:
    """What one kind of change adds to the figure, and the deals that changed so."""

    name: str
    label: Any
    amount: Decimal
    deals: int
    moves: tuple[Move, ...] = ()  # the largest first; of "rates" none: every open deal in another currency

    def page(self, after: str = "", size: int = PAGE) -> tuple[list[Move], str]:
        """Some of its deals, and the cursor of the next page (empty: there is none)."""
        start = 0
        if after:
            amount, _underscore, pk = after.partition("_")
            place = (-Decimal(amount), int(pk))
            start = next((n for n, move in enumerate(self.moves) if move.place > place), len(self.moves))
        found = list(self.moves[start : start + size])
        return found, found[-1].cursor if start + size < len(self.moves) else ""


@dataclass(frozen=True)
class Bridge:
    """From a figure at the start to the same figure at the end."""

    period: Period
    figure: str
    since: dt.date  # the day of the snapshot it starts from
    until: dt.date | None  # the day of the other one; None: now
    start: Decimal
    end: Decimal
    steps: tuple[Step, ...]  # only those in which something happened, always in the same order
    unrated: frozenset[str] = field(default_factory=frozenset)

    @property
    def difference(self) -> Decimal:
        return self.end - self.start

    def step(self, name: str) -> Step | None:
        """The step of that name, if anything happened in it."""
        return next((step for step in self.steps if step.name == name), None)


def bridge(
    user: User, period: Period, since: dt.date, until: dt.date | None = None, *, figure: str = "open",
    part: Part | None = None,
) -> Bridge:  # fmt: skip
    """How a figure of the period went from a snapshot to a later one, or (without ``until``) to now.

    ``figure``: "open" (open deals but the omitted), "commit" (won and committed), "best" (and best case), "pipeline"
    (and pipeline: everything but the omitted). ``part`` narrows it to a row of the forecast: ``row.part``.
    """
    start, end = moment_of(since), moment_of(until)
    found = compare(user, period, start, end, figure=figure, part=part or Part())
    steps = _steps(found, start, end, period)
    return Bridge(
        period, figure, start.day, end.day if end.snapshot else None,
        _worth(found, start, counted=True), _worth(found, end, counted=False), steps, _unrated(found, start, end),
    )  # fmt: skip


def _steps(found: Compared, start: Moment, end: Moment, period: Period) -> tuple[Step, ...]:
    moves: dict[str, list[Move]] = defaultdict(list)
    for change in found.changes:
        side = change.after if change.counts and change.after else change.before
        assert side is not None
        for name, amount in parts_of(change, start.rates, end.rates, period):
            # What it was while it was not the asker's is not theirs to see.
            before, after = (
                change.before if change.was_within else None,
                change.after if change.is_within else None,
            )
            moves[name].append(Move(side.opportunity_id, side.number, side.name, amount, before, after))
    steps = {name: _step(name, made) for name, made in moves.items()}
    steps["rates"] = _revalued(moves["rates"], found, start, end)
    return tuple(steps[name] for name in STEPS if name in steps and (steps[name].deals or steps[name].amount))


def _step(name: str, moves: Sequence[Move]) -> Step:
    total = sum((move.amount for move in moves), NOTHING)
    return Step(name, STEPS[name], total, len(moves), tuple(sorted(moves, key=lambda move: move.place)))


def _revalued(moves: Sequence[Move], found: Compared, start: Moment, end: Moment) -> Step:
    """What other rates made of deals in which (otherwise) nothing changed."""
    shifts = [(one.value(end) - one.value(start), one.deals) for one in found.still]
    amount = sum((move.amount for move in moves), NOTHING) + sum((shift for shift, _n in shifts), NOTHING)
    return Step("rates", STEPS["rates"], amount, len(moves) + sum(n for shift, n in shifts if shift))


def _worth(found: Compared, moment: Moment, *, counted: bool) -> Decimal:
    """The figure at one of the moments."""
    sides = [
        change.before if counted else change.after
        for change in found.changes
        if (change.counted if counted else change.counts)
    ]
    changed = sum((side.value(moment.rates) for side in sides if side), NOTHING)
    return changed + sum((one.value(moment) for one in found.still), NOTHING)


def _unrated(found: Compared, start: Moment, end: Moment) -> frozenset[str]:
    """Currencies of open deals that one of the two days has no rate for."""
    codes = {one.currency for one in found.still if one.status == "open"}
    for change in found.changes:
        codes |= {side.currency for side in (change.before, change.after) if side and side.status == "open"}
    return frozenset(code for code in codes if not (start.rates.knows(code) and end.rates.knows(code)))
