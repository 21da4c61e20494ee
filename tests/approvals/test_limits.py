"""Which rules a quote breaks: discounts off the price list, margins where costs are known, totals in base currency."""

from decimal import Decimal

import pytest

from catalog.lines import LineChange
from catalog.models import PriceListItem
from quotes.actions import change_quote, create_quote
from quotes.models import ApprovalRule
from quotes.models.limits import exceeded
from tests.document_factories import QuoteFactory
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PriceListFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def rule(kind, limit, role="salesperson"):
    return ApprovalRule.objects.create(kind=kind, limit=Decimal(limit), role=role)


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def offer(rep):
    """A draft with these lines at a price list that asks 100 for everything."""
    CurrencyFactory()
    prices = PriceListFactory()

    def make(*lines, owner=rep, cost=None, **header):
        changes = []
        for line in lines:
            product = ProductFactory(list_price=Decimal(130), current_cost=cost, standard_cost=cost)
            PriceListItem.objects.create(
                price_list=prices, product=product, unit=product.unit, method="amount", amount=Decimal(100)
            )
            changes.append(LineChange(**{"product": product} | line))
        account = AccountFactory(owner=rep, team=rep.team)
        header = {
            "account": account,
            "currency": prices.currency,
            "price_list": prices,
            "name": "Deal",
        } | header
        quote = create_quote(by=rep, lines=changes, **header)
        if owner is not rep:
            type(quote).objects.filter(pk=quote.pk).update(owner=owner)
            quote = type(quote).objects.get(pk=quote.pk)
        return quote

    return make


def found(quote):
    return [(one.kind, one.found) for one in exceeded(quote)]


def test_without_rules_nothing_is_exceeded(offer):
    assert found(offer({"discount_percent": Decimal(90)})) == []


@pytest.mark.parametrize(("percent", "broken"), [("15", []), ("15.5", [("discount", Decimal("15.50"))])])
def test_a_line_discount_counts_from_just_beyond_the_limit(offer, percent, broken):
    rule("discount", 15)

    assert found(offer({"discount_percent": Decimal(percent)})) == broken


def test_a_discount_as_an_amount_counts_too(offer):
    rule("discount", 15)

    assert found(offer({"quantity": Decimal(2), "discount_amount": Decimal(40)})) == [
        ("discount", Decimal(20))
    ]


def test_the_discount_of_the_whole_quote_adds_to_that_of_the_line(offer):
    rule("discount", 15)

    assert found(offer({"discount_percent": Decimal(10)}, discount_percent=Decimal(10))) == [
        ("discount", Decimal(19))
    ]
    assert found(offer({}, discount_amount=Decimal(16))) == [("discount", Decimal(16))]


def test_a_price_set_below_the_price_list_is_a_discount_and_one_above_is_none(offer):
    rule("discount", 15)

    assert found(offer({"unit_price": Decimal(80)})) == [("discount", Decimal(20))]
    assert found(offer({"unit_price": Decimal(120), "discount_percent": Decimal(25)})) == []


def test_the_worst_line_is_named(offer):
    rule("discount", 15)

    (one,) = exceeded(offer({}, {"discount_percent": Decimal(30)}, {"discount_percent": Decimal(20)}))

    assert one.words().startswith("Line 2, ")
    assert "30%" in one.words()
    assert "15%" in one.words()


def test_an_option_is_measured_as_if_it_were_chosen(offer):
    rule("discount", 15)

    quote = offer({}, {"kind": "optional", "discount_percent": Decimal(8)}, discount_percent=Decimal(10))

    assert found(quote) == [("discount", Decimal("17.20"))]


def test_a_line_in_our_own_words_is_measured_by_its_own_price(offer):
    rule("discount", 15)
    words = {"product": None, "description": "Setup", "unit_price": Decimal(50)}

    assert found(offer(words)) == []
    assert found(offer(words | {"discount_percent": Decimal(20)})) == [("discount", Decimal(20))]


def test_the_last_cent_of_rounding_is_nobodys_discount(offer):
    rule("discount", 15)

    quote = offer({"quantity": Decimal("1"), "unit_price": Decimal("9.99"), "product": None, "description": "x",
                   "discount_percent": Decimal(15)})  # fmt: skip

    assert found(quote) == []


