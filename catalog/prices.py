"""What a product costs: on which price list, in which unit, for how many, on which day, and why."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from catalog.models import Currency, DiscountList, PriceList, PriceListItem, Product, Unit
from catalog.price_reasons import REASONS, Choice, Reason, rounding_reason
from catalog.rates import rate_on
from kernel.errors import Blocker, DomainError
from kernel.pricing import (
    DiscountKind,
    PriceMethod,
    PriceRounding,
    RoundingOption,
    RoundingPolicy,
    Tier,
    convert,
    list_item_price,
    tier_for,
    volume_discount,
)

__all__ = [
    "REASONS", "PriceRequest", "Reason", "ResolvedPrice", "check_price_list", "resolve_price", "resolve_prices",
]  # fmt: skip

PRICE_DIGITS = 4
ZERO = Decimal(0)
ONE = Decimal(1)

REFERENCES = {
    PriceMethod.PERCENT_OF_LIST: "list_price",
    PriceMethod.MARKUP_CURRENT: "current_cost",
    PriceMethod.MARGIN_CURRENT: "current_cost",
    PriceMethod.MARKUP_STANDARD: "standard_cost",
    PriceMethod.MARGIN_STANDARD: "standard_cost",
}


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """The question: what does so much of this product cost in this unit? No unit means the product's own.

    Who has the ``unit`` at hand gives it along, so that it is not read again.
    """

    product: Product
    unit_id: int | None = None
    quantity: Decimal = ONE
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class ResolvedPrice:
    """The answer, with the steps that led to it; ``problem`` says why the list cannot really price this."""

    unit_price: Decimal
    list_price: Decimal
    volume_discount: Decimal
    price_list_item: PriceListItem | None
    because: tuple[Reason, ...]
    problem: Blocker | None = None


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All that pricing any number of lines needs to know, read in a constant number of queries.

    ``rate`` turns base currency, in which products carry list price and costs, into that of the prices.
    """

    price_list: PriceList | None
    rate: Decimal
    items: Mapping[tuple[int, int], PriceListItem]
    units: Mapping[int, Unit]

    def unit_of(self, request: PriceRequest) -> Unit:
        return self.units[request.unit_id or request.product.unit_id]

    def item_for(self, request: PriceRequest) -> PriceListItem | None:
        """The item in the unit asked for, else the one in the product's own unit."""
        product = request.product
        asked = self.items.get((product.pk, self.unit_of(request).pk))
        return asked or self.items.get((product.pk, product.unit_id))


def resolve_price(
    request: PriceRequest, *, price_list: PriceList | None, on: dt.date, currency: Currency | None = None
) -> ResolvedPrice:
    """The price of one product; the same answer as resolve_prices() gives for many."""
    return resolve_prices([request], price_list=price_list, on=on, currency=currency)[0]


def resolve_prices(
    requests: Sequence[PriceRequest],
    *,
    price_list: PriceList | None,
    on: dt.date,
    currency: Currency | None = None,
) -> list[ResolvedPrice]:
    """The price of each request, in their order, in the currency of the list (without one: in ``currency``).

    Constant number of queries. Raises DomainError when the list does not hold on that day or is in another
    currency; what cannot be priced is answered with a ``problem``, since a price given by hand may cure it.
    """
    if not requests:
        return []
    if price_list is not None:
        check_price_list(price_list, on=on, currency=currency)
    return prices_in(open_book(requests, price_list=price_list, on=on, currency=currency), requests)


def prices_in(book: PriceBook, requests: Iterable[PriceRequest]) -> list[ResolvedPrice]:
    """The price of each request by what the book says; no query."""
    return [_resolve(request, book) for request in requests]


def check_price_list(price_list: PriceList, *, on: dt.date, currency: Currency | None = None) -> None:
    """Refuse a list that does not hold on that day, or is in another currency."""
    names = {"price_list": price_list.name, "day": on}
    if not price_list.holds_on(on):
        text = _("The price list %(price_list)s does not hold on %(day)s.")
        if instead := next((one for one in price_list.followers.all() if one.holds_on(on)), None):
            text = _("The price list %(price_list)s does not hold on %(day)s; %(instead)s takes its place.")
            names["instead"] = instead.name
        raise DomainError(text % names, code="price_list_not_valid", field="price_list")
    if currency is not None and currency.pk != price_list.currency_id:
        raise DomainError(
            _("The price list %(price_list)s is in another currency.") % names,
            code="price_list_currency",
            field="price_list",
        )


def open_book(
    requests: Iterable[PriceRequest],
    *,
    price_list: PriceList | None,
    on: dt.date,
    currency: Currency | None,
) -> PriceBook:
    """Read items, tiers, units and the exchange rate for these requests: at most five queries."""
    requests = list(requests)
    products = {request.product.pk for request in requests}
    wanted = {request.unit_id for request in requests if request.unit_id}
    by_key = Unit.objects.order_by().in_bulk
    units = {request.unit.pk: request.unit for request in requests if request.unit}
    units |= by_key(list((wanted | {request.product.unit_id for request in requests}) - units.keys()))
    known = currency is not None and price_list is not None and currency.pk == price_list.currency_id
    money = price_list.currency if price_list is not None and not known else currency
    rate = ONE if money is None else ONE / rate_on(money, on)
    if price_list is None:
        return PriceBook(None, rate, {}, units)
    # Prefetched, not joined: many items share one discount list, and then also its tiers.
    items = PriceListItem.objects.filter(price_list=price_list, product__in=products).prefetch_related(
        "discount_list__tiers"
    )
    by_product_and_unit = {(item.product_id, item.unit_id): item for item in items}
    units |= by_key([unit for _product, unit in by_product_and_unit if unit not in units])
    return PriceBook(price_list, rate, by_product_and_unit, units)


