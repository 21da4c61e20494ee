"""The lines of a deal as a plain table of inputs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedLine
from catalog.lines import LineChange
from catalog.models import Product, TaxCode
from kernel.errors import Blocker, DomainError
from kernel.forms import plain

BLANK_ROWS = 3
MOST_ROWS = 1000


class LineForm(forms.Form):
    """One line: a product by its SKU, or words of one's own; no price means the price list's."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    product = forms.CharField(
        label=_("Product (SKU)"), required=False, widget=forms.TextInput({"list": "skus"})
    )
    description = forms.CharField(label=_("Description"), required=False, max_length=500)
    quantity = forms.DecimalField(label=_("Quantity"), required=False, max_digits=15, decimal_places=5)
    unit_price = forms.DecimalField(
        label=_("Price"), required=False, min_value=0, max_digits=15, decimal_places=4
    )
    discount_percent = forms.DecimalField(
        label=_("Discount %"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    tax_code = forms.ChoiceField(label=_("Tax"), required=False)

    def __init__(self, *args: Any, tax_codes: list[TaxCode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tax_codes = {str(code.pk): code for code in tax_codes}
        field: Any = self.fields["tax_code"]
        field.choices = [("", "–"), *((pk, code.code) for pk, code in self.tax_codes.items())]

    def says_something(self) -> bool:
        """Whether the row is a line at all: it has a product or a description."""
        return bool(self.cleaned_data.get("product") or self.cleaned_data.get("description"))

    def clean(self) -> dict[str, Any]:
        """A price or a quantity alone is no line."""
        values: dict[str, Any] = super().clean() or {}
        alone = [name for name in ("quantity", "unit_price") if values.get(name) is not None]
        if (
            alone
            and not values.get("product")
            and not values.get("description")
            and "product" not in self.errors
        ):
            self.add_error("description", _("Choose a product or describe the line."))
        return values


class LineFormSet(BaseFormSet):
    """All lines of a deal; product numbers are looked up together."""

    products: dict[str, Product]

    @cached_property
    def tax_codes(self) -> list[TaxCode]:
        """The choices of every row, with one query."""
        return list(TaxCode.objects.all())

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "tax_codes": self.tax_codes}

    def clean(self) -> None:
        """Find every product with one query."""
        wanted = {sku_of(form) for form in self.forms if sku_of(form)}
        found = Product.objects.filter(sku__in=wanted).select_related("unit", "tax_code")
        self.products = {product.sku: product for product in found}
        for form in self.forms:
            sku = sku_of(form)
            if sku and sku not in self.products:
                form.add_error("product", _("There is no product “%(sku)s”.") % {"sku": sku})

    def changes(self) -> list[LineChange]:
        """What is wanted, row by row; emptied and removed rows are left out."""
        return [self.change(form) for form in self.wanted()]

    def wanted(self) -> list[LineForm]:
        return [f for f in self.forms if f.says_something() and not f.cleaned_data.get("DELETE")]

    def change(self, form: LineForm) -> LineChange:
        values = form.cleaned_data
        return LineChange(
            product=self.products.get(sku_of(form)),
            description=values["description"],
            quantity=values["quantity"] if values["quantity"] is not None else Decimal(1),
            unit_price=values["unit_price"],
            discount_percent=values["discount_percent"],
            tax_code=form.tax_codes.get(values["tax_code"]),
            key=values["key"],
        )

    def explain(self, refusal: DomainError) -> None:
        """Put the reasons of a refusal beside the fields they speak of."""
        rows = self.wanted()
        reasons: list[Blocker | DomainError] = [*refusal.blockers] or [refusal]
        for blocker in reasons:
            _lines, _dot, rest = blocker.field.partition(".")
            row, _dot, name = rest.partition(".")
            form = rows[int(row)] if row.isdecimal() and int(row) < len(rows) else None
            if form is not None:
                form.add_error(name if name in form.fields else None, str(blocker.text))
            else:
                self.non_form_errors().append(str(blocker.text))


LinesOf: Any = formset_factory(
    LineForm,
    formset=LineFormSet,
    extra=BLANK_ROWS,
    can_delete=True,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
)


def sku_of(form: forms.Form) -> str:
    return str(getattr(form, "cleaned_data", {}).get("product") or "").strip().split(" ", 1)[0]


def rows_of(lines: Sequence[PricedLine]) -> list[dict[str, Any]]:
    """The lines as they are, as one would type them."""
    return [
        {
            "key": line.key,
            "product": line.product.sku if line.product else "",
            "description": line.description,
            "quantity": plain(line.quantity),
            "unit_price": plain(line.unit_price) if line.price_is_overridden or not line.product else "",
            "discount_percent": plain(line.discount_percent) if line.discount_percent is not None else "",
            "tax_code": line.tax_code_id,
        }
        for line in lines
    ]
