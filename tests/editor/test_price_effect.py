"""Another price list shows what it does to every line before it is done."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.lines import LineChange, lines_of
from quotes.actions import set_quote_lines
from quotes.models import Quote
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
def drill():
    return ProductFactory(sku="DRILL", name="Drill")


@pytest.fixture
def quote(rep, drill):
    """Two drills at 90 by the list, and one at a price set by hand."""
    made = QuoteFactory(
        owner=rep, account__owner=rep, lines=0, price_list=PriceListFactory(items={drill: "90"})
    )
    listed = LineChange(product=drill, quantity=Decimal(2))
    return set_quote_lines(made, [listed, LineChange(product=drill, unit_price=Decimal(50))], by=rep)


def header(document, **said):
    return {
        "account": document.account.number, "name": document.name, "currency": document.currency_id,
        "price_list": document.price_list_id, "language": getattr(document, "language", "") or "en",
        "version": document.version, **said,
    }  # fmt: skip


def save(browser, document, **said):
    return browser.post(f"{document.get_absolute_url()}edit/", header(document, **said))


def sealed(answer):
    return answer.text.split('name="agreed" value="')[1].split('"')[0]


def test_new_prices_are_shown_line_by_line_and_nothing_is_saved(browser, quote, drill):
    other = PriceListFactory(items={drill: "70"})

    answer = save(browser, quote, price_list=other.pk)

    assert answer.status_code == 200
    for words in ("DRILL Drill", "90.00", "70.00", "180.00", "140.00", "1 line keeps its price"):
        assert words in answer.text
    assert "from 273.70 to 226.10 EUR" in answer.text
    assert Quote.objects.get().price_list == quote.price_list


def test_who_agrees_gets_what_was_shown(browser, quote, drill):
    other = PriceListFactory(items={drill: "70"})
    seal = sealed(save(browser, quote, price_list=other.pk))

    answer = save(browser, quote, price_list=other.pk, agreed=seal)

    assert answer.status_code == 302
    assert [line.unit_price for line in lines_of(quote)] == [70, 50]


def test_prices_that_changed_again_meanwhile_are_shown_again(browser, quote, drill):
    other = PriceListFactory(items={drill: "70"})
    seal = sealed(save(browser, quote, price_list=other.pk))
    other.items.update(amount=71)

    answer = save(browser, quote, price_list=other.pk, agreed=seal)

    assert answer.status_code == 200
    assert "71.00" in answer.text


def test_who_reconsiders_gets_the_form_back_as_typed(browser, quote, drill):
    other = PriceListFactory(name="Other list", items={drill: "70"})

    answer = save(browser, quote, price_list=other.pk, name="Typed name", reconsider="1")

    assert 'value="Typed name"' in answer.text
    assert Quote.objects.get().name == quote.name


def test_a_change_that_moves_no_price_is_not_asked_about(browser, quote):
    assert save(browser, quote, name="Other", discount_percent="5").status_code == 302


def test_locked_prices_are_not_asked_about(browser, rep, drill):
    order = OrderFactory(owner=rep, account__owner=rep, lines__product=drill, prices_locked=True)

    page = save(browser, order, ordered_on="2026-01-31", name="Other").text

    assert "New prices" not in page


def test_looking_at_40_lines_asks_as_often_as_looking_at_one(browser, rep, drill):
    counted = []
    for count in (1, 40):
        prices, other = (PriceListFactory(items={drill: price}) for price in ("90", "70"))
        quote = QuoteFactory(owner=rep, account__owner=rep, lines=0, price_list=prices)
        quote = set_quote_lines(quote, [LineChange(product=drill)] * count, by=rep)
        counted.append(len(queries(lambda q=quote, o=other: save(browser, q, price_list=o.pk))))

    assert counted[0] == counted[1]
