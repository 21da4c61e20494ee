"""Pages of products and price lists."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.models import PriceList, PriceListItem, Product
from kernel.models import HistoryEntry
from tests.factories import (
    CurrencyFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UnitFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


@pytest.fixture
def browser(manager):
    CurrencyFactory()
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def rep():
    CurrencyFactory()
    client = Client()
    client.force_login(UserFactory())
    return client


def product_form(**changes):
    return {
        "sku": "CNC-40", "name": "Spindle", "kind": "product", "unit": UnitFactory().pk, "decimals": "0",
        "list_price": "9.800,00", "tax_code": TaxCodeFactory().pk, **changes,
    }  # fmt: skip


def test_products_are_listed_found_and_shown(browser):
    product = ProductFactory(sku="CNC-40", name="Spindle", list_price=Decimal(9800))
    PriceListFactory(name="Key accounts", items={product: "9310"})
    ProductFactory(name="Handbook")

    found = browser.get("/products/?q=spindle").text
    page = browser.get("/products/CNC-40/").text

    assert "CNC-40" in found
    assert "€9,800.00" in found
    assert "Handbook" not in found
    assert "Key accounts" in page
    assert "€9,310.00" in page


def test_costs_are_for_those_who_may_read_them(browser, rep):
    ProductFactory(sku="CNC-40", current_cost=Decimal("61.23"))

    assert "€61.23" in browser.get("/products/CNC-40/").text
    assert "61.23" not in rep.get("/products/CNC-40/").text
    assert rep.get("/products/CNC-40/edit/").status_code == 403
    assert rep.get("/products/new/").status_code == 403


def test_a_product_is_entered_as_a_draft_and_goes_on_sale(browser):
    answer = browser.post("/products/new/", product_form())

    product = Product.objects.get()
    assert answer.url == "/products/CNC-40/"
    assert (product.status, product.list_price) == ("draft", 9800)
    browser.post("/products/CNC-40/activate/")
    browser.post("/products/CNC-40/revise/")
    browser.post("/products/CNC-40/activate/")
    browser.post("/products/CNC-40/retire/")
    assert Product.objects.get().status == "retired"
    verbs = list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["created", "activated", "revised", "activated", "retired"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("sku", ""), ("list_price", "dear"), ("list_price", "-1"), ("decimals", "7"), ("sku", "old-1")],
)
def test_bad_input_of_a_product_is_named_and_kept(browser, field, value):
    ProductFactory(sku="OLD-1")

    answer = browser.post("/products/new/", product_form(**{field: value, "description": "Long words"}))

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.text
    assert "Long words" in answer.text
    assert Product.objects.count() == 1


def test_two_people_editing_a_product_do_not_overwrite_each_other(browser):
    product = ProductFactory(sku="CNC-40")
    Product.objects.get().save()

    answer = browser.post("/products/CNC-40/edit/", product_form(name="Mine", version=product.version))

    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert Product.objects.get().name == product.name


@pytest.mark.parametrize("step", ["activate", "revise", "retire"])
def test_a_step_is_never_taken_by_looking(browser, step):
    ProductFactory(sku="CNC-40")

    assert browser.get(f"/products/CNC-40/{step}/").status_code == 405


def test_a_price_list_is_made_and_its_prices_are_set(browser):
    product = ProductFactory(sku="CNC-40", name="Spindle")
    made = browser.post(
        "/price-lists/new/", {"name": "EUR 2026", "currency": product_currency().pk, "is_active": "on"}
    )

    answer = browser.post(
        f"{made.url}prices/",
        {
            "item": ["", ""],
            "product": ["CNC-40", ""],
            "unit": ["", ""],
            "method": ["amount", "amount"],
            "figure": ["9.310,50", ""],
        },
    )

    item = PriceListItem.objects.get()
    assert answer.status_code == 302
    assert (item.product, item.unit, item.amount) == (product, product.unit, Decimal("9310.5"))
    assert "9,310.50" in browser.get(made.url).text


def product_currency():
    return CurrencyFactory()


def grid(price_list, **changes):
    items = list(price_list.items.select_related("product", "unit").order_by("product__sku"))
    rows = {
        "item": [str(item.pk) for item in items], "product": [str(item.product) for item in items],
        "unit": [item.unit.code for item in items], "method": [item.method for item in items],
        "figure": [str(item.amount) for item in items], "version": price_list.version,
    }  # fmt: skip
    return rows | changes


def test_prices_are_changed_and_removed_and_the_history_says_so(browser):
    first, second = ProductFactory(sku="A"), ProductFactory(sku="B")
    prices = PriceListFactory(items={first: "10", second: "20"})
    items = {item.product.sku: item for item in prices.items.all()}

    browser.post(
        f"/price-lists/{prices.ref}/prices/", grid(prices, figure=["11", "20"], remove=[str(items["B"].pk)])
    )

    assert [item.amount for item in prices.items.all()] == [11]
    assert HistoryEntry.objects.get(verb="prices_changed").changes == {"A": ["10", "11"], "B": ["20", None]}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("figure", "cheap", "needs a price"),
        ("figure", "-5", "needs a price"),
        ("product", "NOPE", "no product"),
        ("unit", "ell", "no unit"),
    ],
)
def test_a_wrong_row_is_marked_and_no_price_is_changed(browser, column, value, reason):
    first, second = ProductFactory(sku="A"), ProductFactory(sku="B")
    prices = PriceListFactory(items={first: "10", second: "20"})
    data = grid(prices, figure=["11", "21"])
    data[column][1] = value

    answer = browser.post(f"/price-lists/{prices.ref}/prices/", data)

    assert answer.status_code == 422
    assert reason in answer.text
    assert f'value="{value}"' in answer.text
    assert [item.amount for item in prices.items.order_by("product__sku")] == [10, 20]


def test_prices_somebody_else_has_changed_are_not_overwritten(browser):
    prices = PriceListFactory(items={ProductFactory(): "10"})
    data = grid(prices, figure=["11"])
    PriceList.objects.get().save()

    answer = browser.post(f"/price-lists/{prices.ref}/prices/", data)

    assert answer.status_code == 409
    assert 'value="11"' in answer.text
    assert prices.items.get().amount == 10


def test_a_rep_reads_prices_without_a_form(rep):
    prices = PriceListFactory(items={ProductFactory(): "10"})

    page = rep.get(f"/price-lists/{prices.ref}/")

    assert "10.00" in page.text
    assert "Save prices" not in page.text
    assert rep.post(f"/price-lists/{prices.ref}/prices/", grid(prices)).status_code == 403


@pytest.mark.parametrize("path", ["/products/", "/price-lists/"])
def test_a_list_of_30_asks_as_often_as_one_of_1(browser, path):
    PriceListFactory(items={ProductFactory(): "1"})
    one = queries(lambda: browser.get(path))
    for _number in range(29):
        PriceListFactory(items={ProductFactory(): "1"})

    many = queries(lambda: browser.get(path))

    assert len(many) == len(one) <= 12, many


def test_a_price_list_of_90_prices_asks_as_often_as_one_of_1(browser):
    small = PriceListFactory(items={ProductFactory(): "1"})
    large = PriceListFactory(items={ProductFactory(): "1" for _number in range(90)})

    one = queries(lambda: browser.get(f"/price-lists/{small.ref}/"))
    many = queries(lambda: browser.get(f"/price-lists/{large.ref}/"))

    assert len(many) == len(one) <= 12, many
