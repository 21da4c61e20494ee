"""Why a deal counts at the end and not at the start, or the other way round. Knows no database."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from catalog.valuing import Rates
from kernel.periods import Period

# Every step there is, in the order in which a bridge tells them.
STEPS: Final[dict[str, Any]] = {
    "new": _("New"),
    "moved_in": _("Pulled into the period"),
    "handed_in": _("Taken over"),
    "reopened": _("Reopened"),
    "category_up": _("Category up"),
    "grown": _("Grown"),
    "won": _("Won"),
    "shrunk": _("Shrunk"),
    "category_down": _("Category down"),
    "moved_out": _("Slipped out of the period"),
    "handed_out": _("Handed over"),
    "lost": _("Lost"),
    "removed": _("Deleted"),
    "rates": _("Exchange rates"),
}


@dataclass(frozen=True)
class Side:
    """What a deal was at one of the two moments."""

    opportunity_id: int
    number: str
    name: str
    status: str
    forecast: str
    amount: Decimal
    currency: str
    rate: Decimal  # the deal's own
    close_on: dt.date | None
    owner_id: int | None
    team_id: int | None

    def value(self, rates: Rates) -> Decimal:
        """What it counted with: a won deal at its own rate, an open one at the rate of the day."""
        own = self.amount * self.rate
        return own if self.status == "won" else rates.value(self.amount, self.currency, at_own_rate=own)


@dataclass(frozen=True)
class Change:
    """A deal at both moments; None: it did not exist. Only at the moments at which it ``counts`` it has a value."""

    before: Side | None
    after: Side | None
    counted: bool
    counts: bool
    was_within: bool = True  # what the asker asked about, whatever its state
    is_within: bool = True

    @property
    def side(self) -> Side:
        found = self.after if self.counts or self.before is None else self.before
        assert found is not None
        return found


def parts_of(change: Change, start: Rates, end: Rates, period: Period) -> list[tuple[str, Decimal]]:
    """The steps that a deal takes part in, and with how much; their sum is what it changed the figure by."""
    before, after = change.before, change.after
    if change.counted and change.counts and before and after:
        return _both(before, after, start, end)
    if change.counts and after:
        return [(_why_in(change, before, after, period), after.value(end))]
    assert before is not None
    return [(_why_out(change, before, after, period), -before.value(start))]


def _both(before: Side, after: Side, start: Rates, end: Rates) -> list[tuple[str, Decimal]]:
    """It counts at both ends: by how much it grew or shrank, and what the rates did to it."""
    was, is_now = before.value(start), after.value(end)
    if before.status != after.status:
        return [("won" if after.status == "won" else "reopened", is_now - was)]
    between = was  # what it was worth before, at the rates of the end
    if before.currency == after.currency and after.status == "open":
        between = end.value(before.amount, before.currency, at_own_rate=before.amount * after.rate)
    grown = is_now - between
    found = [("grown" if grown > 0 else "shrunk", grown), ("rates", between - was)]
    return [part for part in found if part[1]]


def _why_in(change: Change, before: Side | None, after: Side, period: Period) -> str:
    """Why it counts at the end and did not at the start."""
    if before is None:
        return "new"
    if not change.was_within:
        return "handed_in"
    if after.status == "won":
        return "moved_in" if before.status == "won" else "won"
    if before.status != "open":
        return "reopened"
    return "category_up" if lies_in(period, before) else "moved_in"


def _why_out(change: Change, before: Side, after: Side | None, period: Period) -> str:
    """Why it counted at the start and does not at the end."""
    if after is None:
        return "removed"
    if not change.is_within:
        return "handed_out"
    if after.status == "lost":
        return "lost"
    if before.status == "won":
        return "reopened" if after.status == "open" else "moved_out"
    if after.status == "won":
        return "won"
    return "category_down" if lies_in(period, after) else "moved_out"


def lies_in(period: Period, side: Side) -> bool:
    return side.close_on is not None and side.close_on in period
