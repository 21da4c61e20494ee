"""The shape of what people say about units, taxes, exchange rates and discount lists."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms import CatalogForm, figures
from catalog.models import (
    Currency,
    DiscountList,
    ExchangeRate,
    PriceListItem,
    ProductFamily,
    TaxCode,
    Unit,
    UnitGroup,
)
from catalog.numbers import FigureField
from catalog.rows import Row


class UnitGroupForm(CatalogForm):
    """A group of units that convert into each other."""

    class Meta:
        model = UnitGroup
        fields = ("name",)


class UnitForm(CatalogForm):
    """A unit and how many base units it holds."""

    class Meta:
        model = Unit
        fields = ("code", "name", "group", "factor")
        formfield_callback = figures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["factor"] = FigureField(
            label=_("Base units"), max_digits=15, decimal_places=5, min_value=Decimal("0.00001"),
            help_text=_("1 for the base unit itself, 12 for a dozen of it."),
        )  # fmt: skip


class TaxCodeForm(CatalogForm):
    """A kind of tax treatment."""

    class Meta:
        model = TaxCode
        fields = ("code", "name")


class TaxRateRow(Row):
    """The rate of a tax somewhere, from a day on."""

    key = "percent"
    needs = ("valid_from",)

    country = forms.CharField(label=_("Country"), max_length=2)
    region = forms.CharField(label=_("Region"), max_length=60)
    percent = FigureField(label=_("Percent"), max_digits=9, decimal_places=4, min_value=0, max_value=100)
    valid_from = forms.DateField(label=_("Valid from"))

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).strip().upper()

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).strip()


class ExchangeRateForm(CatalogForm):
    """What a currency is worth in base currency from a day on."""

    class Meta:
        model = ExchangeRate
        fields = ("currency", "rate", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rate"] = FigureField(
            label=_("One unit is worth"), max_digits=15, decimal_places=8, min_value=Decimal("0.00000001"),
            help_text=_("In base currency: 0.92 for a dollar that costs 92 cents."),
        )  # fmt: skip
        currencies: Any = self.fields["currency"]
        currencies.queryset = Currency.objects.filter(is_base=False).order_by("code")
        self.initial.setdefault("valid_from", timezone.localdate())


class DiscountListForm(CatalogForm):
    """A discount that grows with the quantity: what it is called and what it takes off."""

    class Meta:
        model = DiscountList
        fields = ("name", "kind", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].help_text = _(
            "For amounts: price lists in this currency only. Empty: in any."
        )
        self.fields["currency"].required = False


class TierRow(Row):
    """From so many up to so many, this much off each unit."""

    key = "low"
    needs = ("value",)

    low = FigureField(label=_("From"), max_digits=15, decimal_places=5, min_value=0)
    high = FigureField(label=_("Up to"), max_digits=15, decimal_places=5, min_value=0)
    value = FigureField(label=_("Discount"), max_digits=15, decimal_places=4, min_value=0)


class MassForm(forms.Form):
    """By how much prices change, for what, from when."""

    percent = FigureField(
        label=_("Change in %"), max_digits=9, decimal_places=4, help_text=_("3 raises, -3 lowers.")
    )
    family = forms.ModelChoiceField(
        label=_("Only the family"), queryset=ProductFamily.objects.order_by("name"), required=False,
        empty_label=_("All products"),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A later day makes a new list that takes over then; today's prices stay. Empty: now."),
    )  # fmt: skip
    rounding = forms.ChoiceField(label=_("Round"), choices=PriceListItem.Rounding.choices, required=False)
    rounding_option = forms.ChoiceField(
        label=_("To a price that"), choices=PriceListItem.RoundingOption.choices, required=False
    )
    rounding_amount = FigureField(
        label=_("Figure"), required=False, max_digits=15, decimal_places=4, min_value=0,
        help_text=_("Such as 0.99 to end in, or 5 to be a multiple of."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = dict(super().clean() or {})
        values["rounding"] = values.get("rounding") or PriceListItem.Rounding.NONE
        values["rounding_option"] = values.get("rounding_option") or PriceListItem.RoundingOption.ENDS_IN
        return values