def _resolve(request: PriceRequest, book: PriceBook) -> ResolvedPrice:
    product, unit = request.product, book.unit_of(request)
    own = book.units[product.unit_id]
    list_price = convert(Decimal(product.list_price), book.rate * unit.factor / own.factor, PRICE_DIGITS)
    because = [Reason("list_price", {"price": list_price})]
    if unit.group_id != own.group_id:
        return ResolvedPrice(list_price, list_price, ZERO, None, tuple(because), _unit_problem(product, unit))
    item = book.item_for(request)
    if item is None:
        if book.price_list is not None:
            because.append(Reason("not_on_list", {"price_list": book.price_list.name}))
        return ResolvedPrice(list_price, list_price, ZERO, None, tuple(because))
    return _from_item(request, book, item, list_price)


def _from_item(
    request: PriceRequest, book: PriceBook, item: PriceListItem, list_price: Decimal
) -> ResolvedPrice:
    unit, priced_by = book.unit_of(request), book.units[item.unit_id]
    ratio = unit.factor / priced_by.factor
    reference = _reference(request.product, item, book)
    if reference is None and item.method != PriceMethod.AMOUNT:
        reason = Reason("list_price", {"price": list_price})
        return ResolvedPrice(list_price, list_price, ZERO, item, (reason,), _cost_problem(request.product))
    item_price, computed = _item_price(item, reference), _computed_price(item, reference)
    because = [_item_reason(book, item, reference, computed)]
    if computed != item_price:
        because.append(rounding_reason(item, computed, item_price))
    unit_price = convert(item_price, ratio, PRICE_DIGITS)
    if ratio != 1:
        because.append(Reason("other_unit", {"unit": priced_by.name, "price": unit_price}))
    discount, why = _discount(item, request.quantity * unit.factor / priced_by.factor, item_price, book)
    discount = convert(discount, ratio, PRICE_DIGITS)
    because.extend(Reason(one.code, {**one.figures, "converted": discount}) for one in why)
    problem = _quantity_problem(request, item)
    return ResolvedPrice(unit_price, list_price, discount, item, tuple(because), problem)


def _reference(product: Product, item: PriceListItem, book: PriceBook) -> Decimal | None:
    """The figure the item's method speaks of, per unit of the item and in the currency of the prices."""
    if item.method == PriceMethod.AMOUNT:
        return None
    figure = getattr(product, REFERENCES[PriceMethod(item.method)])
    if figure is None:
        return None
    factor = book.units[item.unit_id].factor / book.units[product.unit_id].factor
    return convert(Decimal(figure), book.rate * factor, PRICE_DIGITS)


def _item_price(item: PriceListItem, reference: Decimal | None) -> Decimal:
    rounding = PriceRounding(
        RoundingPolicy(item.rounding), RoundingOption(item.rounding_option), item.rounding_amount or ZERO
    )
    return list_item_price(*_method_of(item), reference=reference, rounding=rounding)


def _computed_price(item: PriceListItem, reference: Decimal | None) -> Decimal:
    """What the method gives, before the item's rule makes a presentable price of it."""
    return list_item_price(*_method_of(item), reference=reference)


def _method_of(item: PriceListItem) -> tuple[PriceMethod, Decimal | None]:
    method = PriceMethod(item.method)
    return method, item.amount if method is PriceMethod.AMOUNT else item.percent


def _discount(
    item: PriceListItem, quantity: Decimal, price: Decimal, book: PriceBook
) -> tuple[Decimal, list[Reason]]:
    """What the item's discount list takes off each of the item's units, and why."""
    found: DiscountList | None = item.discount_list
    if found is None:
        return ZERO, []
    kind = DiscountKind(found.kind)
    money = book.price_list.currency_id if book.price_list else None
    if kind is DiscountKind.AMOUNT and found.currency_id not in (None, money):
        return ZERO, [Reason("discount_in_other_currency", {"discount_list": found.name})]
    tiers = [Tier(tier.low, tier.high, tier.value) for tier in found.tiers.all()]
    tier = tier_for(tiers, quantity)
    if tier is None:
        return ZERO, []
    discount = volume_discount([tier], quantity, price, kind)
    figures = {"discount_list": found.name, "low": tier.low, "discount": discount}
    if kind is DiscountKind.PERCENT:
        figures["percent"] = tier.value
    return discount, [Reason("volume_discount", figures)] if discount else []


def _item_reason(book: PriceBook, item: PriceListItem, reference: Decimal | None, price: Decimal) -> Reason:
    name = book.price_list.name if book.price_list else ""
    figures = {"price_list": name, "method": Choice(item.method, item.get_method_display()), "price": price}
    if reference is None:
        return Reason("price_list_item", figures)
    return Reason("price_list_item_percent", figures | {"percent": item.percent, "reference": reference})


def _quantity_problem(request: PriceRequest, item: PriceListItem) -> Blocker | None:
    whole_only = item.selling == PriceListItem.Selling.WHOLE
    if not whole_only or request.quantity == request.quantity.to_integral_value():
        return None
    text = _("%(product)s is sold in whole units only") % {"product": request.product.sku}
    return Blocker("whole_quantity_only", text, "quantity")


def _cost_problem(product: Product) -> Blocker:
    text = _("%(product)s has no cost to work out its price from") % {"product": product.sku}
    return Blocker("no_cost", text, "unit_price")


def _unit_problem(product: Product, unit: Unit) -> Blocker:
    text = _("%(product)s is not sold by the %(unit)s") % {"product": product.sku, "unit": unit.name}
    return Blocker("unit_not_convertible", text, "unit")
