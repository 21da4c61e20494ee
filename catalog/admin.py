"""The catalog in the back office: what is sold, in which units, at which prices, with which taxes, in which money."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog import actions
from catalog.models import (
    Currency,
    DiscountList,
    DiscountTier,
    ExchangeRate,
    PaymentTerms,
    PriceList,
    PriceListItem,
    Product,
    ProductFamily,
    TaxCode,
    TaxRate,
    Territory,
    Unit,
    UnitGroup,
)
from kernel.admin import for_each
from people.office import RecordAdmin, ReferenceAdmin


@admin.register(Product)
class ProductAdmin(RecordAdmin):
    creating = actions.create_product
    changing = actions.change_product
    writable = actions.PRODUCT_FIELDS
    linked = (("price_list_items", _("Prices")),)
    list_display = ["sku", "name", "kind", "family", "unit", "list_price", "tax_code", "status"]
    list_filter = ["status", "kind"]
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
    writable = actions.PRICE_LIST_FIELDS
    linked = (("items", _("Prices")),)
    list_display = ["name", "currency", "valid_from", "valid_to", "is_active", "is_default"]
    list_filter = ["is_active", "currency"]
    ordering = ["name"]


@admin.register(PriceListItem)
class PriceListItemAdmin(ReferenceAdmin):
    is_small = False
    list_display = ["product", "price_list", "unit", "method", "amount", "percent", "discount_list"]
    list_filter = ["method"]
    search_fields = ["product__search_text"]
    ordering = ["price_list", "product"]


@admin.register(ProductFamily)
class ProductFamilyAdmin(ReferenceAdmin):
    list_display = ["name", "parent"]
    search_fields = ["name"]


@admin.register(UnitGroup)
class UnitGroupAdmin(ReferenceAdmin):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Unit)
class UnitAdmin(ReferenceAdmin):
    list_display = ["code", "name", "group", "factor"]
    search_fields = ["code", "name"]


@admin.register(DiscountList)
class DiscountListAdmin(ReferenceAdmin):
    list_display = ["name", "kind", "currency"]
    search_fields = ["name"]


@admin.register(DiscountTier)
class DiscountTierAdmin(ReferenceAdmin):
    list_display = ["discount_list", "low", "high", "value"]


@admin.register(Currency)
class CurrencyAdmin(ReferenceAdmin):
    list_display = ["code", "name", "symbol", "digits", "is_base"]
    search_fields = ["code", "name"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReferenceAdmin):
    is_small = False
    list_display = ["currency", "rate", "valid_from"]
    list_filter = ["currency"]


@admin.register(TaxCode)
class TaxCodeAdmin(ReferenceAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


@admin.register(TaxRate)
class TaxRateAdmin(ReferenceAdmin):
    list_display = ["tax_code", "country", "region", "percent", "valid_from"]
    list_filter = ["tax_code"]
    search_fields = ["country", "region"]


@admin.register(PaymentTerms)
class PaymentTermsAdmin(ReferenceAdmin):
    list_display = ["code", "name", "net_days", "invoicing"]
    search_fields = ["code", "name"]


@admin.register(Territory)
class TerritoryAdmin(ReferenceAdmin):
    list_display = ["name"]
    search_fields = ["name"]
