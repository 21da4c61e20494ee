"""When what is sent regularly is due: by the wall clock of its owner, also on the days on which clocks change."""

import datetime as dt
import zoneinfo

import pytest

from reports.schedule import next_moment

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")  # summer time begins 2026-03-29, ends 2026-10-25
HAVANA = zoneinfo.ZoneInfo("America/Havana")  # clocks go on from midnight to one, 2026-03-08


def due(after, zone=BERLIN, *, every="day", weekday=0, month_day=1, hour=7):
    moment = dt.datetime.fromisoformat(after).replace(tzinfo=zone)
    found = next_moment(moment, every=every, weekday=weekday, month_day=month_day, hour=hour, zone=zone)
    return found.astimezone(zone).isoformat()


@pytest.mark.parametrize(
    ("after", "every", "expected"),
    [
        ("2026-11-22T06:59:59", {"every": "day"}, "2026-11-22T07:00:00+01:00"),
        ("2026-11-22T07:00:00", {"every": "day"}, "2026-11-23T07:00:00+01:00"),
        ("2026-11-22T09:00:00", {"every": "week", "weekday": 0}, "2026-11-23T07:00:00+01:00"),
        ("2026-11-23T07:00:00", {"every": "week", "weekday": 0}, "2026-11-30T07:00:00+01:00"),
        ("2026-12-31T08:00:00", {"every": "month", "month_day": 1}, "2027-01-01T07:00:00+01:00"),
        ("2026-01-31T08:00:00", {"every": "month", "month_day": 31}, "2026-02-28T07:00:00+01:00"),
        ("2028-01-31T08:00:00", {"every": "month", "month_day": 30}, "2028-02-29T07:00:00+01:00"),
        ("2026-02-28T07:00:00", {"every": "month", "month_day": 31}, "2026-03-31T07:00:00+02:00"),
    ],
)
def test_the_next_time_is_the_next_day_that_counts_at_the_hour(after, every, expected):
    assert due(after, **every) == expected


def test_seven_in_the_morning_stays_seven_when_the_clocks_change():
    assert due("2026-03-28T07:00:00") == "2026-03-29T07:00:00+02:00"
    assert due("2026-10-24T07:00:00") == "2026-10-25T07:00:00+01:00"


def test_an_hour_that_the_clocks_leave_out_is_the_one_they_go_on_with():
    assert due("2026-03-28T12:00:00", hour=2) == "2026-03-29T03:00:00+02:00"
    assert due("2026-03-07T12:00:00", HAVANA, hour=0) == "2026-03-08T01:00:00-04:00"


def test_an_hour_that_comes_twice_counts_once():
    first = due("2026-10-24T12:00:00", hour=2)

    assert first == "2026-10-25T02:00:00+02:00"
    after = dt.datetime.fromisoformat(first).replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
    found = next_moment(after, every="day", weekday=0, month_day=1, hour=2, zone=BERLIN)
    assert found.astimezone(BERLIN).isoformat() == "2026-10-26T02:00:00+01:00"


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]
)
@pytest.mark.parametrize("hour", [0, 2, 23])
def test_over_two_years_every_day_has_exactly_one_time(zone, hour):
    there = zoneinfo.ZoneInfo(zone)
    now, end = dt.datetime(2025, 6, 1, tzinfo=there), dt.datetime(2027, 6, 1, tzinfo=there)
    days = []
    while now < end:
        now = next_moment(now, every="day", weekday=0, month_day=1, hour=hour, zone=there)
        days.append(now.astimezone(there).date())

    assert days == [days[0] + dt.timedelta(days=n) for n in range(len(days))]
    assert len(days) in (730, 731)
