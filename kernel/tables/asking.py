"""The page that asks for one more filter: which fields there are, and what somebody said about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from kernel.tables.conditions import special
from kernel.tables.days import PERIODS, UNITS
from kernel.tables.fields import UNANSWERED, Field


@dataclass(frozen=True)
class Question:
    """One operator of a field and what answers it: ``none``, ``one``, ``two``, ``many``, ``period``, ``count``."""

    operator: str
    words: Any
    inputs: str
    input_type: str = "text"


def questions(field: Field) -> list[Question]:
    """Every way a field can be asked, as the form draws them."""
    return [Question(op, field.words(op), _inputs(field, op), _type(field)) for op in field.operators]


def _inputs(field: Field, operator: str) -> str:
    if operator in UNANSWERED:
        return "none"
    if operator in ("last", "next"):
        return "count"
    if operator in ("this", "previous"):
        return "period"
    if operator == "between":
        return "two"
    return "many" if field.kind in ("choice", "person", "team", "record", "yesno") else "one"


def _type(field: Field) -> str:
    return {"date": "date", "moment": "date"}.get(field.kind, "text")


def choices_of(field: Field, user: Any) -> list[tuple[str, Any]]:
    """What one can choose from, whoever asks first."""
    return [*special(field), *((str(value), words) for value, words in field.choices(user))]


def readable(fields: Mapping[str, Field]) -> list[Field]:
    """The fields by their label."""
    return sorted(fields.values(), key=lambda field: str(field.label).casefold())


def said(field: Field, data: QueryDict) -> str:
    """The condition that the form says, as addresses write it; empty while it says nothing."""
    operator = data.get("_op", "")
    asked = {question.operator: question for question in questions(field)}
    if operator not in asked:
        return ""
    value = _value(asked[operator], data)
    if not value and operator not in UNANSWERED:
        # Somebody filled in another line than the one that is marked: the filled one was meant.
        filled = [
            (one, text) for one in asked.values() if one.inputs != "period" and (text := _value(one, data))
        ]
        if filled:
            operator, value = filled[0][0].operator, filled[0][1]
    return f"{field.name}:{operator}:{value}"


def _value(question: Question, data: QueryDict) -> str:
    given = [one.strip() for one in data.getlist(f"_{question.operator}")]
    if question.inputs == "many":
        return ",".join(filter(None, given))
    if question.inputs == "two":
        return "..".join(given) if len(given) == 2 and all(given) else ""
    if question.inputs == "count":
        return f"{given[0]}{given[1]}" if len(given) == 2 and given[0] and given[1] in UNITS else ""
    return given[0] if given else ""


__all__ = ["PERIODS", "Question", "choices_of", "questions", "readable", "said"]
