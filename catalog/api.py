"""Price lists through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import actions
from catalog.bodies import MOST_LINES, CodeRef
from catalog.code_names import CodeNames
from catalog.models import (
    Currency,
    DiscountList,
    PriceList,
    PriceListItem,
    Product,
    ProductFamily,
    Territory,
    Unit,
)
from catalog.price_grid import BY_COST
from kernel.api import Keyset, exact, flag, search, since
from kernel.bodies import RecordBody, Ref, RefList, Refusing, StepBody, many
from kernel.lifecycle import Step
from people.resources import RecordViewSet, verb


class PriceListBody(RecordBody):
    """Prices in one currency for a period."""

    currency = CodeRef(Currency, required=True, allow_null=False)
    territories = CodeNames(
        Territory, required=False, help_text="Sales regions whose usual list it is, by name."
    )
    follows = Ref(
        PriceList, by=("public_id",), read_only=True, help_text="The list it takes over from, by id."
    )

    related = ("currency", "follows")
    prefetched = ("territories",)
    helps = {
        "valid_from": "First day on which it holds.",
        "valid_to": "Last day on which it holds.",
        "is_default": "Whether it is the usual one of its currency.",
    }

    class Meta:
        model = PriceList
        fields: tuple[str, ...] = (
            "id", "version", "created_at", "updated_at", "name", "currency", "valid_from", "valid_to", "is_active",
            "is_default", "territories", "follows", "custom",
        )  # fmt: skip
        validators: list[Any] = []


class PriceBody(Refusing, serializers.ModelSerializer[Any]):
    """The price of a product in one unit."""

    product = Ref(Product, by=("sku", "public_id"), help_text="Product by SKU or id.")
    unit = CodeRef(Unit, help_text="Unit by code; without it the product's own.")
    discount_list = CodeRef(DiscountList, by=("name",), help_text="Discount list, by name.")

    helps = {
        "method": "How the price is found: an amount, or a percentage of list price or cost.",
        "amount": "Price of one unit in the list's currency, for the method amount.",
        "percent": "Percentage, for the other methods.",
        "rounding": "Which way the price is rounded.",
        "rounding_option": "What it is rounded to.",
        "rounding_amount": "The figure it is rounded to.",
        "selling": "Which quantities are sold.",
    }

    class Meta:
        model = PriceListItem
        fields: tuple[str, ...] = (
            "product", "unit", "method", "amount", "percent", "rounding", "rounding_option", "rounding_amount",
            "selling", "discount_list",
        )  # fmt: skip
        extra_kwargs = {"amount": {"min_value": 0}, "rounding_amount": {"min_value": 0}}
        validators: list[Any] = []
        list_serializer_class = RefList

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The price; a percentage on a cost would betray the cost to those who may not see it."""
        shown: dict[str, Any] = super().to_representation(instance)
        hide = self.context.get("hidden")
        if instance.method in BY_COST and hide and "current_cost" in hide("product"):
            shown["percent"] = None
        return shown


class RemovedPriceBody(Refusing):
    """A price that goes."""

    product = Ref(Product, by=("sku", "public_id"), help_text="Product by SKU or id.")
    unit = CodeRef(Unit, help_text="Unit by code; without it the product's own.")

    class Meta:
        list_serializer_class = RefList


class PricesBody(StepBody):
    """Prices that are set, and prices that go; the others stay."""

    prices = many(PriceBody, required=False, max_length=MOST_LINES, help_text="Prices to set.")
    removed = many(RemovedPriceBody, required=False, max_length=MOST_LINES, help_text="Prices to take out.")


class ChangePricesBody(StepBody):
    """By how much prices change, for what, from when."""

    percent = serializers.DecimalField(
        max_digits=9, decimal_places=4, help_text="Change in percent: 3 raises, -3 lowers."
    )
    family = CodeRef(
        ProductFamily, by=("name",), help_text="Only products of this family and those below it."
    )
    starts_on = serializers.DateField(
        required=False, allow_null=True,
        help_text="A later day makes a new list that takes over then; without one prices change now.",
    )  # fmt: skip
    rounding = serializers.ChoiceField(
        choices=PriceListItem.Rounding.choices, required=False, help_text="Which way new amounts are rounded."
    )
    rounding_option = serializers.ChoiceField(
        choices=PriceListItem.RoundingOption.choices, required=False, help_text="What they are rounded to."
    )
    rounding_amount = serializers.DecimalField(
        max_digits=15, decimal_places=4, required=False, allow_null=True, help_text="The figure for that."
    )


class PriceListViewSet(RecordViewSet):
    """Prices in one currency."""

    body = PriceListBody
    row = PriceListBody
    create_action = actions.create_price_list
    change_action = actions.change_price_list
    filters = {
        "q": search(),
        "currency": exact("currency__code", "Currency by code."),
        "is_active": flag("is_active", "Whether it is in use."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "name")}

    def steps_of(self, record: PriceList) -> list[Step]:
        return []

    @extend_schema(responses=PriceBody(many=True), filters=False)
    @action(detail=True)
    def items(self, request: Request, **where: Any) -> Response:
        """The prices on the list."""
        items = self.one().items.select_related("product", "unit", "discount_list")
        pages = Keyset()
        rows = pages.paginate_queryset(items, request)
        return pages.get_paginated_response(
            PriceBody(rows, many=True, context=self.get_serializer_context()).data
        )

    @verb(PricesBody)
    def prices(self, price_list: PriceList, *, prices: Any = (), removed: Any = ()) -> PriceList:
        """Set prices by product and unit, and take some out."""
        wanted = [
            actions.Price(**{**price, "unit": price.get("unit") or price["product"].unit}) for price in prices
        ]
        gone = {(one["product"].pk, (one.get("unit") or one["product"].unit).pk) for one in removed}
        there = price_list.items.filter(product_id__in={product for product, _unit in gone})
        keys = [item.pk for item in there if (item.product_id, item.unit_id) in gone]
        return actions.set_prices(price_list, wanted, by=self.by, removed=keys)

    @verb(ChangePricesBody)
    def change_prices(self, price_list: PriceList, **asked: Any) -> PriceList:
        """Change many prices at once; answers with the list that has the new ones."""
        return actions.change_prices(price_list, actions.PriceChange(**asked), by=self.by)

    @verb(name="undo-prices")
    def undo(self, price_list: PriceList) -> PriceList:
        """Take the last change of many prices back."""
        return actions.undo_price_change(price_list, by=self.by)
