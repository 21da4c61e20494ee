"""What is read about products and their prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from catalog.models import (
    BundleMember,
    Currency,
    PriceList,
    PriceListItem,
    Product,
    ProductFamily,
    RelatedProduct,
)
from catalog.prices import PriceRequest, ResolvedPrice, resolve_prices
from kernel.models import fold

OFFERED = 8
LONGEST_TYPED = 100
SHOWN = 20


@dataclass(frozen=True)
class Offer:
    """A product with the price it has here."""

    product: Product
    price: ResolvedPrice
    currency: str


def products_like(text: str) -> list[Product]:
    """The products for sale that fit what was typed, those whose SKU begins so first."""
    text = text[:LONGEST_TYPED].replace("\0", "")
    today = timezone.localdate()
    found: QuerySet[Product] = Product.objects.filter(status=Product.Status.ACTIVE).exclude(
        Q(valid_from__gt=today) | Q(valid_to__lt=today)
    )
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


def family_ids(family: ProductFamily) -> set[int]:
    """The family and all that stand below it, in one query."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in ProductFamily.objects.order_by().values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found, waiting = set(), [family.pk]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += children.get(one, [])
    return found


@dataclass(frozen=True)
class Branch:
    """A family in the tree: how deep it stands, and how many products wait and sell in it."""

    family: ProductFamily
    depth: int
    counts: Mapping[str, int]

    @property
    def waiting(self) -> int:
        """Products that putting the family on sale would put on sale."""
        return self.counts.get("draft", 0) + self.counts.get("under_revision", 0)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def family_tree() -> list[Branch]:
    """All families, each followed by those below it, counted with what is below; two queries."""
    own: dict[int, dict[str, int]] = {}
    counted = Product.objects.filter(family__isnull=False).order_by().values_list("family_id", "status")
    for family, status, count in counted.annotate(count=Count("pk")):
        own.setdefault(family, {})[status] = count
    return tree_of_families(own)


def tree_of_families(own: Mapping[int, Any] | None = None) -> list[Branch]:
    """All families, each followed by those below it; one query."""
    children: dict[int | None, list[ProductFamily]] = {}
    for one in ProductFamily.objects.order_by("name"):
        children.setdefault(one.parent_id, []).append(one)
    branches: list[Branch] = []
    for root in children.get(None, []):
        branches += branches_from(root, 0, children, own or {})
    return branches


def branches_from(
    family: ProductFamily,
    depth: int,
    children: Mapping[int | None, list[ProductFamily]],
    own: Mapping[int, Any],
) -> list[Branch]:
    """The family and those below it, each counted with what is below."""
    below: list[Branch] = []
    counts: dict[str, int] = dict(own.get(family.pk, {}))
    for child in children.get(family.pk, []):
        part = branches_from(child, depth + 1, children, own)
        for status, count in part[0].counts.items():
            counts[status] = counts.get(status, 0) + count
        below += part
    return [Branch(family, depth, counts), *below]


def prices_of(product: Product) -> QuerySet[PriceListItem]:
    """The product's prices on the active lists."""
    found = product.price_list_items.filter(price_list__is_active=True)
    return found.select_related("price_list__currency", "unit", "discount_list").order_by("price_list__name")


def members_of(bundle: Product) -> QuerySet[BundleMember]:
    """What the bundle holds, in its order."""
    return bundle.members.select_related("member__unit", "unit").order_by("position", "id")


def bundles_with(product: Product) -> list[Product]:
    """The bundles that hold the product."""
    held = Product.objects.filter(members__member=product).exclude(status=Product.Status.RETIRED)
    return list(held.order_by("sku")[:SHOWN])


def related_to(product: Product) -> QuerySet[RelatedProduct]:
    """What is worth naming beside the product, by kind."""
    return product.related.select_related("other__unit").order_by("kind", "other__sku")


def items_of(price_list: PriceList, text: str = "") -> QuerySet[PriceListItem]:
    """The prices of a list by SKU, perhaps only those whose product fits a text."""
    found = price_list.items.select_related("product", "unit", "discount_list").order_by(
        "product__sku", "unit__code"
    )
    for word in fold(text[:LONGEST_TYPED]).split()[:6]:
        found = found.filter(product__search_text__contains=word)
    return found
