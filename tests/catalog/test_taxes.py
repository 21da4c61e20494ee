"""Which rate of tax counts, and why."""

import datetime as dt
from decimal import Decimal

import pytest

from catalog.models import TaxCode, TaxRate
from catalog.taxes import resolve_taxes, tax_rate_for, tax_rates

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 1)


@pytest.fixture
def standard():
    code = TaxCode.objects.create(code="STANDARD", name="Standard")
    for country, region, percent, since in [
        ("", "", "10", dt.date(2000, 1, 1)),
        ("DE", "", "16", dt.date(2020, 7, 1)),
        ("DE", "", "19", dt.date(2021, 1, 1)),
        ("DE", "", "21", dt.date(2026, 7, 1)),
        ("PT", "", "23", dt.date(2015, 1, 1)),
        ("PT", "Madeira", "22", dt.date(2012, 1, 1)),
    ]:
        TaxRate.objects.create(
            tax_code=code, country=country, region=region, percent=percent, valid_from=since
        )
    return code


@pytest.mark.parametrize(
    ("place", "day", "percent", "why"),
    [
        ({"country": "DE"}, TODAY, "19", "19 % in DE since 2021-01-01"),
        ({"country": "de "}, TODAY, "19", "19 % in DE since 2021-01-01"),
        ({"country": "DE"}, dt.date(2020, 12, 31), "16", "16 % in DE since 2020-07-01"),
        ({"country": "DE"}, dt.date(2026, 7, 1), "21", "21 % in DE since 2026-07-01"),
        ({"country": "DE"}, dt.date(2019, 1, 1), "10", "10 % since 2000-01-01"),
        ({"country": "PT", "region": "Madeira"}, TODAY, "22", "22 % in Madeira, PT since 2012-01-01"),
        ({"country": "PT", "region": "Lisboa"}, TODAY, "23", "23 % in PT since 2015-01-01"),
        ({"country": "FR"}, TODAY, "10", "10 % since 2000-01-01"),
        ({"country": ""}, TODAY, "10", "10 % since 2000-01-01"),
        ({"country": "", "region": "Madeira"}, TODAY, "10", "10 % since 2000-01-01"),
    ],
)
def test_the_nearest_place_and_the_latest_day_decide(standard, place, day, percent, why):
    found = tax_rate_for(standard, on=day, **place)

    assert found.rate == Decimal(percent)
    assert found.because == why


@pytest.mark.parametrize(
    ("treatment", "why"),
    [
        ("exempt", "the customer is exempt from tax"),
        ("reverse_charge", "reverse charge: the customer owes the tax"),
    ],
)
def test_exempt_and_reverse_charge_customers_pay_no_tax_and_it_says_why(standard, treatment, why):
    found = tax_rate_for(standard, country="DE", on=TODAY, treatment=treatment)

    assert (found.rate, found.code, found.because) == (Decimal(0), treatment, why)


def test_a_code_without_any_rate_there_and_then_is_taxed_at_zero_and_says_so(standard):
    found = tax_rate_for(standard, country="DE", on=dt.date(1999, 12, 31))

    assert (found.rate, found.code) == (Decimal(0), "no_rate")
    assert found.because == "no rate is set up for this tax code, place and day"


def test_any_number_of_codes_takes_one_query(standard, django_assert_num_queries):
    reduced = TaxCode.objects.create(code="REDUCED", name="Reduced")
    TaxRate.objects.create(tax_code=reduced, percent=7, valid_from=dt.date(2000, 1, 1))

    with django_assert_num_queries(1):
        assert tax_rates({standard.pk, reduced.pk}, country="DE", on=TODAY) == {
            standard.pk: 19,
            reduced.pk: 7,
        }
    with django_assert_num_queries(0):
        assert resolve_taxes(set(), country="DE", on=TODAY) == {}
        assert tax_rates({standard.pk}, country="DE", on=TODAY, treatment="exempt") == {standard.pk: 0}
