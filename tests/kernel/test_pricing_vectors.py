"""Documents worked out by hand; docs/pricing.md tells the same figures."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kernel.pricing import HeaderInput, LineInput, Profile, credited, price

D = Decimal

GOLDEN_LINES = [
    LineInput(
        "1", D(11), D("100.00"), volume_discount=D("5.00"), discount_amount=D("10.00"), typed_tax=D("100.00")
    ),
    LineInput("2", D(3), D("19.99"), typed_tax=D("5.40")),
]
GOLDEN_HEADER = HeaderInput(
    discount_percent=D(10), discount_amount=D("50.00"), freight=D("20.00"), profile=Profile.DYNAMICS
)

MIXED_LINES = [
    LineInput("A", D(3), D("33.33"), discount_percent=D(10), tax_rate=D(19), tax_group="standard"),
    LineInput("B", D(7), D("1.15"), discount_amount=D("0.55"), tax_rate=D(7), tax_group="reduced"),
    LineInput("C", D(1), D("100"), tax_rate=D(19), tax_group="standard"),
]
MIXED_HEADER = HeaderInput(
    discount_percent=D(5),
    discount_amount=D(3),
    freight=D("9.90"),
    freight_tax_rate=D(19),
    freight_tax_group="standard",
)


def column(priced, name):
    return [getattr(line, name) for line in priced.lines]


def test_the_golden_vector_of_the_dynamics_profile():
    priced = price(GOLDEN_LINES, GOLDEN_HEADER)

    assert column(priced, "base") == [D("1045.00"), D("59.97")]
    assert priced.detail == D("1094.97")
    assert priced.line_discounts == D("10.00")
    assert priced.header_percent_part == D("109.50")
    assert priced.header_discount == D("159.50")
    assert priced.total_discount == D("169.50")
    assert priced.pre_freight == D("935.47")
    assert priced.freight == D("20.00")
    assert priced.freight_tax == D("0.00")
    assert priced.tax == D("105.40")
    assert priced.total == D("1060.87")
    assert column(priced, "header_discount") == [D("150.76"), D("8.74")]
    assert column(priced, "total") == [D("984.24"), D("56.63")]


@pytest.mark.parametrize(
    ("profile", "taxes", "tax", "total"),
    [
        (Profile.PER_LINE, ["15.98", "0.49", "17.76"], "36.11", "230.63"),
        (Profile.PER_DOCUMENT, ["15.99", "0.49", "17.76"], "36.12", "230.64"),
        (Profile.DYNAMICS, ["17.10", "0.53", "19.00"], "38.51", "233.03"),
    ],
)
def test_one_document_in_each_profile(profile, taxes, tax, total):
    priced = price(MIXED_LINES, replace(MIXED_HEADER, profile=profile))

    assert column(priced, "base") == [D("99.99"), D("8.05"), D("100.00")]
    assert column(priced, "discount") == [D("10.00"), D("0.55"), D("0.00")]
    assert column(priced, "net") == [D("89.99"), D("7.50"), D("100.00")]
    assert priced.detail == D("197.49")
    assert priced.header_percent_part == D("9.87")
    assert priced.header_discount == D("12.87")
    assert column(priced, "header_discount") == [D("5.86"), D("0.49"), D("6.52")]
    assert priced.pre_freight == D("184.62")
    assert priced.freight_tax == D("1.88")
    assert column(priced, "tax") == [D(amount) for amount in taxes]
    assert (priced.tax, priced.total) == (D(tax), D(total))


def test_taxes_are_told_per_code_and_rate_with_the_freight_in_its_code():
    priced = price(MIXED_LINES, replace(MIXED_HEADER, profile=Profile.PER_DOCUMENT))

    standard, reduced = priced.tax_by_group
    assert (standard.group, standard.rate, standard.taxable, standard.tax) == (
        "standard",
        D(19),
        D("187.51"),
        D("35.63"),
    )
    assert (reduced.group, reduced.rate, reduced.taxable, reduced.tax) == (
        "reduced",
        D(7),
        D("7.01"),
        D("0.49"),
    )


@pytest.mark.parametrize("profile", [Profile.PER_LINE, Profile.PER_DOCUMENT])
def test_a_currency_without_decimals(profile):
    lines = [LineInput("A", D(3), D(333), tax_rate=D(10)), LineInput("B", D("1.5"), D(333), tax_rate=D(10))]

    priced = price(lines, HeaderInput(discount_percent=D(10), digits=0, profile=profile))

    assert column(priced, "base") == [D(999), D(500)]
    assert priced.header_discount == D(150)
    assert column(priced, "header_discount") == [D(100), D(50)]
    assert column(priced, "tax") == [D(90), D(45)]
    assert priced.total == D(1484)
    assert str(priced.total) == "1484"


def test_a_currency_with_three_decimals_rounds_halves_up():
    priced = price([LineInput("A", D(3), D("0.3335"), tax_rate=D(5))], HeaderInput(digits=3))

    assert (priced.detail, priced.tax, priced.total) == (D("1.001"), D("0.050"), D("1.051"))


def test_equal_lines_give_the_odd_cent_of_the_discount_to_the_first():
    lines = [LineInput(key, D(1), D("10")) for key in "ABC"]

    priced = price(lines, HeaderInput(discount_amount=D("1.00")))

    assert column(priced, "header_discount") == [D("0.34"), D("0.33"), D("0.33")]


def test_a_line_that_gives_back_bears_no_header_discount():
    lines = [
        LineInput("sold", D(1), D(100)),
        LineInput("returned", D(-1), D(40)),
        LineInput("sold too", D(1), D(100)),
    ]

    priced = price(lines, HeaderInput(discount_percent=D(10)))

    assert priced.header_discount == D("16.00")
    assert column(priced, "header_discount") == [D("8.00"), D("0.00"), D("8.00")]


@pytest.mark.parametrize("profile", list(Profile))
def test_a_credit_note_is_the_exact_negative_of_its_document(profile):
    header = replace(MIXED_HEADER, profile=profile)

    back = price(*credited(MIXED_LINES, header))

    priced = price(MIXED_LINES, header)
    assert back.total == -priced.total
    assert column(back, "net") == [-amount for amount in column(priced, "net")]
    assert column(back, "header_discount") == [-amount for amount in column(priced, "header_discount")]
    assert column(back, "tax") == [-amount for amount in column(priced, "tax")]


def test_a_typed_tax_counts_in_the_dynamics_profile_only():
    line = LineInput("A", D(1), D(100), tax_rate=D(20), typed_tax=D("7.00"))

    taxes = {profile: price([line], HeaderInput(profile=profile)).tax for profile in Profile}

    assert taxes == {Profile.PER_LINE: D(20), Profile.PER_DOCUMENT: D(20), Profile.DYNAMICS: D(7)}


def test_lines_that_nearly_cancel_out_still_bear_their_own_tax_per_document():
    lines = [
        LineInput("sold", D(1), D("1000.00"), tax_rate=D(20)),
        LineInput("back", D(-1), D("999.99"), tax_rate=D(20)),
    ]

    priced = price(lines, HeaderInput(profile=Profile.PER_DOCUMENT))

    assert column(priced, "tax") == [D("200.00"), D("-200.00")]
    assert priced.tax == D("0.00")


def test_two_tax_codes_of_one_rate_are_taxed_apart_per_document():
    goods = LineInput("A", D(1), D("0.02"), tax_rate=D(20), tax_group="goods")
    books = LineInput("B", D(1), D("0.02"), tax_rate=D(20), tax_group="books")
    header = HeaderInput(profile=Profile.PER_DOCUMENT)

    assert price([goods, books], header).tax == D("0.00")
    assert price([goods, replace(books, tax_group="goods")], header).tax == D("0.01")


def test_a_document_without_lines_comes_to_its_freight():
    priced = price([], HeaderInput(freight=D("10"), freight_tax_rate=D(20)))

    assert (priced.detail, priced.tax, priced.total) == (D(0), D("2.00"), D("12.00"))


def test_every_amount_says_how_it_came_about():
    steps = price(MIXED_LINES, MIXED_HEADER).steps

    told = {(step.subject, step.code): step.amounts for step in steps}
    assert told["A", "base"] == {
        "quantity": D(3), "unit_price": D("33.33"), "volume_discount": D(0), "exact": D("99.99"), "result": D("99.99"),
    }  # fmt: skip
    assert told["A", "discount_percent"]["exact"] == D("9.999")
    assert told["A", "discount_percent"]["result"] == D("10.00")
    assert told["B", "discount_amount"] == {"amount": D("0.55"), "result": D("0.55")}
    assert told["B", "header_share"] == {
        "whole": D("12.87"), "net": D("7.50"), "bearing": D("197.49"), "result": D("0.49"),
    }  # fmt: skip
    assert (told["C", "tax"]["taxable"], told["C", "tax"]["result"]) == (D("93.48"), D("17.76"))
    assert told["", "header_discount"] == {
        "percent": D(5), "detail": D("197.49"), "percent_part": D("9.87"), "amount": D("3.00"), "result": D("12.87"),
    }  # fmt: skip
    assert told["", "freight_tax"]["exact"] == D("1.8810")
    assert told["", "total"]["result"] == D("230.63")


@pytest.mark.parametrize("profile", list(Profile))
def test_what_a_step_arrives_at_is_what_it_says_but_for_the_rounding(profile):
    for lines, header in [(MIXED_LINES, MIXED_HEADER), (GOLDEN_LINES, GOLDEN_HEADER)]:
        for step in price(lines, replace(header, profile=profile)).steps:
            exact = step.amounts.get("exact", step.amounts["result"])

            assert abs(exact - step.amounts["result"]) <= D("0.005"), step


def test_the_tax_share_names_the_tax_of_the_lines_without_the_freight():
    steps = price(MIXED_LINES, replace(MIXED_HEADER, profile=Profile.PER_DOCUMENT)).steps

    share = next(step for step in steps if (step.subject, step.code) == ("A", "tax_share"))
    assert share.amounts == {"rate": D(19), "whole": D("33.75"), "result": D("15.99")}
