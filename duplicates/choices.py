"""Two to five records side by side: which fields differ, and what each would become."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.customfields.definitions import Definition, Kind, fields_of
from kernel.customfields.kinds import EMPTY, shown
from kernel.customfields.references import Names, unseen
from kernel.errors import DomainError
from kernel.formats import day_text, number
from kernel.lifecycle import StateField
from people.access import hidden_fields, kind_of

MOST_RECORDS = 5
LAST = frozenset(["street", "postcode", "city", "region", "country", "owner", "team"])  # names come first


@dataclass(frozen=True)
class Option:
    """One record's value of a field, as people read it."""

    record_id: int
    value: Any
    words: str
    chosen: bool


@dataclass(frozen=True)
class FieldChoice:
    """One field of the records side by side."""

    name: str
    label: Any
    options: tuple[Option, ...]

    @property
    def differs(self) -> bool:
        return len({str(option.value) for option in self.options}) > 1

    @property
    def chosen(self) -> Option:
        return next(option for option in self.options if option.chosen)


def mergeable_fields(model: type[models.Model], user: Any) -> list[models.Field[Any, Any]]:
    """The columns that people choose between: what they may write and read."""
    hidden = hidden_fields(user, kind_of(model)) | getattr(model, "unmerged_fields", frozenset())
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and not isinstance(field, StateField | models.JSONField)
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
        and field.name not in hidden
    ]
    return sorted(fields, key=lambda field: field.name in LAST)


def side_by_side(
    survivor: Any, losers: Sequence[Any], *, user: Any, picked: Mapping[str, int] | None = None
) -> list[FieldChoice]:
    """Every field with each record's value; what was picked is chosen, else what says most."""
    records = [survivor, *losers]
    picked = known_picks(picked or {}, survivor, losers, user)
    found = []
    for field in mergeable_fields(type(survivor), user):
        values = [(one, getattr(one, field.attname)) for one in records]
        usual = field.get_default()
        # What stands above a record is not filled in by itself: it might stand below it.
        candidates = values[:1] if field.related_model is type(survivor) else values
        best = picked.get(field.name) or best_of(candidates, usual)
        options = [Option(one.pk, value, in_words(field, one), one.pk == best) for one, value in values]
        found.append(FieldChoice(field.name, field.verbose_name, tuple(options)))
    return found + custom_side_by_side(records, picked, user)


def custom_side_by_side(records: Sequence[Any], picked: Mapping[str, int], user: Any) -> list[FieldChoice]:
    """The same for the fields that the organization added."""
    definitions = fields_of(type(records[0])) if hasattr(records[0], "custom") else ()
    names = Names(definitions, user)
    names.read(records)
    found = []
    for one in definitions:
        values = [(record, (record.custom or {}).get(one.name)) for record in records]
        best = picked.get(one.key) or best_of(values, one.default)
        options = [
            Option(record.pk, value, custom_in_words(one, value, names), record.pk == best)
            for record, value in values
        ]
        found.append(FieldChoice(one.key, one.label, tuple(options)))
    return found


def custom_in_words(definition: Definition, value: Any, names: Names) -> str:
    """An added field's value as people read it."""
    if value in EMPTY:
        return ""
    if definition.kind == Kind.REFERENCE:
        return str(names.record(definition, value) or unseen())
    return shown(definition, value)


def best_of(values: Sequence[tuple[Any, Any]], usual: Any) -> int:
    """The record whose value says most: the survivor's, unless it says nothing or only what is usual anyway."""
    telling = [one.pk for one, value in values if value not in (None, "", False, [], {}, usual)]
    filled = [one.pk for one, value in values if value not in (None, "", False, [], {})]
    return int((telling or filled or [values[0][0].pk])[0])


def known_picks(
    picked: Mapping[str, int], survivor: Any, losers: Sequence[Any], user: Any
) -> Mapping[str, int]:
    """The picks, if each names a field that may be chosen and one of the records."""
    names = {field.name for field in mergeable_fields(type(survivor), user)}
    names |= {one.key for one in fields_of(type(survivor))}
    if unknown := sorted(set(picked) - names):
        text = _("This cannot be chosen: %(fields)s") % {"fields": ", ".join(unknown)}
        raise DomainError(text, code="unknown_field", field=unknown[0])
    if strangers := [
        name for name, pk in picked.items() if pk not in {one.pk for one in (survivor, *losers)}
    ]:
        raise DomainError(
            _("Choose one of the records for each field."), code="unknown_choice", field=strangers[0]
        )
    return picked


def in_words(field: Any, record: Any) -> str:
    """A column's value as people read it."""
    value = getattr(record, field.name)
    if value is None or value == "":
        return ""
    if field.choices:
        return str(getattr(record, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(field, models.DateField):
        return day_text(value)
    return str(number(value)) if isinstance(field, models.DecimalField) else str(value)


def take_over(survivor: Any, records: Iterable[Any], choices: Sequence[FieldChoice]) -> None:
    """Give the survivor, in memory, the value that is chosen for each field."""
    by_pk = {one.pk: one for one in records}
    custom = dict(getattr(survivor, "custom", None) or {})
    for one in choices:
        giver = by_pk[one.chosen.record_id]
        if one.name.startswith("custom."):
            put_custom(custom, one.name.removeprefix("custom."), giver.custom or {})
        elif giver is not survivor:
            column = survivor._meta.get_field(one.name).attname
            setattr(survivor, column, getattr(giver, column))
    if hasattr(survivor, "custom") and custom != (survivor.custom or {}):
        survivor.custom = custom


def put_custom(custom: dict[str, Any], name: str, given: Mapping[str, Any]) -> None:
    if name in given:
        custom[name] = given[name]
    else:
        custom.pop(name, None)
