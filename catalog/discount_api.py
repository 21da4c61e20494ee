"""Discount lists through the API."""

from typing import Any

from rest_framework import serializers

from catalog import actions
from catalog.actions.discounts import MOST_TIERS, TierWanted
from catalog.bodies import CodeRef
from catalog.models import (
    Currency,
    DiscountList,
    DiscountTier,
)
from catalog.reference_api import NamedViewSet, ReferenceBody
from kernel.bodies import Refusing, many


class TierBody(Refusing, serializers.ModelSerializer[Any]):
    """From so many up to so many, this much off each unit."""

    helps = {
        "low": "First quantity of the tier.",
        "high": "Last quantity of the tier; null: no end.",
        "value": "Percent, or amount off each unit.",
    }

    class Meta:
        model = DiscountTier
        fields: tuple[str, ...] = ("low", "high", "value")
        extra_kwargs = {"low": {"min_value": 0}, "value": {"min_value": 0}}
        validators: list[Any] = []


class DiscountListBody(ReferenceBody):
    """A discount that grows with the quantity."""

    currency = CodeRef(Currency, help_text="For amounts: price lists in this currency only; null: in any.")
    tiers = many(
        TierBody, required=False, max_length=MOST_TIERS, help_text="All tiers; given, they replace all."
    )

    related = ("currency",)
    prefetched = ("tiers",)
    helps = {"name": "Name; unique.", "kind": "Percent, or an amount off each unit."}

    class Meta:
        model = DiscountList
        fields: tuple[str, ...] = ("name", "kind", "currency", "tiers")


class DiscountListViewSet(NamedViewSet):
    """Discount lists with their tiers."""

    body = row = DiscountListBody  # type: ignore[assignment]

    def make(self, values: dict[str, Any]) -> DiscountList:
        return actions.create_discount_list(by=self.by, **tiered(values))

    def alter(self, record: Any, values: dict[str, Any]) -> DiscountList:
        return actions.change_discount_list(record, by=self.by, **tiered(values))


def tiered(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the tiers as the action takes them."""
    if "tiers" not in values:
        return values
    tiers = [TierWanted(one["low"], one.get("high"), one["value"]) for one in values["tiers"]]
    return {**values, "tiers": tiers}
