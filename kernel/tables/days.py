"""Days as people name them in questions to a list: ``today``, ``30d``, this month; always in the reader's own zone."""

import datetime as dt
import re
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

FARTHEST = 3660
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(9000, 1, 1)
UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
PERIODS = {
    "day": gettext_lazy("day"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "year": gettext_lazy("year"),
}
NAMED = {"today": 0, "yesterday": -1, "tomorrow": 1}


def day_of(text: str) -> dt.date:
    """The day that a text names; raises ValueError."""
    if text in NAMED:
        return timezone.localdate() + dt.timedelta(days=NAMED[text])
    found = parse_date(text)
    if found is None or not EARLIEST <= found <= LATEST:
        raise ValueError(_("Give a day such as 2026-01-31."))
    return found


def count_of(text: str) -> int:
    """How many days ``30d`` or ``6w`` are; raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,4})([dwmy]?)", text)
    days = int(found[1]) * UNITS[found[2] or "d"] if found else 0
    if not 0 < days <= FARTHEST:
        raise ValueError(_("Give a number of days such as 30d, or weeks such as 6w."))
    return days


def span_of(operator: str, text: str) -> tuple[dt.date, dt.date]:
    """The first and last day of a question about a stretch of time; raises ValueError."""
    today = timezone.localdate()
    if operator in ("last", "next"):
        away = dt.timedelta(days=count_of(text))
        return (today - away, today) if operator == "last" else (today, today + away)
    if text not in PERIODS:
        raise ValueError(_("Give one of: %s.") % ", ".join(PERIODS))
    first = beginning(text, today)
    if operator == "previous":
        first = beginning(text, first - dt.timedelta(days=1))
    return first, following(text, first) - dt.timedelta(days=1)


def beginning(period: str, day: dt.date) -> dt.date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    if period == "week":
        return day - dt.timedelta(days=day.weekday())
    month = {"year": 1, "quarter": 3 * ((day.month - 1) // 3) + 1, "month": day.month}.get(period)
    return day if month is None else day.replace(month=month, day=1)


def following(period: str, first: dt.date) -> dt.date:
    """The first day of the period after the one that begins on ``first``."""
    if period in ("day", "week"):
        return first + dt.timedelta(days=1 if period == "day" else 7)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    year, month = divmod(first.month - 1 + months, 12)
    return dt.date(first.year + year, month + 1, 1)


def start_of(day: dt.date) -> dt.datetime:
    """The moment at which a day begins for the reader."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def said(operator: str, text: str) -> str:
    """A stretch of time in words."""
    if operator in ("last", "next"):
        days = count_of(text)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return str(PERIODS.get(text, text))


def is_named(text: str) -> Any:
    """The word for a day that has one."""
    return {"today": _("today"), "yesterday": _("yesterday"), "tomorrow": _("tomorrow")}.get(text)
