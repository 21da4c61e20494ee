"""Accounts, contacts, products, prices and orders from files: found by key, made, changed, taken back."""

from decimal import Decimal

import pytest

from catalog.models import PriceListItem, Product
from customers.models import Account, Contact
from imports.models import Effect
from leads.actions import change_lead
from leads.models import Lead
from orders.models import Order
from tests.factories import (
    AccountFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UnitFactory,
    UserFactory,
)
from tests.imports.scenes import bring, check, findings, imported, undone
from tests.imports.test_leads import dump

pytestmark = pytest.mark.django_db

CUSTOMERS = ("customers_account", "customers_contact", "customers_contactpoint", "duplicates_matchkey")


def table(*lines):
    return "\n".join(lines).encode()


def test_accounts_are_found_by_their_erp_code_changed_and_put_back_byte_for_byte(boss):
    AccountFactory(name="Old name", erp_code="10042", owner=boss, team=boss.team, phone="0711 1")
    before = dump(*CUSTOMERS)

    content = table("ERP-Nummer;Firma;Telefon;Ort", "10042;Borg GmbH;0711 2;Ulm", "10043;Neu AG;;Köln")
    run = imported(content, by=boss, kind="accounts")

    assert run.options["key"] == "erp_code"
    assert run.outcome["counts"] == {"updated": 1, "created": 1, "rows": 2}
    found = Account.objects.order_by("erp_code").values_list("name", "city")
    assert list(found) == [("Borg GmbH", "Ulm"), ("Neu AG", "Köln")]
    undone(run, by=boss)
    assert dump(*CUSTOMERS) == before


def test_an_update_of_somebody_elses_record_is_refused_for_that_row_only(seller):
    LeadFactory(email="ada@example.com", topic="Theirs", owner=UserFactory())
    own = LeadFactory(email="bea@example.com", topic="Mine", owner=seller)

    run = imported(
        table("E-Mail,Thema,Nachname", "ada@example.com,Stolen,Long", "bea@example.com,New words,Bee"),
        by=seller, options={"key": "email", "on_match": "update"},
    )  # fmt: skip

    assert findings(run, "failed") == [
        (2, "out_of_reach", "A record with this key belongs to somebody else.")
    ]
    own.refresh_from_db()
    assert (own.topic, own.last_name) == ("New words", "Bee")
    assert not Lead.objects.filter(topic="Stolen").exists()


def test_a_record_changed_since_is_listed_and_left_until_somebody_decides(boss):
    lead = LeadFactory(email="bea@example.com", topic="Before", owner=boss, team=boss.team)
    content = table("E-Mail,Thema", "bea@example.com,By the import")
    run = imported(content, by=boss, options={"key": "email", "on_match": "update"})
    lead.refresh_from_db()
    change_lead(lead, by=boss, need="typed since")

    run = undone(run, by=boss)

    lead.refresh_from_db()
    assert (run.status, lead.topic, lead.need) == ("stopped", "By the import", "typed since")
    [one] = run.findings.filter(what="touched")

    run = undone(run, by=boss, also=[one.offset])

    lead.refresh_from_db()
    assert (run.status, lead.topic, lead.need) == ("undone", "Before", "")


def test_the_account_of_a_contact_is_found_by_name_or_made_along(boss):
    AccountFactory(name="Borg GmbH", owner=boss, team=boss.team)
    before = dump(*CUSTOMERS)
    people = (
        "Ada Long;borg gmbh;ada@example.com",
        "Bea Bee;Neu AG;bea@example.com",
        "Cid Cee;Neu AG;cid@example.com",
    )
    content = table("Ansprechpartner;Firma;E-Mail", *people)

    run = check(bring(content, by=boss, kind="contacts"), by=boss)
    assert [one[1] for one in findings(run, "error")] == ["account", "account"]
    run = imported(content, by=boss, kind="contacts", options={"create_missing": True})

    assert list(Contact.objects.order_by("id").values_list("first_name", "last_name", "account__name")) == [
        ("Ada", "Long", "Borg GmbH"), ("Bea", "Bee", "Neu AG"), ("Cid", "Cee", "Neu AG"),
    ]  # fmt: skip
    assert Account.objects.count() == 2
    undone(run, by=boss)
    assert dump(*CUSTOMERS) == before


def test_products_are_upserted_by_sku_and_a_second_run_writes_nothing(boss):
    UnitFactory()
    TaxCodeFactory()
    content = table("Artikelnummer;Bezeichnung;Einheit;Listenpreis;Steuer", "CNC-40;Fräse;pc;9.800,00;VAT19",
                    "CNC-41;Säge;pc;1.200,50;VAT19", "CNC-42;;pc;1,00;VAT19")  # fmt: skip
    run = imported(content, by=boss, kind="products")

    assert run.outcome["counts"] == {"created": 2, "failed": 1, "rows": 3}
    assert Product.objects.get(sku="CNC-41").list_price == Decimal("1200.5")
    before = dump("catalog_product")
    again = imported(content, by=boss, kind="products")
    assert again.outcome["counts"] == {"unchanged": 2, "failed": 1, "rows": 3}
    assert dump("catalog_product") == before
    changed = imported(content.replace(b"1.200,50", b"1.300,00"), by=boss, kind="products")
    assert changed.outcome["counts"] == {"unchanged": 1, "updated": 1, "failed": 1, "rows": 3}
    undone(changed, by=boss)
    assert dump("catalog_product") == before


