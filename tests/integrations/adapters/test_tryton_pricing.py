"""Whatever we charge for a line, Tryton charges the same, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.adapters.tryton.pricing import four_decimals, line_amount, price_for, share_taxes

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


@given(nets=st.lists(st.decimals("0.01", "9999.99", places=2), min_size=1, max_size=40))
def test_the_taxes_of_a_document_are_shared_out_to_the_last_cent(nets: list[Decimal]) -> None:
    total = (sum(nets, D(0)) * D("0.19")).quantize(D("0.01"))

    shares = share_taxes([(("VAT 19%",), net) for net in nets], [("VAT 19%", total)])

    assert sum(share for share in shares if share is not None) == total
    assert all(
        abs(share - net * D("0.19")) < D("0.02") for share, net in zip(shares, nets, strict=True) if share
    )


def test_lines_of_other_taxes_get_their_own_and_lines_of_two_get_none() -> None:
    lines = [(("A",), D("10.00")), (("B",), D("5.00")), ((), D("7.00")), (("C", "D"), D("1.00"))]
    taxes = [("A", D("1.90")), ("B", D("0.35")), ("C", D("0.10")), ("D", D("0.20"))]

    assert share_taxes(lines, taxes) == [D("1.90"), D("0.35"), D(0), None]
