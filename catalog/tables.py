"""The lists of products and of price lists."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from kernel.tables import BooleanFilter, ChoiceFilter, Column, StatusFilter, Table


class ProductTable(Table):
    """What is sold, by SKU."""

    title = _("Products")
    columns = (
        Column("sku", _("SKU"), sort=True, main=True),
        Column("name", _("Name"), sort=True),
        Column("kind", _("Kind")),
        Column("family", _("Family")),
        Column("unit", _("Unit")),
        Column("list_price", _("List price"), kind="money", sort=True, currency="no_currency"),
        Column("tax_code", _("Tax")),
        Column("status", _("Status"), kind="badge"),
    )
    filters = (StatusFilter(Product.Status), ChoiceFilter("kind", _("Kind"), Product.Kind))
    default_order = "sku"


class PriceListTable(Table):
    """Prices by currency and period."""

    title = _("Price lists")
    columns = (
        Column("name", _("Name"), sort=True, main=True),
        Column("currency", _("Currency"), sort="currency__code"),
        Column("valid_from", _("Valid from"), kind="date", sort=True),
        Column("valid_to", _("Valid to"), kind="date", sort=True),
        Column("is_default", _("Default"), kind="yesno"),
        Column("is_active", _("Active"), kind="yesno"),
    )
    filters = (BooleanFilter("active", _("Active"), Q(is_active=True), otherwise=_("Inactive")),)
    default_order = "name"