def test_prices_of_a_list_are_set_and_taken_back(boss):
    prices = PriceListFactory(name="Key accounts")
    one, two = ProductFactory(sku="ONE"), ProductFactory(sku="TWO")
    PriceListItem.objects.filter(price_list=prices).delete()
    PriceListItem.objects.create(price_list=prices, product=one, unit=one.unit, amount=10)
    tables = ("catalog_pricelist", "catalog_pricelistitem")
    before = dump(*tables)
    content = table(
        "Preisliste,SKU,Preis", "Key accounts,ONE,12.50", "Key accounts,TWO,7.25", "Nobody,TWO,1.00"
    )

    run = imported(content, by=boss, kind="prices", options={"on_match": "update"})

    assert run.outcome["counts"] == {"updated": 1, "created": 1, "failed": 1, "rows": 3}
    assert dict(prices.items.values_list("product__sku", "amount")) == {
        "ONE": Decimal("12.5"),
        "TWO": Decimal("7.25"),
    }
    assert two.price_list_items.exists()
    again = imported(content, by=boss, kind="prices", options={"on_match": "update"})
    assert again.outcome["counts"] == {"unchanged": 2, "failed": 1, "rows": 3}
    undone(run, by=boss)
    assert dump(*tables) == before


@pytest.fixture
def shop(boss):
    CurrencyFactory()
    ProductFactory(sku="ONE", list_price=10)
    ProductFactory(sku="TWO", list_price=20)
    return AccountFactory(name="Borg GmbH", owner=boss, team=boss.team)


ORDERS = ("Auftragsnummer;Kunde;Datum;Artikel;Menge;Preis", "4711;Borg GmbH;2026-11-30;ONE;2;9,50",
          "4712;Borg GmbH;2026-11-30;TWO;1;", "4711;;;TWO;3;", "4713;Borg GmbH;2026-11-30;NONE;1;",
          "4713;Borg GmbH;2026-11-30;ONE;1;")  # fmt: skip


def test_orders_come_with_all_their_lines_or_not_at_all(boss, shop):
    run = check(bring(table(*ORDERS), by=boss, kind="orders"), by=boss)
    assert run.counts["failed"] == 2
    assert not Order.objects.exists()

    run = imported(table(*ORDERS), by=boss, kind="orders")

    orders = {order.name: order for order in Order.objects.all()}
    assert sorted(orders) == ["Order 4711", "Order 4712"]
    lines = (
        orders["Order 4711"].lines.order_by("position").values_list("product__sku", "quantity", "unit_price")
    )
    assert list(lines) == [("ONE", 2, Decimal("9.5")), ("TWO", 3, 20)]
    assert [one[0] for one in findings(run, "failed")] == [5, 6]
    assert orders["Order 4711"].total == Decimal("94.01")


def test_orders_are_not_made_twice_and_a_changed_one_is_changed(boss, shop):
    imported(table(*ORDERS[:4]), by=boss, kind="orders")
    before = dump("orders_order", "orders_orderline")

    again = imported(table(*ORDERS[:4]), by=boss, kind="orders")
    assert again.outcome["counts"].get("created", 0) == 0
    assert dump("orders_order", "orders_orderline") == before

    change = {"key": "order_key", "on_match": "update"}
    run = imported(table(*ORDERS[:3], "4711;;;TWO;5;"), by=boss, kind="orders", options=change)
    assert run.outcome["counts"]["updated"] == 1
    assert Order.objects.get(name="Order 4711").total == Decimal("141.61")
    undone(run, by=boss)
    assert dump("orders_order", "orders_orderline") == before
    assert Effect.objects.filter(run=run).count() == 0


def test_undoing_an_import_of_orders_leaves_nothing_behind(boss, shop):
    before = dump("orders_order", "orders_orderline", "imports_externalkey")

    run = undone(imported(table(*ORDERS[:4]), by=boss, kind="orders"), by=boss)

    assert run.status == "undone"
    assert dump("orders_order", "orders_orderline", "imports_externalkey") == before


def test_a_contact_named_by_e_mail_stands_on_a_lead(boss):
    contact = ContactFactory(email="ada@example.com", owner=boss, team=boss.team)

    imported(table("Thema,Nachname,Existing contact", "Laser,Long,ada@example.com"), by=boss)

    assert Lead.objects.get().contact == contact


def test_a_feed_that_goes_back_to_an_earlier_value_is_followed(boss):
    UnitFactory()
    for price in ("10,00", "12,00", "10,00"):
        content = table("Artikelnummer;Bezeichnung;Einheit;Listenpreis", f"CNC-40;Fräse;pc;{price}")
        imported(content, by=boss, kind="products")

    assert Product.objects.get().list_price == 10
