"""How values read to a person: amounts, numbers and moments in the person's own language and zone."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import TIMEDELTA_UNITS, format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"
FITS = 0.85  # of a unit is near enough to speak of one


def money(amount: Decimal | int | None, currency: str = "", *, code: bool = False) -> str:
    """An amount in its currency, with the currency's own number of decimals: €1,250.00."""
    if amount is None:
        return NOTHING
    if not currency:
        return number(amount, decimals=2)
    return _money(Decimal(amount), str(currency), code, locale())


# Lists and lines repeat the same amounts, numbers and days; spelling one out costs more than remembering it.
@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, code: bool, reader: Locale) -> str:
    # A currency without a sign of its own stands behind the figure: 1,250.125 KWD.
    own_sign = get_currency_symbol(currency, reader) != currency
    pattern = None if own_sign and not code else "#,##0.00\N{NO-BREAK SPACE}¤¤"
    return format_currency(amount, currency, pattern, locale=reader).replace("-", MINUS)


def number(value: Decimal | float | None, *, decimals: int | None = None) -> str:
    """A number with grouping; without ``decimals`` only those digits that say something."""
    if value is None:
        return NOTHING
    pattern = "#,##0.##########" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, pattern, locale=locale()).replace("-", MINUS)


def percent(value: Decimal | float | None) -> str:
    """A rate that is kept as 19 for 19 %."""
    if value is None:
        return NOTHING
    return format_percent(Decimal(value) / 100, "#,##0.##%", locale=locale()).replace("-", MINUS)


def date(value: dt.date | None) -> SafeString | str:
    """A day: 28 Nov 2025."""
    if value is None:
        return NOTHING
    day = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), day_text(day))


def datetime(value: dt.datetime | None) -> SafeString | str:
    """A moment in the reader's time zone."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    text = f"{day_text(local.date())}, {format_time(local, 'HH:mm', locale=locale())}"
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>', local.isoformat(), text, local.tzname(), text
    )


def ago(value: dt.datetime | None) -> SafeString | str:
    """How long a moment is away: 2 hours ago, with the moment itself on hover."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    distance = distance_text((local - timezone.now()) // dt.timedelta(seconds=1))
    title = f"{day_text(local.date())}, {local:%H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), title, distance)


def distance_text(seconds: int) -> str:
    """A distance in time in its largest fitting unit; each distance is spelled out once a language."""
    for _unit, length in TIMEDELTA_UNITS:
        if abs(seconds) >= length * FITS:
            count = max(1, round(abs(seconds) / length))
            return _distance(count * length * (1 if seconds > 0 else -1), locale())
    return _distance(seconds, locale())


@lru_cache(maxsize=1024)
def _distance(seconds: int, reader: Locale) -> str:
    return format_timedelta(dt.timedelta(seconds=seconds), threshold=1, add_direction=True, locale=reader)


def day_text(day: dt.date) -> str:
    """A day in words; English without a country gets the order nobody can misread."""
    return _day(day, locale())


@lru_cache(maxsize=1024)
def _day(day: dt.date, spelled: Locale) -> str:
    unambiguous = spelled.language == "en" and spelled.territory in (None, "US")
    return format_date(day, "d MMM y" if unambiguous else "medium", locale=spelled)


def locale() -> Locale:
    """The Babel locale of the language that is active for this reader."""
    return _locale(to_locale(get_language() or "en"))


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


FILTERS: dict[str, Any] = {
    "money": money,
    "number": number,
    "percent": percent,
    "date": date,
    "datetime": datetime,
    "ago": ago,
}
