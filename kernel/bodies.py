"""The pieces API bodies are made of: fields that are named one by one, references by name, nothing ignored."""

import copy
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from kernel.customfields.api import Custom

# What fields mean that many records have; a body's own ``helps`` come first.
HELPS = {
    "id": "Unique id of the record; never changes.",
    "version": "Grows with every change. Sent along, the request is refused if the record has changed since.",
    "number": "Number, given by the system.",
    "status": "State; changed by the steps only.",
    "status_reason": "Why it is in this state; belongs to exactly one status.",
    "statecode": "The status as the number Dynamics 365 Sales has for it.",
    "statuscode": "The status reason as the number Dynamics 365 Sales has for it; from 100000000 on it is ours.",
    "created_at": "When it was made.",
    "updated_at": "When it was last changed.",
    "custom": "Fields that the organization has added. Those that are named are changed, null clears one.",
    "owner": "Username of whom it belongs to; null when it belongs to a team only.",
    "team": "Name of the team it belongs to.",
    "account": "Account, by id or number.",
    "contact": "Contact, by id or number.",
    "currency": "Currency by ISO 4217 code.",
    "is_active": "Whether it is in use.",
    "street": "Street and house number.",
    "postcode": "Postal code.",
    "city": "Town.",
    "region": "State, province or region.",
    "country": "Country by its two-letter ISO 3166 code.",
    "email": "E-mail address.",
    "phone": "Phone number.",
    "mobile": "Mobile phone number.",
    "website": "Address of the website.",
    "industry": "Line of business.",
    "first_name": "Given name.",
    "last_name": "Family name.",
    "job_title": "Position.",
    "do_not_email": "Does not want e-mail.",
    "do_not_phone": "Does not want calls.",
    "name": "Name people know it by.",
    "note": "A remark, kept in the history.",
}


_built: dict[type, dict[str, Any]] = {}


def twin(one: Any) -> Any:
    """A field of its own for each request: it is bound to one body and may have looked things up."""
    if isinstance(one, serializers.BaseSerializer):
        nested = copy.deepcopy(one)
        nested.help_text = one.help_text
        return nested
    made = copy.copy(one)
    if isinstance(made, Ref):
        made.found = {}
    return made


class Refusing(serializers.Serializer[Any]):
    """Takes the fields it names and refuses every other, also those that are only read."""

    helps: ClassVar[Mapping[str, str]] = {}
    only_at_creation: ClassVar[frozenset[str]] = frozenset()
    reserved_as: ClassVar[str] = ""  # the kind of record under which some fields are reserved to roles

    def get_fields(self) -> dict[str, Any]:
        kind = type(self)
        if kind not in _built:
            _built[kind] = self.built()
        hidden = set(self.hidden())
        return {name: twin(one) for name, one in _built[kind].items() if name not in hidden}

    def built(self) -> dict[str, Any]:
        """The fields of this kind of body with what they mean; worked out once, because models are slow to read."""
        fields = super().get_fields()
        for name, one in fields.items():
            one.help_text = one.help_text or self.helps.get(name) or HELPS.get(name, "")
        return fields

    def hidden(self) -> Iterable[str]:
        """The fields that do not exist for this reader."""
        hide: Callable[[str], Iterable[str]] | None = self.context.get("hidden")
        return hide(self.reserved_as) if hide and self.reserved_as else ()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self.refuse_strangers(data)
        return super().to_internal_value(data)

    def refuse_strangers(self, data: Mapping[str, Any]) -> None:
        found = {}
        for name in data:
            one = self.fields.get(name)
            if one is None:
                found[str(name)] = [ErrorDetail(str(_("There is no such field.")), "unknown_field")]
            elif one.read_only or (self.instance is not None and name in self.only_at_creation):
                found[name] = [ErrorDetail(str(_("This field cannot be written.")), "read_only_field")]
        if found:
            raise ValidationError(found)


def many(body: type[serializers.BaseSerializer[Any]], **options: Any) -> Any:
    """A list of such bodies."""
    return body(many=True, **options)


class StepBody(Refusing):
    """What any step takes: the version it is meant for."""

    version = serializers.IntegerField(required=False, min_value=1)


