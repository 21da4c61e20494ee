"""What something would cost, and why: the same answer on the page, for machines and on a document."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from catalog.lines import LineChange
from catalog.models import DiscountList, DiscountTier, TaxCode, TaxRate
from customers.simulator import Question, simulate
from kernel.errors import DomainError
from quotes.actions import create_quote
from tests.api.conftest import client_of
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PriceListFactory,
    ProductFactory,
    UnitFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 15)


@pytest.fixture
def manager():
    CurrencyFactory()
    return UserFactory(role="sales_manager")


@pytest.fixture
def world(manager):
    """A customer in California with a list of their own in dollars, marked up on cost, cheaper from ten on."""
    dollar = CurrencyFactory(code="USD")
    ExchangeRateFactory(currency=dollar, rate=Decimal("0.8"), valid_from=dt.date(2026, 1, 1))
    tax = TaxCode.objects.create(code="STD", name="Standard")
    TaxRate.objects.create(
        tax_code=tax, country="US", region="CA", percent=Decimal("7.25"), valid_from=dt.date(2020, 1, 1)
    )
    product = ProductFactory(sku="MILL", name="End mill", list_price=20, current_cost=8, tax_code=tax)
    prices = PriceListFactory(name="West", currency=dollar)
    volume = DiscountList.objects.create(name="Volume")
    DiscountTier.objects.create(discount_list=volume, low=10, value=5)
    prices.items.create(
        product=product, unit=product.unit, method="markup_current", percent=Decimal("33.7"), rounding="up",
        rounding_option="ends_in", rounding_amount=Decimal("0.99"), discount_list=volume,
    )  # fmt: skip
    account = AccountFactory(
        name="Ventura",
        owner=manager,
        team=manager.team,
        country="US",
        region="CA",
        currency=dollar,
        price_list=prices,
    )
    return {"product": product, "account": account, "prices": prices}


def ask(world, shows_costs=True, **more):
    given = {
        "product": world["product"],
        "account": world["account"],
        "quantity": Decimal(10),
        "on": TODAY,
        **more,
    }
    return simulate(Question(**given), shows_costs=shows_costs)


def test_the_whole_chain_of_reasons_leads_to_the_price(world):
    found = ask(world)

    assert (found.price.unit_price, found.price.volume_discount) == (Decimal("13.99"), Decimal("0.6995"))
    assert (found.amounts.detail, found.amounts.tax, found.amounts.total) == (
        Decimal("132.91"), Decimal("9.64"), Decimal("142.55"),
    )  # fmt: skip
    assert found.because == (
        "West, because it is the account's own list",
        "West, markup on current cost (10.00), 33.7 %: 13.37",
        "rounded up (ends in 0.99) from 13.37: 13.99",
        "Volume from 10: 0.6995 off each unit",
        "base currency converted on 2026-06-15: 1 USD is worth 0.8",
        "STD: 7.25 % in CA, US since 2020-01-01",
    )


def test_the_margin_is_in_base_currency_and_only_for_those_who_may_see_costs(world):
    margin = ask(world).margin

    assert (margin.cost, margin.earned) == (Decimal("80.00"), Decimal("26.33"))
    assert round(margin.percent, 2) == Decimal("24.76")
    hidden = ask(world, shows_costs=False)
    assert hidden.margin is None
    text = " ".join(hidden.because)
    assert "West, markup on current cost" in text
    assert "33.7" not in text
    assert "10.00" not in text


def test_a_document_of_the_same_day_costs_exactly_as_much(world, manager):
    found = ask(world)
    dollar = world["prices"].currency

    quote = create_quote(
        by=manager, name="Deal", account=world["account"], currency=dollar, price_list=world["prices"],
        effective_from=TODAY, lines=[LineChange(product=world["product"], quantity=Decimal(10))],
    )  # fmt: skip

    assert (quote.total, quote.total_tax) == (found.amounts.total, found.amounts.tax)
    assert quote.lines.get().unit_price == found.price.unit_price


def test_another_unit_currency_and_list_are_asked_for(world):
    UnitFactory(code="box", name="box of 12", factor=12)
    euro = CurrencyFactory()
    retail = PriceListFactory(name="Retail", items={world["product"]: "19"})

    box = simulate(
        Question(world["product"], unit=UnitFactory(code="box"), price_list=retail, on=TODAY),
        shows_costs=True,
    )
    none = ask(world, currency=euro, account=None)

    assert box.price.unit_price == 228
    assert box.because[:3] == (
        "Retail, because it was asked for", "Retail, amount: 19.00", "priced by the piece, converted: 228.00",
    )  # fmt: skip
    assert (none.price_list, none.price.unit_price) == (None, 20)
    assert none.because[0] == "no list holds, so list prices count"


def test_what_a_document_would_not_take_is_said(world):
    draft = ProductFactory(sku="NEW", status="draft", valid_from=dt.date(2027, 1, 1))

    assert ask(world, product=draft).problems == ("NEW is not for sale.", "NEW is not sold on 2026-06-15.")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"quantity": Decimal(0)}, "quantity_not_positive"),
        ({"on": dt.date(2025, 1, 1)}, "no_exchange_rate"),
    ],
)
def test_where_there_is_no_price_the_reason_is_given(world, more, code):
    with pytest.raises(DomainError) as refused:
        ask(world, **more)

    assert refused.value.code == code


def test_the_page_answers_an_address_without_javascript(world, manager):
    browser = Client()
    browser.force_login(manager)

    blank = browser.get("/prices/")
    shown = browser.get(
        f"/prices/?product=MILL&quantity=10&account={world['account'].number}&on=2026-06-15"
    ).text
    wrong = browser.get("/prices/?product=NOPE&quantity=0").text

    assert blank.status_code == 200
    assert "$13.29" in shown
    assert "$142.55" in shown
    assert "because it is the account&#39;s own list" in shown
    assert "24.76%" in shown
    assert "no product “NOPE”" in wrong


def test_a_rep_sees_the_price_without_the_margin_and_no_strangers_customer(world):
    rep = UserFactory()
    browser = Client()
    browser.force_login(rep)

    page = browser.get(f"/prices/?product=MILL&account={world['account'].number}&on=2026-06-15").text
    plain = browser.get("/prices/?product=MILL&on=2026-06-15").text

    assert "Nothing clear found" in page
    assert "€20.00" in plain
    assert "Margin" not in plain


def test_machines_get_the_same_answer(world, manager):
    where = f"/api/v1/prices/?product=MILL&quantity=10&account={world['account'].number}&on=2026-06-15"
    found = client_of(manager).get(where)
    colleague = client_of(UserFactory(team=manager.team)).get(where)

    assert found.status_code == 200, found.data
    assert (found.data["unit_price"], found.data["total"], found.data["price_list"]) == (
        "13.9900",
        "142.5500",
        "West",
    )
    assert (found.data["cost"], found.data["margin_percent"]) == ("80.0000", "24.76")
    assert len(found.data["because"]) == 6
    assert "cost" not in colleague.data
    assert "33.7" not in str(colleague.data)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400), ("product=NOPE", 400), ("product=MILL&unit=ell", 400), ("product=MILL&colour=red", 400),
        ("product=MILL&quantity=0", 422), ("product=MILL&on=soon", 400), ("product=MILL&quantity=NaN", 400),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused_by_field(world, manager, query, status):
    assert client_of(manager).get(f"/api/v1/prices/?{query}").status_code == status


def test_the_customer_of_a_stranger_does_not_exist_for_the_asker(world):
    stranger = client_of(UserFactory())

    answer = stranger.get(f"/api/v1/prices/?product=MILL&account={world['account'].number}")

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "account")


def test_a_question_costs_a_bounded_number_of_queries(world, manager):
    browser = Client()
    browser.force_login(manager)
    where = f"/prices/?product=MILL&quantity=10&account={world['account'].number}&on=2026-06-15"
    browser.get(where)

    assert len(queries(lambda: browser.get(where))) <= 26
