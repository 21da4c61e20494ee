"""What can be done to products and price lists: each action is one function and one transaction."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList, Product
from kernel import history, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, locked
from people.access import hidden_fields, require
from people.models import User

PRODUCT_FIELDS = frozenset({
    "sku", "name", "description", "kind", "family", "unit", "decimals", "list_price", "standard_cost",
    "current_cost", "tax_code", "valid_from", "valid_to", "custom",
})  # fmt: skip
PRICE_LIST_FIELDS = frozenset({"name", "currency", "valid_from", "valid_to", "is_active", "is_default", "custom"})


@transaction.atomic
def create_product(*, by: User, **values: Any) -> Product:
    """Take something into the catalog, as a draft that cannot be sold yet."""
    require(by, "add", Product)
    product = Product()
    assign(product, values, allowed=PRODUCT_FIELDS - hidden_fields(by, "product"))
    refuse_second_sku(product)
    product.save(force_insert=True)
    history.record(product, "created", by=by)
    outbox.publish("product.created", product, by=by)
    return product


@transaction.atomic
def change_product(product: Product, *, by: User, version: int | None = None, **values: Any) -> Product:
    """Change what is known of a product; documents keep what was agreed."""
    product = locked(product, version=version)
    require(by, "change", product)
    if changes := assign(product, values, allowed=PRODUCT_FIELDS - hidden_fields(by, "product")):
        refuse_second_sku(product)
        product.save()
        history.record(product, "changed", by=by, changes=changes)
        outbox.publish("product.changed", product, by=by)
    return product


@transaction.atomic
def activate_product(product: Product, *, by: User, version: int | None = None) -> Product:
    """Offer the product for sale."""
    product = locked(product, version=version)
    before = product.status
    advance(product.activate, by=by)
    return _step(product, "activated", before, by)


@transaction.atomic
def revise_product(product: Product, *, by: User, version: int | None = None) -> Product:
    """Take the product out of sale while it is changed."""
    product = locked(product, version=version)
    before = product.status
    advance(product.revise, by=by)
    return _step(product, "revised", before, by)


@transaction.atomic
def retire_product(product: Product, *, by: User, version: int | None = None) -> Product:
    """Stop selling the product."""
    product = locked(product, version=version)
    before = product.status
    advance(product.retire, by=by)
    return _step(product, "retired", before, by)


@transaction.atomic
def create_price_list(*, by: User, **values: Any) -> PriceList:
    """Start a list of prices in one currency."""
    require(by, "add", PriceList)
    price_list = PriceList()
    assign(price_list, values, allowed=PRICE_LIST_FIELDS)
    price_list.save(force_insert=True)
    history.record(price_list, "created", by=by)
    return price_list


@transaction.atomic
def change_price_list(
    price_list: PriceList, *, by: User, version: int | None = None, **values: Any
) -> PriceList:
    """Change the frame of a price list; its currency is fixed while there are prices in it."""
    price_list = locked(price_list, version=version)
    require(by, "change", price_list)
    changes = assign(price_list, values, allowed=PRICE_LIST_FIELDS)
    if "currency" in changes and price_list.items.exists():
        raise DomainError(
            _("The currency is fixed while there are prices."), code="currency_fixed", field="currency"
        )
    if changes:
        price_list.save()
        history.record(price_list, "changed", by=by, changes=changes)
    return price_list


def refuse_second_sku(product: Product) -> None:
    if Product.objects.filter(sku=product.sku).exclude(pk=product.pk).exists():
        raise DomainError(_("There is a product with this SKU already."), code="duplicate_sku", field="sku")


def _step(product: Product, verb: str, before: str, by: User) -> Product:
    """Save a step that was taken, remember it, tell the apps above."""
    product.save()
    history.record(product, verb, by=by, from_status=before)
    outbox.publish(f"product.{verb}", product, by=by)
    return product
