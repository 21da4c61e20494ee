"""The line editor on the page of a quote: cell by cell with JavaScript, as one form without."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from quotes.models import Quote
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import PriceListFactory, ProductFactory, TaxCodeFactory, UnitFactory, UserFactory
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


def change(browser, document, **said):
    """One thing done in the editor, as lines.js sends it."""
    document.refresh_from_db()
    data = {"version": document.version, **said}
    return browser.post(f"{document.get_absolute_url()}lines/", data, headers={"X-Lines": "1"})


def typed(browser, quote):
    """What the form on the page would send if it were submitted untouched."""
    page = browser.get(quote.get_absolute_url()).text
    form = page.split('class="line-form"')[1].split("<template>")[0]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "checkbox" not in tag:
            data.setdefault(name[1], []).append(value[1] if value else "")
    return data


# --- with JavaScript --------------------------------------------------------------------------------


def test_a_cell_answers_with_its_row_the_sums_and_the_next_version(browser, rep):
    quote = QuoteFactory(owner=rep, lines=2)
    line = quote.lines.first()

    answer = change(browser, quote, do="cell", line=line.key, cell="quantity", value="3")

    quote.refresh_from_db()
    assert answer.status_code == 200
    assert answer.text.count("<tr ") == 1
    assert "150.00" in answer.text
    assert "297.50 EUR" in answer.text
    assert f'value="{quote.version}"' in answer.text
    assert quote.total == Decimal("297.5")


@pytest.mark.parametrize(
    ("cell", "value", "column", "expected"),
    [
        ("quantity", "1.250", "quantity", Decimal("1.25")),
        ("price", "1.250,50", "unit_price", Decimal("1250.50")),
        ("price", "1,250.50", "unit_price", Decimal("1250.50")),
        ("discount", "12,5", "discount_percent", Decimal("12.5")),
        ("discount", "5 %", "discount_percent", Decimal(5)),
        ("discount", "20 EUR", "discount_amount", Decimal(20)),
        ("discount", "", "discount_percent", None),
    ],
)
def test_figures_are_read_as_people_write_them(browser, rep, cell, value, column, expected):
    quote = QuoteFactory(owner=rep, lines__product=ProductFactory(decimals=2))
    line = quote.lines.get()

    answer = change(browser, quote, do="cell", line=line.key, cell=cell, value=value)

    assert answer.status_code == 200, answer.text
    assert getattr(quote.lines.get(), column) == expected


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        ("quantity", "abc", "is not a number"),
        ("quantity", "0", "must be more than zero"),
        ("quantity", "1.5", "at most 0 decimals"),
        ("price", "-", "is not a number"),
        ("price", "99999999999999", "too many digits"),
        ("discount", "101", "between 0 and 100"),
        ("unit", "furlong", "there is no"),
        ("tax", "XX", "there is no"),
        ("product", "", "needs a product or a description"),
    ],
)
def test_a_misfit_names_line_and_cell_and_changes_nothing(browser, rep, cell, value, reason):
    quote = QuoteFactory(owner=rep, lines=2)
    line = quote.lines.last()
    before = quote.lines.values().get(pk=line.pk)

    answer = change(browser, quote, do="cell", line=line.key, cell=cell, value=value)

    assert answer.status_code == 422
    assert f'data-cell="{cell}"' in answer.text
    assert reason in answer.text
    assert "Line 2" in answer.text
    assert quote.lines.values().get(pk=line.pk) == before


def test_a_new_line_takes_price_unit_and_tax_from_its_product(browser, rep):
    product = ProductFactory(sku="CNC-40", name="Spindle", tax_code=TaxCodeFactory(rate=7))
    quote = QuoteFactory(owner=rep, lines=0, price_list=PriceListFactory(items={product: "90.00"}))

    answer = change(browser, quote, do="add", product="cnc-40", quantity="2")

    line = quote.lines.get()
    assert answer.status_code == 200
    assert (line.product, line.description, line.unit_price, line.tax_rate) == (product, "Spindle", 90, 7)
    assert "192.60 EUR" in answer.text
    assert str(line.key) in answer.text


def test_words_that_name_no_product_are_a_write_in(browser, rep):
    quote = QuoteFactory(owner=rep, lines=0)

    change(browser, quote, do="add", product="Travel, flat rate", price="250")

    line = quote.lines.get()
    assert (line.product, line.description, line.net) == (None, "Travel, flat rate", 250)


def test_a_write_in_is_taxed_like_the_line_before_it_until_its_tax_is_emptied(browser, rep):
    quote = QuoteFactory(owner=rep)
    before = quote.lines.get()

    change(browser, quote, do="add", product="Packing and insurance", price="85")
    written = quote.lines.get(product=None)
    assert written.tax_code == before.tax_code

    change(browser, quote, do="cell", line=str(written.key), cell="tax", value="")
    written.refresh_from_db()
    assert written.tax_code is None


def test_a_product_may_be_described_in_own_words(browser, rep):
    ProductFactory(sku="CNC-40", name="Spindle")
    quote = QuoteFactory(owner=rep, lines=0)

    change(browser, quote, do="add", product="CNC-40 Spindle, painted red")

    assert quote.lines.get().description == "Spindle, painted red"
    assert quote.lines.get().product.sku == "CNC-40"


def test_another_product_brings_its_own_price_and_unit(browser, rep):
    quote = QuoteFactory(owner=rep)
    other = ProductFactory(sku="SRV", list_price=Decimal(590), unit=UnitFactory(code="h", name="hour"))

    change(browser, quote, do="cell", line=quote.lines.get().key, cell="product", value="SRV")

    line = quote.lines.get()
    assert (line.product, line.unit, line.unit_price, line.price_is_overridden) == (
        other,
        other.unit,
        590,
        False,
    )


def test_an_emptied_price_follows_the_price_list_again(browser, rep):
    quote = QuoteFactory(owner=rep)
    line = quote.lines.get()

    change(browser, quote, do="cell", line=line.key, cell="price", value="")

    assert quote.lines.get().unit_price == line.product.list_price


def test_lines_are_copied_moved_and_removed(browser, rep):
    quote = QuoteFactory(owner=rep, lines=2)
    first, second = quote.lines.all()

    change(browser, quote, do="copy", line=first.key)
    change(browser, quote, do="move", line=second.key, value="up")
    change(browser, quote, do="remove", line=first.key)

    kept = list(quote.lines.all())
    assert [line.product for line in kept] == [second.product, first.product]
    assert kept[1].key != first.key


def test_a_line_that_somebody_removed_is_said_to_be_gone(browser, rep):
    quote = QuoteFactory(owner=rep, lines=1)
    key = quote.lines.get().key
    quote.lines.all().delete()

    answer = change(browser, quote, do="cell", line=key, cell="quantity", value="3")

    assert answer.status_code == 422
    assert "not there any more" in answer.text


def test_two_people_in_the_same_lines_do_not_overwrite_each_other(browser, rep):
    quote = QuoteFactory(owner=rep)
    line = quote.lines.get()
    Quote.objects.get().save()

    answer = browser.post(
        f"{quote.get_absolute_url()}lines/",
        {"do": "cell", "line": line.key, "cell": "quantity", "value": "9", "version": quote.version},
        headers={"X-Lines": "1"},
    )

    assert answer.status_code == 409
    assert "Somebody else" in answer.text
    assert quote.lines.get().quantity == line.quantity


def test_the_lines_of_an_active_quote_are_not_changed(browser, rep):
    quote = QuoteFactory(owner=rep, status="active")

    answer = change(browser, quote, do="cell", line=quote.lines.get().key, cell="quantity", value="9")

    assert answer.status_code == 409
    assert "data-lines" not in browser.get(quote.get_absolute_url()).text
    assert quote.lines.get().quantity == 2


def test_a_cell_of_1_line_and_of_200_costs_the_same_few_statements(browser, rep):
    small, large = (QuoteFactory(owner=rep, lines=count, price_list=PriceListFactory()) for count in (1, 200))

    def edit(quote):
        line = quote.lines.first()
        quote.refresh_from_db()
        data = {"do": "cell", "line": line.key, "cell": "quantity", "value": "7", "version": quote.version}
        url = f"{quote.get_absolute_url()}lines/"
        return queries(lambda: browser.post(url, data, headers={"X-Lines": "1"}))

    for quote in (small, large):
        change(browser, quote, do="cell", line=quote.lines.first().key, cell="quantity", value="3")

    one, many = edit(small), edit(large)

    assert large.lines.first().quantity == 7
    assert len(many) == len(one), many
    assert len(many) <= 12, many


def test_products_are_found_by_number_and_name_with_their_price_on_the_list(browser):
    product = ProductFactory(sku="CNC-40", name="Spindle 40 kW")
    ProductFactory(sku="OLD", name="Spindle, old", status="retired")
    prices = PriceListFactory(items={product: "90.00"})

    answer = browser.get("/_p/products/", {"q": "spin", "list": prices.ref, "currency": "EUR"})

    assert answer.text.count('role="row"') == 1
    assert 'data-value="CNC-40 Spindle 40 kW"' in answer.text
    assert "€90.00" in answer.text


# --- without JavaScript -----------------------------------------------------------------------------


def test_the_untouched_form_changes_nothing(browser, rep):
    quote = QuoteFactory(owner=rep, lines=3)
    seen = (
        "key",
        "product",
        "description",
        "quantity",
        "unit",
        "unit_price",
        "price_is_overridden",
        "tax",
        "total",
    )
    before = list(quote.lines.values(*seen))

    answer = browser.post(f"{quote.get_absolute_url()}lines/", {**typed(browser, quote), "do": "save"})

    assert answer.status_code == 302
    assert list(quote.lines.values(*seen)) == before


def test_rows_are_filled_in_changed_reordered_and_removed_in_one_go(browser, rep):
    ProductFactory(sku="CNC-40", name="Spindle", list_price=Decimal(10))
    quote = QuoteFactory(owner=rep, lines=2)
    first, second = quote.lines.all()
    data = typed(browser, quote)
    assert len(data["product"]) == 7  # two lines and five empty rows
    data["product"][2], data["quantity"][2] = "CNC-40", "4"
    data["order"][1], data["quantity"][1] = "0.5", "6"
    data["remove"] = [str(first.key)]

    browser.post(f"{quote.get_absolute_url()}lines/", {**data, "do": "save"})

    kept = list(quote.lines.all())
    assert [(line.key == second.key, line.quantity) for line in kept] == [(True, 6), (False, 4)]
    assert kept[1].net == 40


def test_more_rows_are_offered_when_asked_for(browser, rep):
    quote = QuoteFactory(owner=rep, lines=0)
    data = typed(browser, quote)
    data["product"][0] = "Travel"

    answer = browser.post(f"{quote.get_absolute_url()}lines/", {**data, "do": "more"}, follow=True)

    assert quote.lines.get().description == "Travel"
    assert answer.text.split("<template>")[0].count('class="blank"') == 10


def test_a_wrong_row_is_marked_and_all_that_was_typed_stays(browser, rep):
    quote = QuoteFactory(owner=rep, lines=1)
    data = typed(browser, quote)
    data["quantity"][0] = "many"
    data["product"][1], data["price"][1] = "Travel", "12"

    answer = browser.post(f"{quote.get_absolute_url()}lines/", {**data, "do": "save"})

    assert answer.status_code == 422
    assert (
        'value="many" aria-label="Quantity" autocomplete="off" inputmode="decimal" aria-invalid="true"'
        in answer.text
    )
    assert 'value="Travel"' in answer.text
    assert "Line 1: “many” is not a number" in answer.text
    assert quote.lines.get().quantity == 2


def test_a_form_that_is_out_of_date_is_laid_over_what_others_changed(browser, rep):
    quote = QuoteFactory(owner=rep, lines=2)
    data = typed(browser, quote)
    data["quantity"][0] = "8"
    other = quote.lines.last()
    change(browser, quote, do="cell", line=other.key, cell="quantity", value="3")

    answer = browser.post(f"{quote.get_absolute_url()}lines/", {**data, "do": "save"})

    assert answer.status_code == 302
    assert [line.quantity for line in quote.lines.all()] == [8, 3]


def test_a_form_that_is_out_of_date_asks_about_the_cell_that_both_changed(browser, rep):
    quote = QuoteFactory(owner=rep, lines=1)
    data = typed(browser, quote)
    data["quantity"][0] = "8"
    change(browser, quote, do="cell", line=quote.lines.get().key, cell="quantity", value="3")

    answer = browser.post(f"{quote.get_absolute_url()}lines/", {**data, "do": "save"})

    assert answer.status_code == 409
    assert "8" in answer.text
    assert quote.lines.get().quantity == 3


def test_a_form_of_200_lines_is_not_too_large(browser, rep):
    quote = QuoteFactory(owner=rep, lines=200)
    data = typed(browser, quote)
    data["quantity"][199] = "9"

    answer = browser.post(f"{quote.get_absolute_url()}lines/", {**data, "do": "save"})

    assert answer.status_code == 302
    assert quote.lines.last().quantity == 9


# --- orders -----------------------------------------------------------------------------------------


def test_agreed_prices_of_a_locked_order_are_not_edited(browser, rep):
    order = OrderFactory(owner=rep, prices_locked=True)
    line = order.lines.get()

    price = change(browser, order, do="cell", line=line.key, cell="price", value="1")
    quantity = change(browser, order, do="cell", line=line.key, cell="quantity", value="3")

    assert (price.status_code, quantity.status_code) == (422, 200)
    assert "Prices are locked" in price.text
    assert (order.lines.get().unit_price, order.lines.get().quantity) == (line.unit_price, 3)
