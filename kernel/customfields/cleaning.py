"""Values of added fields on their way into a record: typed, checked, every mistake at once.

Only what is named changes: other values stay, those of removed fields too. An empty value clears one.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kernel.customfields import kinds, uniqueness
from kernel.customfields.definitions import PREFIX, Definition, Kind, every, fields_of, takes_fields, type_of
from kernel.customfields.references import records
from kernel.errors import Blocker, DomainError

Values = dict[str, Any]
ALIKE = (
    {Kind.TEXT, Kind.LONG_TEXT, Kind.URL, Kind.CHOICE},
)  # kinds whose values may pass from one to another


class Carried(dict[str, Any]):
    """Values that came along from an earlier record: nobody was asked, so what is required may be missing."""


class Refused(DomainError):
    """Values of added fields are wrong; each reason names its field."""

    def __init__(self, blockers: list[Blocker]) -> None:
        super().__init__(blockers[0].text, code=blockers[0].code, field=blockers[0].field, blockers=blockers)


def clean(
    record_type: Any, given: Mapping[str, Any], before: Mapping[str, Any], *, is_new: bool = False,
    record_id: int | None = None,
) -> Values:  # fmt: skip
    """All values of the record after ``given`` was taken over; raises Refused with everything that is wrong."""
    known = {one.name: one for one in every(record_type)}
    after, blockers = dict(before), []
    for name, value in given.items():
        definition = known.get(name)
        if definition is None or not definition.is_active:
            if name not in before or before[name] != value:
                blockers.append(stranger(name))
        elif name not in before or before[name] != value:
            try:
                put(after, name, kinds.cleaned(definition, value))
            except ValueError as error:
                blockers.append(wrong(definition, "invalid", str(error)))
    asked = [one for one in known.values() if one.is_active and (is_new or one.name in given)]
    if is_new:
        add_defaults(asked, after, given)
    mistaken = {one.field for one in blockers}
    blockers += [
        missing(one) for one in asked if one.is_required and one.name not in after and one.key not in mistaken
    ]
    new = {one.name: one for one in asked if one.name in after and after[one.name] != before.get(one.name)}
    blockers += absent_references(new.values(), after)
    blockers += uniqueness.doubles(new.values(), after, record_type=type_of(record_type), record_id=record_id)
    if blockers:
        raise Refused(blockers)
    return after


def searched(record: Any) -> list[str]:
    """The values by which search finds the record."""
    if not record.custom or not takes_fields(type(record)):
        return []
    fields = [one for one in fields_of(record) if one.in_search and one.kind in kinds.SEARCHED]
    return [kinds.shown(one, record.custom[one.name]) for one in fields if one.name in record.custom]


def put(values: Values, name: str, value: Any) -> None:
    """Keep a value; an empty one is not kept at all."""
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def add_defaults(definitions: Iterable[Definition], values: Values, given: Mapping[str, Any] = {}) -> None:
    """What a new record has where nothing was said; an emptied field stays empty."""
    for one in definitions:
        if one.default not in kinds.EMPTY and one.name not in values and one.name not in given:
            try:
                put(values, one.name, kinds.cleaned(one, one.default))
            except ValueError:
                continue  # a default that the choices no longer have


def assigned(record: models.Model, given: Any) -> Values:
    """What ``record.custom`` becomes when ``given`` is assigned; part of kernel.writing.assign."""
    is_new = record._state.adding
    before: Values = record.custom or {}  # type: ignore[attr-defined]
    if not takes_fields(type(record)):
        return dict(given or {})
    record.__dict__["custom_was_set"] = True
    if isinstance(given, Carried) or (is_new and isinstance(before, Carried) and not given):
        return dict(before) | dict(given or {})
    if given is not None and not isinstance(given, Mapping):
        raise DomainError(_("Custom fields are names with values."), code="invalid", field="custom")
    return clean(record, given or {}, before, is_new=is_new, record_id=record.pk)


# --- along the chain --------------------------------------------------------------


def carried(source: models.Model, target: type[models.Model]) -> Carried:
    """The values that a new ``target`` takes over from the record it comes from.

    A field of the same name on both passes its value on where it fits; the target's own fields get their defaults. A
    copy within one kind keeps everything, but no value that must be unique; along the chain it goes where it is free.
    """
    before: Values = source.custom or {}  # type: ignore[attr-defined]
    theirs, ours = {one.name: one for one in every(source)}, every(target)
    values: Values = {}
    if type_of(source) == type_of(target):
        unique = {one.name for one in ours if one.is_unique}
        values = {name: value for name, value in before.items() if name not in unique}
    else:
        for one in ours:
            first = theirs.get(one.name)
            if one.name in before and one.is_active and first and first.is_active and are_alike(first, one):
                pass_on(one, before[one.name], values)
    for blocker in uniqueness.doubles(ours, values, record_type=type_of(target), record_id=None):
        values.pop(blocker.field.removeprefix(PREFIX), None)
    add_defaults([one for one in ours if one.is_active and not one.is_unique], values)
    return Carried(values)


def pass_on(definition: Definition, value: Any, values: Values) -> None:
    try:
        put(values, definition.name, kinds.cleaned(definition, value))
    except ValueError:
        return  # it does not fit here; the record it comes from keeps it


def are_alike(first: Definition, second: Definition) -> bool:
    """Whether a value of one field may stand in the other."""
    if first.kind == second.kind:
        return first.refers_to == second.refers_to
    return any({first.kind, second.kind} <= group for group in ALIKE)


# --- what may be wrong ------------------------------------------------------------


def stranger(name: Any) -> Blocker:
    text = _("There is no custom field %(name)s.") % {"name": str(name)[:60]}
    return Blocker("unknown_field", text, f"{PREFIX}{str(name)[:60]}")


def wrong(definition: Definition, code: str, text: str) -> Blocker:
    return Blocker(code, f"{definition.label}: {text}", definition.key)


def missing(definition: Definition) -> Blocker:
    return wrong(definition, "required", _("This is needed."))


def absent_references(definitions: Iterable[Definition], values: Mapping[str, Any]) -> list[Blocker]:
    """References to records that are not there: one question a kind of record."""
    by_type: dict[str, list[Definition]] = defaultdict(list)
    for one in definitions:
        if one.kind == Kind.REFERENCE:
            by_type[one.refers_to].append(one)
    found: list[Blocker] = []
    for label, fields in by_type.items():
        keys = {uuid.UUID(values[one.name]) for one in fields}
        there = {record.public_id for record in records(label, keys)}
        found += [
            wrong(one, "does_not_exist", _("There is no such record."))
            for one in fields
            if uuid.UUID(values[one.name]) not in there
        ]
    return found
