"""A page of the prices of a list, what each comes to, and what the list does not price."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.figures import show_figure
from catalog.models import PriceList, PriceListItem, Product
from catalog.price_grid import PriceGrid
from catalog.prices import PriceRequest, ResolvedPrice, open_book, prices_in
from catalog.selectors import items_of
from kernel.errors import DomainError

A_PAGE = 100
PARTED = "~"
SHOWN = 20


@dataclass
class PricePage:
    """The prices on one page, with the way to the next and to the one before."""

    grid: PriceGrid
    total: int
    search: str
    following: str = ""
    before: str = ""
    missing: list[Product] = field(default_factory=list)
    more_are_missing: bool = False
    unpriced: int = 0


def price_page(price_list: PriceList, params: Mapping[str, str], *, hides_costs: bool = False) -> PricePage:
    """So many prices by SKU from the place that the address names; a constant number of queries at any depth."""
    text = params.get("q", "")
    after, before = params.get("after", ""), params.get("before", "")
    items = items_of(price_list, text).prefetch_related("discount_list__tiers")
    rows, is_first, is_last = cut(items, after, before)
    made = PricePage(PriceGrid.of(rows, hides_costs=hides_costs), price_list.items.count(), text)
    query = {"q": text} if text else {}
    if rows and not is_last:
        made.following = f"?{urlencode({**query, 'after': cursor(rows[-1])})}"
    if rows and not is_first:
        made.before = f"?{urlencode({**query, 'before': cursor(rows[0])})}"
    show_prices(made, price_list, rows)
    found = list(missing_on(price_list)[: SHOWN + 1])
    made.missing, made.more_are_missing = found[:SHOWN], len(found) > SHOWN
    return made


def cut(items: QuerySet[PriceListItem], after: str, before: str) -> tuple[list[PriceListItem], bool, bool]:
    """The rows of one page, and whether it is the first and the last one."""
    if before:
        turned = items.filter(beside(before, "lt")).order_by("-product__sku", "-unit__code")
        rows = list(turned[: A_PAGE + 1])
        return rows[:A_PAGE][::-1], len(rows) <= A_PAGE, False
    if after:
        items = items.filter(beside(after, "gt"))
    rows = list(items[: A_PAGE + 1])
    return rows[:A_PAGE], not after, len(rows) <= A_PAGE


def cursor(item: PriceListItem) -> str:
    """The place of an item in the list."""
    return f"{item.product.sku}{PARTED}{item.unit.code}"


def beside(place: str, side: str) -> Q:
    """Items before ("lt") or after ("gt") a place."""
    sku, _parted, unit = place.replace("\0", "").rpartition(PARTED)
    return Q(**{f"product__sku__{side}": sku}) | Q(product__sku=sku, **{f"unit__code__{side}": unit})


def show_prices(made: PricePage, price_list: PriceList, rows: Sequence[PriceListItem]) -> None:
    """Write beside each row what it comes to on a day when the list holds, or why that cannot be said."""
    found = prices_on(price_list, rows, day_of(price_list))
    for row, price in zip(made.grid.rows, found, strict=True):
        if price is None:
            continue
        if price.problem is not None and price.problem.code == "no_cost":
            row.shown, row.lacks = "", str(price.problem.text)
            made.unpriced += 1
        else:
            row.shown = show_figure(price.unit_price.normalize(), price_list.currency.digits)


def prices_on(
    price_list: PriceList,
    items: Sequence[PriceListItem],
    on: dt.date,
    changed: Mapping[int, Any] | None = None,
) -> list[ResolvedPrice | None]:
    """What one unit of each item comes to; ``changed`` items (by key) are asked instead of those that are there."""
    if not items:
        return []
    requests = [PriceRequest(item.product, item.unit_id) for item in items]
    try:
        book = open_book(requests, price_list=None, on=on, currency=price_list.currency)
    except DomainError:  # no exchange rate: the figures are shown, what they come to is not
        return [None] * len(items)
    known = {(item.product_id, item.unit_id): (changed or {}).get(item.pk, item) for item in items}
    units = {**book.units, **{item.unit_id: item.unit for item in items}}
    priced = type(book)(price_list, book.rate, known, units)
    return list(prices_in(priced, requests))


def day_of(price_list: PriceList) -> dt.date:
    """Today, or the day nearest to it on which the list holds."""
    today = timezone.localdate()
    if price_list.valid_from and price_list.valid_from > today:
        return price_list.valid_from
    return min(today, price_list.valid_to) if price_list.valid_to else today


def missing_on(price_list: PriceList) -> QuerySet[Product]:
    """Products on sale that the list does not price: their list price counts."""
    on_sale = Product.objects.filter(status=Product.Status.ACTIVE)
    return on_sale.exclude(pk__in=price_list.items.values("product")).order_by("sku")
