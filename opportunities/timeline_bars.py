"""The bars of the timeline: where a deal begins, enters its stage, is expected to close, and how late it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from kernel.periods import Period, period_of
from opportunities.models import Opportunity

BACK = dt.timedelta(days=366)  # how far before the first close a bar is followed at most


@dataclass(frozen=True)
class Tick:
    """The beginning of a month on the axis."""

    x: str
    label: str


@dataclass(frozen=True)
class Span:
    """The days that are drawn: whole months."""

    first: dt.date
    last: dt.date
    today: dt.date

    def x(self, day: dt.date) -> float:
        """Where a day lies, in percent of the width; days beyond the ends lie at them."""
        whole = (self.last - self.first).days or 1
        return min(max(100 * (day - self.first).days / whole, 0), 100)

    @property
    def ticks(self) -> list[Tick]:
        """At most a dozen months, evenly."""
        month, found = period_of(self.first, 1), list[Period]()
        while month.starts_on <= self.last:
            found.append(month)
            month = month.next
        step = -(-len(found) // 12)
        return [Tick(shown(self.x(m.starts_on)), date_format(m.starts_on, "M y")) for m in found[::step]]

    @property
    def today_x(self) -> str:
        """Where today is, if it is drawn."""
        return shown(self.x(self.today)) if self.first <= self.today <= self.last else ""


@dataclass(frozen=True)
class Bar:
    """One deal, in percent of the width: from its beginning to its stage, on to its close, and beyond if it is late."""

    start: str
    begun: str  # width until it entered its present stage
    staged_at: str
    staged: str  # width from there to the expected close
    close: str
    late: str  # width from the expected close to today, for a deal that is still open
    is_cut: bool  # it began before the picture does
    begins_on: dt.date
    stage_on: dt.date
    is_late: bool


def span_of(deals: Sequence[Opportunity], today: dt.date) -> Span | None:
    """Whole months that hold the deals of a page, as far back as a year before the first of them closes."""
    closes = [deal.estimated_close_on for deal in deals if deal.estimated_close_on]
    if not closes:
        return None
    begins = min(min(_day(deal.created_at) for deal in deals), min(closes))
    first = max(begins, min(closes) - BACK)
    last = max(closes)
    if any(_is_late(deal, today) for deal in deals):
        last = max(last, today)
    return Span(period_of(first, 1).starts_on, period_of(last, 1).ends_on, today)


def bar_of(deal: Opportunity, span: Span, today: dt.date) -> Bar | None:
    """The bar of a deal; a deal without a day of its close has none."""
    close = deal.estimated_close_on
    if close is None:
        return None
    begins = min(_day(deal.created_at), close)
    entered = min(max(_day(deal.stage_entered_at or deal.created_at), begins), close)
    x, is_late = span.x, _is_late(deal, today)
    late = x(today) - x(close) if is_late else 0
    return Bar(
        start=shown(x(begins)), begun=shown(x(entered) - x(begins)), staged_at=shown(x(entered)),
        staged=shown(max(x(close) - x(entered), 0.4)), close=shown(x(close)), late=shown(late),
        is_cut=begins < span.first, begins_on=begins, stage_on=entered, is_late=is_late,
    )  # fmt: skip


def shown(percent: float) -> str:
    """As SVG writes it, whatever the language of the reader."""
    return f"{percent:.2f}%"


def _is_late(deal: Opportunity, today: dt.date) -> bool:
    close = deal.estimated_close_on
    return deal.status == Opportunity.Status.OPEN and close is not None and close < today


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)
