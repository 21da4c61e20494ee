"""What cannot be priced is refused with the field and the line to blame."""

from decimal import Decimal

import pytest

from kernel.errors import DomainError
from kernel.pricing import HeaderInput, LineInput, PricingError, allocate, apportion, price

D = Decimal

LINE = {"key": "7", "quantity": D(2), "unit_price": D(10)}


def refusal(lines, **header):
    with pytest.raises(PricingError) as refused:
        price(lines, HeaderInput(**header))
    return refused.value


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"discount_amount": D("20.01")}, "discount_too_large", "discount_amount"),
        ({"volume_discount": D("10.01")}, "discount_too_large", "volume_discount"),
        ({"volume_discount": D(-1)}, "negative", "volume_discount"),
        ({"discount_amount": D(-1)}, "negative", "discount_amount"),
        ({"discount_percent": D(-1)}, "negative", "discount_percent"),
        ({"discount_percent": D("100.01")}, "too_large", "discount_percent"),
        ({"discount_percent": D(5), "discount_amount": D(5)}, "two_discounts", "discount_percent"),
        ({"tax_rate": D(-1)}, "negative", "tax_rate"),
        ({"tax_rate": D(1001)}, "too_large", "tax_rate"),
        ({"quantity": D("NaN")}, "not_a_number", "quantity"),
        ({"unit_price": D("Infinity")}, "not_a_number", "unit_price"),
        ({"typed_tax": D("sNaN")}, "not_a_number", "typed_tax"),
        ({"discount_amount": D("-Infinity")}, "not_a_number", "discount_amount"),
        ({"quantity": D("1234567890.123456")}, "too_many_digits", "quantity"),
        ({"unit_price": D("1E+15")}, "too_many_digits", "unit_price"),
        ({"unit_price": D("1E-16")}, "too_many_digits", "unit_price"),
        ({"quantity": D(10**9), "unit_price": D(10**9)}, "too_many_digits", "quantity"),
    ],
)
def test_a_line_that_means_nothing_is_refused_by_name(change, code, field):
    error = refusal([LineInput(**LINE | change)])

    assert (error.code, error.field, error.line) == (code, field, "7")
    assert str(error)


@pytest.mark.parametrize(
    ("header", "code", "field"),
    [
        ({"discount_amount": D("20.01")}, "discount_too_large", "discount_amount"),
        ({"discount_percent": D(100), "discount_amount": D("0.01")}, "discount_too_large", "discount_amount"),
        ({"discount_percent": D(101)}, "too_large", "discount_percent"),
        ({"discount_amount": D(-1)}, "negative", "discount_amount"),
        ({"freight": D(-1)}, "negative", "freight"),
        ({"freight": D("NaN")}, "not_a_number", "freight"),
        ({"freight_tax_rate": D(-1)}, "negative", "freight_tax_rate"),
        ({"digits": 5}, "bad_digits", "currency"),
        ({"freight": D(10) ** 11}, "too_many_digits", "freight"),
    ],
)
def test_a_header_that_means_nothing_is_refused_by_name(header, code, field):
    error = refusal([LineInput(**LINE)], **header)

    assert (error.code, error.field, error.line) == (code, field, "")


def test_a_header_discount_is_measured_by_the_lines_that_sell():
    lines = [LineInput("sold", D(1), D(100)), LineInput("returned", D(-1), D(60))]

    assert price(lines, HeaderInput(discount_amount=D(100))).pre_freight == D(-60)
    assert refusal(lines, discount_amount=D("100.01")).code == "discount_too_large"


def test_a_header_discount_without_lines_is_refused():
    assert refusal([], discount_amount=D("0.01")).code == "discount_too_large"


def test_a_total_too_large_to_keep_is_refused_though_each_line_fits():
    lines = [LineInput(str(index), D(1), D(60_000_000_000)) for index in range(2)]

    assert refusal(lines).code == "too_many_digits"


def test_trailing_zeros_are_not_digits():
    line = LineInput("1", D("1.00000000000000000000"), D("99.90"))

    assert price([line], HeaderInput()).total == D("99.90")


def test_a_refusal_is_a_domain_error_that_the_house_translates():
    assert isinstance(refusal([LineInput(**LINE)], digits=9), DomainError)


def test_money_is_not_shared_out_over_nothing_or_by_negative_weights():
    for amount, weights in [(D(1), [D(0), D(0)]), (D(1), []), (D(1), [D(2), D(-1)]), (D("0.001"), [D(1)])]:
        with pytest.raises(PricingError):
            allocate(amount, weights, 2)


def test_no_more_than_the_whole_can_be_billed():
    for before, after, of in [
        (D(0), D(4), D(3)),
        (D(-1), D(1), D(3)),
        (D(0), D(-1), D(3)),
        (D(0), D(1), D(-3)),
    ]:
        with pytest.raises(PricingError) as refused:
            apportion(D(10), before, after, of, 2)
        assert refused.value.code == "beyond_whole"


def test_an_amount_on_a_line_without_quantity_cannot_be_billed_in_parts():
    assert apportion(D(0), D(0), D(0), D(0), 2) == D(0)
    with pytest.raises(PricingError):
        apportion(D(5), D(0), D(0), D(0), 2)


def test_a_float_never_touches_money_but_a_whole_number_may():
    with pytest.raises(TypeError):
        LineInput(**LINE | {"unit_price": 9.99})
    with pytest.raises(TypeError):
        HeaderInput(freight=1.5)

    assert price([LineInput("1", 1, 10)], HeaderInput(discount_percent=0, freight=5)).total == D("15.00")
