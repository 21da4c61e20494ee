"""What must hold for every document, whatever is on it."""

from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.pricing import (
    HeaderInput,
    Profile,
    allocate,
    apportion,
    apportion_line,
    convert,
    credited,
    price,
    round_half_up,
)
from tests.kernel.priced_documents import SHARES, currency_digits, decimals, documents

ZERO = Decimal(0)
COLUMNS = ["base", "discount", "net", "header_discount", "tax", "total"]
thoroughly = settings(max_examples=500, deadline=None)


def total_of(lines, name):
    return sum((getattr(line, name) for line in lines), ZERO)


def assert_parts_sum_to_the_header(priced):
    assert total_of(priced.lines, "net") == priced.detail
    assert total_of(priced.lines, "discount") == priced.line_discounts
    assert total_of(priced.lines, "header_discount") == priced.header_discount
    assert total_of(priced.lines, "tax") + priced.freight_tax == priced.tax
    assert total_of(priced.lines, "total") + priced.freight + priced.freight_tax == priced.total
    assert sum((group.tax for group in priced.tax_by_group), ZERO) == priced.tax
    assert priced.line_discounts + priced.header_discount == priced.total_discount
    for line in priced.lines:
        assert line.base - line.discount == line.net
        assert line.net - line.header_discount + line.tax == line.total


def assert_whole_in_the_smallest_unit(priced, digits):
    for line in priced.lines:
        for name in COLUMNS:
            assert getattr(line, name).as_tuple().exponent == -digits
    assert priced.total.as_tuple().exponent == -digits


@settings(max_examples=6000, deadline=None)
@given(documents())
def test_parts_sum_to_the_header_and_no_line_is_negative(document):
    lines, header = document

    priced = price(lines, header)

    assert_parts_sum_to_the_header(priced)
    assert_whole_in_the_smallest_unit(priced, header.digits)
    for line in priced.lines:
        assert min(getattr(line, name) for name in COLUMNS) >= 0
    assert priced.total >= 0


@thoroughly
@given(documents(signs=(1, -1)))
def test_parts_sum_to_the_header_where_some_lines_give_back(document):
    lines, header = document

    assert_parts_sum_to_the_header(price(lines, header))


@thoroughly
@given(documents(signs=(1, 1, -1)))
def test_crediting_negates_every_amount(document):
    lines, header = document
    priced = price(lines, header)
    if not priced.detail or (priced.pre_freight > 0) != (priced.detail > 0):
        header = replace(header, discount_percent=ZERO, discount_amount=ZERO)
        priced = price(lines, header)
    if not priced.detail or (priced.detail < 0 < header.freight):
        header = replace(header, freight=ZERO, profile=Profile.PER_LINE)
        priced = price(lines, header)

    back = price(*credited(lines, header))

    assert back.total == -priced.total
    for line, returned in zip(priced.lines, back.lines, strict=True):
        assert [getattr(returned, name) for name in COLUMNS] == [-getattr(line, name) for name in COLUMNS]


@thoroughly
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_figure_of_the_header_but_by_the_tie_rule(document, random):
    lines, header = document
    shuffled = random.sample(lines, len(lines))

    here, there = price(lines, header), price(shuffled, header)

    for name in ["detail", "line_discounts", "header_discount", "total_discount", "pre_freight", "freight"]:
        assert getattr(here, name) == getattr(there, name)
    if header.profile is Profile.DYNAMICS or not has_ties(here):
        assert here.total == there.total
        assert taxes(here) == taxes(there)
    if not has_ties(here) and header.profile is not Profile.PER_DOCUMENT:
        assert sorted(here.lines, key=by_key) == sorted(there.lines, key=by_key)


def has_ties(priced):
    """Whether two different lines have equal claims on an odd cent of the header discount."""
    if not priced.header_discount:
        return False
    claims = [
        Fraction(priced.header_discount) * Fraction(line.net) / Fraction(priced.detail)
        for line in priced.lines
    ]
    remainders = [claim * 10**priced.header.digits % 1 for claim in claims]
    return len(set(remainders)) < len(remainders)


def taxes(priced):
    return {(group.group, group.rate): group.tax for group in priced.tax_by_group}


def by_key(line):
    return line.key


