"""Rows of a small table as a form: members of a bundle, tiers of a discount, rates of a tax."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.selectors import products_like
from catalog.typed_lines import find_products, meant_product
from kernel.errors import DomainError
from kernel.forms import use_native_picker
from kernel.jinja import url

MOST_ROWS = 1000


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows as typed; empty ones and removed ones are left out, and each says what is wrong with it."""

    refusal: DomainError | None = None

    def kept(self) -> list[Any]:
        """The rows that say something and stay."""
        return [one for one in self.forms if one.says_something and one not in self.deleted_forms]

    def values(self) -> list[dict[str, Any]]:
        """What the rows say, in the order of their numbers where they have some."""
        rows = [one.cleaned_data for one in self.kept()]
        if self.can_order:
            rows.sort(key=lambda row: (row.get("ORDER") is None, row.get("ORDER") or 0))
        return [{name: row[name] for name in row if name not in ("DELETE", "ORDER")} for row in rows]

    def clean(self) -> None:
        """Look up all products that the rows name at once."""
        rows = [one for one in self.kept() if getattr(one, "cleaned_data", {}).get("product")]
        texts = {one.cleaned_data["product"].strip() for one in rows}
        known = find_products(texts)
        for one in rows:
            text = one.cleaned_data["product"]
            product, _description = meant_product(text, known)
            if product is None:
                one.add_error("product", _("There is no product “%(text)s”.") % {"text": text[:40]})
            one.cleaned_data["product"] = product

    def explain(self, refusal: DomainError) -> None:
        """Put each reason into the row it speaks of."""
        rows = self.kept()
        reasons = [(one.field, one.text) for one in refusal.blockers] or [(refusal.field, refusal.text)]
        for name, text in reasons:
            path = name.split(".")
            if len(path) == 3 and path[1].isdecimal() and int(path[1]) < len(rows):
                row = rows[int(path[1])]
                row.add_error(path[2] if path[2] in row.fields else None, str(text))
            else:
                self.non_form_errors().append(str(text))

    def problems(self) -> Iterator[tuple[str, str]]:
        """Everything that is wrong, with the field it leads to."""
        for text in self.non_form_errors():
            yield "", str(text)
        for number, row in enumerate(self.forms, 1):
            for text in row.non_field_errors():
                yield "", _("Row %(number)s: %(text)s") % {"number": number, "text": text}
            for bound in row:
                for text in bound.errors:
                    words = {"number": number, "label": bound.label, "text": text}
                    yield bound.auto_id, _("Row %(number)s, %(label)s: %(text)s") % words

    @property
    def columns(self) -> list[Any]:
        """The fields of a row as they are drawn: the order first, removing last."""
        names = [name for name in self.empty_form.fields if name not in ("ORDER", "DELETE")]
        return [*(["ORDER"] if self.can_order else []), *names, "DELETE"]


class Row(forms.Form):
    """One row; it says nothing while its ``key`` field is empty, else it ``needs`` the others named."""

    key: ClassVar[str] = "product"
    needs: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            use_native_picker(field)
            field.required = False

    @property
    def says_something(self) -> bool:
        return bool(str(self[self.key].data or "").strip())

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = dict(super().clean() or {})
        for name in self.needs if self.says_something else ():
            if values.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("This field is required."))
        return values


def rows_form(row: type[Row], *, extra: int = 3, ordered: bool = False) -> type[Rows]:
    """A table of such rows, with some empty ones below."""
    made: Any = forms.formset_factory(
        row, formset=Rows, extra=extra, can_delete=True, can_order=ordered, max_num=MOST_ROWS,
        absolute_max=MOST_ROWS, validate_max=True,
    )  # fmt: skip
    made.__doc__ = Rows.__doc__
    return made  # type: ignore[no-any-return]


class ProductInput(forms.TextInput):
    """A text box for a product, with suggestions that the server keeps fitting."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = f"{(attrs or {}).get('id', name)}_options"
        own = {
            "list": options, "hx-get": url("catalog:product-options"), "hx-target": f"#{options}",
            "hx-trigger": "input changed delay:150ms", "hx-sync": "this:replace", "hx-params": name,
            "hx-push-url": "false",
        }  # fmt: skip
        box = super().render(name, value, {**(attrs or {}), **own}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', box, options)


class ProductField(forms.CharField):
    """A product by SKU or name, looked up with the others of its table."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Product"), max_length=300, widget=ProductInput(), **options)


class OneProductField(ProductField):
    """A product by SKU or name, looked up by itself."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        product, _description = meant_product(text, find_products({text.strip()}))
        if product is None:
            raise forms.ValidationError(_("There is no product “%(text)s”.") % {"text": text[:40]})
        return product

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Product) else value


def product_options(text: str) -> SafeString:
    """The suggestions for what was typed so far."""
    return format_html_join("", '<option value="{}">', ((str(one),) for one in products_like(text)))
