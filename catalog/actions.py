"""What can be done to products and price lists: each action is one function and one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList, PriceListItem, Product, Unit
from kernel import history, outbox
from kernel.errors import Blocker, DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, locked
from people.access import hidden_fields, require
from people.models import User

PRODUCT_FIELDS = frozenset({
    "sku", "name", "description", "kind", "family", "unit", "decimals", "list_price", "standard_cost",
    "current_cost", "tax_code", "valid_from", "valid_to", "custom",
})  # fmt: skip
PRICE_LIST_FIELDS = frozenset(
    {"name", "currency", "valid_from", "valid_to", "is_active", "is_default", "custom"}
)

MOST_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Price:
    """What a product costs in one unit: an amount, or a percentage by one of the other methods."""

    product: Product
    unit: Unit
    method: str = PriceListItem.Method.AMOUNT
    amount: Decimal | None = None
    percent: Decimal | None = None


@transaction.atomic
def create_product(*, by: User, **values: Any) -> Product:
    """Take something into the catalog, as a draft that cannot be sold yet."""
    require(by, "add", Product)
    product = Product()
    assign(product, values, allowed=PRODUCT_FIELDS - hidden_fields(by, "product"))
    refuse_misfit_product(product)
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
        refuse_misfit_product(product)
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
    refuse_second_list(price_list)
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
        refuse_second_list(price_list)
        price_list.save()
        history.record(price_list, "changed", by=by, changes=changes)
    return price_list


@transaction.atomic
def set_prices(
    price_list: PriceList,
    prices: Sequence[Price],
    *,
    by: User,
    removed: Collection[int] = (),
    version: int | None = None,
) -> PriceList:
    """Set these prices and take out the removed items (by key); prices not named stay."""
    price_list = locked(price_list, version=version)
    require(by, "change", price_list)
    refuse_misfit_prices(prices)
    gone = list(price_list.items.filter(pk__in=list(removed)).select_related("product"))
    price_list.items.filter(pk__in=[item.pk for item in gone]).delete()
    changes: dict[str, list[Any]] = {item.product.sku: [told(item), None] for item in gone}
    products = {price.product.pk for price in prices}
    there = {
        (item.product_id, item.unit_id): item for item in price_list.items.filter(product_id__in=products)
    }
    new: list[PriceListItem] = []
    known: list[PriceListItem] = []
    for price in prices:
        item = there.get((price.product.pk, price.unit.pk))
        before = told(item) if item else None
        target = item or PriceListItem(price_list=price_list, product=price.product, unit=price.unit)
        target.method, target.amount, target.percent = price.method, price.amount, price.percent
        if told(target) != before:
            changes[price.product.sku] = [before, told(target)]
            (known if item else new).append(target)
    PriceListItem.objects.bulk_create(new, batch_size=500)
    PriceListItem.objects.bulk_update(known, ["method", "amount", "percent"], batch_size=500)
    if changes:
        price_list.save()
        history.record(price_list, "prices_changed", by=by, changes=changes)
    return price_list


def told(item: PriceListItem) -> str:
    """A price in the words of the history."""
    by_amount = item.method == PriceListItem.Method.AMOUNT
    figure = item.amount if by_amount else item.percent
    plain = "" if figure is None else f"{figure.normalize():f}"
    return plain if by_amount else f"{item.method} {plain} %"


def refuse_misfit_prices(prices: Sequence[Price]) -> None:
    """Every row has its figure and no product stands there twice in one unit; else each misfit is named by row."""
    seen: set[tuple[int, int]] = set()
    blockers = []
    for index, price in enumerate(prices):
        by_amount = price.method == PriceListItem.Method.AMOUNT
        figure = price.amount if by_amount else price.percent
        key = (price.product.pk, price.unit.pk)
        if figure is None or (by_amount and figure < 0):
            text = _("%(product)s needs a price.") % {"product": price.product.sku}
            blockers.append(Blocker("no_price", text, f"prices.{index}.amount"))
        elif key in seen:
            text = _("%(product)s has a price in this unit already.") % {"product": price.product.sku}
            blockers.append(Blocker("duplicate_price", text, f"prices.{index}.product"))
        seen.add(key)
    if blockers:
        raise DomainError(blockers[0].text, code=blockers[0].code, field=blockers[0].field, blockers=blockers)


def refuse_second_list(price_list: PriceList) -> None:
    """Names are unique, and a currency has one default list."""
    others = PriceList.objects.exclude(pk=price_list.pk)
    if others.filter(name=price_list.name).exists():
        raise DomainError(
            _("There is a price list of this name already."), code="duplicate_name", field="name"
        )
    if price_list.is_default and (
        other := others.filter(is_default=True, currency=price_list.currency).first()
    ):
        text = _("%(list)s is the default of this currency already.") % {"list": other}
        raise DomainError(text, code="second_default", field="is_default")


def refuse_misfit_product(product: Product) -> None:
    """A SKU names one product, however it is spelled; quantities have up to five decimals; a period has an order."""
    if product.decimals > MOST_DECIMALS:
        raise DomainError(_("A quantity has at most 5 decimals."), code="too_many_decimals", field="decimals")
    if product.valid_from and product.valid_to and product.valid_to < product.valid_from:
        raise DomainError(_("The last day lies before the first."), code="turned_period", field="valid_to")
    if Product.objects.filter(sku__iexact=product.sku).exclude(pk=product.pk).exists():
        raise DomainError(_("There is a product with this SKU already."), code="duplicate_sku", field="sku")


def _step(product: Product, verb: str, before: str, by: User) -> Product:
    """Save a step that was taken, remember it, tell the apps above."""
    product.save()
    history.record(product, verb, by=by, from_status=before)
    outbox.publish(f"product.{verb}", product, by=by)
    return product
