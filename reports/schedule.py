"""When something that is sent regularly is due next: wall clocks and calendars, no database."""

import calendar
import datetime as dt
import zoneinfo

DAYS_AHEAD = 64  # the longest way to the next one: from one last of a month over a whole other month


def next_moment(
    after: dt.datetime, *, every: str, weekday: int, month_day: int, hour: int, zone: zoneinfo.ZoneInfo
) -> dt.datetime:
    """The first moment after ``after`` at which the wall clock of the zone shows the hour on a day that counts.

    An hour that the clocks leave out in spring is the one they go on with; one that comes twice in autumn is the first.
    A month without the day has its last one instead.
    """
    today = after.astimezone(zone).date()
    for ahead in range(DAYS_AHEAD):
        day = today + dt.timedelta(days=ahead)
        if not counts(day, every=every, weekday=weekday, month_day=month_day):
            continue
        moment = dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)
        if moment > after:
            return moment
    raise AssertionError("every month has a last day")


def counts(day: dt.date, *, every: str, weekday: int, month_day: int) -> bool:
    """Whether it is sent on this day."""
    if every == "week":
        return day.weekday() == weekday
    if every == "month":
        return day.day == min(month_day, calendar.monthrange(day.year, day.month)[1])
    return True
