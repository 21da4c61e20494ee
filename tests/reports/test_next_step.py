"""What a person sees in one second: the state without flattery, and the step that comes next."""

import re

import pytest
from django.test import Client

from reports.chain import nodes
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


@pytest.fixture
def browser(manager):
    client = Client()
    client.force_login(manager)
    return client


def primary_of(html: str) -> list[str]:
    """The words of the buttons that stand out in the heading."""
    actions = html.split('<div class="actions">')[1].split("</header>")[0]
    found = re.findall(r'class="button primary[^"]*"[^>]*>(.*?)</(?:a|button)>', actions, re.S)
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]


def test_the_next_step_of_a_fresh_deal_is_a_quote_and_of_an_offered_one_to_win(browser, manager):
    deal = OpportunityFactory(owner=manager)
    fresh = browser.get(deal.get_absolute_url()).text
    QuoteFactory(owner=manager, opportunity=deal, status="active")
    offered = browser.get(deal.get_absolute_url()).text

    assert primary_of(fresh) == ["New quote"]
    assert primary_of(offered) == ["Won…"]


def test_an_order_that_cannot_be_submitted_says_where_to_lift_that_and_offers_nothing_else_first(
    browser, manager
):
    order = OrderFactory(owner=manager, lines=1, ship_to_city="")

    html = browser.get(order.get_absolute_url()).text

    assert f'href="/orders/{order.ref}/edit/#id_ship_to_city"' in html
    assert all("Unlock" not in word for word in primary_of(html))


def test_half_is_never_shown_as_whole(browser, manager):
    order = OrderFactory(owner=manager, lines=1, status="fulfilled", status_reason="partial")
    invoice = InvoiceFactory(owner=manager, lines=1, status="paid", status_reason="partial")

    assert "Partly fulfilled" in browser.get(order.get_absolute_url()).text
    assert "Partly paid" in browser.get(invoice.get_absolute_url()).text
    assert "Partly paid" in browser.get("/invoices/").text
    (node,) = [one for one in nodes(order, manager) if one["type"] == "order"]
    assert (str(node["status_word"]), node["tone"]) == ("Partly fulfilled", "attention")


def test_only_a_page_that_waits_for_the_erp_reads_its_news(browser, manager):
    waiting = OrderFactory(owner=manager, lines=1, status="submitted", managed_by="demo", erp_number="SO-1")
    ours = OrderFactory(owner=manager, lines=1, status="submitted")

    assert 'data-live="status"' in browser.get(waiting.get_absolute_url()).text
    assert "data-live" not in browser.get(ours.get_absolute_url()).text
