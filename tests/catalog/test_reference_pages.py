"""Units, taxes, exchange rates, discount lists and whole price items: written, refused, shown."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from catalog.actions import Price, change_discount_list, create_discount_list, set_prices
from catalog.actions.discounts import TierWanted
from catalog.document_notes import base_note, tax_note
from catalog.lines import LineChange
from catalog.models import (
    Currency,
    DiscountList,
    DiscountTier,
    ExchangeRate,
    PriceListItem,
    TaxCode,
    TaxRate,
    Unit,
    UnitGroup,
)
from catalog.rates import rate_on
from catalog.reference import change_reference, create_reference, delete_reference
from catalog.taxes import tax_rate_for
from invoices.actions import confirm_invoice, invoice_from_order, record_payment
from invoices.models import Invoice
from kernel.errors import DomainError
from kernel.models import HistoryEntry
from orders.actions import accept_quote, submit_order
from quotes.actions import activate_quote, create_quote
from tests.api.conftest import client_of
from tests.document_factories import QuoteFactory
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UnitFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db

LONG_AGO = dt.date(2000, 1, 1)


@pytest.fixture
def manager():
    CurrencyFactory()
    return UserFactory(role="sales_manager")


@pytest.fixture
def browser(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def finance():
    CurrencyFactory()
    client = Client()
    client.force_login(UserFactory(role="finance"))
    return client


# --- units --------------------------------------------------------------------------


def test_units_are_made_on_their_page_and_convert(browser):
    browser.post("/units/groups/new/", {"name": "Pieces"})
    group = UnitGroup.objects.get()
    browser.post("/units/new/", {"code": "pc", "name": "piece", "group": group.pk, "factor": "1"})
    browser.post("/units/new/", {"code": "dz", "name": "dozen", "group": group.pk, "factor": "12"})

    page = browser.get("/units/").text

    assert "12 pc" in page
    assert "base unit" in page


@pytest.mark.parametrize(
    ("values", "field"),
    [({"code": "pc"}, "code"), ({"factor": "0"}, "factor"), ({"factor": "much"}, "factor")],
)
def test_a_second_unit_of_one_code_and_one_that_holds_nothing_are_named(browser, values, field):
    unit = UnitFactory()

    answer = browser.post(
        "/units/new/", {"code": "x", "name": "x", "group": unit.group_id, "factor": "1", **values}
    )

    assert answer.status_code in (409, 422)
    assert f"#id_{field}" in answer.text
    assert Unit.objects.count() == 1


def test_what_a_used_unit_holds_is_fixed_and_its_name_is_not(manager):
    product = ProductFactory()

    with pytest.raises(DomainError) as fixed:
        change_reference(product.unit, by=manager, factor=Decimal(2))
    with pytest.raises(DomainError) as used:
        delete_reference(product.unit, by=manager)
    change_reference(product.unit, by=manager, name="item")

    assert (fixed.value.code, fixed.value.field, used.value.code) == ("fixed", "factor", "in_use")
    assert "product" in str(fixed.value)
    assert (Unit.objects.get().factor, Unit.objects.get().name) == (1, "item")


def test_an_unused_unit_may_be_corrected_and_deleted(browser, manager):
    unit = UnitFactory(code="box", factor=10)

    change_reference(unit, by=manager, factor=Decimal(12))
    assert Unit.objects.get().factor == 12
    browser.post("/units/box/delete/")

    assert not Unit.objects.exists()
    assert HistoryEntry.objects.filter(verb="deleted", note="box").exists()


def test_the_back_office_knows_what_documents_rely_on(admin_client):
    product = ProductFactory()
    path = f"/admin/catalog/unit/{product.unit.pk}/change/"
    data = {"group": product.unit.group_id, "code": "pc", "name": "piece", "factor": "5"}

    answer = admin_client.post(path, data)

    assert answer.status_code == 200
    assert "is used" in answer.content.decode()
    assert Unit.objects.get().factor == 1


# --- discount lists ------------------------------------------------------------------


def tiers(*rows):
    return [TierWanted(Decimal(low), high and Decimal(high), Decimal(value)) for low, high, value in rows]


def test_a_discount_list_has_tiers_with_gaps_and_touching_ends(manager):
    made = create_discount_list(
        by=manager, name="Volume", kind="percent", tiers=tiers((1, 9, 2), (9, 20, 3), (50, None, 9))
    )

    assert [(one.low, one.high, one.value) for one in made.tiers.all()] == [
        (1, 9, 2),
        (9, 20, 3),
        (50, None, 9),
    ]


@pytest.mark.parametrize(
    ("rows", "code", "field"),
    [
        ([(1, 10, 2), (5, 20, 3)], "overlapping_tier", "tiers.1.low"),
        ([(1, None, 2), (5, 20, 3)], "overlapping_tier", "tiers.1.low"),
        ([(5, 20, 3), (1, None, 2)], "overlapping_tier", "tiers.1.low"),
        ([(5, 20, 3), (5, 9, 2)], "overlapping_tier", "tiers.1.low"),
        ([(10, 5, 2)], "turned_tier", "tiers.0.high"),
        ([(1, 5, -2)], "negative", "tiers.0.value"),
        ([(-1, 5, 2)], "negative", "tiers.0.low"),
        ([(1, 5, 101)], "too_large", "tiers.0.value"),
    ],
)
def test_tiers_that_say_two_things_are_refused_by_row_and_nothing_is_kept(manager, rows, code, field):
    with pytest.raises(DomainError) as refused:
        create_discount_list(by=manager, name="Volume", kind="percent", tiers=tiers(*rows))

    assert (refused.value.code, refused.value.field) == (code, field)
    assert not DiscountList.objects.exists()


def test_a_discount_list_is_kept_on_its_page_and_a_used_one_stays(browser):
    rows = {
        "name": "Volume", "kind": "percent", "tiers-TOTAL_FORMS": "3", "tiers-INITIAL_FORMS": "0",
        "tiers-0-low": "10", "tiers-0-high": "49", "tiers-0-value": "5", "tiers-1-low": "50", "tiers-1-value": "7,5",
    }  # fmt: skip

    wrong = browser.post("/discount-lists/new/", {**rows, "tiers-1-low": "20"})
    made = browser.post("/discount-lists/new/", rows)
    found = DiscountList.objects.get()
    product = ProductFactory()
    prices = PriceListFactory(items={product: "10"})
    prices.items.update(discount_list=found)
    kept = browser.post(f"/discount-lists/{found.pk}/delete/")

    assert wrong.status_code == 422
    assert "overlaps with the tier from 10" in wrong.text
    assert made.url == "/discount-lists/"
    assert [(one.low, one.high, one.value) for one in found.tiers.all()] == [
        (10, 49, 5), (50, None, Decimal("7.5")),
    ]  # fmt: skip
    assert kept.status_code == 422
    assert "used by 1 price" in browser.get("/discount-lists/").text
    assert "Volume" in browser.get(prices.get_absolute_url()).text


def test_an_amount_list_stays_in_the_currency_of_the_lists_that_use_it(manager):
    euro, dollar = CurrencyFactory(), CurrencyFactory(code="USD")
    found = create_discount_list(
        by=manager, name="Off", kind="amount", currency=euro, tiers=tiers((1, None, 1))
    )
    product = ProductFactory()
    PriceListFactory(items={product: "10"}).items.update(discount_list=found)
    abroad = PriceListFactory(currency=dollar)

    with pytest.raises(DomainError) as moved:
        change_discount_list(found, by=manager, currency=dollar)
    with pytest.raises(DomainError) as used:
        set_prices(abroad, [Price(product, product.unit, amount=Decimal(1), discount_list=found)], by=manager)

    assert (moved.value.code, used.value.code) == ("discount_currency", "discount_currency")


def test_machines_keep_discount_lists_families_and_unit_groups(manager):
    api = client_of(manager)
    body = {"name": "Volume", "kind": "percent", "tiers": [{"low": "10", "high": None, "value": "5"}]}

    made = api.post("/api/v1/discount-lists/", body)
    changed = api.patch("/api/v1/discount-lists/Volume/", {"tiers": []})
    wrong = api.patch(
        "/api/v1/discount-lists/Volume/",
        {"tiers": [{"low": "1", "high": None, "value": "1"}, {"low": "2", "high": None, "value": "2"}]},
    )

    assert made.data["tiers"] == [{"low": "10.00000", "high": None, "value": "5.0000"}]
    assert changed.data["tiers"] == []
    assert (wrong.status_code, wrong.data["errors"][0]["field"]) == (422, "tiers.1.low")
    assert api.post("/api/v1/unit-groups/", {"name": "Mass"}).status_code == 201
    assert api.post("/api/v1/product-families/", {"name": "Tools"}).status_code == 201
    below = api.post("/api/v1/product-families/", {"name": "Mills", "parent": "Tools"})
    assert below.data == {"name": "Mills", "parent": "Tools"}
    assert api.patch("/api/v1/product-families/Tools/", {"parent": "Mills"}).status_code == 422


# --- one price ------------------------------------------------------------------------


def test_one_price_gets_rounding_selling_and_discounts_on_its_page(browser):
    product = ProductFactory(list_price=100)
    prices = PriceListFactory(items={product: "10"})
    item, discounts = prices.items.get(), DiscountList.objects.create(name="Volume")
    where = f"/price-lists/{prices.ref}/prices/{item.pk}/"
    data = {
        "method": "percent_of_list", "percent": "87.1", "rounding": "up", "rounding_option": "ends_in",
        "rounding_amount": "0.99", "selling": "whole", "discount_list": discounts.pk, "version": prices.version,
    }  # fmt: skip

    wrong = browser.post(where, {**data, "rounding_amount": ""})
    done = browser.post(where, data)

    item.refresh_from_db()
    assert (wrong.status_code, done.url) == (422, prices.get_absolute_url())
    assert (item.method, item.amount, item.percent, item.selling) == (
        "percent_of_list", None, Decimal("87.1"), "whole",
    )  # fmt: skip
    page = browser.get(prices.get_absolute_url()).text
    assert "87.99" in page
    assert "up, ends in 0.99 · whole · Volume" in page


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"method": "margin_current", "percent": Decimal(100)}, "bad_percent"),
        ({"method": "markup_current", "percent": Decimal(-100)}, "bad_percent"),
        ({"method": "percent_of_list", "percent": Decimal(-1)}, "bad_percent"),
        ({"method": "percent_of_list"}, "no_price"),
        ({"amount": Decimal(1), "rounding": "up", "rounding_amount": None}, "bad_rounding"),
    ],
)
def test_a_price_that_could_not_be_worked_out_is_refused(manager, values, code):
    product = ProductFactory()
    prices = PriceListFactory()

    with pytest.raises(DomainError) as refused:
        set_prices(prices, [Price(product, product.unit, **values)], by=manager)

    assert refused.value.code == code
    assert not prices.items.exists()


def test_prices_set_in_the_grid_keep_their_rounding(manager):
    product = ProductFactory()
    prices = PriceListFactory(items={product: "10"})
    prices.items.update(rounding="up", rounding_amount=5)

    set_prices(prices, [Price(product, product.unit, amount=Decimal(11))], by=manager)

    item = prices.items.get()
    assert (item.amount, item.rounding, item.rounding_amount) == (11, "up", 5)


def test_a_list_of_many_prices_is_paged_by_key_there_and_back(browser):
    prices = PriceListFactory(items={ProductFactory(sku=f"P{n:03}"): "1" for n in range(230)})
    where = prices.get_absolute_url()

    def skus(page):
        return re.findall(r'name="product" value="(\S+) ', page)

    def link(page, rel):
        found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        return where + unescape(found.group(1)) if found else ""

    first = browser.get(where).text
    second = browser.get(link(first, "next")).text
    third = browser.get(link(second, "next")).text
    back = browser.get(link(third, "prev")).text

    assert skus(first) + skus(second) + skus(third) == [f"P{n:03}" for n in range(230)]
    assert skus(back) == skus(second)
    assert (link(first, "prev"), link(third, "next")) == ("", "")


def test_what_a_percentage_on_a_cost_is_stays_hidden_from_those_who_may_not_see_costs(browser, manager):
    product = ProductFactory(current_cost=Decimal("61.30"))
    prices = PriceListFactory()
    prices.items.create(product=product, unit=product.unit, method="markup_current", percent=Decimal("33.7"))
    rep = Client()
    rep_user = UserFactory()
    rep.force_login(rep_user)
    where = f"/api/v1/price-lists/{prices.public_id}/items/"

    assert "33.7" in browser.get(prices.get_absolute_url()).text
    assert "33.7" not in rep.get(prices.get_absolute_url()).text
    assert "33.7" not in rep.get(f"/products/{product.sku}/").text
    assert client_of(manager).get(where).data["results"][0]["percent"] == "33.7000"
    assert client_of(rep_user).get(where).data["results"][0]["percent"] is None


def test_products_that_the_list_does_not_price_and_prices_without_a_cost_are_shown(browser):
    priced, lacking = ProductFactory(current_cost=None), ProductFactory(sku="NOT-THERE")
    prices = PriceListFactory()
    prices.items.create(product=priced, unit=priced.unit, method="markup_current", percent=10)

    page = browser.get(prices.get_absolute_url()).text

    assert f"{priced.sku} has no cost" in page
    assert "1 product on sale is not on this list" in page
    assert lacking.sku in page


# --- taxes ---------------------------------------------------------------------------


def test_finance_keeps_taxes_with_dated_rates_by_place(finance):
    rows = {
        "code": "VAT", "name": "Value added", "rates-TOTAL_FORMS": "4", "rates-INITIAL_FORMS": "0",
        "rates-0-percent": "19", "rates-0-valid_from": "2021-01-01", "rates-0-country": "de",
        "rates-1-percent": "7.25", "rates-1-valid_from": "2000-01-01", "rates-1-country": "US", "rates-1-region": "CA",
        "rates-2-percent": "20", "rates-2-valid_from": "2999-01-01", "rates-2-country": "DE",
    }  # fmt: skip

    twice = finance.post("/taxes/new/", {**rows, "rates-2-valid_from": "2021-01-01"})
    made = finance.post("/taxes/new/", rows)

    code = TaxCode.objects.get()
    today = timezone.localdate()
    assert (twice.status_code, made.url) == (422, "/taxes/")
    assert tax_rate_for(code, country="DE", on=today).rate == 19
    assert tax_rate_for(code, country="US", region="CA", on=today).rate == Decimal("7.25")
    page = finance.get("/taxes/").text
    assert "To come" in page
    assert "US, CA" in page
    rep = Client()
    rep.force_login(UserFactory())
    assert rep.get("/taxes/").status_code == 200
    assert rep.get("/taxes/VAT/").status_code == 403


@pytest.mark.parametrize("treatment", ["normal", "exempt", "reverse_charge"])
@pytest.mark.parametrize(
    ("country", "region", "day", "percent"),
    [
        ("US", "CA", "2026-03-01", "7.25"),
        ("US", "CA", "2026-07-01", "7.5"),
        ("US", "NV", "2026-03-01", "0"),
        ("DE", "", "2026-03-01", "19"),
        ("DE", "CA", "2026-03-01", "19"),
        ("FR", "", "2026-03-01", "10"),
        ("DE", "", "2020-08-01", "16"),
    ],
)
def test_the_tax_of_a_quote_follows_from_place_day_and_customer(
    manager, treatment, country, region, day, percent
):
    tax = TaxCode.objects.create(code="STD", name="Standard")
    for where, since, rate in [
        (("", ""), "2000-01-01", "10"), (("DE", ""), "2020-07-01", "16"), (("DE", ""), "2021-01-01", "19"),
        (("US", ""), "2000-01-01", "0"), (("US", "CA"), "2000-01-01", "7.25"), (("US", "CA"), "2026-07-01", "7.5"),
    ]:  # fmt: skip
        TaxRate.objects.create(
            tax_code=tax, country=where[0], region=where[1], valid_from=since, percent=rate
        )
    account = AccountFactory(owner=manager, country=country, region=region, tax_treatment=treatment)

    quote = create_quote(
        by=manager, name="Deal", account=account, currency=CurrencyFactory(),
        effective_from=dt.date.fromisoformat(day), lines=[LineChange(product=ProductFactory(tax_code=tax))],
    )  # fmt: skip

    expected = Decimal(percent) if treatment == "normal" else Decimal(0)
    assert (quote.lines.get().tax_rate, quote.total_tax) == (expected, expected)
    assert bool(tax_note(quote)) == (treatment != "normal")


def test_reverse_charge_names_the_recipients_tax_number_on_the_document(manager, browser):
    account = AccountFactory(owner=manager, tax_treatment="reverse_charge", tax_number="DK12345678")
    quote = QuoteFactory(account=account, owner=manager)

    assert tax_note(quote) == (
        "Reverse charge: the tax is owed by the recipient. Tax number of the recipient: DK12345678"
    )
    assert "DK12345678" in browser.get(quote.get_absolute_url()).text


# --- money ---------------------------------------------------------------------------


def test_finance_says_what_a_currency_is_worth_from_a_day_on(finance):
    dollar = CurrencyFactory(code="USD")
    data = {"currency": dollar.pk, "rate": "0.9215", "valid_from": "2026-01-01"}

    made = finance.post("/exchange-rates/new/", data)
    twice = finance.post("/exchange-rates/new/", data)
    nothing = finance.post("/exchange-rates/new/", {**data, "rate": "0", "valid_from": "2026-02-01"})

    assert (made.url, twice.status_code, nothing.status_code) == ("/exchange-rates/", 409, 422)
    assert rate_on(dollar, dt.date(2026, 5, 1)) == Decimal("0.9215")
    page = finance.get("/exchange-rates/").text
    assert "0.9215 EUR" in page
    assert "holds today" in page


def test_a_rate_is_corrected_and_documents_keep_theirs(finance):
    rate = ExchangeRateFactory(rate=Decimal("0.29"))
    quote = QuoteFactory(currency=rate.currency, exchange_rate=rate.rate)
    data = {"currency": rate.currency_id, "rate": "0.92", "valid_from": rate.valid_from.isoformat()}

    shown = finance.get(f"/exchange-rates/{rate.pk}/").text
    saved = finance.post(f"/exchange-rates/{rate.pk}/", data)

    rate.refresh_from_db()
    quote.refresh_from_db()
    assert 'value="0.29"' in shown
    assert saved.url == "/exchange-rates/"
    assert (rate.rate, quote.exchange_rate) == (Decimal("0.92"), Decimal("0.29"))
    assert HistoryEntry.objects.get(verb="changed").changes == {"rate": ["0.29000000", "0.92"]}


def test_without_a_rate_nothing_is_sold_in_a_currency_and_it_says_so(manager):
    dollar = CurrencyFactory(code="USD")
    ExchangeRateFactory(currency=dollar, valid_from=dt.date(2026, 1, 1))

    with pytest.raises(DomainError) as refused:
        create_quote(
            by=manager, name="Deal", account=AccountFactory(owner=manager), currency=dollar,
            effective_from=dt.date(2025, 12, 31),
        )  # fmt: skip

    assert refused.value.code == "no_exchange_rate"
    assert "no exchange rate for USD on 2025-12-31" in str(refused.value)


@pytest.mark.parametrize(
    ("code", "digits", "rate", "unit_price", "total", "base"),
    [
        ("USD", 2, "0.92", "108.70", "258.71", "238.01"),
        ("JPY", 0, "0.0061", "16393", "39015", "237.99"),
        ("KWD", 3, "3.02", "33.1126", "78.808", "238.00"),
    ],
)
def test_a_chain_in_another_currency_keeps_its_rate_from_quote_to_payment(
    manager, browser, code, digits, rate, unit_price, total, base
):
    money = CurrencyFactory(code=code, digits=digits)
    known = ExchangeRateFactory(currency=money, rate=Decimal(rate), valid_from=dt.date(2020, 1, 1))
    boss = UserFactory(role="administrator")
    account = AccountFactory(owner=boss, payment_terms=PaymentTermsFactory(invoicing="when_ordered"))
    product = ProductFactory(list_price=100)
    price = LineChange(product=product, quantity=Decimal(2), unit_price=Decimal(unit_price))
    prices = PriceListFactory(currency=money)
    quote = create_quote(
        by=boss, name="Deal", account=account, currency=money, price_list=prices, lines=[price]
    )

    order = accept_quote(activate_quote(quote, by=boss), by=boss)
    ExchangeRate.objects.create(currency=money, rate=Decimal(rate) * 2, valid_from=timezone.localdate())
    order = submit_order(order, by=boss)
    invoice = confirm_invoice(invoice_from_order(order, by=boss), by=boss)
    record_payment(invoice, by=boss, amount=invoice.total)

    paid = Invoice.objects.get()
    for document in (quote, order, paid):
        document.refresh_from_db()
        assert (document.total, document.exchange_rate) == (Decimal(total), known.rate), document
        assert document.total_base == Decimal(base), document
    assert (paid.status, paid.balance) == ("paid", 0)
    note = base_note(paid)
    assert (note.total, note.currency, note.rate, note.since) == (
        Decimal(base), "EUR", known.rate, dt.date(2020, 1, 1),
    )  # fmt: skip
    admin = Client()
    admin.force_login(boss)
    page = admin.get(paid.get_absolute_url()).text
    assert f"≈ €{base}" in page
    assert "of <time" in page or "of 1 Jan 2020" in page


def test_a_document_in_base_currency_says_nothing_twice_and_asks_nothing(manager, django_assert_num_queries):
    quote = QuoteFactory()

    with django_assert_num_queries(0):
        assert base_note(quote) is None


@pytest.mark.parametrize("path", ["/units/", "/taxes/", "/exchange-rates/", "/discount-lists/", "/families/"])
def test_a_page_of_twenty_asks_as_often_as_one_of_one(browser, path):
    def more(n):
        group = UnitGroup.objects.create(name=f"G{n}")
        create = Unit.objects.create
        create(group=group, code=f"u{n}", name="unit")
        TaxCodeFactory(code=f"T{n}")
        money = CurrencyFactory(code=f"X{n:02}")
        ExchangeRateFactory(currency=money)
        DiscountTier.objects.create(discount_list=DiscountList.objects.create(name=f"D{n}"), low=1, value=1)

    more(0)
    one = queries(lambda: browser.get(path))
    for n in range(1, 20):
        more(n)

    assert len(queries(lambda: browser.get(path))) == len(one) <= 8
    assert Currency.objects.count() == 21


def test_a_rate_made_by_a_machine_and_a_second_one_for_the_day(manager):
    CurrencyFactory(code="USD")

    create_reference(
        ExchangeRate,
        by=manager,
        currency=Currency.objects.get(code="USD"),
        rate=Decimal("0.9"),
        valid_from=LONG_AGO,
    )
    with pytest.raises(DomainError) as refused:
        create_reference(
            ExchangeRate,
            by=manager,
            currency=Currency.objects.get(code="USD"),
            rate=Decimal(1),
            valid_from=LONG_AGO,
        )

    assert refused.value.code == "unique"
    assert PriceListItem.objects.count() == 0
