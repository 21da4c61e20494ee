"""A stretch of the calendar as a page draws it: days with what falls on them, in a constant number of queries."""

import calendar as months
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel.dates import format_date
from django.utils import timezone

from activities.models import Activity
from activities.selectors import between
from kernel.formats import locale

MODES = ("agenda", "day", "week", "month")
AGENDA_DAYS = 14
MOST = 500
MOST_IN_A_CELL = 3
FIRST_HOUR, LAST_HOUR = 7, 20


@dataclass
class Day:
    """A day, and what falls on it."""

    date: dt.date
    is_today: bool
    is_outside: bool = False  # of the month that is shown
    activities: list[Activity] = field(default_factory=list)

    @property
    def shown(self) -> list[Activity]:
        return self.activities[:MOST_IN_A_CELL]

    @property
    def more(self) -> int:
        return max(0, len(self.activities) - MOST_IN_A_CELL)


@dataclass(frozen=True)
class Stretch:
    """What a page shows: its days, and where to go from here."""

    mode: str
    begin: dt.date
    days: list[Day]
    before: dt.date
    after: dt.date
    is_cut: bool  # more falls into it than is shown

    @property
    def weeks(self) -> list[list[Day]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]

    @property
    def last(self) -> dt.date:
        return self.days[-1].date


def span(mode: str, day: dt.date) -> tuple[dt.date, int]:
    """The first day and the number of days that a mode shows around a day."""
    monday = day - dt.timedelta(days=day.weekday())
    if mode == "day":
        return day, 1
    if mode == "week":
        return monday, 7
    if mode == "month":
        first = day.replace(day=1)
        begin = first - dt.timedelta(days=first.weekday())
        length = months.monthrange(day.year, day.month)[1]
        return begin, -(-((first - begin).days + length) // 7) * 7
    return day, AGENDA_DAYS


def neighbors(mode: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """The days that stand for the stretch before and the one after."""
    if mode == "month":
        first = day.replace(day=1)
        return (first - dt.timedelta(days=1)).replace(day=1), (first + dt.timedelta(days=31)).replace(day=1)
    step = dt.timedelta(days={"day": 1, "week": 7}.get(mode, AGENDA_DAYS))
    return day - step, day + step


def stretch(activities: Any, *, mode: str, day: dt.date) -> Stretch:
    """The stretch of the calendar around a day, in the reader's own time zone."""
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    begin, count = span(mode, day)
    days = [
        Day(date, date == today, mode == "month" and date.month != day.month)
        for date in (begin + dt.timedelta(days=n) for n in range(count))
    ]
    edges = [dt.datetime.combine(date, dt.time(), zone) for date in (begin, begin + dt.timedelta(days=count))]
    rows = between(activities, *edges).exclude(status=Activity.Status.CANCELED)
    found = list(rows.select_related("owner").order_by("due_at", "id")[: MOST + 1])
    fill(days, found[:MOST])
    before, after = neighbors(mode, day)
    return Stretch(mode, begin, days, before, after, len(found) > MOST)


def fill(days: Sequence[Day], activities: Iterable[Activity]) -> None:
    """Put each on every day that it touches."""
    by_date = {day.date: day for day in days}
    for activity in activities:
        assert activity.due_at is not None
        first = timezone.localtime(activity.due_at).date()
        last = (
            timezone.localtime(activity.ends_at - dt.timedelta(microseconds=1)).date()
            if activity.ends_at
            else first
        )
        date = max(first, days[0].date)
        while date <= min(last, days[-1].date):
            by_date[date].activities.append(activity)
            date += dt.timedelta(days=1)


def hours_of(day: Day) -> list[tuple[int, list[Activity]]]:
    """The day by the hour; what lies outside of the working day widens it."""
    at = {id(one): timezone.localtime(one.due_at).hour for one in day.activities if one.due_at}
    first = min([FIRST_HOUR, *at.values()])
    last = max([LAST_HOUR, *at.values()])
    return [(hour, [one for one in day.activities if at[id(one)] == hour]) for hour in range(first, last + 1)]


# --- words ------------------------------------------------------------------------------------------------------


def clock(at: dt.datetime) -> str:
    """The time of day for the reader."""
    return timezone.localtime(at).strftime("%H:%M")


def weekday(day: dt.date) -> str:
    return str(format_date(day, "EEEE", locale=locale()))


def month_name(day: dt.date) -> str:
    return str(format_date(day, "LLLL y", locale=locale()))


WORDS = {"clock": clock, "weekday": weekday, "month_name": month_name}
