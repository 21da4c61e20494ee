"""One question to a list, as addresses write it: ``amount:gt:50000``, ``owner:is:me``, ``created_at:last:30d``.

Questions joined by ``||`` are alternatives; several parameters ``f`` must all hold.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kernel import formats
from kernel.models import fold
from kernel.tables import days
from kernel.tables.fields import UNANSWERED, Field

PARAMETER = "f"
OR = "||"
MOST_GROUPS, MOST_ALTERNATIVES, LONGEST_VALUE, MOST_VALUES = 20, 8, 300, 50
LARGEST = Decimal(10) ** 15
NUMBER = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?)([kKmM]?)")
THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}
ME, TEAM = "me", "team"


@dataclass(frozen=True)
class Condition:
    """A field, an operator and a value that were understood."""

    field: Field
    operator: str
    value: str

    @property
    def text(self) -> str:
        """How an address writes it."""
        return ":".join(filter(None, (self.field.name, self.operator, self.value)))

    def q(self, user: Any) -> Q:
        """The rows for which it holds; raises ValueError when the value makes no sense."""
        if self.field.answer is not None:
            known: Q = self.field.answer(self.operator, self.value, user)
            return known
        if self.operator in UNANSWERED:
            return _empty(self.field) if self.operator == "empty" else ~_empty(self.field)
        found: Q = ANSWERS[self.field.kind](self.field, self.operator, self.value, user)
        return found

    def words(self, user: Any) -> str:
        """What a person reads on the chip."""
        operator = self.field.words(self.operator)
        if self.operator in UNANSWERED:
            return f"{self.field.label} {operator}"
        return f"{self.field.label} {operator} {self.spoken(user)}"

    def spoken(self, user: Any) -> str:
        """The value as a person says it."""
        kind = self.field.kind
        if kind in ("date", "moment"):
            return _spoken_days(self.operator, self.value)
        if kind == "number":
            return " – ".join(formats.number(number_of(part)) for part in self.value.split(".."))
        if kind in ("choice", "person", "team", "record", "yesno"):
            known, wanted = dict(special(self.field)), self.value.split(",")
            if not known.keys() >= set(wanted):
                known |= {str(value): words for value, words in self.field.choices(user)}
            return ", ".join(str(known.get(one, one)) for one in wanted)
        return f"“{self.value}”"


def parse(text: str, fields: Mapping[str, Field], user: Any) -> tuple[Condition, ...]:
    """The alternatives that one parameter of an address names; raises ValueError saying what is wrong."""
    parts = text.split(OR)
    if len(parts) > MOST_ALTERNATIVES:
        raise ValueError(_("Too many alternatives."))
    return tuple(condition(part, fields, user) for part in parts)


def condition(text: str, fields: Mapping[str, Field], user: Any) -> Condition:
    """One question; raises ValueError for an unknown field, operator or value."""
    name, _colon, rest = text.partition(":")
    operator, _colon, value = rest.partition(":")
    found = fields.get(name)
    if found is None:
        raise ValueError(_("There is no field %s here.") % name[:60])
    if operator not in found.operators:
        known = ", ".join(found.operators)
        raise ValueError(_("%(field)s can be asked by: %(known)s.") % {"field": name, "known": known})
    made = Condition(found, operator, "" if operator in UNANSWERED else value.strip())
    if operator not in UNANSWERED and not made.value:
        raise ValueError(_("Give a value."))
    if "\0" in value or len(value) > LONGEST_VALUE:
        raise ValueError(_("This value cannot be looked for."))
    made.q(user)
    return made


# --- what each kind of field answers ----------------------------------------------------------------------------------


def _empty(field: Field) -> Q:
    missing = Q(**{f"{field.path}__isnull": True}) if field.nullable else Q()
    if field.kind in ("text", "choice"):
        missing |= Q(**{field.path: ""})
    if field.kind == "choices":
        missing |= Q(**{field.path: []})
    return missing


def _text(field: Field, operator: str, value: str, user: Any) -> Q:
    lookup = {"contains": "icontains", "starts": "istartswith"}.get(operator, "iexact")
    found = Q(**{f"{field.path}__{lookup}": value})
    if operator == "not":
        return ~found
    # What stands in the words of the record is found by their index first; the column then has the last word.
    return Q(**{f"{field.searched}__contains": fold(value)}) & found if field.searched else found


def _number(field: Field, operator: str, value: str, user: Any) -> Q:
    if operator == "between":
        low, high = _two(value, number_of)
        return Q(**{f"{field.path}__gte": low, f"{field.path}__lte": high})
    found = number_of(value)
    if operator in ("is", "not"):
        return Q(**{field.path: found}) if operator == "is" else ~Q(**{field.path: found})
    return Q(**{f"{field.path}__{operator}": found})


def _days(field: Field, operator: str, value: str, user: Any) -> Q:
    if operator in ("last", "next", "this", "previous"):
        first, last = days.span_of(operator, value)
    elif operator == "between":
        first, last = _two(value, days.day_of)
    elif operator == "is":
        first = last = days.day_of(value)
    else:
        return _one_side(field, operator, days.day_of(value))
    if field.kind == "date":
        return Q(**{f"{field.path}__gte": first, f"{field.path}__lte": last})
    return Q(**{f"{field.path}__gte": days.start_of(first), f"{field.path}__lt": _after(last)})


def _one_side(field: Field, operator: str, day: dt.date) -> Q:
    """Before a day or after it; the day itself is neither."""
    if field.kind == "date":
        return Q(**{f"{field.path}__{operator}": day})
    if operator == "lt":
        return Q(**{f"{field.path}__lt": days.start_of(day)})
    return Q(**{f"{field.path}__gte": _after(day)})


def _after(day: dt.date) -> dt.datetime:
    return days.start_of(day + dt.timedelta(days=1))


def _choice(field: Field, operator: str, value: str, user: Any) -> Q:
    wanted = _several(value)
    if unknown := set(wanted) - {str(known) for known, _words in field.choices(user)}:
        raise ValueError(_("There is no %s.") % ", ".join(sorted(unknown)))
    found = Q(**{f"{field.path}__in": wanted})
    return ~found if operator == "not" else found


def _choices(field: Field, operator: str, value: str, user: Any) -> Q:
    return Q(**{f"{field.path}__contains": value})


def _yesno(field: Field, operator: str, value: str, user: Any) -> Q:
    if value not in ("yes", "no"):
        raise ValueError(_("Give yes or no."))
    return Q(**{field.path: value == "yes"})


def _person(field: Field, operator: str, value: str, user: Any) -> Q:
    wanted, found = _several(value), Q(pk__in=[])
    if ME in wanted:
        found |= Q(**{field.path: user.pk})
    if TEAM in wanted:
        team = "team" if field.owned else f"{field.path}__team"
        found |= Q(**{f"{team}__in": getattr(user, "team_ids", ())})
    if named := [one for one in wanted if one not in (ME, TEAM)]:
        found |= Q(**{f"{field.path}__username__in": named})
    return ~found if operator == "not" else found


def _team(field: Field, operator: str, value: str, user: Any) -> Q:
    wanted = _several(value)
    mine = getattr(user, "team_ids", ()) if ME in wanted else ()
    found = Q(**{f"{field.path}__in": [*mine, *_keys([one for one in wanted if one != ME])]})
    return ~found if operator == "not" else found


def _record(field: Field, operator: str, value: str, user: Any) -> Q:
    found = Q(**{f"{field.path}__in": _keys(_several(value))})
    return ~found if operator == "not" else found


ANSWERS: dict[str, Any] = {
    "text": _text, "number": _number, "date": _days, "moment": _days, "choice": _choice, "choices": _choices,
    "yesno": _yesno, "person": _person, "team": _team, "record": _record,
}  # fmt: skip


def special(field: Field) -> list[tuple[str, Any]]:
    """The values that mean whoever asks."""
    if field.kind == "person":
        return [(ME, _("Me")), (TEAM, _("My team"))]
    if field.kind == "team":
        return [(ME, _("My team"))]
    if field.kind == "yesno":
        return [("yes", _("Yes")), ("no", _("No"))]
    return []


# --- values ---------------------------------------------------------------------------------------


def number_of(text: str) -> Decimal:
    """The number that ``50k`` or ``-1.5`` says; raises ValueError."""
    found = NUMBER.fullmatch(text.strip().replace(",", "").replace("_", "")) if text.isascii() else None
    number = Decimal(found[1]) * THOUSANDS[found[2].lower()] if found else LARGEST
    if abs(number) >= LARGEST:
        raise ValueError(_("Give a number such as 50000, 1.5 or 50k."))
    return number


def _two(text: str, read: Any) -> tuple[Any, Any]:
    low, dots, high = text.partition("..")
    if not dots:
        raise ValueError(_("Give two values such as 10..20."))
    one, other = read(low.strip()), read(high.strip())
    return min(one, other), max(one, other)


def _several(text: str) -> list[str]:
    wanted = [one.strip() for one in text.split(",") if one.strip()]
    if not wanted or len(wanted) > MOST_VALUES:
        raise ValueError(_("Give one value, or several separated by commas."))
    return wanted


def _keys(texts: list[str]) -> list[int]:
    if not all(one.isascii() and one.isdecimal() and len(one) <= 15 for one in texts):
        raise ValueError(_("This value is not known."))
    return [int(one) for one in texts]


def _spoken_days(operator: str, value: str) -> str:
    if operator in ("last", "next", "this", "previous"):
        return days.said(operator, value)
    return " – ".join(
        str(days.is_named(part) or formats.day_text(days.day_of(part))) for part in value.split("..")
    )
