"""What each kind of added field takes, how it is kept in JSON, and how it reads.

Kept values are canonical: one value has one spelling, so that the database compares texts. Decimals are texts without
idle zeros, days are ISO texts, references are public ids.
"""

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from kernel import formats
from kernel.customfields.definitions import Definition, Kind

LONGEST_TEXT = 200  # what an index of the database takes in full, in any script
LONGEST_URL = 500
LONGEST_LONG_TEXT = 20_000
MOST_DIGITS = 15
MOST_DECIMALS = 6
EMPTY: tuple[Any, ...] = (None, "", [], ())
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
YES, NO = {"true", "yes", "1", "on"}, {"false", "no", "0", "off"}

IS_URL = URLValidator(schemes=["http", "https"])

# Texts are searched; the others compare in other ways.
SEARCHED = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE, Kind.CHOICES, Kind.URL, Kind.NUMBER})
CAN_BE_UNIQUE = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.URL, Kind.CHOICE, Kind.REFERENCE})
SORTED = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.CHOICE, Kind.URL})
HAS_CHOICES = frozenset({Kind.CHOICE, Kind.CHOICES})


def cleaned(definition: Definition, given: Any) -> Any:
    """The value as it is kept, None for an empty one; raises ValueError saying what is wrong.

    Whether a referenced record exists and a value is unique is asked elsewhere, for all fields at once.
    """
    if isinstance(given, str):
        given = given.strip() if definition.kind != Kind.LONG_TEXT else given.replace("\r\n", "\n").strip()
    if any(given is one or given == one for one in EMPTY if type(given) is type(one)):
        return None
    return CLEANERS[definition.kind](definition, given)


def _text(definition: Definition, given: Any) -> str:
    return _no_longer_than(LONGEST_TEXT, one_line(given))


def _long_text(definition: Definition, given: Any) -> str:
    return _no_longer_than(LONGEST_LONG_TEXT, plain_text(given))


def plain_text(given: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise ValueError(_("Give a text."))  # noqa: TRY004 - the person's mistake, as any other
    text = str(given)
    if CONTROL.search(text.replace("\r", "")):
        raise ValueError(_("It holds a character that is no text."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(_("It holds half of a character.")) from None
    return text


def one_line(given: Any) -> str:
    text = plain_text(given)
    if "\n" in text or "\r" in text:
        raise ValueError(_("Give a text of one line."))
    return text


def _no_longer_than(most: int, text: str) -> str:
    if len(text) > most:
        raise ValueError(
            _("At most %(most)s characters, these are %(count)s.") % {"most": most, "count": len(text)}
        )
    return text


def _number(definition: Definition, given: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise ValueError(_("Give a number."))  # noqa: TRY004 - the person's mistake, as any other
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        raise ValueError(_("Give a number.")) from None
    if not number.is_finite():
        raise ValueError(_("Give a number."))
    text = canonical(number)
    if len(text.partition(".")[2]) > definition.decimals:
        if not definition.decimals:
            raise ValueError(_("Give a whole number."))
        raise ValueError(_("At most %(most)s decimals.") % {"most": definition.decimals})
    if len(text.lstrip("-").replace(".", "").lstrip("0")) > MOST_DIGITS:
        raise ValueError(_("At most %(most)s digits.") % {"most": MOST_DIGITS})
    return text


def canonical(number: Decimal) -> str:
    """The one spelling of a number: no exponent, no idle zeros, no negative zero."""
    if not number or abs(number.adjusted()) > 2 * MOST_DIGITS:
        if number:
            raise ValueError(_("At most %(most)s digits.") % {"most": MOST_DIGITS})
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(definition: Definition, given: Any) -> str:
    if isinstance(given, dt.datetime):
        given = given.date()
    if isinstance(given, dt.date):
        return given.isoformat()
    try:
        if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given, re.ASCII):
            return dt.date.fromisoformat(given).isoformat()
    except ValueError:
        pass
    raise ValueError(_("Give a day such as 2026-01-31."))


def _choice(definition: Definition, given: Any) -> str:
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if text not in dict(definition.choices):
        options = ", ".join(value for value, _words in definition.choices[:10])
        raise ValueError(_("There is no choice %(given)s; there are: %(options)s.") % {
            "given": str(given)[:60], "options": options,
        })  # fmt: skip
    return text


def _choices(definition: Definition, given: Any) -> list[str] | None:
    if not isinstance(given, list | tuple):
        given = [one.strip() for one in given.split(",")] if isinstance(given, str) else [given]
    chosen = {_choice(definition, one) for one in given if one not in EMPTY}
    return [value for value, _words in definition.choices if value in chosen] or None


def _boolean(definition: Definition, given: Any) -> bool:
    if isinstance(given, bool):
        return given
    text = str(given).lower() if isinstance(given, str | int) else ""
    if text not in YES | NO:
        raise ValueError(_("Give true or false."))
    return text in YES


def _url(definition: Definition, given: Any) -> str:
    text = _no_longer_than(LONGEST_URL, one_line(given))
    try:
        IS_URL(text)
    except ValidationError:
        raise ValueError(_("Give a web address that begins with http:// or https://.")) from None
    return text


def is_web_address(kept: Any) -> bool:
    """Whether it may stand behind a link."""
    return isinstance(kept, str) and kept.lower().startswith(("https://", "http://"))


def _reference(definition: Definition, given: Any) -> str:
    found = getattr(given, "public_id", given)
    try:
        return str(found if isinstance(found, uuid.UUID) else uuid.UUID(str(found)))
    except ValueError:
        raise ValueError(_("There is no such record.")) from None


CLEANERS: dict[str, Callable[[Definition, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.BOOLEAN: _boolean,
    Kind.URL: _url,
    Kind.REFERENCE: _reference,
}


# --- reading ----------------------------------------------------------------------


def python_value(definition: Definition, kept: Any) -> Any:
    """A kept value as Python has it: a Decimal, a day; None for what an earlier kind of field left behind."""
    if kept in EMPTY:
        return None
    try:
        if definition.kind == Kind.NUMBER:
            return Decimal(str(kept))
        if definition.kind == Kind.DATE:
            return dt.date.fromisoformat(kept)
    except (InvalidOperation, ValueError, TypeError):
        return None
    wanted = {Kind.BOOLEAN: bool, Kind.CHOICES: list}.get(Kind(definition.kind), str)
    return kept if isinstance(kept, wanted) else None


def shown(definition: Definition, kept: Any) -> str:
    """A kept value in words; what does not fit the kind any more stands as it is kept."""
    if kept in EMPTY:
        return ""
    value = python_value(definition, kept)
    if isinstance(value, Decimal):
        return formats.number(value, decimals=definition.decimals if definition.decimals else None)
    if isinstance(value, dt.date):
        return formats.day_text(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(definition.words(one) for one in value)
    if value is None:
        return kept if isinstance(kept, str) else json.dumps(kept, ensure_ascii=False)
    return definition.words(value) if definition.kind == Kind.CHOICE else str(value)


def machine_text(definition: Definition, kept: Any) -> str:
    """A kept value as a machine is told it in plain text: to an ERP, into a file."""
    if kept in EMPTY:
        return ""
    if isinstance(kept, bool):
        return "true" if kept else "false"
    return ",".join(map(str, kept)) if isinstance(kept, list) else str(kept)
