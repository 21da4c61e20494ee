"""What something would cost, through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.bodies import CodeRef
from catalog.models import Currency, Product, Unit
from customers.bodies import AccountRef, PriceListRef
from customers.simulator import Answer, Question, simulate
from kernel.bodies import Ref, Refusing
from people.access import hidden_fields, visible


class PriceQuestion(Refusing):
    """How much of what, for whom, when."""

    product = Ref(Product, by=("sku", "public_id"), help_text="Product by SKU or id.")
    quantity = serializers.DecimalField(
        max_digits=15, decimal_places=5, required=False, help_text="How many; 1 if left out."
    )
    unit = CodeRef(Unit, help_text="Unit by code; without it the product's own.")
    account = AccountRef(required=False, help_text="Account, by id or number.")
    currency = CodeRef(Currency, help_text="Currency by code; without it the customer's.")
    price_list = PriceListRef(required=False, help_text="Price list by id or name; without it the usual one.")
    on = serializers.DateField(
        required=False, help_text="Day whose prices, taxes and rates hold; today if left out."
    )


class PriceAnswer(serializers.Serializer[Any]):
    """A price with all that led to it."""

    unit = serializers.CharField(source="unit.code", help_text="Unit by code.")
    currency = serializers.CharField(source="currency.code", help_text="Currency by code.")
    on = serializers.DateField(help_text="Day whose prices hold.")
    price_list = serializers.CharField(
        source="price_list.name", default=None, help_text="Price list; null where list prices count."
    )
    list_price = serializers.DecimalField(
        source="price.list_price",
        max_digits=15,
        decimal_places=4,
        help_text="Price of one unit before the list.",
    )
    unit_price = serializers.DecimalField(
        source="price.unit_price", max_digits=15, decimal_places=4, help_text="Price of one unit."
    )
    volume_discount = serializers.DecimalField(
        source="price.volume_discount", max_digits=15, decimal_places=4, help_text="Discount for each unit."
    )
    net = serializers.DecimalField(
        source="amounts.detail", max_digits=15, decimal_places=4, help_text="All of it, before tax."
    )
    tax_rate = serializers.DecimalField(
        source="tax.rate", max_digits=9, decimal_places=4, default=None, help_text="Tax rate in percent."
    )
    tax = serializers.DecimalField(
        source="amounts.tax", max_digits=15, decimal_places=4, help_text="Tax on all of it."
    )
    total = serializers.DecimalField(
        source="amounts.total", max_digits=15, decimal_places=4, help_text="All of it, tax included."
    )
    cost = serializers.DecimalField(
        source="margin.cost", max_digits=15, decimal_places=4, default=None,
        help_text="What it costs us, in base currency; only for some roles.",
    )  # fmt: skip
    margin_percent = serializers.DecimalField(
        source="margin.percent", max_digits=15, decimal_places=2, default=None,
        help_text="What is earned, in percent of net; only for some roles.",
    )  # fmt: skip
    because = serializers.ListField(
        child=serializers.CharField(), help_text="The steps to the price, in words."
    )
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="Why a document would not take it like this."
    )


class PricesView(APIView):
    """What something would cost."""

    @extend_schema(parameters=[PriceQuestion], responses=PriceAnswer)
    def get(self, request: Request) -> Response:
        """What so much of a product costs a customer on a day, by the rules that documents are priced by."""
        context = {"request": request, "visible": lambda rows: visible(request.user, rows)}
        asked = PriceQuestion(data=request.query_params.dict(), context=context)
        asked.is_valid(raise_exception=True)
        said = {name: value for name, value in asked.validated_data.items() if value is not None}
        hidden = hidden_fields(request.user, "product")
        return Response(shown(simulate(Question(**said), shows_costs="current_cost" not in hidden), hidden))


def shown(answer: Answer, hidden: Any) -> dict[str, Any]:
    """The answer for machines; costs do not exist for those who may not see them."""
    found = dict(PriceAnswer(answer).data)
    if "current_cost" in hidden:
        del found["cost"], found["margin_percent"]
    return found
