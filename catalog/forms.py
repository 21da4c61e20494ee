"""The shape of what people say about products and price lists."""

from typing import Any

from django.db import models

from catalog.fields import AmountField, PercentField, QuantityField
from catalog.models import PriceList, Product
from catalog.numbers import FigureField
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

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "list_price" in values and values["list_price"] is None:
            values["list_price"] = 0
        return values


class PriceListForm(CatalogForm):
    """Everything one may say about a price list but its prices."""

    class Meta:
        model = PriceList
        fields = ("name", "currency", "valid_from", "valid_to", "is_active", "is_default")