@thoroughly
@given(documents(), st.randoms(use_true_random=True))
def test_partial_invoices_sum_back_to_the_document(document, random):
    lines, header = document
    priced = price(lines, header)

    for line, amounts in zip(lines, priced.lines, strict=True):
        if not line.quantity:
            continue
        done = [ZERO, *sorted(random.choice(SHARES) * line.quantity for _ in range(3)), line.quantity]
        pieces = [
            apportion_line(amounts, before, after, line.quantity, digits=header.digits)
            for before, after in pairwise(done)
        ]
        for name in COLUMNS:
            assert total_of(pieces, name) == getattr(amounts, name)
        for piece in pieces:
            assert min(getattr(piece, name) for name in COLUMNS) >= 0
            assert piece.net >= piece.header_discount
            assert piece.base - piece.discount == piece.net
            assert piece.net - piece.header_discount + piece.tax == piece.total


@thoroughly
@given(documents(digits=(3,)))
def test_ten_times_the_money_in_a_currency_with_one_decimal_less_gives_the_same_digits(document):
    lines, header = document
    scaled = [
        replace(
            line,
            unit_price=line.unit_price * 10,
            volume_discount=line.volume_discount * 10,
            discount_amount=None if line.discount_amount is None else line.discount_amount * 10,
            typed_tax=None if line.typed_tax is None else line.typed_tax * 10,
        )
        for line in lines
    ]
    wide = replace(header, digits=2, freight=header.freight * 10, discount_amount=header.discount_amount * 10)

    small, large = price(lines, header), price(scaled, wide)

    assert large.total == small.total * 10
    for line, tenfold in zip(small.lines, large.lines, strict=True):
        assert [getattr(tenfold, name) for name in COLUMNS] == [getattr(line, name) * 10 for name in COLUMNS]


@thoroughly
@given(documents())
def test_pricing_twice_gives_the_same_and_the_inputs_stay_with_the_result(document):
    lines, header = document

    priced = price(lines, header)

    assert price(priced.line_inputs, priced.header) == priced


@thoroughly
@given(documents(profiles=(Profile.PER_DOCUMENT,)))
def test_per_document_the_tax_of_a_code_is_its_rate_on_the_sum_of_its_lines(document):
    lines, header = document

    priced = price(lines, replace(header, freight=ZERO))

    for group in priced.tax_by_group:
        exact = Fraction(group.taxable) * Fraction(group.rate) / 100
        assert abs(Fraction(group.tax) - exact) <= Fraction(1, 2 * 10**header.digits)


@thoroughly
@given(decimals(-5000, 5000, 3), st.lists(decimals(0, 900, 4), min_size=1, max_size=12), currency_digits)
def test_shares_sum_exactly_and_differ_from_the_true_share_by_less_than_a_unit(amount, weights, digits):
    amount = round_half_up(amount, digits)
    if not any(weights):
        weights = [Decimal(1)] * len(weights)

    parts = allocate(amount, weights, digits)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        true = Fraction(amount) * Fraction(weight) / Fraction(sum(weights))
        assert abs(Fraction(part) - true) < Fraction(1, 10**digits)
        assert weight or not part


@thoroughly
@given(decimals(-900000, 900000, 2), st.lists(decimals(0, 50, 3), min_size=1, max_size=8), currency_digits)
def test_pieces_between_states_of_completion_sum_to_the_amount(amount, deliveries, digits):
    whole = sum(deliveries, ZERO) or Decimal(1)
    states = [ZERO]
    for delivery in deliveries:
        states.append(states[-1] + delivery)
    states[-1] = whole

    pieces = [apportion(amount, a, b, whole, digits) for a, b in pairwise(states)]

    assert sum(pieces) == round_half_up(amount, digits)
    assert apportion(amount, whole, ZERO, whole, digits) == -round_half_up(amount, digits)


@thoroughly
@given(decimals(-(10**9), 10**9, 5), st.integers(0, 4))
def test_rounding_is_half_up_away_from_zero_and_symmetrical(amount, digits):
    rounded = round_half_up(amount, digits)

    units = Fraction(abs(amount)) * 10**digits
    expected = int(units + Fraction(1, 2))
    assert Fraction(abs(rounded)) * 10**digits == expected
    assert round_half_up(-amount, digits) == -rounded
    assert not (rounded == 0 and rounded.is_signed())


@thoroughly
@given(documents())
def test_the_callers_decimal_context_changes_nothing(document):
    lines, header = document

    with localcontext(prec=4, rounding="ROUND_DOWN"):
        narrow = price(lines, header)

    assert narrow == price(lines, header)


def test_conversion_rounds_once_at_the_end():
    assert convert(Decimal("10.005"), Decimal("1.1"), 2) == Decimal("11.01")
    assert convert(Decimal(1000), Decimal("0.30555555"), 3) == Decimal("305.556")
    assert convert(Decimal("2.5"), Decimal(1), 0) == Decimal(3)


def test_a_document_without_lines_has_no_line_amounts():
    assert price([], HeaderInput()).lines == ()
