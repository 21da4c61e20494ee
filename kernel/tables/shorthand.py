"""What one may type into the search box of a list: ``amount>50k owner:me fjord``.

Words that ask nothing stay words to search for; what looks like a question but makes no sense does too.
"""

import re
from collections.abc import Mapping
from typing import Any

from kernel.models import fold
from kernel.tables.conditions import Condition, condition
from kernel.tables.fields import Field

LONGEST = 200
MOST_QUESTIONS = 8
TOKEN = re.compile(r'(?P<name>[^\s:<>=!"]{1,60})(?P<sign>>=|<=|!=|[:<>=])(?P<value>"[^"]*"|\S+)')
SIGNS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "is", "!=": "not"}
OF_DAYS = {">": "gt", "<": "lt", "=": "is"}


def understood(text: str, fields: Mapping[str, Field], user: Any) -> tuple[list[Condition], str]:
    """The questions in what was typed, and the words that are left to search for."""
    asked: list[Condition] = []
    spoken = {_plain(re.sub(r"_(at|on)$", "", name)): field for name, field in fields.items()}
    spoken |= {_plain(str(field.label)): field for field in fields.values()}

    def take(match: re.Match[str]) -> str:
        field = fields.get(match["name"].lower()) or spoken.get(_plain(match["name"]))
        if field is None or len(asked) >= MOST_QUESTIONS:
            return match[0]
        made = _made(field, match["sign"], match["value"].strip('"'), user)
        if made is None:
            return match[0]
        asked.append(made)
        return " "

    rest = (
        TOKEN.sub(take, text[:LONGEST].replace("\0", "")) if ":" in text or set(text) & set("<>=") else text
    )
    return asked, " ".join(rest.split())


def _made(field: Field, sign: str, value: str, user: Any) -> Condition | None:
    for operator in _operators(field, sign, value):
        for said in _readings(field, value, user):
            try:
                return condition(f"{field.name}:{operator}:{said}", {field.name: field}, user)
            except ValueError:
                continue
    return None


def _operators(field: Field, sign: str, value: str) -> list[str]:
    """The questions that a sign may mean for this kind of field, the likeliest first."""
    if sign != ":":
        signs = OF_DAYS if field.kind in ("date", "moment") else SIGNS
        return [signs[sign]] if sign in signs else []
    if value in ("empty", "filled"):
        return [value, "is"]
    if ".." in value:
        return ["between"]
    if field.kind in ("date", "moment"):
        return ["is", "this", "last"]
    return ["contains", "is"] if field.kind == "text" else ["is"]


def _readings(field: Field, value: str, user: Any) -> list[str]:
    """A value as it was typed, and as the code of the choice whose word it is."""
    if field.kind not in ("choice", "record", "yesno"):
        return [value]
    named = [str(code) for code, words in field.choices(user) if _plain(str(words)).startswith(_plain(value))]
    return [value.lower(), value, *named]


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", "", fold(text))
