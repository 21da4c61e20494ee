"""Products, price lists and reference data through HTTP: known by their codes, written by those who keep them."""

import pytest

from catalog.models import PriceListItem, TaxCode
from kernel.models import HistoryEntry
from tests.api.conftest import client_of
from tests.api.records import address
from tests.factories import ExchangeRateFactory, PriceListFactory, ProductFactory, TaxCodeFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(manager):
    return client_of(manager)


def test_a_product_is_taken_into_the_catalog_and_changed(keeper, euro):
    unit, tax = UnitFactory(), TaxCodeFactory()
    body = {"sku": "ROTOR", "name": "Rotor", "unit": unit.code, "tax_code": tax.code, "list_price": "99.90"}

    made = keeper.post("/api/v1/products/", body)
    again = keeper.post("/api/v1/products/", body)
    changed = keeper.patch(
        f"/api/v1/products/{made.data['id']}/", {"list_price": "89.90", "current_cost": "40"}
    )

    assert (made.status_code, made.data["status"]) == (201, "draft")
    assert (again.status_code, again.data["errors"][0]["field"]) == (422, "sku")
    assert (changed.data["list_price"], changed.data["current_cost"]) == ("89.9000", "40.0000")
    for wrong in ({"list_price": "-1"}, {"unit": "nope"}, {"tax_code": "nope"}, {"decimals": 99999}):
        answer = keeper.patch(f"/api/v1/products/{made.data['id']}/", wrong)
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, next(iter(wrong)))


def test_sellers_read_the_catalog_and_leave_it_alone(api, euro):
    product = ProductFactory()

    assert api.get(address("products", product)).status_code == 200
    assert api.patch(address("products", product), {"name": "x"}).status_code == 403
    assert (
        api.post("/api/v1/units/", {"code": "x", "name": "x", "group": product.unit.group.name}).status_code
        == 403
    )


def test_prices_are_set_and_taken_out_by_product_and_unit(keeper, euro):
    product, other = ProductFactory(), ProductFactory()
    prices = PriceListFactory(items={other: "10"})
    where = address("price-lists", prices)

    put = keeper.post(f"{where}prices/", {
        "prices": [{"product": product.sku, "amount": "80"}], "removed": [{"product": other.sku}],
    })  # fmt: skip
    shown = keeper.get(f"{where}items/")

    assert put.status_code == 200, put.data
    assert [(row["product"], row["unit"], row["amount"]) for row in shown.data["results"]] == [
        (product.sku, product.unit.code, "80.0000")
    ]
    wrong = keeper.post(f"{where}prices/", {"prices": [{"product": "nope", "amount": "1"}]})
    assert (wrong.status_code, wrong.data["errors"][0]["field"]) == (400, "prices.0.product")
    assert PriceListItem.objects.count() == 1


def test_a_price_list_is_made_and_changed(keeper, euro):
    made = keeper.post("/api/v1/price-lists/", {"name": "Retail", "currency": "EUR"})
    again = keeper.post("/api/v1/price-lists/", {"name": "Retail", "currency": "EUR"})
    changed = keeper.patch(f"/api/v1/price-lists/{made.data['id']}/", {"valid_to": "2030-01-31"})

    assert (made.status_code, again.status_code, again.data["errors"][0]["field"]) == (201, 400, "name")
    assert changed.data["valid_to"] == "2030-01-31"


@pytest.mark.parametrize(
    ("where", "body", "key", "change"),
    [
        ("currencies", {"code": "CHF", "name": "Franc", "digits": 2}, "CHF", {"name": "Swiss franc"}),
        ("units", {"code": "kg", "name": "kilo", "group": "Pieces", "factor": "2"}, "kg", {"name": "kilogram"}),
        ("payment-terms", {"code": "N10", "name": "10 days", "net_days": 10}, "N10", {"net_days": 11}),
        ("exchange-rates", {"currency": "USD", "rate": "0.91", "valid_from": "2026-01-31"}, "USD@2026-01-31",
         {"rate": "0.92"}),
        ("tax-codes", {"code": "T7", "name": "Reduced", "rates": [{"percent": "7", "valid_from": "2020-01-01"}]}, "T7",
         {"rates": [{"percent": "5", "valid_from": "2020-01-01", "country": "DE"}]}),
    ],
)  # fmt: skip
def test_reference_data_is_made_read_and_changed_by_its_code(keeper, euro, where, body, key, change):
    UnitFactory()
    ExchangeRateFactory()
    before = HistoryEntry.objects.count()

    made = keeper.post(f"/api/v1/{where}/", body)
    changed = keeper.patch(f"/api/v1/{where}/{key}/", change)
    shown = keeper.get(f"/api/v1/{where}/{key}/")
    twice = keeper.post(f"/api/v1/{where}/", body)

    assert (made.status_code, changed.status_code) == (201, 200), (made.data, changed.data)
    assert shown.data == changed.data != made.data
    assert twice.status_code in (400, 409)
    assert HistoryEntry.objects.count() >= before + 2
    assert "pk" not in shown.data
    assert keeper.get(f"/api/v1/{where}/nonsense/").status_code == 404


def test_what_documents_rely_on_is_fixed(keeper, euro):
    UnitFactory()

    fixed = (("currencies/EUR", "digits", 3), ("units/pc", "factor", "2"), ("currencies/EUR", "code", "XXX"))
    for path, field, value in fixed:
        answer = keeper.patch(f"/api/v1/{path}/", {field: value})
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, field)


def test_finance_keeps_taxes_and_nothing_else(finance, euro):
    TaxCodeFactory()
    keeper = client_of(finance)

    assert keeper.patch("/api/v1/tax-codes/VAT19/", {"name": "Standard"}).status_code == 200
    assert keeper.patch("/api/v1/currencies/EUR/", {"name": "x"}).status_code == 403
    assert TaxCode.objects.get().name == "Standard"
