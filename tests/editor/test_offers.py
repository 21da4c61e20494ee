"""What the product box offers: price here, and what this customer paid last."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.lines import lines_of
from tests.document_factories import OrderFactory
from tests.factories import AccountFactory, PriceListFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def browser(rep):
    client = Client()
    client.force_login(rep)
    return client


def offered(browser, text, account, prices=None):
    said = {
        "q": text,
        "account": account.public_id,
        "currency": "EUR",
        "list": prices.public_id if prices else "",
    }
    return browser.get("/_p/products/", said).text


def sold(rep, account, product, price, **order):
    made = OrderFactory(
        owner=rep, account=account, lines__product=product, lines__unit_price=Decimal(price), **order
    )
    return lines_of(made)[0]


def test_the_last_price_to_this_customer_is_named_after_its_discount(browser, rep):
    product, account = ProductFactory(sku="CNC-40"), AccountFactory(owner=rep)
    sold(rep, account, product, "80", status="submitted")
    sold(rep, account, product, "60", status="fulfilled", lines__discount_percent=Decimal(10))

    assert "last sold here at €54.00" in offered(browser, "CNC", account)


@pytest.mark.parametrize("status", ["active", "canceled"])
def test_what_was_never_sold_is_no_last_price(browser, rep, status):
    product, account = ProductFactory(sku="CNC-40"), AccountFactory(owner=rep)
    sold(rep, account, product, "60", status=status)
    sold(rep, AccountFactory(owner=rep), product, "61", status="submitted")

    assert "last sold" not in offered(browser, "CNC", account)


def test_sales_that_one_may_not_see_are_not_told(browser):
    stranger = UserFactory()
    product, account = ProductFactory(sku="CNC-40"), AccountFactory(owner=stranger)
    sold(stranger, account, product, "60", status="submitted")

    assert "last sold" not in offered(browser, "CNC", account)
    assert "CNC-40" in offered(browser, "CNC", account)


def test_a_product_without_a_price_says_so(browser, rep):
    PriceListFactory()
    ProductFactory(sku="NEW-1", list_price=0)

    assert "no price here" in offered(browser, "NEW", AccountFactory(owner=rep))


def test_eight_offers_ask_as_often_as_one(browser, rep):
    account = AccountFactory(owner=rep)
    products = [ProductFactory(sku=f"ONE-{number}") for number in range(8)]
    products += [ProductFactory(sku="SINGLE-1")]
    prices = PriceListFactory(items=dict.fromkeys(products, "5"))
    for product in products:
        sold(rep, account, product, "60", status="submitted")

    one = queries(lambda: offered(browser, "SINGLE", account, prices))
    many = queries(lambda: offered(browser, "ONE", account, prices))

    assert len(one) == len(many)
