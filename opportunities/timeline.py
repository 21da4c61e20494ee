"""The timeline: deals along time, by the day on which they are expected to close, with the sums of whole months.

It asks the same question as the list and the board. A page holds fifty deals; its months are summed whole, however many
of their deals stand on other pages. The number of queries does not depend on the number of deals.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from catalog.valuing import Rates, rates_at
from kernel.periods import Period, period_named, period_of
from kernel.tables.address import Address
from kernel.tables.asked import Asked
from kernel.tables.conditions import PARAMETER
from kernel.tables.keyset import Order, Slice, cut
from kernel.tables.views import views_of
from opportunities.board_table import BoardTable
from opportunities.measures import Worth, open_worth
from opportunities.models import Opportunity
from opportunities.tables import OpportunityTable
from opportunities.timeline_bars import Bar, Span, bar_of, span_of
from people.access import visible

SIZE = 50
ORDER = Order(Opportunity, "estimated_close_on")
FROM, AFTER, BEFORE = "from", "after", "before"
RELATED = ("stage", "currency", "owner", "account", "contact")


class TimelineTable(BoardTable):
    """The list as the timeline asks it: open deals, unless a status is asked for."""

    filters = OpportunityTable.filters  # type: ignore[assignment]


@dataclass
class Line:
    """A deal on the timeline."""

    deal: Opportunity
    bar: Bar | None


@dataclass
class Month:
    """The deals of one month on this page, and the sum of all of the month; without a period: those without a day."""

    period: Period | None
    url: str
    worth: Worth
    lines: list[Line] = field(default_factory=list)


class Timeline:
    """The deals that somebody asks for, along time."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.user = request, request.user
        self.path = reverse("opportunities:timeline")
        self.asked = Asked(TimelineTable, request.GET, request.user, views_of(request, "opportunities"))

    # --- what is asked --------------------------------------------------------------------------------

    @property
    def says_status(self) -> bool:
        """Whether the question is about a status; else it is about open deals."""
        asked = [found.name for found, _value in self.asked.filters]
        asked += [one.field.name for group in self.asked.groups for one in group]
        return "status" in asked

    @cached_property
    def deals(self) -> QuerySet[Opportunity]:
        found = self.asked.narrow(visible(self.user, Opportunity.objects.all()))
        return found if self.says_status else found.filter(status=Opportunity.Status.OPEN)

    @cached_property
    def since(self) -> dt.date | None:
        """No open deal at all closes before this day: where an index is entered, past deals long closed."""
        if self.says_status:
            return None
        every = Opportunity.objects.filter(status=Opportunity.Status.OPEN)
        first: dt.date | None = every.aggregate(first=Min("estimated_close_on"))["first"]
        return first

    @cached_property
    def address(self) -> Address:
        return self.asked.address(self.path)

    @cached_property
    def rates(self) -> Rates:
        return rates_at(timezone.localdate())

    # --- the page -------------------------------------------------------------------------------------

    @cached_property
    def slice(self) -> Slice:
        asked = self.request.GET
        after, before = asked.get(AFTER, ""), asked.get(BEFORE, "")
        start = period_named(asked.get(FROM, ""))
        if start and not after and not before:
            after = ORDER.cursor_at([start.starts_on], 0)
        rows = self.deals.select_related(*RELATED).defer("search_text", "custom", "need")
        if not after and not before and self.since:
            begun = cut(rows, ORDER, size=SIZE, after=ORDER.cursor_at([self.since], 0))
            return replace(begun, has_previous=False)
        return cut(rows, ORDER, size=SIZE, after=after, before=before)

    @property
    def previous_url(self) -> str:
        rows = self.slice.rows
        return self._at(BEFORE, ORDER.cursor(rows[0])) if rows and self.slice.has_previous else ""

    @property
    def next_url(self) -> str:
        rows = self.slice.rows
        return self._at(AFTER, ORDER.cursor(rows[-1])) if self.slice.has_next else ""

    def _at(self, name: str, value: str) -> str:
        return self.address.of([*self.address.pairs, (name, value)])

    @cached_property
    def span(self) -> Span | None:
        """The months that the page draws."""
        return span_of(self.slice.rows, timezone.localdate())

    @cached_property
    def months(self) -> list[Month]:
        """The deals of the page by month, each with the sum of all its deals."""
        found = []
        for first, deals in groupby(self.slice.rows, key=_month_of):
            period = Period(first, 1) if first else None
            month = Month(period, self._list_of(period), self._worths.get(first, Worth()))
            month.lines = [
                Line(deal, bar_of(deal, self.span, timezone.localdate()) if self.span else None)
                for deal in deals
            ]
            found.append(month)
        return found

    @cached_property
    def _worths(self) -> dict[Any, Worth]:
        """What the deals of each month of the page are worth: all of them, also those of other pages."""
        days = [deal.estimated_close_on for deal in self.slice.rows]
        dated = [day for day in days if day]
        if not days:
            return {}
        shown = self.deals.none() if not dated else self.deals.filter(
            estimated_close_on__gte=period_of(min(dated), 1).starts_on,
            estimated_close_on__lte=period_of(max(dated), 1).ends_on,
        )  # fmt: skip
        if len(dated) < len(days):
            shown = shown | self.deals.filter(estimated_close_on=None) if dated else self.deals.filter(
                estimated_close_on=None
            )  # fmt: skip
        summed = open_worth(shown.annotate(month=TruncMonth("estimated_close_on")), "month", rates=self.rates)
        return {month: worth for (month,), worth in summed.items()}  # type: ignore[misc]

    def _list_of(self, period: Period | None) -> str:
        """The list of exactly the deals of a month."""
        condition = "estimated_close_on:empty"
        if period:
            condition = f"estimated_close_on:between:{period.starts_on}..{period.ends_on}"
        status = [] if self.says_status else [(PARAMETER, "status:is:open")]
        pairs = [*self.address.pairs, *status, (PARAMETER, condition)]
        return replace(self.address, path=reverse("opportunities:list")).of(pairs)

    # --- going elsewhere ------------------------------------------------------------------------------

    @cached_property
    def years(self) -> Sequence[tuple[int, list[Period]]]:
        """The months that one can turn to, by year: from the first to the last in which a deal is expected."""
        dated = self.deals.filter(estimated_close_on__gte=self.since) if self.since else self.deals
        ends = dated.aggregate(first=Min("estimated_close_on"), last=Max("estimated_close_on"))
        if ends["first"] is None:
            return []
        month, found = period_of(ends["first"], 1), list[Period]()
        while month.starts_on <= ends["last"] and len(found) < MOST_MONTHS:
            found.append(month)
            month = month.next
        return [(year, list(parts)) for year, parts in groupby(found, key=lambda one: one.starts_on.year)]


MOST_MONTHS = 240


def _month_of(deal: Opportunity) -> dt.date | None:
    return deal.estimated_close_on.replace(day=1) if deal.estimated_close_on else None
