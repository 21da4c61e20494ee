"""Usual moments to put things off to."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

MORNING = dt.time(9)


def later_moments(now: dt.datetime) -> list[tuple[Any, dt.datetime]]:
    """In an hour, tomorrow, next week: each with its words, seen from ``now`` in the reader's own zone."""
    today = now.date()
    monday = today + dt.timedelta(days=7 - today.weekday())
    return [
        (_("In an hour"), now.replace(second=0, microsecond=0) + dt.timedelta(hours=1)),
        (_("Tomorrow"), morning(today + dt.timedelta(days=1), now)),
        (_("In 3 days"), morning(today + dt.timedelta(days=3), now)),
        (_("Next week"), morning(monday, now)),
    ]


def morning(day: dt.date, now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, MORNING, now.tzinfo)
