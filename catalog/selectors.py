"""What is read about products and their prices."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from catalog.models import Currency, PriceList, PriceListItem, Product
from catalog.prices import PriceRequest, ResolvedPrice, resolve_prices
from kernel.models import fold

OFFERED = 8
LONGEST_TYPED = 100


@dataclass(frozen=True)
class Offer:
    """A product with the price it has here."""

    product: Product
    price: ResolvedPrice
    currency: str


def products_like(text: str) -> list[Product]:
    """The products for sale that fit what was typed, those whose SKU begins so first."""
    text = text[:LONGEST_TYPED].replace("\0", "")
    found: QuerySet[Product] = Product.objects.filter(status=Product.Status.ACTIVE)
    for word in fold(text).split()[:6]:
        found = found.filter(search_text__contains=word)
    begins: Any = Case(
        When(sku__istartswith=text.split(" ", 1)[0], then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(found.select_related("unit").order_by(begins, "sku")[:OFFERED])


def offers(text: str, *, price_list: PriceList | None, currency: Currency | None) -> list[Offer]:
    """Products that fit, each with its price on the list (or in the currency) today."""
    products = products_like(text)
    money = price_list.currency if price_list else currency
    if money is None:
        return []
    requests = [PriceRequest(product) for product in products]
    priced = resolve_prices(requests, price_list=price_list, on=timezone.localdate(), currency=money)
    return [Offer(product, price, money.code) for product, price in zip(products, priced, strict=True)]


def prices_of(product: Product) -> QuerySet[PriceListItem]:
    """The product's prices on the active lists."""
    found = product.price_list_items.filter(price_list__is_active=True)
    return found.select_related("price_list__currency", "unit", "discount_list").order_by("price_list__name")


def items_of(price_list: PriceList, text: str = "") -> QuerySet[PriceListItem]:
    """The prices of a list by SKU, perhaps only those whose product fits a text."""
    found = price_list.items.select_related("product", "unit", "discount_list").order_by(
        "product__sku", "unit__code"
    )
    for word in fold(text[:LONGEST_TYPED]).split()[:6]:
        found = found.filter(product__search_text__contains=word)
    return found
