"""Quotes through HTTP: made, read, changed, and with lines that keep what was not said."""

import pytest

from quotes.models import Quote
from tests.document_factories import QuoteFactory
from tests.factories import AccountFactory, ProductFactory

pytestmark = pytest.mark.django_db
QUOTES = "/api/v1/quotes/"


@pytest.fixture
def account(seller, euro):
    return AccountFactory(owner=seller)


def test_a_quote_is_made_with_its_lines_and_priced(api, account):
    product = ProductFactory(sku="SPINDLE")
    lines = [
        {"product": "SPINDLE", "quantity": "2"},
        {"description": "Assembly", "quantity": 1, "unit_price": "50.00"},
    ]

    answer = api.post(QUOTES, {"name": "Offer", "account": account.number, "lines": lines})

    assert answer.status_code == 201, answer.data
    made = Quote.objects.get(public_id=answer.data["id"])
    assert (answer.data["status"], answer.data["number"]) == ("draft", made.number)
    assert (answer.data["total"], made.lines.count()) == ("288.0000", 2)
    assert answer.data["lines"][0]["product"] == product.sku
    assert answer.data["lines"][0]["unit_price"] == "100.0000"
    assert answer.data["owner"] == "seller"
    assert answer["ETag"] == f'"{made.version}"'


def test_a_line_that_is_named_keeps_what_is_not_said(api, seller):
    quote = QuoteFactory(owner=seller, lines=2)
    first, second = quote.lines.all()

    answer = api.post(
        f"{QUOTES}{quote.public_id}/lines/",
        {"lines": [{"id": str(first.key), "quantity": "5"}, {"id": str(second.key)}]},
    )

    assert answer.status_code == 200, answer.data
    assert [line["quantity"] for line in answer.data["lines"]] == ["5.00000", "2.00000"]
    assert [line["unit_price"] for line in answer.data["lines"]] == ["50.0000", "50.0000"]
    assert [line["id"] for line in answer.data["lines"]] == [str(first.key), str(second.key)]


def test_header_and_lines_change_together_or_not_at_all(api, seller):
    quote = QuoteFactory(owner=seller)

    answer = api.patch(
        f"{QUOTES}{quote.public_id}/", {"name": "New name", "lines": [{"description": "x", "quantity": "-1"}]}
    )

    assert answer.status_code == 422, answer.data
    assert answer.data["errors"][0]["field"] == "lines.0.quantity"
    quote.refresh_from_db()
    assert quote.name != "New name"


def test_a_line_of_another_quote_is_refused_by_name(api, seller):
    quote, other = QuoteFactory(owner=seller), QuoteFactory(owner=seller)

    answer = api.post(f"{QUOTES}{quote.public_id}/lines/", {"lines": [{"id": str(other.lines.get().key)}]})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.data["errors"]] == ["lines.0.id"]
