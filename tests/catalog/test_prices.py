"""What a product costs, and why."""

import datetime as dt
from decimal import Decimal

import pytest

from catalog.models import DiscountList, DiscountTier, PriceListItem, Product
from catalog.prices import PriceRequest, resolve_price, resolve_prices
from kernel.errors import DomainError
from tests.factories import (
    CurrencyFactory,
    ExchangeRateFactory,
    PriceListFactory,
    ProductFactory,
    UnitFactory,
    UnitGroupFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 1)


@pytest.fixture
def prices():
    return PriceListFactory(name="Key accounts")


def item(prices, product, **columns):
    columns = {"unit": product.unit, "method": "amount"} | columns
    return PriceListItem.objects.create(price_list=prices, product=product, **columns)


def tiers(kind, *rows, **columns):
    made = DiscountList.objects.create(name=f"Tiers {kind}", kind=kind, **columns)
    for low, high, value in rows:
        DiscountTier.objects.create(discount_list=made, low=low, high=high, value=value)
    return made


def ask(product, prices, quantity=1, unit=None, **context):
    # From the database, as an action has it.
    product = Product.objects.get(pk=product.pk)
    request = PriceRequest(product, unit.pk if unit else None, Decimal(quantity))
    return resolve_price(request, price_list=prices, on=TODAY, **context)


def told(found):
    return [reason.text for reason in found.because]


def test_the_price_list_beats_the_list_price(prices):
    product = ProductFactory(list_price=100)
    row = item(prices, product, amount=Decimal("93.10"))

    found = ask(product, prices)

    assert (found.unit_price, found.list_price, found.volume_discount) == (
        Decimal("93.10"),
        Decimal(100),
        Decimal(0),
    )
    assert found.price_list_item == row
    assert told(found) == ["Key accounts, amount: 93.10"]
    assert found.problem is None


def test_a_product_that_is_not_on_the_list_costs_its_list_price_and_says_so(prices):
    found = ask(ProductFactory(list_price=100), prices)

    assert found.unit_price == Decimal(100)
    assert found.price_list_item is None
    assert told(found) == [
        "list price of the product: 100.00",
        "Key accounts has no price for it, so its list price counts",
    ]


def test_without_a_price_list_the_list_price_counts():
    assert told(ask(ProductFactory(list_price=7), None)) == ["list price of the product: 7.00"]


@pytest.mark.parametrize(
    ("method", "percent", "expected"),
    [
        ("percent_of_list", "90", "90"),
        ("markup_current", "50", "60"),
        ("margin_current", "50", "80"),
        ("markup_standard", "50", "45"),
        ("margin_standard", "25", "40"),
    ],
)
def test_computed_methods_start_from_list_price_or_cost(prices, method, percent, expected):
    product = ProductFactory(list_price=100, current_cost=40, standard_cost=30)
    item(prices, product, method=method, percent=Decimal(percent))

    assert ask(product, prices).unit_price == Decimal(expected)


def test_a_computed_price_is_rounded_by_the_items_rule_and_names_its_reference(prices):
    product = ProductFactory(list_price=100, current_cost=Decimal("41.30"))
    columns = {"rounding": "up", "rounding_option": "ends_in", "rounding_amount": Decimal("0.99")}
    item(prices, product, method="markup_current", percent=Decimal(50), **columns)

    found = ask(product, prices)

    assert found.unit_price == Decimal("61.99")
    assert told(found) == [
        "Key accounts, markup on current cost (41.30), 50 %: 61.95",
        "rounded up (ends in 0.99) from 61.95: 61.99",
    ]


def test_a_missing_cost_is_a_problem_with_a_name_and_the_list_price_is_shown(prices):
    product = ProductFactory(list_price=100, current_cost=None)
    item(prices, product, method="margin_current", percent=Decimal(20))

    found = ask(product, prices)

    assert (found.problem.code, found.problem.field) == ("no_cost", "unit_price")
    assert product.sku in str(found.problem.text)
    assert found.unit_price == Decimal(100)


@pytest.mark.parametrize(
    ("quantity", "discount"), [("9", "0"), ("10", "5"), ("49", "5"), ("50", "10"), ("5000", "10")]
)
def test_the_tier_of_the_quantity_is_taken_off_each_unit(prices, quantity, discount):
    product = ProductFactory()
    item(prices, product, amount=100, discount_list=tiers("percent", (10, 49, 5), (50, None, 10)))

    found = ask(product, prices, quantity)

    assert (found.unit_price, found.volume_discount) == (Decimal(100), Decimal(discount))


def test_a_volume_discount_names_list_and_tier(prices):
    product = ProductFactory()
    item(prices, product, amount=100, discount_list=tiers("amount", (10, None, 5)))

    assert told(ask(product, prices, 12))[-1] == "Tiers amount from 10: 5.00 off each unit"


def test_an_amount_off_in_another_currency_does_not_count(prices):
    product = ProductFactory()
    other = tiers("amount", (1, None, 5), currency=CurrencyFactory(code="USD"))
    item(prices, product, amount=100, discount_list=other)

    found = ask(product, prices, 10)

    assert found.volume_discount == 0
    assert found.because[-1].code == "discount_in_other_currency"


