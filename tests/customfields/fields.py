"""Fields as an organization might add them."""

from typing import Any

from django.utils import timezone

from kernel.models import CustomField


def field(name: str, kind: str = "text", *, record_type: str = "leads.lead", **values: Any) -> CustomField:
    """The least that such a field is."""
    choices = [
        one if isinstance(one, dict) else {"value": one, "label": one.title()}
        for one in values.pop("choices", [])
    ]
    if kind not in ("choice", "choices"):
        choices = []
    if kind != "reference":
        values.pop("refers_to", None)
    values.setdefault("label", name.replace("_", " ").capitalize())
    if not values.get("is_active", True):
        values.setdefault("removed_at", timezone.now())
    return CustomField.objects.create(
        record_type=record_type, name=name, kind=kind, choices=choices, **values
    )
