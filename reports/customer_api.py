"""What the API tells of a customer's standing: the figures of the page, and the credit for those with the right."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from reports.customer_credit import Standing, standing
from reports.customer_figures import Sums, Tile, figures
from reports.customer_rows import base_code

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 4}
WHOLE = OpenApiParameter("whole", bool, description="`true` takes in all accounts below.")


class AmountBody(serializers.Serializer[Any]):
    """An amount in one currency."""

    currency = serializers.CharField(help_text="Currency by ISO 4217 code.")
    amount = serializers.DecimalField(**MONEY, help_text="The amount in it.")


class FigureBody(serializers.Serializer[Any]):
    """A figure of a customer's page."""

    label = serializers.CharField(help_text="What it counts.")  # type: ignore[assignment]
    count = serializers.IntegerField(help_text="How many records.")
    amounts = AmountBody(many=True, help_text="Their amounts, one a currency.")
    amount_base = serializers.DecimalField(
        **MONEY, help_text="All of it in base currency: open deals at today's rates, others at their own."
    )
    list = serializers.CharField(help_text="The page with the records it counts.")


class ExposureBody(serializers.Serializer[Any]):
    """How much of an account's credit is used, in base currency: the figures that hold an order back."""

    base_currency = serializers.CharField(help_text="The currency the organization reports in.")
    credit_limit = serializers.DecimalField(
        **MONEY, allow_null=True, help_text="How much may be owed; null: no limit."
    )
    owed = serializers.DecimalField(**MONEY, help_text="Open balances, and invoices not yet numbered.")
    ordered = serializers.DecimalField(
        **MONEY, help_text="Orders under way, without what is billed or canceled."
    )
    exposure = serializers.DecimalField(**MONEY, help_text="Owed and ordered together.")
    excess = serializers.DecimalField(**MONEY, help_text="How far that is above the limit.")
    owed_by_currency = AmountBody(many=True, help_text="Open balances as invoiced, one a currency.")
    currencies_without_rate = serializers.ListField(
        child=serializers.CharField(), help_text="Currencies owed in that have no exchange rate of today."
    )
    average_days_late = serializers.DecimalField(
        max_digits=9,
        decimal_places=1,
        allow_null=True,
        help_text="How late the last paid invoices were settled, on average.",
    )
    paid_invoices = serializers.IntegerField(help_text="Over how many invoices that is.")


class CustomerFigures:
    """The figures of a customer's page."""

    @extend_schema(responses=FigureBody(many=True), filters=False, parameters=[WHOLE])
    @action(detail=True, pagination_class=None)
    def figures(self: Any, request: Request, **where: Any) -> Response:
        """What runs with the customer: open deals, quotes, orders, what is owed and what was sold."""
        whole = request.query_params.get("whole") == "true"
        found = figures(request.user, self.one(), whole=whole)
        return Response(FigureBody([figure_said(tile) for tile in found], many=True).data)


class AccountStanding(CustomerFigures):
    """The figures and the credit of an account."""

    @extend_schema(responses=ExposureBody, filters=False)
    @action(detail=True, pagination_class=None)
    def exposure(self: Any, request: Request, **where: Any) -> Response:
        """How much of its credit an account uses, and how punctually it pays; only for roles that may know it."""
        found = standing(request.user, self.one())
        if found is None:
            raise PermissionDenied(_("You may not do this."))
        return Response(ExposureBody(exposure_said(found)).data)


def figure_said(tile: Tile) -> dict[str, Any]:
    return {
        "label": tile.label, "count": tile.sums.count, "amounts": amounts_said(tile.sums),
        "amount_base": tile.sums.base, "list": tile.url,
    }  # fmt: skip


def exposure_said(found: Standing) -> dict[str, Any]:
    paid = found.punctuality
    return {
        "base_currency": base_code(), "credit_limit": found.limit, "owed": found.credit.owed,
        "ordered": found.credit.ordered, "exposure": found.credit.exposure,
        "excess": found.credit.excess if found.limit is not None else 0,
        "owed_by_currency": amounts_said(found.owed), "currencies_without_rate": list(found.without_rate),
        "average_days_late": round(paid.days, 1) if paid else None, "paid_invoices": paid.invoices if paid else 0,
    }  # fmt: skip


def amounts_said(sums: Sums) -> list[dict[str, Any]]:
    return [{"currency": code, "amount": amount} for code, amount in sums.amounts]
