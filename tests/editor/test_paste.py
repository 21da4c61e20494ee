"""A table from a spreadsheet becomes lines: found out, looked at, decided, added in one go."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from catalog.lines import lines_of
from catalog.pasted import cells_of, figure, table_of
from kernel import history
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import PriceListFactory, ProductFactory, UserFactory
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


@pytest.fixture
def quote(rep):
    """A draft on a price list with a drill for 90."""
    drill = ProductFactory(sku="MIL-10", name="End mill 10 mm", decimals=1)
    ProductFactory(sku="OLD-1", name="Old one", status="retired")
    return QuoteFactory(owner=rep, lines=1, price_list=PriceListFactory(items={drill: "90"}))


def send(browser, document, do, text, **said):
    return browser.post(f"{document.get_absolute_url()}lines/", {"do": do, "text": text, **said})


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb\n1\t2", [["a", "b"], ["1", "2"]]),
        ("a;b;c\n1,5;2;3", [["a", "b", "c"], ["1,5", "2", "3"]]),
        ('sku,qty\n"A, B",2', [["sku", "qty"], ["A, B", "2"]]),
        ('"two\nlines"\t3', [["two lines", "3"]]),
        (
            "<html><table><tr><th>SKU</th></tr><tr><td>A &amp; <b>B</b></td></tr></table>",
            [["SKU"], ["A & B"]],
        ),
        ("\n\n \t \n", []),
        ("one", [["one"]]),
    ],
)
def test_tables_are_read_however_they_were_copied(text, cells):
    assert cells_of(text) == cells


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Artikelnummer\tMenge\tEinzelpreis\tRabatt\nA\t1\t2\t3", ["sku", "quantity", "price", "discount"]),
        ("Description,Part no.,Qty\nx,y,2", ["name", "sku", "quantity"]),
        ("mil-10\t3\t39.90", ["sku", "quantity", "price"]),
        ("End mill of steel\t3\t39.90\t5", ["name", "quantity", "price", "discount"]),
    ],
)
def test_columns_are_known_by_their_heads_or_by_what_stands_in_them(text, columns):
    assert table_of(text, {"mil-10"}).columns == columns


@pytest.mark.parametrize(
    ("text", "decimal", "said", "number"),
    [
        ("A\t1.250,00", ",", "1.250,00", "1250.00"), ("A\t1,250.00", ".", "1,250.00", "1250.00"),
        ("A\t12,5", ",", "12,5", "12.5"), ("A\t1.000.000", ",", "1.000.000", "1000000"),
        ("A\t1250", ".", "€ 1250", "1250"), ("A\t1'250.5", ".", "1'250.5", "1250.5"),
    ],
)  # fmt: skip
def test_the_figures_tell_how_numbers_are_written(text, decimal, said, number):
    assert table_of(text).decimal == decimal
    assert figure(said, decimal) == Decimal(number)


TABLE = "Article\tQty\tPrice\nMIL-10\t2,5\t\nmill\t1\t\nNobody knows\t2\t3,20\nOLD-1\t1\t\nMIL-10\tabc\t"


def test_looking_says_what_becomes_of_each_row_and_writes_nothing(browser, quote):
    answer = send(browser, quote, "paste", TABLE)

    for words in (
        "1 matched",
        "1 ambiguous",
        "1 unknown",
        "2 left out",
        "OLD-1 is not for sale",
        "“abc” is not a",
    ):
        assert words in answer.text
    assert "Add 3 lines" in answer.text
    assert '<option value="," selected>1.250,00' in answer.text
    assert quote.lines.count() == 1


def test_all_is_added_in_one_action_as_decided(browser, quote):
    before = history.of(quote).count()

    answer = send(browser, quote, "take", TABLE, decimal=",")

    assert answer.status_code == 302
    added = lines_of(quote)[1:]
    assert [(one.description, one.quantity, one.unit_price) for one in added] == [
        ("End mill 10 mm", Decimal("2.5"), 90), ("End mill 10 mm", 1, 90), ("Nobody knows", 2, Decimal("3.2")),
    ]  # fmt: skip
    assert history.of(quote).count() == before + 1


def test_choices_hold_left_out_free_text_or_another_product(browser, quote):
    send(browser, quote, "take", TABLE, decimal=",", as2="out", pick3="MIL-10")

    assert [one.product.sku for one in lines_of(quote)[1:]] == ["MIL-10", "MIL-10"]


def test_columns_and_decimals_can_be_said_instead(browser, quote):
    said = {"column0": "quantity", "column1": "sku", "decimal": "."}

    send(browser, quote, "take", "3\tMIL-10", **said)

    assert lines_of(quote)[1].quantity == 3


def test_the_script_gets_the_new_rows_and_can_take_them_all_back(browser, quote):
    url = f"{quote.get_absolute_url()}lines/"
    quote.refresh_from_db()
    said = {"do": "take", "text": TABLE, "decimal": ",", "version": quote.version, "merge": "1"}

    answer = browser.post(url, said, headers={"X-Lines": "1"})
    made = re.findall(r'<tr data-line="([^"]+)"', answer.text)
    back = {"do": "remove", "line": made, "merge": "1", "version": quote.version + 1}
    browser.post(url, back, headers={"X-Lines": "1"})

    assert len(made) == 3
    assert quote.lines.count() == 1


def test_a_row_that_cannot_be_sold_refuses_all_and_says_which(browser, quote):
    answer = send(
        browser, quote, "take", "MIL-10\t2\nMIL-10\t1.23456\n", decimal=".", column0="sku", column1="quantity"
    )

    assert answer.status_code == 422
    assert "Line 3" in answer.text
    assert quote.lines.count() == 1


@pytest.mark.parametrize(("text", "words"), [("", "nothing in it"), ("A\t1\n" * 1002, "at most 1000")])
def test_nothing_and_too_much_are_refused_in_words(browser, quote, text, words):
    answer = send(browser, quote, "paste", text)

    assert answer.status_code == 422
    assert words in answer.text


def test_the_page_to_paste_on_is_for_those_who_may_change_the_document(browser, rep, quote):
    finance = Client()
    finance.force_login(UserFactory(role="finance"))
    url = f"{quote.get_absolute_url()}lines/"

    assert 'name="text"' in browser.get(f"{url}?paste").text
    assert finance.get(f"{url}?paste").status_code == 403
    assert finance.post(url, {"do": "paste", "text": "A"}).status_code == 403
    sent = QuoteFactory(owner=rep, status="active")
    assert send(browser, sent, "take", "A\t1").status_code == 422
    assert 'name="text"' in browser.get(f"{OrderFactory(owner=rep).get_absolute_url()}lines/?paste").text


def test_a_thousand_pasted_rows_take_the_statements_of_ten(browser, rep):
    products = [ProductFactory(sku=f"P-{number}", name=f"Part {number}") for number in range(40)]
    counted = []
    for count in (10, 1000):
        quote = QuoteFactory(
            owner=rep, lines=1, price_list=PriceListFactory(items=dict.fromkeys(products, "5"))
        )
        text = "\n".join(f"P-{number % 40}\t{number + 1}\nNew {number}\t1" for number in range(count // 2))
        counted.append(len(queries(lambda q=quote, t=text: send(browser, q, "take", t))))
        assert quote.lines.count() == count + 1

    # One INSERT holds as many rows as the database allows parameters; all else is the same.
    assert counted[1] - counted[0] <= 40
    assert counted[0] <= 30
