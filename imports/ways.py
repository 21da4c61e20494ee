"""How numbers and days are written in a column: which ways would fit, and what a cell then says.

Nothing is guessed in silence: a column whose cells fit several ways is asked about, with an example of each reading.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from imports.reading.workbooks import TYPED

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Way:
    """One way to write: its code, how people know it, and what a cell written so means (ValueError if it is not)."""

    code: str
    label: Any
    read: Callable[[str], Any]


def number_reader(decimal: str, groups: str) -> Callable[[str], Decimal]:
    """Reads numbers whose decimals stand behind this sign and whose thousands are parted by one of those."""
    group = f"[{re.escape(groups)}]" if groups else ""
    thousands = rf"\d{{1,3}}(?:{group}\d{{3}})+|" if groups else ""
    shape = re.compile(rf"[-+{MINUS}]?(?:{thousands}\d*)(?:{re.escape(decimal)}\d*)?", re.ASCII)
    drop = str.maketrans("", "", groups)

    def read(text: str) -> Decimal:
        if text[:1] == TYPED:
            return Decimal(text[1:])
        bare = bare_number(text)
        if not shape.fullmatch(bare):
            raise ValueError(text)
        try:
            return Decimal(bare.translate(drop).replace(decimal, ".").replace(MINUS, "-"))
        except InvalidOperation as error:
            raise ValueError(text) from error

    return read


CURRENCY = re.compile(r"^(?:[A-Z]{3}|[€$£¥])\s*|\s*(?:[A-Z]{3}|[€$£¥]|%)$")


def bare_number(text: str) -> str:
    """The figure without its currency, and with one kind of minus and of space."""
    bare = text.strip()
    if not bare[-1:].isdigit() or not bare[:1].isdigit():
        bare = CURRENCY.sub("", bare)
        if bare.startswith("(") and bare.endswith(")"):
            bare = "-" + bare[1:-1]
    return bare.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").replace("’", "'")


def plain_digits(text: str) -> Decimal:
    """Reads figures without any sign between their digits, which mean the same however one writes numbers."""
    bare = text[1:] if text[:1] == TYPED else bare_number(text)
    if text[:1] != TYPED and not re.fullmatch(r"[-+]?\d+", bare, re.ASCII):
        raise ValueError(text)
    return Decimal(bare)


NUMBERS: tuple[Way, ...] = (
    Way("plain", _("1250: digits only"), plain_digits),
    Way("point", _("1,250.00: a point before the decimals"), number_reader(".", ",")),
    Way("comma", _("1.250,00: a comma before the decimals"), number_reader(",", ".")),
    Way(
        "space_comma",
        _("1 250,00: spaces between thousands, a comma before the decimals"),
        number_reader(",", " "),
    ),
    Way("space_point", _("1 250.00 or 1'250.00: a point before the decimals"), number_reader(".", " '")),
)


def day_reader(order: str, sign: str) -> Callable[[str], dt.date]:
    """Reads days with their parts in this order."""
    parts = rf"{sign}\s?".join(
        r"(\d{4}|\d\d)" if part == "y" and order[0] != "y" else PARTS[part] for part in order
    )
    shape = re.compile(rf"\s*{parts}(?:[ T]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)?\s*", re.ASCII)
    year, month, day = order.index("y") + 1, order.index("m") + 1, order.index("d") + 1

    def read(text: str) -> dt.date:
        if (found := shape.fullmatch(text)) is None:
            return iso_day(text)
        written = found[year]
        # Two digits mean what is nearest: 24 is 2024, 85 is 1985.
        number = int(written) if len(written) == 4 else int(written) + (2000 if int(written) < 70 else 1900)
        return dt.date(number, int(found[month]), int(found[day]))

    return read


PARTS = {"y": r"(\d{4})", "m": r"(\d{1,2})", "d": r"(\d{1,2})"}
ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def iso_day(text: str) -> dt.date:
    """A day as 2026-01-31, which means the same everywhere and is read in any column of days."""
    if (found := ISO.fullmatch(text.strip())) is None:
        raise ValueError(text)
    return dt.date(int(found[1]), int(found[2]), int(found[3]))


DAYS: tuple[Way, ...] = (
    Way("ymd", _("2026-01-31: year, month, day"), day_reader("ymd", r"[-/.]")),
    Way("dmy_points", _("31.1.2026: day, month, year"), day_reader("dmy", r"\.")),
    Way("dmy", _("31/1/2026: day, month, year"), day_reader("dmy", "[-/]")),
    Way("mdy", _("1/31/2026: month, day, year"), day_reader("mdy", "[-/]")),
)
WAYS: dict[str, tuple[Way, ...]] = {"number": NUMBERS, "date": DAYS}


@dataclass(frozen=True)
class Reading:
    """A way that fits, with one cell of the column and what it would mean."""

    way: Way
    example: str
    meaning: str


def fitting(kind: str, cells: Iterable[str]) -> list[Reading]:
    """The ways in which these cells could be written, best first; one if it makes no difference.

    A way that reads fewer than half of what the best one reads is out.
    """
    every = [cell for cell in cells if cell.strip()][:500]
    read = {way.code: [meaning_of(way, cell) for cell in every] for way in WAYS[kind]}
    best = max((sum(one is not None for one in means) for means in read.values()), default=0)
    ways = [way for way in WAYS[kind] if best and sum(one is not None for one in read[way.code]) * 2 > best]
    ways.sort(key=lambda way: -sum(one is not None for one in read[way.code]))
    if best and all(read[way.code] == read[ways[0].code] for way in ways):
        ways = ways[:1]
    elif ways:
        top = sum(one is not None for one in read[ways[0].code])
        ways = [way for way in ways if sum(one is not None for one in read[way.code]) == top] or ways
    return [Reading(way, *telling(every, read, way)) for way in ways]


def telling(cells: Sequence[str], read: dict[str, list[Any]], way: Way) -> tuple[str, str]:
    """The cell that shows best how this way reads: one that others read differently."""
    for at, cell in enumerate(cells):
        mine = read[way.code][at]
        if mine is not None and any(means[at] != mine for means in read.values()):
            return cell.lstrip(TYPED), plain(mine)
    at = next((at for at, mine in enumerate(read[way.code]) if mine is not None), -1)
    return (cells[at].lstrip(TYPED), plain(read[way.code][at])) if at >= 0 else ("", "")


def meaning_of(way: Way, cell: str) -> Any:
    try:
        return way.read(cell)
    except (ValueError, InvalidOperation):
        return None


def plain(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat() if value is not None else ""


def way_of(kind: str, code: str) -> Way | None:
    """The way of that code."""
    return next((way for way in WAYS.get(kind, ()) if way.code == code), None)
