"""Products and price lists through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import actions
from catalog.bodies import MOST_LINES, CodeRef
from catalog.models import Currency, PriceList, PriceListItem, Product, ProductFamily, TaxCode, Unit
from kernel.api import Keyset, choice, exact, flag, search, since
from kernel.bodies import RecordBody, Ref, RefList, Refusing, StepBody, many
from kernel.lifecycle import Step
from people.resources import RecordViewSet, verb


class ProductBody(RecordBody):
    """Something we sell."""

    family = CodeRef(ProductFamily, by=("name",), help_text="Product family, by name.")
    unit = CodeRef(Unit, required=True, allow_null=False, help_text="Unit it is sold in, by code.")
    tax_code = CodeRef(TaxCode, help_text="Tax, by code.")

    reserved_as = "product"
    related = ("family", "unit", "tax_code")
    helps = {
        "sku": "Stock keeping unit; unique.",
        "description": "What it is.",
        "kind": "Product, service or bundle.",
        "decimals": "Decimals a quantity may have, 0 to 5.",
        "list_price": "Price of one unit in base currency.",
        "standard_cost": "Standard cost of one unit in base currency; only for some roles.",
        "current_cost": "Current cost of one unit in base currency; only for some roles.",
        "valid_from": "First day of sale.",
        "valid_to": "Last day of sale.",
    }

    class Meta:
        model = Product
        fields: tuple[str, ...] = (
            "id", "version", "created_at", "updated_at", "sku", "name", "description", "kind", "family", "unit",
            "decimals", "list_price", "standard_cost", "current_cost", "tax_code", "valid_from", "valid_to", "status",
            "custom",
        )  # fmt: skip
        read_only_fields = ("status",)
        extra_kwargs = {
            "list_price": {"min_value": 0},
            "decimals": {"max_value": 5},
            "sku": {"validators": []},
        }
        validators: list[Any] = []


class ProductViewSet(RecordViewSet):
    """What we sell."""

    body = ProductBody
    row = ProductBody
    create_action = actions.create_product
    change_action = actions.change_product
    filters = {
        "q": search(),
        "status": choice("status", Product.Status.choices, "Status"),
        "kind": choice("kind", Product.Kind.choices, "Kind"),
        "sku": exact("sku", "SKU."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "sku", "name", "list_price")}

    @verb()
    def activate(self, product: Product) -> Product:
        """Offer it for sale."""
        return actions.activate_product(product, by=self.by)

    @verb()
    def revise(self, product: Product) -> Product:
        """Take it out of sale while it is changed."""
        return actions.revise_product(product, by=self.by)

    @verb()
    def retire(self, product: Product) -> Product:
        """Stop selling it."""
        return actions.retire_product(product, by=self.by)


class PriceListBody(RecordBody):
    """Prices in one currency for a period."""

    currency = CodeRef(Currency, required=True, allow_null=False)

    related = ("currency",)
    helps = {
        "valid_from": "First day on which it holds.",
        "valid_to": "Last day on which it holds.",
        "is_default": "Whether it is the usual one of its currency.",
    }

    class Meta:
        model = PriceList
        fields: tuple[str, ...] = (
            "id", "version", "created_at", "updated_at", "name", "currency", "valid_from", "valid_to", "is_active",
            "is_default", "custom",
        )  # fmt: skip
        validators: list[Any] = []


class PriceBody(Refusing, serializers.ModelSerializer[Any]):
    """The price of a product in one unit."""

    product = Ref(Product, by=("sku", "public_id"), help_text="Product by SKU or id.")
    unit = CodeRef(Unit, help_text="Unit by code; without it the product's own.")
    discount_list = serializers.CharField(
        source="discount_list.name", default=None, read_only=True, help_text="Discount list, by name."
    )

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
        read_only_fields = ("rounding", "rounding_option", "rounding_amount", "selling")
        extra_kwargs = {"amount": {"min_value": 0}}
        validators: list[Any] = []
        list_serializer_class = RefList


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
