"""What a machine is told whose change came too late: field by field what it wanted and what stands there now."""

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.bodies import RecordBody
from kernel.conflicts import Authors
from kernel.customfields import Definition, fields_of
from kernel.customfields.kinds import cleaned

LINES = "lines"


def conflicts_of(shown: RecordBody, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field of the request that says something else than the record, given as its body, says now.

    ``base`` is what the caller had read, which only the caller knows; ``by`` and ``at`` say who changed it last.
    """
    record: Any = shown.instance
    authors, now = Authors.of(record), shown.data
    found = []
    for name, mine in said(shown.fields, values):
        if name == "custom":
            for one, theirs in added_differences(shown, values["custom"], now["custom"]):
                found.append(conflict(one.key, values["custom"][one.name], theirs, authors.of_field(one.key)))
        elif name != LINES and mine != now.get(name):
            found.append(conflict(name, mine, now.get(name), authors.of_field(name)))
    if LINES in values and LINES in shown.fields:
        author = authors.of_lines()
        child = shown.fields[LINES].child  # type: ignore[union-attr, attr-defined]
        for path, mine, theirs in line_differences(child.fields, values[LINES], now[LINES]):
            found.append(conflict(path, mine, theirs, author))
    return found


def added_differences(
    shown: RecordBody, mine: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[Definition, Any]]:
    """The added fields of which the request says something else than stands there."""
    for one in fields_of(shown.instance):
        if one.name in mine and cleaned(one, mine[one.name]) != now.get(one.name):
            yield one, now.get(one.name)


def conflict(name: str, mine: Any, theirs: Any, author: tuple[str, Any]) -> dict[str, Any]:
    who, at = author
    return {
        "field": name, "base": None, "mine": mine, "theirs": theirs, "by": who, "at": at.isoformat() if at else None,
    }  # fmt: skip


def said(fields: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values of a request as the body would show them, by the names the request knows."""
    for name, field in fields.items():
        if field.read_only or field.source not in values or name == LINES:
            continue
        value = values[field.source]
        yield name, None if value is None else field.to_representation(value)


def line_differences(
    fields: Mapping[str, Any], wanted: list[Mapping[str, Any]], now: list[Mapping[str, Any]]
) -> Iterator[tuple[str, Any, Any]]:
    """Where the lines that were sent differ from those there are: by cell, or as a whole where one is missing."""
    there = {str(line["id"]): line for line in now}
    sent = set()
    for line in wanted:
        key = str(line.get("key") or "")
        sent.add(key)
        if key not in there:
            continue  # a new line, or one that is gone: that is said by name when it is tried
        for name, mine in said(fields, line):
            if mine != there[key].get(name):
                yield f"{LINES}.{key}.{name}", mine, there[key].get(name)
    for key, line in there.items():
        if key not in sent:
            yield f"{LINES}.{key}", None, line
