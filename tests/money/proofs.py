"""What must hold for amounts wherever they stand: on the engine's answer, on rows of the database, in an answer."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from kernel.pricing import PricedLineAmounts, apportion, apportion_line

ZERO = Decimal(0)
COLUMNS = ("base", "discount", "net", "header_discount", "tax", "total")


def total_of(lines: Iterable[Any], name: str) -> Decimal:
    return sum((getattr(line, name) for line in lines), ZERO)


def assert_parts_sum_to_the_header(priced: Any) -> None:
    assert total_of(priced.lines, "net") == priced.detail
    assert total_of(priced.lines, "discount") == priced.line_discounts
    assert total_of(priced.lines, "header_discount") == priced.header_discount
    assert total_of(priced.lines, "tax") + priced.freight_tax == priced.tax
    assert total_of(priced.lines, "total") + priced.freight + priced.freight_tax == priced.total
    assert total_of(priced.tax_by_group, "tax") == priced.tax
    assert priced.detail - priced.header_discount == priced.pre_freight
    assert priced.pre_freight + priced.freight + priced.tax == priced.total
    assert_lines_add_up(priced.lines)


def assert_lines_add_up(lines: Iterable[Any]) -> None:
    for line in lines:
        assert line.base - line.discount == line.net
        assert line.net - line.header_discount + line.tax == line.total


def assert_nothing_is_negative(lines: Iterable[Any]) -> None:
    for line in lines:
        assert min(getattr(line, name) for name in COLUMNS) >= 0, line


def assert_smallest_unit(priced: Any, digits: int) -> None:
    for line in priced.lines:
        for name in COLUMNS:
            assert getattr(line, name).as_tuple().exponent == -digits
    assert priced.total.as_tuple().exponent == -digits


def split(whole: Decimal, random: Random, most: int = 4) -> list[Decimal]:
    """States of completion from nothing to the whole, at random, some steps empty."""
    between = sorted(random.randint(0, 100) for _ in range(random.randint(0, most - 1)))
    return [ZERO, *(whole * part / 100 for part in between), whole]


def pieces_of(amounts: PricedLineAmounts, states: Sequence[Decimal], digits: int) -> list[PricedLineAmounts]:
    """The line cut at these states of completion: what partial invoices bill of it."""
    return [
        apportion_line(amounts, before, after, states[-1], digits=digits)
        for before, after in pairwise(states)
    ]


def shares_of(amount: Decimal, states: Sequence[Decimal], digits: int) -> list[Decimal]:
    """An amount of the header (freight, its tax) cut at these states."""
    return [apportion(amount, before, after, states[-1], digits) for before, after in pairwise(states)]
