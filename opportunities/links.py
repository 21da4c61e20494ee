"""Where the deals behind a figure stand: every figure on a page leads to exactly the records that make it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from catalog.models import Currency
from kernel.periods import Period
from kernel.tables.conditions import OR, PARAMETER
from kernel.tables.fields import Field, fields_of
from opportunities.tables import OpportunityTable
from people.models import User

ONE_AT_A_TIME = frozenset({"text", "number", "date", "moment"})  # kinds that answer one value, not several
MOST_AT_ONCE = 25
FIELDS: dict[str, Field] = fields_of(OpportunityTable.model, OpportunityTable.columns)
EVERYTHING = "?view=none"  # also for somebody whose list opens with a view


def deals_url(place: str = "opportunities:list", **conditions: Any) -> str:
    """The list of the deals for which all conditions hold: ``deals_url(status="open", stage=stage, owner=None)``.

    A condition is the name of a column of the list, perhaps with a question (``probability__gte=50``,
    ``next_due_at__lt=today``). A value is a text, number, day or record; several of them mean any of them; a
    ``Period`` or a pair of days means between, both included; None means that nothing is filled in.
    """
    asked = [(PARAMETER, _condition(name, value)) for name, value in conditions.items()]
    return f"{reverse(place)}?{urlencode(asked)}" if asked else f"{reverse(place)}{EVERYTHING}"


def _condition(condition: str, value: Any) -> str:
    name, _underscores, operator = condition.partition("__")
    field = FIELDS[name]
    if value is None:
        return f"{name}:{'filled' if operator == 'not' else 'empty'}"
    if isinstance(value, Period):
        value = (value.starts_on, value.ends_on)
    if _is_span(value):
        return f"{name}:between:{'..'.join(map(_text, value))}"
    operator = operator or "is"
    if operator not in field.operators:
        raise ValueError(f"{name} is not asked by {operator}")
    values = [_text(one) for one in value] if _is_several(value) else [_text(value)]
    at_once = 1 if field.kind in ONE_AT_A_TIME else MOST_AT_ONCE
    parts = [values[start : start + at_once] for start in range(0, len(values), at_once)]
    return OR.join(f"{name}:{operator}:{','.join(part)}" for part in parts)


def _is_several(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)


def _is_span(value: Any) -> bool:
    """Two days: from one to the other."""
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, dt.date) for one in value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, User):
        return value.username
    if isinstance(value, dt.datetime):
        raise TypeError("Lists are asked by days.")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Currency):
        return str(value.code)
    return str(value.pk if isinstance(value, Model) else value)
