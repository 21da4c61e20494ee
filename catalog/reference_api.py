"""Currencies, rates, units, taxes and terms through the API: known by their codes."""

from decimal import Decimal
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from catalog import actions
from catalog.bodies import CodeRef
from catalog.models import (
    Currency,
    ExchangeRate,
    PaymentTerms,
    ProductFamily,
    TaxCode,
    TaxRate,
    Unit,
    UnitGroup,
)
from catalog.reference import change_reference, create_reference, set_tax_rates
from kernel.api import day, exact
from kernel.bodies import Readable, Refusing, many
from kernel.lifecycle import Step
from people.resources import RecordViewSet


class ReferenceBody(Readable, Refusing, serializers.ModelSerializer[Any]):
    """Reference data, known by its code."""


class CurrencyBody(ReferenceBody):
    """A currency."""

    only_at_creation = frozenset({"code", "digits"})
    helps = {
        "code": "ISO 4217 code.",
        "symbol": "Sign it is written with.",
        "digits": "Decimals it is paid in.",
        "is_base": "Whether the organisation reports in it.",
    }

    class Meta:
        model = Currency
        fields: tuple[str, ...] = ("code", "name", "symbol", "digits", "is_base")
        read_only_fields = ("is_base",)
        extra_kwargs = {"digits": {"max_value": 4}}


class ExchangeRateBody(ReferenceBody):
    """What a currency is worth from a day on."""

    id = serializers.SerializerMethodField(help_text="Currency and day: `USD@2026-01-31`.")
    currency = CodeRef(Currency, required=True, allow_null=False)

    related = ("currency",)
    only_at_creation = frozenset({"currency", "valid_from"})
    helps = {"rate": "Value of one unit in base currency.", "valid_from": "First day on which it holds."}

    class Meta:
        model = ExchangeRate
        fields: tuple[str, ...] = ("id", "currency", "rate", "valid_from")
        extra_kwargs = {"rate": {"min_value": Decimal("0.00000001")}}
        validators: list[Any] = []

    def get_id(self, rate: ExchangeRate) -> str:
        return f"{rate.currency.code}@{rate.valid_from}"


class UnitBody(ReferenceBody):
    """A unit things are sold in."""

    group = CodeRef(
        UnitGroup, by=("name",), required=True, allow_null=False, help_text="Unit group, by name."
    )

    related = ("group",)
    only_at_creation = frozenset({"group", "factor"})
    helps = {"code": "Code; unique.", "factor": "How many base units of its group it holds."}

    class Meta:
        model = Unit
        fields: tuple[str, ...] = ("code", "name", "group", "factor")
        extra_kwargs = {"factor": {"min_value": Decimal("0.00001")}}


class TaxRateBody(Refusing, serializers.ModelSerializer[Any]):
    """The rate of a tax code somewhere, from a day on."""

    helps = {
        "country": "Two-letter country code; empty: everywhere.",
        "region": "Region of the country; empty: all of it.",
        "percent": "Rate in percent.",
        "valid_from": "First day on which it holds.",
    }

    class Meta:
        model = TaxRate
        fields: tuple[str, ...] = ("country", "region", "percent", "valid_from")
        extra_kwargs = {"percent": {"min_value": 0, "max_value": 100}}
        validators: list[Any] = []


class TaxCodeBody(ReferenceBody):
    """A kind of tax treatment with its dated rates."""

    rates = many(
        TaxRateBody, required=False, max_length=1000, help_text="All rates; given, they replace all."
    )

    prefetched = ("rates",)
    only_at_creation = frozenset({"code"})
    helps = {"code": "Code; unique."}

    class Meta:
        model = TaxCode
        fields: tuple[str, ...] = ("code", "name", "rates")


class PaymentTermsBody(ReferenceBody):
    """When an invoice is made and when it is due."""

    helps = {
        "code": "Code; unique.",
        "net_days": "Days from the invoice until it is due.",
        "invoicing": "Whether an order is billed when it is ordered or when it is fulfilled.",
    }

    class Meta:
        model = PaymentTerms
        fields: tuple[str, ...] = ("code", "name", "net_days", "invoicing")


class UnitGroupBody(ReferenceBody):
    """Units that convert into each other."""

    helps = {"name": "Name; unique."}

    class Meta:
        model = UnitGroup
        fields: tuple[str, ...] = ("name",)


class FamilyBody(ReferenceBody):
    """Products that belong together."""

    parent = CodeRef(  # type: ignore[assignment]
        ProductFamily, by=("name",), help_text="Family above it, by name."
    )

    related = ("parent",)
    helps = {"name": "Name; unique."}

    class Meta:
        model = ProductFamily
        fields: tuple[str, ...] = ("name", "parent")


class ReferenceViewSet(RecordViewSet):
    """Reference data: read by everybody, written by those who keep it."""

    lookup_field = "code"
    lookup_value_converter = "str"
    ordering = {"code": "code", "name": "name"}

    def make(self, values: dict[str, Any]) -> Model:
        return create_reference(self.body.Meta.model, by=self.by, **values)  # type: ignore[attr-defined]

    def alter(self, record: Model, values: dict[str, Any]) -> Model:
        return change_reference(record, by=self.by, **values)

    def steps_of(self, record: Any) -> list[Step]:
        return []


class CurrencyViewSet(ReferenceViewSet):
    """Currencies."""

    body = row = CurrencyBody  # type: ignore[assignment]


class ExchangeRateViewSet(ReferenceViewSet):
    """Dated exchange rates to the base currency."""

    body = row = ExchangeRateBody  # type: ignore[assignment]
    lookup_field = "day"
    filters = {
        "currency": exact("currency__code", "Currency by code."),
        "valid_by": day("valid_from__lte", "Holds from this day or before."),
    }
    ordering = {"valid_from": "valid_from"}

    def one(self) -> Any:
        code, _at, valid_from = str(self.kwargs["day"]).partition("@")
        return self.found(currency__code=code, valid_from=valid_from)


class UnitViewSet(ReferenceViewSet):
    """Units of measure."""

    body = row = UnitBody  # type: ignore[assignment]
    filters = {"group": exact("group__name", "Unit group by name.")}


class TaxCodeViewSet(ReferenceViewSet):
    """Tax codes with their rates."""

    body = row = TaxCodeBody  # type: ignore[assignment]

    def make(self, values: dict[str, Any]) -> TaxCode:
        rates = values.pop("rates", None)
        return self.with_rates(create_reference(TaxCode, by=self.by, **values), rates)

    def alter(self, record: Any, values: dict[str, Any]) -> TaxCode:
        rates = values.pop("rates", None)
        return self.with_rates(change_reference(record, by=self.by, **values), rates)

    def with_rates(self, code: TaxCode, rates: list[Any] | None) -> TaxCode:
        return code if rates is None else set_tax_rates(code, rates, by=self.by)


class PaymentTermsViewSet(ReferenceViewSet):
    """Payment terms."""

    body = row = PaymentTermsBody  # type: ignore[assignment]


class NamedViewSet(ReferenceViewSet):
    """Reference data that is known by its name."""

    lookup_field = "name"
    ordering = {"name": "name"}


class UnitGroupViewSet(NamedViewSet):
    """Groups of units."""

    body = row = UnitGroupBody  # type: ignore[assignment]


class FamilyViewSet(NamedViewSet):
    """Product families."""

    body = row = FamilyBody  # type: ignore[assignment]
    filters = {"parent": exact("parent__name", "Family above, by name.")}

    def alter(self, record: Any, values: dict[str, Any]) -> ProductFamily:
        return actions.change_family(record, by=self.by, **values)
