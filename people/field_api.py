"""The fields that the organization has added, for machines: read by everybody, defined by administrators."""

from typing import Any

from rest_framework import serializers

from kernel.api import choice, exact, flag
from kernel.bodies import Readable, Refusing, StepBody
from kernel.customfields import defining
from kernel.customfields.definitions import Kind
from kernel.models import CustomField
from people import field_actions as actions
from people.resources import RecordViewSet, verb


class ChoiceBody(Refusing):
    """One of the values that a choice may have."""

    value = serializers.CharField(max_length=defining.LONGEST_CHOICE, help_text="What is kept.")
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=defining.LONGEST_CHOICE,
        required=False,
        help_text="What people read; the value if left out.",
    )


class FieldBody(Readable, Refusing, serializers.ModelSerializer[Any]):
    """A field that the organization has added to a kind of record."""

    version = serializers.IntegerField(required=False, min_value=1)
    choices = ChoiceBody(many=True, required=False, help_text="The choices there are, in order.")
    default = serializers.JSONField(
        required=False,
        allow_null=True,
        help_text="What stands in it on a new record, as the record would have it.",
    )

    only_at_creation = frozenset(defining.FIXED)
    helps = {
        "id": "Key of the field.",
        "record_type": "The kind of record that has it, as in `leads.lead`.",
        "name": "What it is called in `custom` of its records; never changes.",
        "label": "What people call it.",
        "kind": "What its values are; never changes.",
        "help_text": "A line that explains it in forms.",
        "is_required": "Whether a new record needs it.",
        "is_unique": "Whether no two records have the same value.",
        "refers_to": "For references: the kind of record they refer to.",
        "decimals": "For numbers: how many decimals they may have.",
        "position": "Its place among the fields of its kind of record.",
        "in_list": "Whether lists show it as a column unless somebody chose otherwise.",
        "in_search": "Whether search finds records by it.",
        "in_pdf": "Whether quotes, orders and invoices are printed with it.",
        "in_erp": "Whether ERPs are told of it with an order.",
        "is_active": "Whether it is in use; a removed field keeps its values until it is purged.",
        "removed_at": "When it was removed.",
    }

    class Meta:
        model = CustomField
        fields: tuple[str, ...] = (
            "id", "version", *defining.FIXED, *defining.CHANGEABLE, "position", "is_active", "removed_at",
        )  # fmt: skip
        read_only_fields = ("id", "position", "is_active", "removed_at")
        validators: list[Any] = []


class PurgeBody(StepBody):
    """That somebody means it."""

    confirmation = serializers.CharField(max_length=40, help_text="The name of the field.")


class FieldViewSet(RecordViewSet):
    """The fields that the organization has added to its records."""

    body = FieldBody  # type: ignore[assignment]
    row = FieldBody  # type: ignore[assignment]
    lookup_field = "pk"
    lookup_value_converter = "int"
    create_action = actions.create_field
    change_action = actions.change_field
    filters = {
        "record_type": exact("record_type", "The kind of record, as in `leads.lead`."),
        "kind": choice("kind", Kind.choices, "Kind"),
        "is_active": flag("is_active", "Whether it is in use."),
    }
    ordering = {name: name for name in ("record_type", "position", "name")}

    @verb()
    def remove(self, field: CustomField) -> CustomField:
        """Take it out of use; its values stay."""
        return actions.remove_field(field, by=self.by)

    @verb()
    def restore(self, field: CustomField) -> CustomField:
        """Bring it back, with the values it had."""
        return actions.restore_field(field, by=self.by)

    @verb(PurgeBody)
    def purge(self, field: CustomField, *, confirmation: str) -> None:
        """Take the values of a removed field out of all records for good, in the background."""
        actions.purge_field(field, by=self.by, confirmation=confirmation)