class Readable:
    """A body that knows how its rows are read."""

    related: ClassVar[tuple[str, ...]] = ()
    named: ClassVar[tuple[str, ...]] = ()  # what a list reads of the related records; empty: all
    prefetched: ClassVar[tuple[Any, ...]] = ()

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        """The rows with everything this body reads, in a constant number of queries."""
        model: Any = cls.Meta.model  # type: ignore[attr-defined]
        rows: QuerySet[Any] = model._default_manager.all()
        if cls.related:
            rows = rows.select_related(*cls.related)
        return rows.prefetch_related(*cls.prefetched)

    @classmethod
    def narrow(cls, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The same rows for a list: of the records they refer to, only the names that are shown."""
        if not cls.named:
            return rows
        own = (each.name for each in rows.model._meta.concrete_fields if each.name != "search_text")
        return rows.only(*own, *cls.named)


def is_plain(one: serializers.Field[Any, Any, Any, Any]) -> bool:
    """The field reads its value as any other does."""
    return type(one).get_attribute is serializers.Field.get_attribute


class RecordBody(Readable, Refusing, serializers.ModelSerializer[Any]):
    """A record with its public id, version and times; subclasses name their fields."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    version = serializers.IntegerField(required=False, min_value=1)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    only_at_change: ClassVar[frozenset[str]] = frozenset({"version"})

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, column, one in self.plan:
            try:
                value = getattr(instance, column) if column else one.get_attribute(instance)
            except serializers.SkipField:
                continue
            shown[name] = None if value is None else one.to_representation(value)
        return shown

    @cached_property
    def plan(self) -> list[tuple[str, str, Any]]:
        """What is shown, in order: columns by name, anything else by the way its field knows.

        A list shows sixty fields of each record; finding out anew how each is read costs more than reading it.
        """
        columns = {each.name for each in self.Meta.model._meta.concrete_fields}  # type: ignore[attr-defined]
        return [
            (str(one.field_name), str(one.source) if one.source in columns and is_plain(one) else "", one)
            for one in self._readable_fields
        ]

    def built(self) -> dict[str, Any]:
        fields = super().built()
        if "custom" in fields:
            fields["custom"] = Custom(required=False, help_text=HELPS["custom"])
        return fields

    def to_internal_value(self, data: Any) -> Any:
        # A new record may need added fields that nobody spoke of.
        if (
            self.instance is None
            and isinstance(data, Mapping)
            and "custom" not in data
            and "custom" in self.fields
        ):
            data = {**data, "custom": {}}
        return super().to_internal_value(data)

    def refuse_strangers(self, data: Mapping[str, Any]) -> None:
        super().refuse_strangers(data)
        if self.instance is None and (early := self.only_at_change & data.keys()):
            text = str(_("This field cannot be written while the record is made."))
            raise ValidationError({name: [ErrorDetail(text, "read_only_field")] for name in early})


@extend_schema_field({"type": "string", "maxLength": 100})
class Ref(serializers.Field[Any, Any, Any, Any]):
    """Another record, by a name machines know it under; one that is out of sight is as good as absent."""

    default_error_messages = {"unknown": _("There is no such record: {value}.")}

    def __init__(
        self,
        model: type[Model] | None = None,
        *,
        by: tuple[str, ...] = ("public_id", "number"),
        **options: Any,
    ) -> None:
        self.model = model
        self.by = by
        self.found: dict[str, Any] = {}
        super().__init__(**options)

    def choices_for(self) -> QuerySet[Any]:
        """The records that may be named."""
        assert self.model is not None
        rows: QuerySet[Any] = self.model._default_manager.all()
        visible = self.context.get("visible")
        return visible(rows) if visible else rows

    def preload(self, values: Iterable[Any]) -> None:
        """Look up many names with one query, before each of them is asked for."""
        names = {
            value
            for value in values
            if isinstance(value, str) and 0 < len(value) <= 100 and "\x00" not in value
        }
        if not names:
            return
        wanted = Q()
        for column in self.by:
            keys = [key for name in names if (key := self.key(column, name)) is not None]
            wanted |= Q(**{f"{column}__in": keys})
        for row in self.choices_for().filter(wanted):
            self.found |= {str(name): row for column in self.by if (name := getattr(row, column)) is not None}

    def key(self, column: str, name: str) -> Any:
        if column != "public_id":
            return name
        try:
            return uuid.UUID(name)
        except ValueError:
            return None

    def to_internal_value(self, data: Any) -> Any:
        name = data if isinstance(data, str) else ""
        if name not in self.found:
            self.preload([name])
        row = self.found.get(name) or self.found.get(name.lower())  # a UUID may come in capitals
        if row is None:
            self.fail("unknown", value=str(data)[:100])
        return row

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, self.by[0]))


class RefList(serializers.ListSerializer[Any]):
    """Rows whose references are looked up together, however many rows there are."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list):
            rows = [row for row in data if isinstance(row, Mapping)]
            for name, one in self.child.fields.items():  # type: ignore[union-attr]
                if isinstance(one, Ref) and not one.read_only:
                    one.preload(row.get(name) for row in rows)
        return super().to_internal_value(data)
