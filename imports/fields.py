"""The fields that a column can be: what a cell has to look like, and how it becomes a value.

A converter is made once for a column and then asked for each cell; there is no form and no object for a row.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from imports.reading.workbooks import TYPED
from imports.ways import iso_day, way_of
from kernel.models import fold

Convert = Callable[[str], Any]


class Misfit(ValueError):
    """A cell that cannot be the value of its field: a code for machines and words for people."""

    def __init__(self, code: str, text: Any) -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(frozen=True)
class Field:
    """Something a column can mean; ``kind`` is one of text, lines, email, number, whole, date, yesno, choice, country,
    link, custom. ``words`` are what people head such a column with."""

    name: str
    label: Any
    kind: str = "text"
    longest: int = 200
    required: bool = False
    words: str = ""
    choices: tuple[tuple[str, Any], ...] = ()
    choice_words: Mapping[str, str] = field(default_factory=dict)  # other words for a choice, folded
    places: int = 4
    digits: int = 15
    link: str = ""  # which kind of record it names, see imports.links
    is_key: bool = False
    convert: Convert | None = None  # a custom field brings its own
    blank: Any = ""  # what an empty cell means
    hint: Any = ""
    at_creation_only: bool = False

    @property
    def asks_for_a_way(self) -> str:
        """Whether its numbers or days can be written in several ways."""
        return {"number": "number", "date": "date"}.get(self.kind, "")


def converter(one: Field, way: str = "") -> Convert:
    """What turns a cell that is not empty into the value of this field; raises Misfit."""
    if one.convert is not None:
        return one.convert
    return MAKERS[one.kind](one, way)


def text(one: Field, _way: str) -> Convert:
    longest, name = one.longest, one.name
    breaks = ", " if name == "street" else ""

    def convert(cell: str) -> str:
        value = cell.strip()
        first = value[:1]
        if first == TYPED:
            value = value[1:]
        elif first == "'" and value[1:2] in "=+-@\t\r" and len(value) > 1:
            value = value[1:]  # how a safe export writes what a spreadsheet would take for a formula
        if "\n" in value or "\r" in value:
            if not breaks:
                raise Misfit("line_break", _("There is a line break in it. Was a quote never closed?"))
            value = re.sub(r"\s*[\r\n]+\s*", breaks, value)
        if len(value) > longest:
            raise Misfit("too_long", _("It is longer than %(count)s characters.") % {"count": longest})
        return value

    return convert


def lines(one: Field, _way: str) -> Convert:
    def convert(cell: str) -> str:
        value = cell.strip().lstrip(TYPED)
        if value[:1] == "'" and value[1:2] in "=+-@":
            value = value[1:]
        if len(value) > one.longest:
            raise Misfit("too_long", _("It is longer than %(count)s characters.") % {"count": one.longest})
        return value.replace("\r\n", "\n")

    return convert


USUAL_MAIL = re.compile(
    r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII | re.I
)


def email(one: Field, _way: str) -> Convert:
    def convert(cell: str) -> str:
        value = cell.strip().removeprefix("mailto:")
        if len(value) > min(one.longest, 254):
            raise Misfit("too_long", _("It is longer than %(count)s characters.") % {"count": one.longest})
        if not USUAL_MAIL.fullmatch(value) or len(value) > 64:
            try:
                validate_email(value)
            except ValidationError:
                raise Misfit("bad_email", _("This is no complete e-mail address.")) from None
        return value

    return convert


def number(one: Field, way: str) -> Convert:
    known = way_of("number", way)
    most = Decimal(10) ** (one.digits - one.places)

    def convert(cell: str) -> Decimal:
        try:
            value: Decimal = known.read(cell) if known else refuse_unsaid()
        except (ValueError, InvalidOperation) as error:
            if isinstance(error, Misfit):
                raise
            raise Misfit(
                "bad_number", _("This is no number as “%(way)s”.") % {"way": known.label if known else ""}
            ) from None
        if not value.is_finite() or abs(value) >= most:
            raise Misfit("number_too_large", _("The number has too many digits."))
        exponent = value.as_tuple().exponent
        if (
            isinstance(exponent, int)
            and -exponent > one.places
            and -int(value.normalize().as_tuple().exponent) > one.places
        ):
            raise Misfit(
                "too_many_decimals", _("It has more than %(count)s decimals.") % {"count": one.places}
            )
        return value

    return convert


def refuse_unsaid() -> Any:
    raise Misfit("no_way", _("Say how this column is written."))


def whole(one: Field, _way: str) -> Convert:
    def convert(cell: str) -> int:
        bare = cell.strip().lstrip(TYPED)
        if not re.fullmatch(r"\d{1,9}", bare, re.ASCII):
            raise Misfit("bad_number", _("This is no whole number."))
        return int(bare)

    return convert


def date(one: Field, way: str) -> Convert:
    known = way_of("date", way)
    read = known.read if known else iso_day

    @lru_cache(maxsize=2048)
    def convert(cell: str) -> Any:
        try:
            value = read(cell)
        except ValueError:
            label = known.label if known else "2026-01-31"
            raise Misfit("bad_date", _("This is no day as “%(way)s”.") % {"way": label}) from None
        if not 1900 <= value.year <= 2200:
            raise Misfit("bad_date", _("The year %(year)s cannot be meant.") % {"year": value.year})
        return value

    return convert


YES = frozenset(
    fold(word) for word in ["yes", "y", "true", "1", "x", "ja", "j", "wahr", "on", "oui", "si", "✓", "✔"]
)
NO = frozenset(fold(word) for word in ["no", "n", "false", "0", "nein", "falsch", "off", "non", "-", "–"])


def yesno(one: Field, _way: str) -> Convert:
    def convert(cell: str) -> bool:
        word = fold(cell.strip().lstrip(TYPED))
        if word in YES:
            return True
        if word in NO:
            return False
        raise Misfit("no_yes_or_no", _("This is neither yes nor no."))

    return convert


def choice(one: Field, _way: str) -> Convert:
    known = words_of_choices(one)
    offered = ", ".join(str(label) for _value, label in one.choices[:12])

    def convert(cell: str) -> str:
        found = known.get(cell) or known.get(squeezed(cell.lstrip(TYPED)))
        if found is None:
            raise Misfit(
                "unknown_choice", _("There is no such choice. Known are: %(choices)s.") % {"choices": offered}
            )
        known[cell] = found
        return found

    return convert


def words_of_choices(one: Field) -> dict[str, str]:
    """Every word for a choice: its code, its label here and in English, and other words we know."""
    known = {squeezed(word): value for word, value in one.choice_words.items()}
    for value, label in one.choices:
        known |= {
            squeezed(value): value,
            squeezed(str(label)): value,
            squeezed(value.replace("_", " ")): value,
        }
    return known


def squeezed(word: str) -> str:
    """A word without its case, accents and signs."""
    return re.sub(r"[\W_]+", "", fold(word))


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Countries by their names in the languages of our users, and by their codes."""
    known: dict[str, str] = {}
    for language in ("en", "de", "fr", "es", "it", "nl"):
        names: Mapping[str, str] = Locale(language).territories
        known |= {squeezed(name): code for code, name in names.items() if len(code) == 2 and code.isalpha()}
    codes = {code for code in known.values() if code not in ("EU", "ZZ", "UN", "EZ", "QO", "XA", "XB")}
    usual = {
        "usa": "US",
        "uk": "GB",
        "england": "GB",
        "deutschland": "DE",
        "brd": "DE",
        "holland": "NL",
        "d": "DE",
        "a": "AT",
    }
    return known | usual | {code.lower(): code for code in codes}


def country(one: Field, _way: str) -> Convert:
    known = dict(countries())

    def convert(cell: str) -> str:
        found = known.get(cell) or known.get(squeezed(cell))
        if found is None:
            raise Misfit("unknown_country", _("There is no such country. Give its name or its two letters."))
        known[cell] = found
        return found

    return convert


MAKERS: dict[str, Callable[[Field, str], Convert]] = {
    "text": text, "lines": lines, "email": email, "number": number, "whole": whole, "date": date, "yesno": yesno,
    "choice": choice, "country": country, "link": text,
}  # fmt: skip


def by_name(fields: Collection[Field]) -> dict[str, Field]:
    return {one.name: one for one in fields}