def test_a_unit_without_a_price_of_its_own_is_priced_by_the_products_unit(prices):
    product = ProductFactory(list_price=2)
    dozen = UnitFactory(code="dz", name="dozen", factor=12)
    item(prices, product, amount=Decimal("1.50"), discount_list=tiers("percent", (24, None, 10)))

    found = ask(product, prices, 2, unit=dozen)

    assert (found.unit_price, found.list_price) == (Decimal(18), Decimal(24))
    assert found.volume_discount == Decimal("1.80")
    assert [reason.code for reason in found.because] == ["price_list_item", "other_unit", "volume_discount"]


def test_a_price_in_the_unit_asked_for_comes_first(prices):
    product = ProductFactory()
    dozen = UnitFactory(code="dz", name="dozen", factor=12)
    item(prices, product, amount=Decimal("1.50"))
    item(prices, product, unit=dozen, amount=Decimal(15))

    assert ask(product, prices, unit=dozen).unit_price == Decimal(15)
    assert ask(product, prices).unit_price == Decimal("1.50")


def test_a_tier_that_starts_at_a_whole_is_reached_by_its_parts(prices):
    dozen = UnitFactory(code="dz", name="dozen", factor=12)
    product = ProductFactory(unit=dozen)
    item(prices, product, amount=12, discount_list=tiers("percent", (1, None, 50)))

    found = ask(product, prices, 12, unit=UnitFactory())

    assert (found.unit_price, found.volume_discount) == (Decimal(1), Decimal("0.5"))


def test_a_unit_of_another_group_is_a_problem(prices):
    litre = UnitFactory(code="l", name="litre", group=UnitGroupFactory(name="Volume"))

    found = ask(ProductFactory(), prices, unit=litre)

    assert (found.problem.code, found.problem.field) == ("unit_not_convertible", "unit")


def test_whole_units_only_is_a_problem_for_a_fraction(prices):
    product = ProductFactory(decimals=2)
    item(prices, product, amount=10, selling="whole")

    assert ask(product, prices, "1.5").problem.code == "whole_quantity_only"
    assert ask(product, prices, "2.00").problem is None


def test_list_price_and_cost_are_in_base_currency_and_converted_by_the_rate_of_the_day():
    dollar = CurrencyFactory(code="USD")
    ExchangeRateFactory(currency=dollar, rate=Decimal("0.5"), valid_from=dt.date(2026, 1, 1))
    ExchangeRateFactory(currency=dollar, rate=Decimal("0.8"), valid_from=dt.date(2026, 2, 1))
    ExchangeRateFactory(currency=dollar, rate=Decimal("0.1"), valid_from=dt.date(2026, 4, 1))
    product = ProductFactory(list_price=100)
    prices = PriceListFactory(currency=dollar)
    item(prices, product, method="percent_of_list", percent=80)

    found = ask(product, prices)

    assert (found.list_price, found.unit_price) == (Decimal(125), Decimal(100))
    assert ask(product, None, currency=dollar).unit_price == Decimal(125)


@pytest.mark.parametrize(
    "columns",
    [
        {"is_active": False},
        {"valid_from": dt.date(2026, 3, 2)},
        {"valid_to": dt.date(2026, 2, 28)},
    ],
)
def test_a_price_list_that_does_not_hold_on_the_day_is_refused(columns):
    prices = PriceListFactory(**columns)

    with pytest.raises(DomainError) as refused:
        ask(ProductFactory(), prices)

    assert (refused.value.code, refused.value.field) == ("price_list_not_valid", "price_list")
    assert prices.name in str(refused.value)


def test_a_price_list_holds_on_its_first_and_its_last_day():
    assert ask(ProductFactory(), PriceListFactory(valid_from=TODAY, valid_to=TODAY)).unit_price == Decimal(
        100
    )


def test_a_price_list_in_another_currency_than_the_document_is_refused(prices):
    with pytest.raises(DomainError) as refused:
        ask(ProductFactory(), prices, currency=CurrencyFactory(code="USD"))

    assert refused.value.code == "price_list_currency"


def test_any_number_of_lines_takes_the_same_number_of_queries(prices, django_assert_num_queries):
    discounts = tiers("percent", (2, None, 5))
    for number in range(30):
        item(prices, ProductFactory(), amount=number + 1, discount_list=discounts)
    products = list(Product.objects.all())
    prices = type(prices).objects.select_related("currency").get(pk=prices.pk)

    for count in (1, 30):
        requests = [PriceRequest(product, None, Decimal(5)) for product in products[:count]]
        with django_assert_num_queries(4):  # units, items, their discount lists, tiers
            found = resolve_prices(requests, price_list=prices, on=TODAY)
            assert len(told(found[-1])) == 2

    assert [answer.unit_price for answer in found] == [Decimal(number + 1) for number in range(30)]


def test_nothing_asked_is_nothing_read(prices, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert resolve_prices([], price_list=prices, on=TODAY) == []
