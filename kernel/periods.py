"""Months, quarters and years: what goals, forecasts and reports are about."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

_KEY = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$")


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months: from ``starts_on`` to ``ends_on``, both included; ``key`` names it in addresses."""

    starts_on: dt.date
    months: int

    @property
    def ends_on(self) -> dt.date:
        last = _month_after(self.starts_on, self.months - 1)
        return last.replace(day=calendar.monthrange(last.year, last.month)[1])

    @property
    def key(self) -> str:
        """ "2026", "2026-Q1" or "2026-03"."""
        start = self.starts_on
        if self.months == 12:
            return f"{start.year}"
        return f"{start.year}-Q{(start.month + 2) // 3}" if self.months == 3 else f"{start:%Y-%m}"

    @property
    def label(self) -> str:
        """As people say it: 2026, Q1 2026, March 2026."""
        start = self.starts_on
        if self.months == 12:
            return str(start.year)
        if self.months == 3:
            return _("Q%(quarter)s %(year)s") % {"quarter": (start.month + 2) // 3, "year": start.year}
        return date_format(start, "F Y")

    @property
    def previous(self) -> "Period":
        return Period(_month_after(self.starts_on, -self.months), self.months)

    @property
    def next(self) -> "Period":
        return Period(_month_after(self.starts_on, self.months), self.months)

    @property
    def parts(self) -> list["Period"]:
        """Its months."""
        return [Period(_month_after(self.starts_on, n), 1) for n in range(self.months)]

    def __contains__(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def __str__(self) -> str:
        return self.label


def period_named(key: str) -> Period | None:
    """The period that an address names, if it names one."""
    found = _KEY.match(key)
    if not found or not 1900 <= int(found[1]) <= 2999:
        return None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return Period(dt.date(year, 3 * int(quarter) - 2, 1), 3)
    return Period(dt.date(year, int(month), 1), 1) if month else Period(dt.date(year, 1, 1), 12)


def period_of(day: dt.date, months: int = 3) -> Period:
    """The month, quarter (usual) or year that a day lies in."""
    first = (day.month - 1) // months * months + 1
    return Period(dt.date(day.year, first, 1), months)


def _month_after(day: dt.date, months: int) -> dt.date:
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)
