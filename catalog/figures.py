"""Figures as people type and read them in cells: 1,250.5 or 1.250,5, without signs of currency."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from kernel.formats import locale

GROUPED = re.compile(r"^\d{1,3}(?:[.,]\d{3})+$")
MINUS = "\N{MINUS SIGN}"


def read_figure(text: str) -> Decimal:
    """The number that was meant: of two kinds of separators the last one parts the decimals.

    Raises ValueError for anything that is not a number.
    """
    plain = re.sub(r"[\s'’_]", "", text.replace(MINUS, "-"))
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain.removeprefix("+"))
    if not re.fullmatch(r"[\d.,]*\d[\d.,]*", digits):
        raise ValueError(text)
    try:
        return Decimal(sign + _with_point(digits))
    except InvalidOperation as error:
        raise ValueError(text) from error


def _with_point(digits: str) -> str:
    """The digits with a point for the decimals and no other separator."""
    decimal = get_decimal_symbol(locale())
    if "." in digits and "," in digits:
        decimal = max(".,", key=digits.rfind)
    elif digits.count(".") + digits.count(",") == 1:
        found = "." if "." in digits else ","
        # 1,250 is a thousand for a reader whose decimals stand behind a point; 12,5 can only be a fraction.
        decimal = found if found == decimal or not GROUPED.match(digits) else decimal
    other = "," if decimal == "." else "."
    return digits.replace(other, "").replace(decimal, ".")


Signs = tuple[str, str]


def signs() -> Signs:
    """What parts decimals and thousands for the reader; asked once for a thousand figures, since asking costs."""
    return _separators(locale())


def show_figure(value: Decimal | None, places: int | None = None, parts: Signs | None = None) -> str:
    """A number for a cell: ``places`` decimals or more if it has them; without, only those that say something."""
    if value is None:
        return ""
    shown = f"{value.normalize():,f}"
    if places is not None:
        has = len(shown.partition(".")[2])
        shown = f"{value:,.{max(has, places)}f}"
    return _parted(shown, parts or signs())


def _parted(shown: str, parts: Signs) -> str:
    if parts == (".", ","):
        return shown
    return shown.translate({ord("."): parts[0], ord(","): parts[1]})


@lru_cache(maxsize=64)
def _separators(reader: Locale) -> tuple[str, str]:
    return get_decimal_symbol(reader), get_group_symbol(reader)


def show_amount(value: Decimal, places: int, parts: Signs | None = None) -> str:
    """An amount with exactly its currency's decimals, for a column of amounts."""
    return _parted(f"{value:,.{places}f}".replace("-", MINUS), parts or signs())
