"""The two times a forecast can be told of, now and the end of a day gone by, in the same words."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.valuing import Rates, rates_at
from forecasts.figures import ANYBODY, COLUMN_OF, OVERDUE, UNDATED, WON, Figures, Part
from forecasts.house import House, house_now, house_of
from forecasts.models import DealAsOf, Snapshot, SumAsOf
from forecasts.sums import added, sums_on, worth_of
from kernel.errors import DomainError
from kernel.periods import Period
from opportunities.measures import Worth, open_worth, won_worth
from opportunities.models import Opportunity
from people.access import visible
from people.models import User

_UNDATED, _OVERDUE = -2, -1


Cells = dict[
    tuple[int | None, int | None], dict[tuple[str, int], Worth]
]  # (team, owner): (column, month): worth


@dataclass(frozen=True)
class Moment:
    """When a forecast is told of, and the rates that hold then."""

    day: dt.date
    rates: Rates
    snapshot: Snapshot | None = None  # None: now

    @property
    def taken_at(self) -> dt.datetime | None:
        return self.snapshot.taken_at if self.snapshot else None

    @property
    def until(self) -> dt.datetime:
        """What was said up to then counts."""
        return self.snapshot.taken_at if self.snapshot else timezone.now()

    def house(self) -> House:
        """The teams and people of that time."""
        return house_of(self.snapshot.tree) if self.snapshot else house_now()

    def deals(self, user: User, part: Part | None = None) -> QuerySet[Any]:
        """The deals that exist for this person, of that time: opportunities, or what they were."""
        found = visible(user, valid_on(self.day) if self.snapshot else Opportunity.objects.all())
        return found if part is None else found.filter(condition_of(part))

    @property
    def expected(self) -> str:
        """The column of the day on which an open deal is to be won."""
        return "close_on" if self.snapshot else "estimated_close_on"

    @property
    def closed(self) -> str:
        """The column of the day on which it was closed."""
        return "close_on" if self.snapshot else "closed_on"

    def late_before(self, period: Period) -> dt.date:
        """Open deals that were to be won before this day are overdue from earlier periods."""
        return min(period.starts_on, self.day)

    def cells(self, user: User, period: Period, part: Part | None = None) -> Cells:
        """What the deals that exist for this person are worth, by team, owner, column and month: one query or two."""
        if self.snapshot:
            return _cells_then(self, _sums(self, user, part), period)
        return cells_now(self, self.deals(user, part), period)

    def promised(self, user: User, period: Period, part: Part | None = None) -> Cells:
        """The same of what is won or committed only, as of a snapshot: what changes are measured by."""
        there = Q(month__gte=period.starts_on, month__lte=period.ends_on)
        held = Q(status="won") | Q(status="open", forecast="committed")
        return _cells_then(self, _sums(self, user, part).filter(there & held), period)


def moment_of(as_of: dt.date | None) -> Moment:
    """Now, or the newest snapshot of that day or an earlier one; refused where there is none."""
    if as_of is None:
        today = timezone.localdate()
        return Moment(today, rates_at(today))
    snapshot = Snapshot.objects.filter(taken_on__lte=as_of).first()
    if snapshot is None:
        raise DomainError(_("No snapshot was taken by that day."), code="no_snapshot", field="as_of")
    return moment_at(snapshot)


def moment_at(snapshot: Snapshot) -> Moment:
    """The end of the day of a snapshot."""
    by_code = {code: Decimal(rate) for code, rate in snapshot.rates.items()}
    return Moment(snapshot.taken_on, Rates(snapshot.taken_on, snapshot.base, by_code), snapshot)


def valid_on(day: dt.date) -> QuerySet[DealAsOf]:
    """The deals as they were at the end of the day."""
    return DealAsOf.objects.filter(from_on__lte=day, until_on__gt=day)


def condition_of(part: Part) -> Q:
    """The deals of a row."""
    found = Q()
    if part.teams is not None:
        found &= Q(team__in=part.teams)
    if part.beside:
        found &= Q(team__isnull=True) | ~Q(team__in=part.beside)
    if part.owner != ANYBODY:
        found &= Q(owner__isnull=True) if part.owner is None else Q(owner=part.owner)
    return found


# --- in which column and month a deal counts ------------------------------------------------------------------


def open_in(moment: Moment, period: Period) -> Q:
    """Open deals that a forecast of the period speaks of: due in it, overdue, or without a day."""
    on = moment.expected
    late = Q(**{f"{on}__lt": moment.late_before(period)})
    return Q(status="open") & (Q(**{f"{on}__isnull": True}) | late | due_in(on, period))


def won_in(moment: Moment, period: Period) -> Q:
    """Deals won in the period."""
    return Q(status="won") & due_in(moment.closed, period)


def due_in(column: str, period: Period) -> Q:
    return Q(**{f"{column}__gte": period.starts_on, f"{column}__lte": period.ends_on})


def month_of(column: str, moment: Moment, period: Period) -> Case:
    """Which month of the period a day lies in, counted from 0; what is overdue or has no day is none of them."""
    return Case(
        When(**{f"{column}__isnull": True}, then=Value(_UNDATED)),
        When(**{f"{column}__lt": moment.late_before(period)}, then=Value(_OVERDUE)),
        *(
            When(**{f"{column}__lte": month.ends_on}, then=Value(number))
            for number, month in enumerate(period.parts[:-1])
        ),
        default=Value(period.months - 1),
        output_field=IntegerField(),
    )


def column_and_month(status: str, category: str, month: int) -> tuple[str, int]:
    """Where a deal counts: (column, month), month 0 where it is in none."""
    if status == "won":
        return WON, month
    if month < 0:
        return (UNDATED if month == _UNDATED else OVERDUE), 0
    return COLUMN_OF[category], month


def cells_now(moment: Moment, deals: QuerySet[Any], period: Period) -> Cells:
    """What deals of today are worth, whoever sees them."""
    cells: Cells = {}
    waiting = deals.filter(open_in(moment, period)).annotate(slot=month_of(moment.expected, moment, period))
    by = ("team_id", "owner_id", "forecast", "slot")
    for (team, owner, category, month), worth in open_worth(waiting, *by, rates=moment.rates).items():
        _add(cells, (team, owner), column_and_month("open", str(category), int(str(month))), worth)
    won = deals.filter(won_in(moment, period)).annotate(slot=month_of(moment.closed, moment, period))
    for (team, owner, month), worth in won_worth(won, "team_id", "owner_id", "slot").items():
        _add(cells, (team, owner), (WON, int(str(month))), worth)
    return cells


def _sums(moment: Moment, user: User, part: Part | None) -> QuerySet[SumAsOf]:
    found = sums_on(user, moment.day)
    return found if part is None else found.filter(condition_of(part))


def _cells_then(moment: Moment, sums: QuerySet[SumAsOf], period: Period) -> Cells:
    """What was, from the sums kept with the snapshot; a whole month is in the period, or none of it."""
    within = Q(month__gte=period.starts_on, month__lte=period.ends_on)
    late = Q(month__lt=period.starts_on) if period.starts_on <= moment.day else Q(is_late=True)
    waiting = Q(status="open") & (within | late | Q(month__isnull=True))
    slot = Case(
        When(month__isnull=True, then=Value(_UNDATED)),
        *(When(month=month.starts_on, then=Value(number)) for number, month in enumerate(period.parts)),
        default=Value(_OVERDUE),
        output_field=IntegerField(),
    )
    rows = sums.filter(waiting | Q(status="won") & within).annotate(slot=slot)
    cells: Cells = {}
    for row in added(rows, "team_id", "owner_id", "forecast", "slot"):
        place = column_and_month(row["status"], row["forecast"], row["slot"])
        _add(cells, (row["team_id"], row["owner_id"]), place, worth_of(row, moment.rates))
    return cells


def _add(cells: Cells, whose: Any, place: tuple[str, int], worth: Worth) -> None:
    found = cells.setdefault(whose, {})
    found[place] = found.get(place, Worth()) + worth


def added_up(cells: Cells) -> Figures:
    """All of them together, whoever owns the deals."""
    found = Figures()
    for columns in cells.values():
        for (column, _month), worth in columns.items():
            found = found.plus(column, worth)
    return found
