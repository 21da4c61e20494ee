"""Several pieces of reference data in a body of the API: a list of their names."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

MOST = 200


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class CodeNames(serializers.Field[Any, Any, Any, Any]):
    """The rows that a list of names means; an unknown one is named."""

    default_error_messages = {
        "not_a_list": _("Give a list of names."),
        "unknown": _("There is no such record: {value}."),
    }

    def __init__(self, model: type[Model], **options: Any) -> None:
        self.model = model
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list) or len(data) > MOST or not all(isinstance(one, str) for one in data):
            self.fail("not_a_list")
        rows = {
            str(row): row
            for row in self.model._default_manager.filter(name__in=[n for n in data if "\0" not in n])
        }
        for name in data:
            if name not in rows:
                self.fail("unknown", value=name[:100])
        return [rows[name] for name in dict.fromkeys(data)]

    def to_representation(self, value: Any) -> list[str]:
        return sorted(str(row) for row in value.all())
