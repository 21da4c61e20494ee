"""Added fields for machines: described, filtered (``?custom.promotion=SPRING``), sorted (``?ordering=custom.size``)."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, IContains, LessThanOrEqual
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from kernel.api import LONGEST_VALUE, Keyset, Narrowing, order_of, parameter, refuse_parameter
from kernel.customfields import kinds
from kernel.customfields.cleaning import Refused, clean
from kernel.customfields.definitions import PREFIX, Definition, Kind, fields_of, takes_fields
from kernel.customfields.expressions import expression_of, holds, value_field
from kernel.tables.columns import Virtual
from kernel.tables.keyset import Order

LARGEST = 20_000
BOUNDS = {"min": GreaterThanOrEqual, "max": LessThanOrEqual}
HAS_BOUNDS = frozenset({Kind.NUMBER, Kind.DATE})


# --- the body ---------------------------------------------------------------------


class Custom(serializers.JSONField):
    """The added fields of a record: those that are named are changed, null clears one."""

    @property
    def model(self) -> Any:
        return getattr(getattr(self.parent, "Meta", None), "model", None)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("invalid")
        try:
            text = json.dumps(data, allow_nan=False, ensure_ascii=False)
            text.encode()
        except ValueError:
            self.fail("invalid")
        if len(text) > LARGEST:
            self.fail("invalid")
        record = self.parent.instance
        try:
            clean(self.model, data, (record.custom or {}) if record else {}, is_new=record is None,
                  record_id=record.pk if record else None)  # fmt: skip
        except Refused as refusal:
            raise ValidationError(told(refusal)) from None
        return data

    def to_representation(self, value: Any) -> Any:
        """The fields in use, null where one is empty; what was removed is not spoken of."""
        kept: Mapping[str, Any] = value or {}
        return {one.name: kept.get(one.name) for one in fields_of(self.model)} if self.model else dict(kept)


def told(refusal: Refused) -> dict[str, list[ErrorDetail]]:
    """Every mistake under the name of its field."""
    found: dict[str, list[ErrorDetail]] = {}
    for one in refusal.blockers:
        found.setdefault(one.field.removeprefix(PREFIX), []).append(ErrorDetail(str(one.text), one.code))
    return found


class CustomSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the API description speaks of the added fields: those there are when somebody reads it."""

    target_class = Custom

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        fields = described(self.target.model)
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {one.name: schema_of(one) for one in fields},
        }


def described(model: Any) -> tuple[Definition, ...]:
    """The fields that a description names; a deployment check describes the API before there is a database."""
    try:
        return fields_of(model) if takes_fields(model) else ()
    except DatabaseError:
        return ()


def schema_of(definition: Definition) -> dict[str, Any]:
    """One field as OpenAPI has it."""
    said = [definition.label, definition.help_text]
    said += [_("Needed when a record is made.")] if definition.is_required else []
    said += [_("No two records have the same.")] if definition.is_unique else []
    if definition.kind == Kind.REFERENCE:
        said.append(_("Id of a record of the kind %(kind)s.") % {"kind": definition.refers_to})
    words = " ".join(text if text.endswith((".", "?", "!")) else f"{text}." for text in said if text)
    return {**type_of_value(definition), "description": words}


def type_of_value(definition: Definition) -> dict[str, Any]:
    text: dict[str, Any] = {"type": ["string", "null"]}
    choices = [value for value, _words in definition.choices]
    found: dict[str, dict[str, Any]] = {
        Kind.TEXT: {**text, "maxLength": kinds.LONGEST_TEXT},
        Kind.LONG_TEXT: {**text, "maxLength": kinds.LONGEST_LONG_TEXT},
        Kind.NUMBER: {**text, "format": "decimal"},
        Kind.DATE: {**text, "format": "date"},
        Kind.CHOICE: {**text, "enum": [*choices, None]},
        Kind.CHOICES: {"type": ["array", "null"], "items": {"type": "string", "enum": choices}},
        Kind.BOOLEAN: {"type": ["boolean", "null"]},
        Kind.URL: {**text, "format": "uri", "maxLength": kinds.LONGEST_URL},
        Kind.REFERENCE: {**text, "format": "uuid"},
    }
    return found[definition.kind]


# --- lists ------------------------------------------------------------------------


