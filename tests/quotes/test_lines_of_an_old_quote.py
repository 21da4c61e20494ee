"""Taking lines over from an earlier quote: what one wants again, at the prices of today."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from catalog.changes import changes_from
from catalog.lines import LineChange, lines_of
from catalog.models import BundleMember
from kernel import history
from quotes.actions import activate_quote, get_products, set_quote_lines
from tests.document_factories import QuoteFactory
from tests.factories import (
    CurrencyFactory,
    ExchangeRateFactory,
    PriceListFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def old(rep):
    quote = QuoteFactory(owner=rep, lines=0, name="Last year")
    goods = LineChange(product=ProductFactory(sku="CNC"), quantity=Decimal(3), unit_price=Decimal(70),
                       discount_percent=Decimal(10))  # fmt: skip
    words = LineChange(description="Setup", unit_price=Decimal(80))
    return set_quote_lines(quote, [LineChange(kind="section", description="Machines"), goods, words], by=rep)


@pytest.fixture
def draft(rep):
    return QuoteFactory(owner=rep, lines=1)


def test_lines_come_at_todays_prices_without_the_old_discounts(draft, old, rep):
    old.lines.get(product__sku="CNC").product.__class__.objects.filter(sku="CNC").update(
        list_price=Decimal(120)
    )

    draft = get_products(draft, by=rep, source=old)

    heading, goods, words = lines_of(draft)[1:]
    assert (heading.kind, heading.description) == ("section", "Machines")
    assert (goods.quantity, goods.unit_price, goods.price_is_overridden, goods.discount_percent) == (
        3,
        120,
        False,
        None,
    )
    assert (words.description, words.unit_price) == ("Setup", 80)
    assert history.of(draft)[0].note == old.ref


def test_the_lines_that_are_there_stay_as_they_are(draft, old, rep):
    before = lines_of(draft)[0]

    draft = get_products(draft, by=rep, source=old)

    assert (lines_of(draft)[0].key, lines_of(draft)[0].unit_price) == (before.key, before.unit_price)


def test_what_is_not_for_sale_any_more_stays_behind_and_is_named(draft, old, rep):
    ProductFactory._meta.model.objects.filter(sku="CNC").update(status="retired")
    client = Client()
    client.force_login(rep)

    page = client.post(f"/quotes/{draft.ref}/get-products/", {"source": old.ref}, follow=True).text

    assert "This one could not be added" in page
    assert [line.description for line in lines_of(draft)[1:]] == ["Machines", "Setup"]


def test_a_price_of_ones_own_in_another_currency_stays_behind(draft, old, rep):
    ExchangeRateFactory(currency=CurrencyFactory(code="USD"), rate=Decimal("0.5"))
    dollars = PriceListFactory(currency=CurrencyFactory(code="USD"), name="Dollars")
    draft = QuoteFactory(owner=rep, lines=0, currency=dollars.currency, price_list=dollars)

    draft = get_products(draft, by=rep, source=old)

    assert [(line.description, line.unit_price) for line in lines_of(draft)][1][1] == 200
    assert "Setup" not in [line.description for line in lines_of(draft)]


def test_a_bundle_comes_with_its_members_once(draft, old, rep):
    bundle, member = ProductFactory(kind="bundle"), ProductFactory()
    BundleMember.objects.create(bundle=bundle, member=member, quantity=2, position=1)
    old = set_quote_lines(old, [LineChange(product=bundle, quantity=Decimal(2))], by=rep)

    draft = get_products(draft, by=rep, source=old)

    kinds = [(line.kind, line.quantity) for line in lines_of(draft)[1:]]
    assert kinds == [("item", 2), ("included", 4)]


def test_options_stay_options(draft, old, rep):
    old = set_quote_lines(
        old,
        lambda there: [replace(one, kind="optional") for one in changes_from(there) if one.product],
        by=rep,
    )

    draft = get_products(draft, by=rep, source=old)

    assert lines_of(draft)[1].kind == "optional"


def test_nobody_takes_lines_of_what_they_may_not_see(draft, rep):
    hidden = QuoteFactory()
    client, api = Client(), APIClient()
    client.force_login(rep)
    api.force_authenticate(rep)

    with pytest.raises(PermissionDenied):
        get_products(draft, by=rep, source=hidden)
    assert client.post(f"/quotes/{draft.ref}/get-products/", {"source": hidden.ref}).status_code == 404
    path = f"/api/v1/quotes/{draft.public_id}/get-products/"
    assert api.post(path, {"source": hidden.number}, format="json").status_code == 400
    assert draft.lines.count() == 1


def test_the_page_offers_quotes_of_the_customer_and_those_one_searches_for(draft, old, rep):
    client = Client()
    client.force_login(rep)
    same = QuoteFactory(owner=rep, account=draft.account)

    usual = client.get(f"/quotes/{draft.ref}/get-products/").text
    found = client.get(f"/quotes/{draft.ref}/get-products/", {"q": "Last year"}).text

    assert same.ref in usual
    assert old.ref not in usual
    assert old.ref in found


def test_a_machine_names_the_source_by_number(draft, old, rep):
    api = APIClient()
    api.force_authenticate(rep)

    answer = api.post(
        f"/api/v1/quotes/{draft.public_id}/get-products/", {"source": old.number}, format="json"
    )

    assert answer.status_code == 200
    assert [line["description"] for line in answer.json()["lines"]][1:] == [
        "Machines",
        old.lines.get(position=2).description,
        "Setup",
    ]


def test_an_offered_quote_takes_nothing(old, rep):
    active = activate_quote(QuoteFactory(owner=rep, lines=1), by=rep)
    client = Client()
    client.force_login(rep)

    assert client.post(f"/quotes/{active.ref}/get-products/", {"source": old.ref}).status_code == 409
    assert active.lines.count() == 1