def test_the_margin_counts_lines_with_known_costs_only(offer):
    rule("margin", 10)

    assert found(offer({}, cost=Decimal(95))) == [("margin", Decimal(5))]
    assert found(offer({}, cost=Decimal(90))) == []
    assert found(offer({}, cost=None)) == []


def test_the_margin_is_what_is_left_after_all_discounts(offer):
    rule("margin", 10)

    assert found(offer({}, cost=Decimal(80), discount_percent=Decimal(20))) == [("margin", Decimal(0))]


def test_a_good_option_does_not_hide_a_bad_line_and_a_bad_one_counts(offer):
    rule("margin", 10)
    bad = offer({}, {"kind": "optional", "unit_price": Decimal(10_000)}, cost=Decimal(95))
    hidden = offer({}, {"kind": "optional", "unit_price": Decimal(60)}, cost=Decimal(80))

    assert found(bad) == [("margin", Decimal(5))]
    assert found(hidden) == [("margin", Decimal(0))]


def test_a_margin_in_another_currency_is_worked_out_in_the_base_currency(offer):
    rule("margin", 10)
    ExchangeRateFactory(currency=CurrencyFactory(code="USD"), rate=Decimal("0.5"))
    dollars = PriceListFactory(currency=CurrencyFactory(code="USD"), name="Dollars")

    quote = offer(
        {"unit_price": Decimal(100)}, cost=Decimal(48), currency=dollars.currency, price_list=dollars
    )

    assert found(quote) == [("margin", Decimal(4))]


def test_the_total_counts_in_base_currency_with_what_the_customer_may_still_choose(offer):
    rule("amount", 1000)
    ExchangeRateFactory(currency=CurrencyFactory(code="USD"), rate=Decimal("0.5"))
    dollars = PriceListFactory(currency=CurrencyFactory(code="USD"), name="Dollars")
    untaxed = {"product": None, "description": "x", "unit_price": Decimal(900)}

    assert found(offer(untaxed)) == []
    assert found(offer(untaxed | {"unit_price": Decimal("1000.01")})) == [("amount", Decimal("1000.01"))]
    assert found(offer(untaxed, untaxed | {"kind": "optional"})) == [("amount", Decimal(1800))]
    assert (
        found(offer(untaxed | {"unit_price": Decimal(1900)}, currency=dollars.currency, price_list=dollars))
        == []
    )


def test_the_rules_are_those_of_the_owners_role(offer, rep):
    rule("discount", 15)
    rule("discount", 30, role="sales_manager")
    manager = UserFactory(role="sales_manager")
    deep = {"discount_percent": Decimal(20)}

    assert found(offer(deep)) == [("discount", Decimal(20))]
    assert found(offer(deep, owner=manager)) == []
    assert found(offer({"discount_percent": Decimal(40)}, owner=manager)) == [("discount", Decimal(40))]


def test_what_waits_for_a_team_is_measured_as_a_salespersons():
    rule("amount", 100)

    assert found(QuoteFactory(owner=None, team=UserFactory().team)) == [("amount", Decimal(119))]


def test_a_rule_that_is_switched_off_asks_for_nothing(offer):
    ApprovalRule.objects.create(kind="amount", limit=1, role="salesperson", is_active=False)

    assert found(offer({})) == []


def test_margins_are_told_without_figures_unless_one_may_know_costs(offer):
    rule("margin", 10)

    (one,) = exceeded(offer({}, cost=Decimal(95)))

    assert not any(c.isdigit() for c in one.words())
    assert "5%" in one.words(figures=True)
    assert "10%" in one.words(figures=True)


def test_every_rule_that_is_broken_is_named(offer, rep):
    rule("discount", 15)
    rule("margin", 10)
    rule("amount", 50)
    quote = offer({}, cost=Decimal(95))
    quote = change_quote(quote, by=rep, discount_percent=Decimal(20))

    assert {kind for kind, _figure in found(quote)} == {"discount", "margin", "amount"}
