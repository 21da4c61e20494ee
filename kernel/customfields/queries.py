"""Added fields in lists: as columns, as what one may narrow by, as what one may sort by."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    In,
    IStartsWith,
    LessThan,
    LessThanOrEqual,
)
from django.utils.translation import gettext as _

from kernel.customfields import kinds
from kernel.customfields.definitions import Definition, Kind, fields_of, takes_fields
from kernel.customfields.expressions import expression_of, filled, holds, value_field
from kernel.customfields.facts import EXTERNAL
from kernel.customfields.references import Names, in_sight
from kernel.models import fold
from kernel.tables import conditions, days
from kernel.tables import fields as tables
from kernel.tables.columns import Column, Virtual
from kernel.tables.fields import Field

MOST_CHOICES = 200

COMPARED = {"gt": GreaterThan, "gte": GreaterThanOrEqual, "lt": LessThan, "lte": LessThanOrEqual}
# How a list draws and asks each kind.
DRAWN = {Kind.NUMBER: "number", Kind.DATE: "date", Kind.BOOLEAN: "yesno"}
ASKED = {
    Kind.TEXT: "text", Kind.LONG_TEXT: "text", Kind.URL: "text", Kind.NUMBER: "number", Kind.DATE: "date",
    Kind.CHOICE: "choice", Kind.CHOICES: "choices", Kind.BOOLEAN: "yesno", Kind.REFERENCE: "record",
}  # fmt: skip


# --- columns ----------------------------------------------------------------------


def columns_for(model: Any, user: Any = None) -> list[Column]:
    """The columns that an organization has added to the list of this kind of record.

    Records that fields refer to are named for this person, or for nobody.
    """
    if not takes_fields(model):
        return []
    fields = fields_of(model)
    names = Names(fields, user) if user and any(one.kind == Kind.REFERENCE for one in fields) else None
    return [column_of(one, names) for one in fields]


def column_of(definition: Definition, names: Names | None = None) -> Column:
    sorts = definition.kind in kinds.SORTED
    return Column(
        definition.key,
        definition.label,
        kind=DRAWN.get(Kind(definition.kind), "text"),
        sort=definition.key if sorts else False,
        source=partial(cell, definition, names),
        shown=definition.in_list,
        parts=("custom",),
        join=partial(exported, definition),
        edit=definition.form_name,
        virtual=Virtual(
            expression_of(definition),
            value_field(definition),
            ASKED[Kind(definition.kind)],
            choices=partial(choices_for, definition),
            answer=partial(answer, definition),
        ),
        prepare=names.read if names and definition.kind == Kind.REFERENCE else None,
    )


def choices_for(definition: Definition, user: Any) -> Iterable[tuple[str, Any]]:
    """What one can choose from; records while they are few."""
    if definition.kind != Kind.REFERENCE:
        return definition.choices
    found = list(in_sight(definition.refers_to, user).order_by("pk")[: MOST_CHOICES + 1])
    return [(str(one.pk), str(one)) for one in found] if len(found) <= MOST_CHOICES else []


def cell(definition: Definition, names: Names | None, row: Any) -> Any:
    """What the cell of a row draws."""
    kept = (row.custom or {}).get(definition.name)
    if kept in kinds.EMPTY:
        return None
    if definition.kind in (Kind.NUMBER, Kind.DATE, Kind.BOOLEAN):
        return kinds.python_value(definition, kept)
    if definition.kind == Kind.REFERENCE:
        return names.link(definition, str(kept)) if names else kept
    if definition.kind == Kind.URL and kinds.is_web_address(kept):
        return EXTERNAL.format(kept, kept)
    return kinds.shown(definition, kept)


def exported(definition: Definition, custom: Any) -> Any:
    """The value as a file has it: numbers and days as such, words for choices."""
    kept = (custom or {}).get(definition.name)
    if definition.kind in (Kind.NUMBER, Kind.DATE, Kind.BOOLEAN):
        return kinds.python_value(definition, kept)
    return str(kept) if definition.kind == Kind.REFERENCE and kept else kinds.shown(definition, kept)


# --- filters ----------------------------------------------------------------------


def filters_for(model: Any) -> dict[str, Field]:
    """What one may narrow the list of this kind of record by, by the name that addresses use."""
    return tables.fields_of(model, columns_for(model))


def answer(definition: Definition, operator: str, value: str, user: Any) -> Q:
    """The rows for which a question about the field holds; raises ValueError when the value makes no sense."""
    if operator in ("empty", "filled"):
        return filled(definition) if operator == "filled" else ~filled(definition)
    found = ANSWERS[Kind(definition.kind)](definition, operator, value)
    return found if operator != "not" else other_than(definition, found)


def other_than(definition: Definition, found: Q) -> Q:
    """All other rows, those without a value too: of nothing a database says neither yes nor no."""
    return ~found | ~filled(definition)


def _text(definition: Definition, operator: str, value: str) -> Q:
    words = Q(search_text__contains=fold(value)) if definition.in_search else Q()
    stored = expression_of(definition)
    if operator == "contains":
        return words & Q(IContains(stored, value))
    if operator == "starts":
        return words & Q(IStartsWith(stored, value))
    return holds(definition, value) if definition.kind != Kind.LONG_TEXT else Q(In(stored, [value[:200]]))


def _number(definition: Definition, operator: str, value: str) -> Q:
    if operator == "between":
        low, high = two(value, conditions.number_of)
        return span(definition, low, high)
    number = conditions.number_of(value)
    if operator in COMPARED:
        return Q(COMPARED[operator](expression_of(definition), number))
    return span(definition, number, number)


def span(definition: Definition, low: Decimal | str, high: Decimal | str) -> Q:
    """From one value up to another, both included."""
    stored = expression_of(definition)
    return Q(GreaterThanOrEqual(stored, low)) & Q(LessThanOrEqual(stored, high))


def _date(definition: Definition, operator: str, value: str) -> Q:
    if operator in ("last", "next", "this", "previous"):
        first, last = days.span_of(operator, value)
    elif operator == "between":
        first, last = two(value, days.day_of)
    elif operator in COMPARED:
        day: dt.date = days.day_of(value)
        return Q(COMPARED[operator](expression_of(definition), day.isoformat()))
    else:
        first = last = days.day_of(value)
    return span(definition, first.isoformat(), last.isoformat())


def _choice(definition: Definition, operator: str, value: str) -> Q:
    wanted = several(value)
    if unknown := set(wanted) - {known for known, _words in definition.choices}:
        raise ValueError(_("There is no %s.") % ", ".join(sorted(unknown)))
    return _any(holds(definition, one) for one in wanted)


def _boolean(definition: Definition, operator: str, value: str) -> Q:
    if value not in ("yes", "no"):
        raise ValueError(_("Give yes or no."))
    is_true = holds(definition, True)
    return is_true if value == "yes" else other_than(definition, is_true)


def _reference(definition: Definition, operator: str, value: str) -> Q:
    """By public id, or by the key that choices of a list have."""
    keys = Q(pk__in=[])
    for one in several(value):
        if one.isascii() and one.isdecimal() and len(one) <= kinds.MOST_DIGITS:
            keys |= Q(pk=int(one))
        else:
            keys |= Q(public_id=uuid_of(one))
    found = in_sight(definition.refers_to).filter(keys).values_list("public_id", flat=True)
    return _any(holds(definition, str(public_id)) for public_id in found)


def two(text: str, read: Callable[[str], Any]) -> tuple[Any, Any]:
    """The ends of ``10..20``, the smaller one first."""
    low, dots, high = text.partition("..")
    if not dots:
        raise ValueError(_("Give two values such as 10..20."))
    one, other = read(low.strip()), read(high.strip())
    return min(one, other), max(one, other)


def several(text: str) -> list[str]:
    """Values separated by commas."""
    wanted = [one.strip() for one in text.split(",") if one.strip()]
    if not wanted or len(wanted) > conditions.MOST_VALUES:
        raise ValueError(_("Give one value, or several separated by commas."))
    return wanted


def uuid_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValueError(_("This value is not known.")) from None


def _any(alternatives: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for one in alternatives:
        found |= one
    return found


ANSWERS: dict[str, Callable[[Definition, str, str], Q]] = {
    Kind.TEXT: _text, Kind.LONG_TEXT: _text, Kind.URL: _text, Kind.NUMBER: _number, Kind.DATE: _date,
    Kind.CHOICE: _choice, Kind.CHOICES: _choice, Kind.BOOLEAN: _boolean, Kind.REFERENCE: _reference,
}  # fmt: skip
