"""The catalog in the back office: what is sold, in which units, at which prices, with which taxes, in which money."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog import actions
from catalog.actions.discounts import TierWanted, wrong_tier
from catalog.actions.price_lists import EXTRAS, Price, wrong_price
from catalog.models import (
    BundleMember,
    Currency,
    DiscountList,
    DiscountTier,
    ExchangeRate,
    PaymentTerms,
    PaymentTermsPart,
    PriceList,
    PriceListItem,
    Product,
    ProductFamily,
    RelatedProduct,
    TaxCode,
    TaxRate,
    Territory,
    Unit,
    UnitGroup,
)
from catalog.reference import change_reference, create_reference, delete_reference
from catalog.selectors import members_of
from kernel.admin import for_each
from kernel.forms import explain
from people.office import RecordAdmin, ReferenceAdmin
from people.removing import remove_record

PRICE_FIELDS = ("product", "unit", "method", "amount", "percent", *EXTRAS)


class CheckedForm(forms.ModelForm[Any]):
    """A form that also shows what the action refused."""

    refusal: Any = None

    def clean(self) -> dict[str, Any]:
        values: Any = super().clean()
        if self.refusal:
            explain(self, self.refusal)
        return dict(values or {})


class CheckedAdmin(ReferenceAdmin):
    """Reference data written by the same actions as on its page, which know what documents rely on."""

    form = CheckedForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by: Any = request.user
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if change:
            change_reference(obj, by=by, **values)
        else:
            given = {name: value for name, value in form.cleaned_data.items() if value is not None}
            obj.pk = create_reference(self.model, by=by, **given).pk
            obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_reference(obj, by=request.user)  # type: ignore[arg-type]


class TierForm(forms.ModelForm[Any]):
    """A tier beside the others of its list."""

    def clean(self) -> dict[str, Any]:
        values: Any = super().clean() or {}
        found = values.get("discount_list")
        if found and not self.errors:
            others = [
                TierWanted(one.low, one.high, one.value) for one in found.tiers.exclude(pk=self.instance.pk)
            ]
            tier = TierWanted(values["low"], values.get("high"), values["value"])
            for _code, text, field in wrong_tier(found, tier, others):
                self.add_error(field, str(text))
        return dict(values)


class ItemForm(forms.ModelForm[Any]):
    """A price that can be worked out."""

    def clean(self) -> dict[str, Any]:
        values: Any = super().clean() or {}
        if not self.errors:
            given = {name: values.get(name) for name in PRICE_FIELDS}
            for _code, text, field in wrong_price(values["price_list"], Price(**given)):
                self.add_error(field if field in self.fields else None, str(text))
        return dict(values)


class RowOfProduct(ReferenceAdmin):
    """A row that belongs to a product: shown here, written on the product's page."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(RecordAdmin):
    creating = actions.create_product
    changing = actions.change_product
    deleting = remove_record
    writable = actions.PRODUCT_FIELDS
    linked = (
        ("price_list_items", _("Prices")), ("members", _("Members")), ("related", _("Related products")),
    )  # fmt: skip
    list_display = ["sku", "name", "kind", "family", "unit", "list_price", "tax_code", "status"]
    list_filter = ["status", "kind", "family"]
    ordering = ["sku"]
    actions = [
        for_each("activate", _("Activate"), actions.activate_product),
        for_each("revise", _("Revise"), actions.revise_product),
        for_each("retire", _("Retire"), actions.retire_product),
    ]


@admin.register(PriceList)
class PriceListAdmin(RecordAdmin):
    creating = actions.create_price_list
    changing = actions.change_price_list
    writable = actions.PRICE_LIST_FIELDS - {"territories"}
    linked = (("items", _("Prices")),)
    list_display = ["name", "currency", "valid_from", "valid_to", "is_active", "is_default"]
    list_filter = ["is_active", "currency"]
    ordering = ["name"]


@admin.register(PriceListItem)
class PriceListItemAdmin(ReferenceAdmin):
    form = ItemForm
    is_small = False
    list_display = ["product", "price_list", "unit", "method", "amount", "percent", "discount_list"]
    list_filter = ["method"]
    search_fields = ["product__search_text"]
    ordering = ["price_list", "product"]


@admin.register(BundleMember)
class BundleMemberAdmin(ReferenceAdmin):
    """Members as their page writes them: all of a bundle together, only while it is not on sale."""

    form = CheckedForm
    is_small = False
    fields = ["bundle", "member", "quantity", "unit", "is_required"]
    list_display = ["bundle", "position", "member", "quantity", "unit", "is_required"]
    list_filter = ["is_required"]
    ordering = ["bundle", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["bundle"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        there = list(members_of(obj.bundle))
        rows = [obj if row.pk == obj.pk else row for row in there] if change else [*there, obj]
        self.write(obj.bundle, rows, request)
        # Written anew with the others, it has a new key.
        obj.pk = obj.bundle.members.get(member=obj.member).pk
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.write(obj.bundle, [row for row in members_of(obj.bundle) if row.pk != obj.pk], request)

    def write(self, bundle: Product, rows: list[BundleMember], request: HttpRequest) -> None:
        wanted = [actions.Member(row.member, row.quantity, row.unit, row.is_required) for row in rows]
        by: Any = request.user
        actions.set_members(bundle, wanted, by=by)


@admin.register(RelatedProduct)
class RelatedProductAdmin(RowOfProduct):
    is_small = False
    list_display = ["product", "kind", "other"]
    list_filter = ["kind"]
    ordering = ["product", "kind"]


@admin.register(ProductFamily)
class ProductFamilyAdmin(CheckedAdmin):
    list_display = ["name", "parent"]
    search_fields = ["name"]


@admin.register(UnitGroup)
class UnitGroupAdmin(CheckedAdmin):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Unit)
class UnitAdmin(CheckedAdmin):
    list_display = ["code", "name", "group", "factor"]
    search_fields = ["code", "name"]


@admin.register(DiscountList)
class DiscountListAdmin(ReferenceAdmin):
    list_display = ["name", "kind", "currency"]
    search_fields = ["name"]


@admin.register(DiscountTier)
class DiscountTierAdmin(ReferenceAdmin):
    form = TierForm
    list_display = ["discount_list", "low", "high", "value"]


@admin.register(Currency)
class CurrencyAdmin(CheckedAdmin):
    readonly_fields = ["is_base"]
    list_display = ["code", "name", "symbol", "digits", "is_base"]
    search_fields = ["code", "name"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(CheckedAdmin):
    is_small = False
    list_display = ["currency", "rate", "valid_from"]
    list_filter = ["currency"]


@admin.register(TaxCode)
class TaxCodeAdmin(CheckedAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


@admin.register(TaxRate)
class TaxRateAdmin(ReferenceAdmin):
    list_display = ["tax_code", "country", "region", "percent", "valid_from"]
    list_filter = ["tax_code"]
    search_fields = ["country", "region"]


@admin.register(PaymentTerms)
class PaymentTermsAdmin(ReferenceAdmin):
    list_display = ["code", "name", "net_days", "invoicing", "early_percent", "early_days"]
    search_fields = ["code", "name"]


@admin.register(PaymentTermsPart)
class PaymentTermsPartAdmin(ReferenceAdmin):
    list_display = ["terms", "position", "percent", "days"]
    list_filter = ["terms"]


@admin.register(Territory)
class TerritoryAdmin(CheckedAdmin):
    list_display = ["name"]
    search_fields = ["name"]
