"""At least 2,000 generated documents for each profile and number of decimals, on the engine alone.

The seeds are counted, so that every run sees the same documents; ``document()`` prints one again.
"""

import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from kernel.pricing import Profile, price
from tests.kernel.priced_documents import make_document
from tests.money.proofs import (
    COLUMNS,
    ZERO,
    assert_lines_add_up,
    assert_nothing_is_negative,
    assert_parts_sum_to_the_header,
    assert_smallest_unit,
    pieces_of,
    shares_of,
    split,
    total_of,
)

DOCUMENTS = 2_000
DIGITS = (0, 2, 3)
KINDS = [(profile, digits) for profile in Profile for digits in DIGITS]


@pytest.fixture(autouse=True, scope="module")
def clock(request):
    """Say how long the proofs took; they are kept to seconds."""
    started = time.monotonic()
    yield
    manager = request.config.pluginmanager.getplugin("capturemanager")
    with manager.global_and_fixture_disabled():
        count = DOCUMENTS * len(DIGITS) * len(Profile)
        print(f"\n{count} generated documents: {time.monotonic() - started:.1f} s", flush=True)


def document(seed, profile, digits):
    """The document of this seed: lines and header as the engine takes them."""
    return make_document(Random(f"{profile}-{digits}-{seed}"), (1,), (profile,), (digits,))


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]}")
def documents(request):
    """All documents of one profile and number of decimals, with the answer of the engine; made once."""
    made = [document(seed, *request.param) for seed in range(DOCUMENTS)]
    return [(lines, header, price(lines, header)) for lines, header in made]


def test_a_document_is_the_sum_of_its_lines_and_no_line_of_it_is_negative(documents):
    for _lines, header, priced in documents:
        assert_parts_sum_to_the_header(priced)
        assert_smallest_unit(priced, header.digits)
        assert_nothing_is_negative(priced.lines)
        assert priced.total >= 0


def test_turning_the_lines_round_changes_no_sum_but_by_the_tie_rule(documents):
    for lines, header, priced in documents:
        turned = price(lines[::-1], header)

        for name in ("detail", "line_discounts", "header_discount", "pre_freight", "freight", "freight_tax"):
            assert getattr(turned, name) == getattr(priced, name)
        tie = has_ties(priced)
        if header.profile is Profile.DYNAMICS or not tie:
            assert turned.total == priced.total
        if not tie and header.profile is not Profile.PER_DOCUMENT:
            assert turned.lines == priced.lines[::-1]
        if not tie and header.profile is Profile.PER_DOCUMENT:
            assert {(g.group, g.rate): g.tax for g in turned.tax_by_group} == {
                (g.group, g.rate): g.tax for g in priced.tax_by_group
            }


def has_ties(priced):
    """Whether two lines have equal claims on an odd unit of the document discount."""
    if not priced.header_discount:
        return False
    whole, unit = Fraction(priced.detail), 10**priced.header.digits
    claims = [
        Fraction(priced.header_discount) * Fraction(line.net) / whole * unit % 1 for line in priced.lines
    ]
    return len(set(claims)) < len(claims)


def test_a_line_included_at_no_price_changes_no_amount_of_the_others(documents):
    for lines, header, priced in documents[:500]:
        free = replace(lines[0], key="included", unit_price=ZERO, volume_discount=ZERO, discount_percent=None,
                       discount_amount=None, typed_tax=None)  # fmt: skip

        with_a_free_line = price([*lines, free], header)

        assert with_a_free_line.lines[:-1] == priced.lines
        assert (with_a_free_line.total, with_a_free_line.tax) == (priced.total, priced.tax)
        assert {getattr(with_a_free_line.lines[-1], name) for name in COLUMNS} == {ZERO}


def test_quote_order_partial_invoices_and_credit_notes_come_back_to_the_cent(documents):
    random = Random("how the order is split")
    for lines, header, quote in documents:
        digits = header.digits
        order = price(quote.line_inputs, quote.header)
        assert order == quote

        invoiced = credited = ZERO
        for line, amounts in zip(lines, order.lines, strict=True):
            if not line.quantity:  # no document has such a line; only a tax typed by hand could stand on it
                invoiced, credited = invoiced + amounts.total, credited + amounts.total
                continue
            parts = pieces_of(amounts, split(line.quantity, random), digits)
            assert_lines_add_up(parts)
            assert_nothing_is_negative(parts)
            for name in COLUMNS:
                assert total_of(parts, name) == getattr(amounts, name)
            for part in parts:
                back = pieces_of(part, split(Decimal(7), random, most=3), digits)
                assert_nothing_is_negative(back)
                for name in COLUMNS:
                    assert total_of(back, name) == getattr(part, name)
                credited += total_of(back, "total")
            invoiced += total_of(parts, "total")
        freight = shares_of(order.freight, split(Decimal(100), random), digits)
        its_tax = shares_of(order.freight_tax, split(Decimal(100), random), digits)
        assert min(*freight, *its_tax) >= 0
        assert invoiced + sum(freight) + sum(its_tax) == order.total
        assert credited == invoiced
