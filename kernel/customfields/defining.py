"""What a definition must be like; the parts of the actions of ``people.field_actions`` that know no rights."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Max
from django.utils.translation import gettext as _

from kernel.custom_models import CustomField
from kernel.customfields import kinds, uniqueness
from kernel.customfields.definitions import Kind, choices_of, definition_of, takes_fields
from kernel.customfields.expressions import NAME
from kernel.errors import Blocker, DomainError

MOST_FIELDS = 100  # of one kind of record, removed ones included
MOST_CHOICES = 200
LONGEST_CHOICE = 100
FIXED = ("record_type", "name", "kind", "refers_to")  # what values that are there already go by
CHANGEABLE = (
    "label", "help_text", "is_required", "is_unique", "choices", "default", "decimals", "in_list", "in_search",
    "in_pdf", "in_erp",
)  # fmt: skip


def record_types() -> list[Any]:
    """The kinds of record that take fields, as models."""
    return [model for model in apps.get_models() if takes_fields(model)]


def refuse_misfits(row: CustomField) -> None:
    """Raise with everything that keeps this from being a definition."""
    found = [*wrong_place(row), *wrong_kind(row), *wrong_choices(row)]
    if not row.label.strip():
        found.append(Blocker("required", _("Give it a label."), "label"))
    found += wrong_default(row) if not found else []
    if found:
        raise DomainError(found[0].text, code=found[0].code, field=found[0].field, blockers=found)


def wrong_place(row: CustomField) -> list[Blocker]:
    """The name among those of the other fields."""
    found = []
    if row.record_type not in {model._meta.label_lower for model in record_types()}:
        found.append(Blocker("unknown_kind", _("There is no such kind of record."), "record_type"))
    if not NAME.fullmatch(row.name):
        text = _("Lower-case letters, digits and _, a letter first, at most 40.")
        found.append(Blocker("invalid", text, "name"))
    others = CustomField.objects.filter(record_type=row.record_type).exclude(pk=row.pk)
    if twin := others.filter(name=row.name).first():
        text = (
            _("There is a field of this name already.")
            if twin.is_active
            else _("A removed field has this name: restore it, or purge it first.")
        )
        found.append(Blocker("taken", text, "name"))
    if row.pk is None and others.count() >= MOST_FIELDS:
        text = _("A kind of record has at most %(most)s fields.") % {"most": MOST_FIELDS}
        found.append(Blocker("too_many", text, "record_type"))
    return found


def wrong_kind(row: CustomField) -> list[Blocker]:
    """What its kind asks for, or does not go with."""
    found = []
    if row.kind not in Kind.values:
        return [Blocker("unknown_kind", _("There is no such kind of field."), "kind")]
    if row.is_unique and row.kind not in kinds.CAN_BE_UNIQUE:
        found.append(Blocker("not_unique_kind", _("Values of this kind cannot be kept apart."), "is_unique"))
    if row.decimals > kinds.MOST_DECIMALS:
        text = _("At most %(most)s decimals.") % {"most": kinds.MOST_DECIMALS}
        found.append(Blocker("too_many_decimals", text, "decimals"))
    refers = row.refers_to in {model._meta.label_lower for model in record_types()}
    if row.kind == Kind.REFERENCE and not refers:
        found.append(Blocker("required", _("Say which kind of record it refers to."), "refers_to"))
    if row.in_search and row.kind not in kinds.SEARCHED:
        found.append(
            Blocker("not_searched", _("Values of this kind are not searched by words."), "in_search")
        )
    return found


def wrong_choices(row: CustomField) -> list[Blocker]:
    if row.kind not in kinds.HAS_CHOICES:
        return []
    choices = choices_of(row.choices)
    values, words = [value for value, _words in choices], [text for _value, text in choices]
    if not choices:
        return [Blocker("required", _("Name at least one choice."), "choices")]
    if len(choices) > MOST_CHOICES:
        return [Blocker("too_many", _("At most %(most)s choices.") % {"most": MOST_CHOICES}, "choices")]
    if len(set(values)) < len(values):
        return [Blocker("twice", _("A choice stands there twice."), "choices")]
    found = []
    for text in [*values, *words]:
        if not text.strip() or len(text) > LONGEST_CHOICE or kinds.CONTROL.search(text) or "," in text:
            words_of = _("A choice is a text of at most %(most)s characters without commas: %(text)s")
            found.append(
                Blocker(
                    "invalid", words_of % {"most": LONGEST_CHOICE, "text": text[:LONGEST_CHOICE]}, "choices"
                )
            )
    return found[:5]


def wrong_default(row: CustomField) -> list[Blocker]:
    """A default is a value like any other; what must be unique has none."""
    if row.default in kinds.EMPTY:
        row.default = None
        return []
    if row.is_unique:
        return [Blocker("default_of_unique", _("What no two records share has no default."), "default")]
    if row.kind == Kind.REFERENCE:
        return [Blocker("default_of_reference", _("A reference has no default."), "default")]
    try:
        row.default = kinds.cleaned(definition_of(row), row.default)
    except ValueError as error:
        return [Blocker("invalid", str(error), "default")]
    return []


def plain(row: CustomField) -> None:
    """What its kind has no use for is not kept."""
    row.label, row.help_text = row.label.strip(), row.help_text.strip()
    row.choices = [{"value": value, "label": words} for value, words in choices_of(row.choices)]
    if row.kind not in kinds.HAS_CHOICES:
        row.choices = []
    if row.kind != Kind.REFERENCE:
        row.refers_to = ""
    if row.kind != Kind.NUMBER:
        row.decimals = 0


def next_position(record_type: str) -> int:
    last = CustomField.objects.filter(record_type=record_type).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def hold_unique(row: CustomField) -> None:
    """Hold what is there already; raises with the doubles, each with the records that have it."""
    doubles = uniqueness.hold_existing(definition_of(row))
    if not doubles:
        return
    model: Any = apps.get_model(row.record_type)
    by_pk = {
        one.pk: one for one in model._base_manager.filter(pk__in=[pk for _v, pks in doubles for pk in pks])
    }
    blockers = [
        Blocker(
            "double",
            _("“%(value)s” stands in %(records)s")
            % {"value": value, "records": ", ".join(by_pk[pk].ref for pk in pks)},
            "is_unique",
            record=by_pk[pks[0]].ref,
            fix_url=by_pk[pks[0]].get_absolute_url(),
        )
        for value, pks in doubles
    ]
    text = _("Some records share a value. Change these first, then no two can be alike.")
    raise DomainError(
        text, code="doubles", field="is_unique", blockers=[Blocker("doubles", text, "is_unique"), *blockers]
    )


def differences(row: CustomField, before: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What the history remembers of a change."""
    return {
        name: [shown(old), shown(getattr(row, name))]
        for name, old in before.items()
        if getattr(row, name) != old
    }


def shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(words for _value, words in choices_of(value))
    return value if value is None or isinstance(value, bool | int) else str(value)
