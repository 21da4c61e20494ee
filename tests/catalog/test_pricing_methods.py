"""The six pricing methods by the worked examples of the trade, and the grid that prices are rounded to."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.pricing import (
    PriceMethod,
    PriceRounding,
    RoundingOption,
    RoundingPolicy,
    list_item_price,
    rounded_price,
)

D = Decimal
UP, DOWN, NEAREST = RoundingPolicy.UP, RoundingPolicy.DOWN, RoundingPolicy.NEAREST
ENDS, MULTIPLE = RoundingOption.ENDS_IN, RoundingOption.MULTIPLE_OF


@pytest.mark.parametrize(
    ("method", "figure", "reference", "price"),
    [
        # list × p
        ("percent_of_list", "90", "100", "90"),
        ("percent_of_list", "110", "59.95", "65.945"),
        # cost × (100 % + p)
        ("markup_current", "20", "100", "120"),
        ("markup_standard", "33.3333", "3", "4"),
        ("markup_standard", "-10", "50", "45"),
        # cost + cost × p / (100 % - p)
        ("margin_current", "20", "100", "125"),
        ("margin_current", "50", "100", "200"),
        ("margin_standard", "33.3333", "2", "3"),
        ("margin_standard", "0", "7.77", "7.77"),
    ],
)
def test_a_method_gives_the_price_of_the_books(method, figure, reference, price):
    assert list_item_price(PriceMethod(method), D(figure), reference=D(reference)) == D(price)


def test_an_amount_is_taken_as_it_stands_whatever_the_rounding():
    rounding = PriceRounding(UP, ENDS, D("0.99"))

    assert list_item_price(PriceMethod.AMOUNT, D("9.50"), rounding=rounding) == D("9.50")


@pytest.mark.parametrize(
    ("policy", "option", "figure", "price", "rounded"),
    [
        (UP, ENDS, "0.99", "10.00", "10.99"), (UP, ENDS, "0.99", "10.99", "10.99"), (UP, ENDS, "0.99", "11", "11.99"),
        (DOWN, ENDS, "0.99", "10.00", "9.99"), (DOWN, ENDS, "0.99", "0.50", "0.99"),
        (NEAREST, ENDS, "0.99", "10.48", "9.99"), (NEAREST, ENDS, "0.99", "10.49", "10.99"),
        (UP, ENDS, "9.95", "20.00", "29.95"), (DOWN, ENDS, "9.95", "20.00", "19.95"),
        (UP, ENDS, "0", "10.01", "11"), (NEAREST, ENDS, "0", "10.50", "11"),
        (UP, MULTIPLE, "5", "10.01", "15"), (UP, MULTIPLE, "5", "10", "10"), (DOWN, MULTIPLE, "5", "14.99", "10"),
        (NEAREST, MULTIPLE, "5", "12.49", "10"), (NEAREST, MULTIPLE, "5", "12.50", "15"),
        (NEAREST, MULTIPLE, "0.05", "1.024", "1.00"), (NEAREST, MULTIPLE, "0.05", "1.025", "1.05"),
        (UP, MULTIPLE, "0.25", "0", "0"), (DOWN, MULTIPLE, "100", "99.99", "0"),
    ],
)  # fmt: skip
def test_a_price_is_rounded_to_the_grid(policy, option, figure, price, rounded):
    assert rounded_price(D(price), PriceRounding(policy, option, D(figure))) == D(rounded)


PRICES = st.decimals("0", "100000", places=4)
FIGURES = st.decimals("0.01", "500", places=2)
STEPS = {MULTIPLE: lambda figure: figure, ENDS: lambda figure: D(10) ** max(0, figure.adjusted() + 1)}


@given(price=PRICES, figure=FIGURES, option=st.sampled_from([ENDS, MULTIPLE]))
@settings(max_examples=500, deadline=None)
def test_up_and_down_enclose_the_price_and_nearest_is_the_nearer_of_both(price, figure, option):
    up, down, nearest = (
        rounded_price(price, PriceRounding(policy, option, figure)) for policy in (UP, DOWN, NEAREST)
    )
    step = STEPS[option](figure)

    assert up >= price
    assert down <= price or down == figure  # nothing presentable lies below the first that ends so
    assert up - down in (0, step)
    assert abs(nearest - price) == min(abs(up - price), abs(down - price))
    assert nearest in (up, down)
    for presentable in (up, down, nearest):
        start = D(0) if option is MULTIPLE else figure
        assert (presentable - start) % step == 0
        assert presentable >= 0
        # What is presentable stays as it is.
        assert rounded_price(presentable, PriceRounding(UP, option, figure)) == presentable


@given(cost=st.decimals("0.01", "10000", places=2), percent=st.decimals("0", "95", places=2))
@settings(max_examples=300, deadline=None)
def test_a_margin_is_the_share_of_the_price_and_a_markup_of_the_cost(cost, percent):
    by_margin = list_item_price(PriceMethod.MARGIN_CURRENT, percent, reference=cost)
    by_markup = list_item_price(PriceMethod.MARKUP_CURRENT, percent, reference=cost)

    assert abs((by_margin - cost) - by_margin * percent / 100) <= D("0.0001")
    assert abs((by_markup - cost) - cost * percent / 100) <= D("0.0001")
    assert by_margin >= by_markup >= cost
