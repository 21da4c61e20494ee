"""Why this number? On the page, in the dialog and through the API; nobody learns what they may not know."""

import json
import uuid
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.lines import LineChange
from catalog.models import PriceListItem
from quotes.actions import create_quote, set_quote_lines
from tests.factories import AccountFactory, PriceListFactory, ProductFactory, UserFactory
from tests.money.sales import Market

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sale():
    return Market(2).sell(Random("a sale that is explained"), "per_line")


def test_every_document_has_a_page_that_explains_it(sale):
    reader = signed_in(UserFactory(role="administrator"))

    for document in (sale.quote, sale.order, *sale.invoices, *sale.notes):
        shown = reader.get(f"{document.get_absolute_url()}why/")

        assert shown.status_code == 200
        assert "Amounts in EUR" in shown.text
        for line in document.lines.all():
            assert line.description in shown.text


def test_one_line_is_explained_by_itself_and_opens_in_the_dialog(sale):
    reader = signed_in(UserFactory(role="administrator"))
    line = sale.order.lines.filter(kind="item").first()
    page = f"{sale.order.get_absolute_url()}why/?line={line.key}"

    whole = reader.get(page)
    dialog = reader.get(page, headers={"HX-Request": "true", "HX-Target": "dialog"})

    assert f"copied from {sale.quote.ref}" in whole.text
    assert "Why there?" in dialog.text
    assert "<html" not in dialog.text
    assert reader.get(f"{sale.order.get_absolute_url()}why/?line={uuid.uuid4()}").status_code == 404


def test_a_page_takes_as_many_queries_with_forty_lines_as_with_two():
    boss = UserFactory(role="administrator")
    reader, counts = signed_in(boss), []
    for count in (2, 40):
        lines = [LineChange(product=ProductFactory(), quantity=Decimal(2)) for _ in range(count)]
        quote = create_quote(by=boss, name="Deal", account=AccountFactory(), lines=lines, currency=euro(),
                             price_list=PriceListFactory())  # fmt: skip
        reader.get(f"{quote.get_absolute_url()}why/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reader.get(f"{quote.get_absolute_url()}why/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


def euro():
    return PriceListFactory().currency


def test_the_api_explains_on_request_and_only_then(sale):
    reader = signed_in(UserFactory(role="administrator"))
    for kind, document in (("quotes", sale.quote), ("orders", sale.order), ("invoices", sale.invoices[0])):
        address = f"/api/v1/{kind}/{document.public_id}/"

        plain, told = reader.get(address).json(), reader.get(f"{address}?explain=1").json()

        assert "explanation" not in plain
        steps = {(step["subject"], step["field"]): step for step in told["explanation"]}
        assert steps["", "total"]["amounts"]["result"] == told["total"].rstrip("0").ljust(
            len(steps["", "total"]["amounts"]["result"]), "0"
        )
        for line in told["lines"]:
            if Decimal(line["net"]):
                assert Decimal(steps[line["id"], "net"]["amounts"]["result"]) == Decimal(line["net"])
        assert {name for step in told["explanation"] for name in step} == {
            "code", "scope", "subject", "field", "sentence", "amounts", "url",
        }  # fmt: skip


def test_what_a_thing_costs_us_is_told_to_nobody_who_may_not_know_it():
    boss, seller = UserFactory(role="administrator"), UserFactory()
    product = ProductFactory(current_cost=Decimal("41.30"))
    prices = PriceListFactory()
    PriceListItem.objects.create(price_list=prices, product=product, unit=product.unit, method="markup_current",
                                 percent=Decimal(50))  # fmt: skip
    quote = create_quote(by=boss, name="Deal", account=AccountFactory(), lines=[LineChange(product=product)],
                         currency=prices.currency, price_list=prices, owner=seller)  # fmt: skip

    told = {}
    for user in (boss, seller):
        page = signed_in(user).get(f"{quote.get_absolute_url()}why/").text
        answer = signed_in(user).get(f"/api/v1/quotes/{quote.public_id}/?explain=1").json()
        told[user] = page + json.dumps(answer["explanation"])

    assert "41.30" in told[boss]
    assert "markup on current cost" in told[seller]
    assert "41.3" not in told[seller]
    assert "50 %" not in told[seller]


def test_a_price_set_by_hand_says_who_set_it_and_when():
    seller = UserFactory(first_name="Grace", last_name="Hopper")
    account = AccountFactory(owner=seller, team=seller.team)
    quote = create_quote(by=seller, name="Deal", account=account, currency=euro(), price_list=PriceListFactory(),
                         lines=[LineChange(product=ProductFactory())])  # fmt: skip
    set_quote_lines(
        quote, [LineChange(product=ProductFactory(list_price=80), unit_price=Decimal(75))], by=seller
    )

    shown = signed_in(seller).get(f"{quote.get_absolute_url()}why/").text

    assert "set by hand by Grace Hopper on" in shown
    assert "The list price would be 80.00." in shown