class FieldNarrowing(Narrowing):
    """The filters of a view, and one for each added field."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        asked = [name for name in request.query_params if name.startswith(PREFIX)]
        for name in asked:
            queryset = queryset.filter(narrowed(queryset.model, name, str(request.query_params[name])))
        rest: Any = Without(request, asked) if asked else request
        return super().filter_queryset(rest, queryset, view)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = super().get_schema_operation_parameters(view)
        for one in described(view.body.Meta.model):
            found += parameters_of(one)
        return found


class Without:
    """The request, as if some of its parameters had not been said."""

    def __init__(self, request: Request, names: list[str]) -> None:
        self.query_params = {
            name: request.query_params[name] for name in request.query_params if name not in names
        }
        self.user = request.user


def narrowed(model: Any, name: str, value: str) -> Q:
    """The rows that one parameter asks for; raises the 400 that names it."""
    key, _dot, bound = name.removeprefix(PREFIX).partition(".")
    found = next((one for one in (fields_of(model) if takes_fields(model) else ()) if one.name == key), None)
    if found is None or (bound and (bound not in BOUNDS or found.kind not in HAS_BOUNDS)):
        raise refuse_parameter(name, _("There is no such filter."), "unknown_parameter")
    if "\x00" in value or len(value) > LONGEST_VALUE:
        raise refuse_parameter(name, _("This value cannot be looked for."))
    try:
        return asked_for(found, bound, value)
    except ValueError as error:
        raise refuse_parameter(name, str(error)) from None


def asked_for(definition: Definition, bound: str, value: str) -> Q:
    if definition.kind == Kind.LONG_TEXT:
        return Q(IContains(expression_of(definition), value))
    several = value.split(",") if definition.kind in kinds.HAS_CHOICES else [value]
    found = Q(pk__in=[])
    for one in several:
        kept = kinds.cleaned(definition, one)
        if kept is None:
            raise ValueError(_("Give a value."))
        found |= compared(definition, bound, kept)
    return found


def compared(definition: Definition, bound: str, kept: Any) -> Q:
    if definition.kind in HAS_BOUNDS:
        stored, wanted = expression_of(definition), value_field(definition).to_python(kept)
        lookups = [BOUNDS[bound]] if bound else list(BOUNDS.values())
        return Q(*(lookup(stored, wanted) for lookup in lookups))
    return holds(definition, kept[0] if definition.kind == Kind.CHOICES else kept)


def parameters_of(definition: Definition) -> list[dict[str, Any]]:
    """How the description speaks of its filters."""
    schema = {**type_of_value(definition)}
    if definition.kind in kinds.HAS_CHOICES:
        schema = {"type": "string"}
    elif isinstance(schema.get("type"), list):
        schema["type"] = schema["type"][0]
    if definition.kind in kinds.HAS_CHOICES:
        known = ", ".join(value for value, _words in definition.choices)
        words = _("%(label)s: %(known)s; several are separated by commas.") % {
            "label": definition.label, "known": known,
        }  # fmt: skip
    else:
        words = _("%(label)s is this.") % {"label": definition.label}
    found = [parameter(definition.key, schema, words)]
    if definition.kind in HAS_BOUNDS:
        bounds = {"min": _("%(label)s is this or more."), "max": _("%(label)s is this or less.")}
        found += [
            parameter(f"{definition.key}.{bound}", schema, text % {"label": definition.label})
            for bound, text in bounds.items()
        ]
    return found


class FieldPages(Keyset):
    """Pages that may also be sorted by added fields."""

    def order_for(self, request: Request, view: Any, model: Any) -> Order:
        asked = request.query_params.get("ordering", "")
        name = asked.removeprefix("-")
        if name.startswith(PREFIX) and takes_fields(model):
            for one in fields_of(model):
                if one.key == name and one.kind in kinds.SORTED:
                    virtual = {name: Virtual(expression_of(one), value_field(one))}
                    return Order(model, name, asked.startswith("-"), virtual=virtual)
        return order_of(request, getattr(view, "ordering", {}), model)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = super().get_schema_operation_parameters(view)
        model = getattr(getattr(view, "body", None), "Meta", None)
        fields = described(model.model) if model else ()
        names = [sign + one.key for one in fields if one.kind in kinds.SORTED for sign in ("", "-")]
        for one in found:
            if one["name"] == "ordering":
                one["schema"] = {**one["schema"], "enum": [*one["schema"]["enum"], *names]}
        return found
