"""The lists of products and of price lists."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList, Product, ProductFamily
from catalog.selectors import family_ids, tree_of_families
from kernel.tables import BooleanFilter, ChoiceFilter, Column, Editing, Filter, StatusFilter, Table


class FamilyFilter(Filter):
    """Products of a family and of those below it."""

    def __init__(self) -> None:
        super().__init__("family", _("Family"))

    def choices(self) -> Iterable[tuple[str, Any]]:
        # Shifted by what no menu trims away, so that the tree is seen.
        return [
            (str(branch.family.pk), "\N{EM SPACE}" * branch.depth + branch.family.name)
            for branch in tree_of_families()
        ]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(family__in=family_ids(ProductFamily(pk=int(value))))


class ProductTable(Table):
    """What is sold, by SKU."""

    name, model, place = "products", Product, "catalog:products"
    title = _("Products")
    columns = (
        Column("sku", _("SKU"), sort=True, main=True),
        Column("name", _("Name"), sort=True, edit="name"),
        Column("kind", _("Kind")),
        Column("family", _("Family")),
        Column("unit", _("Unit")),
        Column("list_price", _("List price"), kind="money", sort=True, currency="no_currency"),
        Column("tax_code", _("Tax")),
        Column("status", _("Status"), kind="badge"),
        Column("description", _("Description"), shown=False),
        Column(
            "standard_cost", _("Standard cost"), kind="money", currency="no_currency", shown=False, edit="standard_cost"
        ),
        Column(
            "current_cost", _("Current cost"), kind="money", currency="no_currency", shown=False, edit="current_cost"
        ),
        Column("decimals", _("Decimals"), kind="number", shown=False),
        Column("valid_from", _("Valid from"), kind="date", shown=False),
        Column("valid_to", _("Valid to"), kind="date", shown=False),
        Column("created_at", _("Created"), kind="datetime", shown=False),
        Column("updated_at", _("Changed"), kind="ago", shown=False),
    )  # fmt: skip
    searched = ("sku", "name")
    editing = Editing("catalog.actions.change_product", "catalog.forms.ProductForm")
    filters = (StatusFilter(Product.Status), ChoiceFilter("kind", _("Kind"), Product.Kind), FamilyFilter())
    default_order = "sku"


class PriceListTable(Table):
    """Prices by currency and period."""

    name, model, place = "price-lists", PriceList, "catalog:price-lists"
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
