"""Price-list methods, their rounding, and quantity discounts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.pricing import (
    DiscountKind,
    PriceMethod,
    PriceRounding,
    PricingError,
    RoundingOption,
    RoundingPolicy,
    Tier,
    list_item_price,
    rounded_price,
    volume_discount,
)
from tests.kernel.priced_documents import decimals

D = Decimal

TIERS = [Tier(D(1), D(9), D(0)), Tier(D(10), D(49), D(5)), Tier(D(49), None, D(10))]


@pytest.mark.parametrize(
    ("method", "figure", "reference", "expected"),
    [
        (PriceMethod.AMOUNT, "12.50", None, "12.50"),
        (PriceMethod.PERCENT_OF_LIST, "90", "50", "45"),
        (PriceMethod.MARKUP_CURRENT, "25", "80", "100"),
        (PriceMethod.MARGIN_CURRENT, "25", "75", "100"),
        (PriceMethod.MARKUP_STANDARD, "33.3333", "3", "4"),
        (PriceMethod.MARGIN_STANDARD, "40", "10", "16.6667"),
    ],
)
def test_each_method_makes_its_price(method, figure, reference, expected):
    made = list_item_price(method, D(figure), reference=None if reference is None else D(reference))

    assert made == D(expected)


@pytest.mark.parametrize(
    ("rule", "price", "down", "up", "nearest"),
    [
        ("multiple_of 5", "12.40", "10", "15", "10"),
        ("multiple_of 5", "12.50", "10", "15", "15"),
        ("multiple_of 0.05", "1.02", "1.00", "1.05", "1.00"),
        ("multiple_of 5", "15", "15", "15", "15"),
        ("ends_in 0.99", "12.40", "11.99", "12.99", "11.99"),
        ("ends_in 9.95", "101", "99.95", "109.95", "99.95"),
        ("ends_in 5", "100", "95", "105", "105"),
        ("ends_in 0.05", "3.50", "3.05", "4.05", "3.05"),
        ("ends_in 0.99", "0.40", "0.99", "0.99", "0.99"),
        ("ends_in 0", "7.50", "7", "8", "8"),
    ],
)
def test_a_computed_price_is_made_presentable(rule, price, down, up, nearest):
    option, amount = rule.split()
    made = {
        policy: rounded_price(D(price), PriceRounding(policy, RoundingOption(option), D(amount)))
        for policy in RoundingPolicy
    }

    assert made[RoundingPolicy.DOWN] == D(down)
    assert made[RoundingPolicy.UP] == D(up)
    assert made[RoundingPolicy.NEAREST] == D(nearest)
    assert made[RoundingPolicy.NONE] == D(price)


def test_a_fixed_amount_is_never_rounded_away():
    rule = PriceRounding(RoundingPolicy.UP, RoundingOption.MULTIPLE_OF, D(10))

    assert list_item_price(PriceMethod.AMOUNT, D("12.34"), rounding=rule) == D("12.34")
    assert list_item_price(PriceMethod.MARKUP_CURRENT, D(10), reference=D("11.21"), rounding=rule) == D(20)


@settings(max_examples=500, deadline=None)
@given(decimals(0, 5000, 4), decimals(0, 150, 2), st.sampled_from(list(RoundingOption)))
def test_presentable_prices_enclose_the_computed_one(price, amount, option):
    if option is RoundingOption.MULTIPLE_OF and not amount:
        amount = D(1)
    down, up, near = (
        rounded_price(price, PriceRounding(policy, option, amount))
        for policy in (RoundingPolicy.DOWN, RoundingPolicy.UP, RoundingPolicy.NEAREST)
    )

    assert down <= up
    assert price <= up
    assert down <= price or down == amount
    assert near in (down, up)
    assert abs(near - price) == min(abs(down - price), abs(up - price))


@pytest.mark.parametrize(
    ("quantity", "percent_off", "amount_off"),
    [
        ("1", "0", "0"),
        ("9.5", "0", "0"),
        ("10", "10", "5"),
        ("49", "20", "10"),
        ("1000", "20", "10"),
        ("-20", "10", "5"),
    ],
)
def test_the_tier_of_the_quantity_gives_the_discount_per_unit(quantity, percent_off, amount_off):
    assert volume_discount(TIERS, D(quantity), D(200), DiscountKind.PERCENT) == D(percent_off)
    assert volume_discount(TIERS, D(quantity), D(200), DiscountKind.AMOUNT) == D(amount_off)


def test_a_percentage_off_is_kept_to_four_decimals_so_that_it_can_be_stored():
    assert volume_discount([Tier(D(0), None, D("7.5"))], D(1), D("0.3333"), DiscountKind.PERCENT) == D(
        "0.0250"
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: list_item_price(PriceMethod.MARGIN_CURRENT, D(100), reference=D(10)),
        lambda: list_item_price(PriceMethod.MARKUP_CURRENT, D(10)),
        lambda: list_item_price(PriceMethod.AMOUNT, None),
        lambda: list_item_price(PriceMethod.PERCENT_OF_LIST, None, reference=D(10)),
        lambda: rounded_price(D(1), PriceRounding(RoundingPolicy.UP, RoundingOption.MULTIPLE_OF, D(0))),
        lambda: rounded_price(D(1), PriceRounding(RoundingPolicy.UP, RoundingOption.ENDS_IN, D(-1))),
        lambda: volume_discount([Tier(D(0), None, D(101))], D(1), D(1), DiscountKind.PERCENT),
    ],
)
def test_a_price_that_cannot_be_worked_out_is_refused(call):
    with pytest.raises(PricingError):
        call()
