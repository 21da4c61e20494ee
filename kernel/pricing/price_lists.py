"""What a price list makes of a product: the six pricing methods, their rounding, and quantity discounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from enum import StrEnum

from kernel.pricing.errors import PricingError
from kernel.pricing.rounding import EXACT, ZERO, percent_of, round_half_up

ONE = Decimal(1)
HUNDRED = Decimal(100)
UNIT_PRICE_DIGITS = 4


class PriceMethod(StrEnum):
    """Where a price-list item takes its price from."""

    AMOUNT = "amount"
    PERCENT_OF_LIST = "percent_of_list"
    MARKUP_CURRENT = "markup_current"
    MARGIN_CURRENT = "margin_current"
    MARKUP_STANDARD = "markup_standard"
    MARGIN_STANDARD = "margin_standard"


class RoundingPolicy(StrEnum):
    """Which way a computed price moves to a presentable one."""

    NONE = "none"
    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


class RoundingOption(StrEnum):
    """What makes a price presentable."""

    ENDS_IN = "ends_in"
    MULTIPLE_OF = "multiple_of"


class DiscountKind(StrEnum):
    """Whether a discount list takes off money or a percentage."""

    AMOUNT = "amount"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class PriceRounding:
    """The rounding rule of a price-list item."""

    policy: RoundingPolicy = RoundingPolicy.NONE
    option: RoundingOption = RoundingOption.ENDS_IN
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``low`` up to and including ``high`` (None = no end) this much is taken off each unit."""

    low: Decimal
    high: Decimal | None
    value: Decimal


NO_ROUNDING = PriceRounding()


def list_item_price(
    method: PriceMethod,
    figure: Decimal | None,
    *,
    reference: Decimal | None = None,
    rounding: PriceRounding = NO_ROUNDING,
    digits: int = UNIT_PRICE_DIGITS,
) -> Decimal:
    """The unit price a price-list item gives: ``figure`` is its amount or its percent, as the method says.

    ``reference`` is the list price, current cost or standard cost the method speaks of. A fixed amount is
    taken as it stands; the rounding rule is for computed prices.
    """
    if method is PriceMethod.AMOUNT:
        return round_half_up(_needed(figure, "amount"), digits)
    with localcontext(EXACT):
        computed = _computed(method, _needed(reference, "reference"), _needed(figure, "percent"))
        return round_half_up(rounded_price(computed, rounding), digits)


def rounded_price(price: Decimal, rounding: PriceRounding) -> Decimal:
    """The presentable price: of two equally near ones the higher, never one below zero."""
    if rounding.policy is RoundingPolicy.NONE:
        return price
    if rounding.amount < 0 or (rounding.option is RoundingOption.MULTIPLE_OF and not rounding.amount):
        raise PricingError(
            "Prices can be rounded to a positive amount only.", code="bad_rounding", field="rounding_amount"
        )
    with localcontext(EXACT):
        start, step = _grid(rounding)
        places = (price - start) / step
        below = max(start + places.to_integral_value(ROUND_FLOOR) * step, start)
        above = max(start + places.to_integral_value(ROUND_CEILING) * step, start)
        if rounding.policy is RoundingPolicy.UP:
            return above
        if rounding.policy is RoundingPolicy.DOWN:
            return below
        return below if price - below < above - price else above


def volume_discount(
    tiers: Iterable[Tier],
    quantity: Decimal,
    unit_price: Decimal,
    kind: DiscountKind,
    *,
    digits: int = UNIT_PRICE_DIGITS,
) -> Decimal:
    """What a discount list takes off each unit at this quantity; where tiers touch, the later one counts."""
    tier = tier_for(tiers, quantity)
    if tier is None:
        return round_half_up(ZERO, digits)
    if kind is DiscountKind.AMOUNT:
        return round_half_up(tier.value, digits)
    if not 0 <= tier.value <= HUNDRED:
        raise PricingError(
            "A discount is between 0 and 100 percent.", code="bad_percent", field="discount_list"
        )
    with localcontext(EXACT):
        return percent_of(unit_price, tier.value, digits)


def tier_for(tiers: Iterable[Tier], quantity: Decimal) -> Tier | None:
    """The tier this quantity falls in; giving back counts like buying."""
    size = abs(quantity)
    fitting = [tier for tier in tiers if tier.low <= size and (tier.high is None or size <= tier.high)]
    return max(fitting, key=lambda tier: tier.low, default=None)


def _computed(method: PriceMethod, reference: Decimal, percent: Decimal) -> Decimal:
    if method is PriceMethod.PERCENT_OF_LIST:
        return reference * percent / HUNDRED
    if method in {PriceMethod.MARKUP_CURRENT, PriceMethod.MARKUP_STANDARD}:
        return reference * (HUNDRED + percent) / HUNDRED
    if percent >= HUNDRED:
        raise PricingError("A margin is less than 100 percent.", code="bad_percent", field="percent")
    return reference * HUNDRED / (HUNDRED - percent)


def _grid(rounding: PriceRounding) -> tuple[Decimal, Decimal]:
    """First presentable price and the distance to the next: prices ending in 9.95 lie 10 apart."""
    if rounding.option is RoundingOption.MULTIPLE_OF:
        return ZERO, rounding.amount
    step = ONE
    while step <= rounding.amount:
        step *= 10
    return rounding.amount, step


def _needed(figure: Decimal | None, field: str) -> Decimal:
    if figure is None:
        raise PricingError(
            "This price cannot be worked out: a figure is missing.", code="missing", field=field
        )
    return figure
