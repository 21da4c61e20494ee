"""The shape of what people say about products and price lists."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField, PercentField, QuantityField
from catalog.models import PriceList, PriceListItem, Product, ProductFamily, RelatedProduct, Unit
from catalog.numbers import FigureField
from catalog.rows import ProductField, Row
from kernel.forms import RecordForm
from people.access import hidden_fields


def figures(field: models.Field[Any, Any], **options: Any) -> Any:
    """The form field of a column, numbers in the reader's way of writing."""
    if isinstance(field, AmountField | PercentField | QuantityField):
        options = {"max_digits": field.max_digits, "decimal_places": field.decimal_places, **options}
        label = str(field.verbose_name)
        options |= {
            "label": label[:1].upper() + label[1:],
            "required": not (field.blank or field.has_default()),
        }
        return FigureField(min_value=0, **options)
    return field.formfield(**options)


class CatalogForm(RecordForm):
    """A form whose action writes; nothing is put into the record here."""

    def _post_clean(self) -> None:
        """The action says what fits."""


class ProductForm(CatalogForm):
    """Everything one may say about a product; costs only for those who may read them."""

    class Meta:
        model = Product
        fields = (
            "sku", "name", "kind", "family", "unit", "decimals", "list_price", "standard_cost", "current_cost",
            "tax_code", "valid_from", "valid_to", "description",
        )  # fmt: skip
        formfield_callback = figures

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in hidden_fields(user, "product") & self.fields.keys():
            del self.fields[name]
        self.fields["valid_from"].help_text = _("First day on which it can be added to a document.")
        self.fields["valid_to"].help_text = _("Last day on which it can be added to a document.")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "list_price" in values and values["list_price"] is None:
            values["list_price"] = 0
        return values


class PriceListForm(CatalogForm):
    """Everything one may say about a price list but its prices."""

    class Meta:
        model = PriceList
        fields = ("name", "currency", "valid_from", "valid_to", "is_active", "is_default", "territories")
        widgets = {"territories": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories: Any = self.fields["territories"]
        territories.help_text = _("Accounts there get this list, unless they have one of their own.")
        if not territories.queryset.exists():
            del self.fields["territories"]


class ItemForm(CatalogForm):
    """Everything one may say about one price."""

    class Meta:
        model = PriceListItem
        fields = (
            "method", "amount", "percent", "rounding", "rounding_option", "rounding_amount", "selling", "discount_list",
        )  # fmt: skip
        formfield_callback = figures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without a least value: a mark-down is a negative markup.
        self.fields["percent"] = FigureField(
            label=_("Percent"),
            max_digits=9,
            decimal_places=4,
            required=False,
            help_text=_("For the other methods."),
        )
        self.fields["amount"].help_text = _("For the method Amount.")
        self.fields["rounding"].help_text = _("For prices that are worked out; an amount stays as it is.")
        self.fields["rounding_amount"].help_text = _("Such as 0.99 to end in, or 5 to be a multiple of.")
        discounts: Any = self.fields["discount_list"]
        money = self.instance.price_list.currency_id
        discounts.queryset = discounts.queryset.filter(
            models.Q(currency=None) | models.Q(currency=money)
        ).order_by("name")


class MemberRow(Row):
    """A member of a bundle."""

    needs = ("quantity",)

    product = ProductField()
    quantity = FigureField(label=_("Quantity"), max_digits=15, decimal_places=5, initial=1)
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.order_by("code"), required=False, to_field_name="code",
        empty_label=_("Its own"),
    )  # fmt: skip
    is_required = forms.BooleanField(label=_("Required"), required=False, initial=True)


class RelatedRow(Row):
    """A product worth naming beside this one."""

    kind = forms.ChoiceField(label=_("How"), choices=RelatedProduct.Kind.choices)
    product = ProductField()


class FamilyForm(CatalogForm):
    """A family and where it stands in the tree."""

    class Meta:
        model = ProductFamily
        fields = ("name", "parent")
