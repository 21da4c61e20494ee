"""Whatever we charge for a line, Tryton charges the same, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.adapters.tryton.pricing import four_decimals, line_amount, price_for

D = Decimal


@given(
    net=st.decimals("-99999999.99", "99999999.99", places=2),
    quantity=st.decimals("0.01", "99999.99", places=2),
)
def test_price_and_rest_together_are_our_amount(net: Decimal, quantity: Decimal) -> None:
    sent = price_for(net, quantity, 2)

    assert line_amount(sent.unit_price, quantity, 2) + line_amount(sent.missing, D(1), 2) == net
    assert sent.unit_price == four_decimals(sent.unit_price)
    assert sent.missing == 0 or (sent.missing > 0) == (net > 0)


@given(net=st.decimals("0", "99999.99", places=2), quantity=st.integers(1, 100))
def test_up_to_a_hundred_pieces_need_no_line_for_a_rest(net: Decimal, quantity: int) -> None:
    assert price_for(net, D(quantity), 2).missing == 0


@pytest.mark.parametrize(
    ("net", "quantity", "price", "missing"),
    [
        ("49.00", "5", "9.8000", "0"),
        ("0.01", "3", "0.0033", "0"),
        ("612.33", "700", "0.8747", "0.04"),
        ("-612.33", "700", "-0.8747", "-0.04"),
        ("10.00", "3", "3.3333", "0"),
    ],
)
def test_known_prices(net: str, quantity: str, price: str, missing: str) -> None:
    sent = price_for(D(net), D(quantity), 2)

    assert (sent.unit_price, sent.missing) == (D(price), D(missing))


def test_currencies_without_cents_are_priced_in_whole_units() -> None:
    assert price_for(D(1000), D(3), 0).unit_price == D("333.3333")
