"""What changed between two revisions, or two quotes of one deal: for people, for machines, and to build upon."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from rest_framework.test import APIClient

from catalog.changes import changes_from
from catalog.lines import LineChange
from quotes.actions import change_quote, quote_from_opportunity, revise_quote, set_quote_lines
from quotes.selectors import compare
from tests.document_factories import QuoteFactory, QuoteLineFactory
from tests.factories import OpportunityFactory, PaymentTermsFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def first(rep):
    return QuoteFactory(owner=rep, account__owner=rep, status="active", lines=3)


@pytest.fixture
def second(first, rep):
    return revise_quote(first, by=rep)


@pytest.fixture
def browser(rep):
    client = Client()
    client.force_login(rep)
    return client


def change(quote, edit):
    return set_quote_lines(quote, lambda there: edit(changes_from(there)), by=quote.owner)


def kinds(first, second):
    return [one.kind for one in compare(first, second).lines]


def test_a_fresh_revision_is_the_same(first, second):
    found = compare(first, second)

    assert kinds(first, second) == ["same"] * 3
    assert (found.header, found.difference, found.count_same) == ([], 0, 3)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"quantity": Decimal(5)}, {"quantity", "net"}),
        ({"unit_price": Decimal(60)}, {"unit_price", "net"}),
        ({"discount_percent": Decimal(10)}, {"discount", "net"}),
        ({"discount_amount": Decimal(1)}, {"discount", "net"}),
        ({"tax_code": None, "product": None}, {"tax"}),
        ({"kind": "optional"}, {"kind"}),
        ({"description": "Other words"}, {"description"}),
    ],
)
def test_what_changed_on_a_line_is_named(first, second, rep, values, names):
    second = change(second, lambda lines: [replace(lines[0], **values), *lines[1:]])

    line = compare(first, second).lines[0]

    assert line.kind == "changed"
    assert names <= line.changed


def test_figures_read_as_people_write_them(first, second):
    second = change(second, lambda lines: [replace(lines[0], quantity=Decimal(5)), *lines[1:]])

    quantity = compare(first, second).lines[0].field("quantity")

    assert (str(quantity.label), quantity.before, quantity.after) == ("Quantity", "2", "5")


def test_lines_added_and_removed_are_told_apart_where_they_stood(first, second):
    second = change(
        second, lambda lines: [lines[0], LineChange(description="New", unit_price=Decimal(9)), lines[2]]
    )

    found = compare(first, second)

    assert [one.kind for one in found.lines] == ["same", "removed", "added", "same"]
    assert [one.difference for one in found.lines] == [0, -100, 9, 0]
    assert found.difference == second.total - first.total


def test_several_lines_of_one_product_pair_with_their_equals_first(first, rep):
    product = ProductFactory()
    for position, quantity in enumerate((1, 7, 9), 10):
        QuoteLineFactory(quote=first, product=product, position=position, quantity=Decimal(quantity))
    second = revise_quote(first, by=rep)
    second = change(second, lambda lines: [one for one in lines if one.quantity != 1])

    gone = [one for one in compare(first, second).lines if one.kind == "removed"]

    assert [one.before.quantity for one in gone] == [1]


def test_moved_lines_are_the_same(first, second):
    second = change(second, lambda lines: lines[::-1])

    assert kinds(first, second) == ["same"] * 3


def test_a_line_in_our_own_words_is_known_by_similar_words(rep):
    first = QuoteFactory(
        owner=rep, status="active", lines__product=None, lines__description="Instalation on site"
    )
    second = revise_quote(first, by=rep)
    second = change(second, lambda lines: [replace(lines[0], description="Installation on site")])

    (line,) = compare(first, second).lines

    assert (line.kind, "description" in line.changed) == ("changed", True)


def test_headings_and_notes_are_compared_as_words(first, second):
    second = change(second, lambda lines: [LineChange(kind="section", description="Machines"), *lines])

    found = compare(first, second).lines

    assert (found[0].kind, found[0].line.description, found[0].difference) == ("added", "Machines", 0)


def test_what_differs_in_the_header_is_named_and_some_of_it_is_not_for_customers(first, second, rep):
    terms = PaymentTermsFactory(code="NET60", name="60 days net")
    second = change_quote(
        second, by=rep, payment_terms=terms, discount_percent=Decimal(5), freight=Decimal(20), price_list=None,
        ship_to_city="Rome",
    )  # fmt: skip

    found = compare(first, second)

    names = {one.name for one in found.header}
    assert names == {"payment_terms", "discount_percent", "freight", "price_list", "ship_to"}
    assert {one.name for one in found.public_header} == names - {"price_list"}
    freight = next(one for one in found.header if one.name == "freight")
    assert (freight.before, freight.after) == ("–", "€20.00")


def test_two_quotes_of_one_deal_are_compared_by_the_lines_of_the_deal(rep, browser):
    deal = OpportunityFactory(owner=rep, account__owner=rep, lines=2)
    first, second = quote_from_opportunity(deal, by=rep), quote_from_opportunity(deal, by=rep)
    second = change(second, lambda lines: [replace(lines[0], description="Renamed"), lines[1]])

    assert [one.changed for one in compare(first, second).lines] == [{"description"}, set()]
    assert "Renamed" in browser.get(f"/quotes/{second.ref}/compare/{first.ref}/").text


def test_comparing_costs_the_same_for_many_lines(first, second, browser):
    path = f"/quotes/{second.ref}/compare/{first.ref}/"
    browser.get(path)
    few = len(queries(lambda: browser.get(path)))
    for quote in (first, second):
        for number in range(30):
            QuoteLineFactory(quote=quote, position=10 + number)

    assert len(queries(lambda: browser.get(path))) == few


def test_a_thousand_lines_are_compared_in_a_moment(rep):
    first = QuoteFactory(owner=rep, lines=0)
    set_quote_lines(
        first, [LineChange(description=f"Item {n}", unit_price=Decimal(n)) for n in range(1000)], by=rep
    )
    second = QuoteFactory(owner=rep, lines=0)
    set_quote_lines(
        second, [LineChange(description=f"Other {n}", unit_price=Decimal(n)) for n in range(1000)], by=rep
    )

    assert len(compare(first, second).lines) == 2000


def test_the_page_says_in_words_what_changed(first, second, browser):
    second = change(second, lambda lines: [replace(lines[0], quantity=Decimal(5)), lines[1]])

    page = browser.get(f"/quotes/{second.ref}/compare/{first.ref}/").text

    assert "Changed" in page
    assert "Removed" in page
    assert "before: </span>2" in page
    assert "after: </span>5" in page
    assert "1 line is the same" in page


def test_a_revised_draft_offers_what_changed_since_each_earlier_revision(first, second, browser):
    page = browser.get(second.get_absolute_url()).text

    assert "What changed since" in page
    assert f'href="/quotes/{second.ref}/compare/{first.ref}/"' in page


def test_only_relatives_one_may_see_are_compared(first, second, rep, browser):
    stranger = QuoteFactory(owner=rep)
    hidden = revise_quote(QuoteFactory(status="active"), by=UserFactory(role="administrator"))

    assert browser.get(f"/quotes/{second.ref}/compare/{stranger.ref}/").status_code == 404
    assert browser.get(f"/quotes/{hidden.ref}/compare/{hidden.revises.ref}/").status_code == 404


def test_the_api_tells_the_same(first, second, rep):
    second = change(second, lambda lines: [replace(lines[0], quantity=Decimal(5)), lines[1]])
    api = APIClient()
    api.force_authenticate(rep)
    path = f"/api/v1/quotes/{second.public_id}/compare/"

    told = api.get(path, {"with": str(first.public_id)}).json()

    assert (told["before"], told["after"]) == (str(first.public_id), str(second.public_id))
    assert [one["change"] for one in told["lines"]] == ["changed", "same", "removed"]
    assert {"field": "quantity", "before": "2", "after": "5"} in told["lines"][0]["changes"]
    assert (told["lines"][2]["after"], Decimal(told["lines"][2]["difference"])) == (None, -100)
    assert Decimal(told["difference"]) == second.total - first.total
    assert api.get(path).status_code == 400
    assert api.get(path, {"with": QuoteFactory(owner=rep).number}).status_code == 404
