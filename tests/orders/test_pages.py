"""Pages of orders: from the accepted quote to the delivery note."""

from decimal import Decimal

import pytest
from django.test import Client

from orders.models import Order
from quotes.models import Quote
from tests.document_factories import OrderFactory, QuoteFactory, erp_keeps
from tests.factories import AccountFactory, CurrencyFactory, OpportunityFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


@pytest.fixture
def browser(manager):
    client = Client()
    client.force_login(manager)
    return client


def test_list_and_detail_show_the_order(browser, manager):
    order = OrderFactory(owner=manager, status="submitted", lines=2)

    assert order.number in browser.get("/orders/").text
    page = browser.get(f"/orders/{order.ref}/").text

    assert "238.00 EUR" in page
    assert "Shipped" in page
    assert "Invoiced" in page


def test_no_erp_word_stands_on_the_pages_without_an_erp(browser, manager):
    order = OrderFactory(owner=manager)

    for path in ("/orders/", f"/orders/{order.ref}/"):
        assert "ERP" not in browser.get(path).text.split("<main")[1]


def test_where_an_erp_is_connected_its_number_and_status_are_columns(browser, manager):
    erp_keeps("invoices")
    OrderFactory(owner=manager, erp_number="SO-4711", erp_status="confirmed", managed_by="demo")

    page = browser.get("/orders/").text

    assert "SO-4711" in page
    assert "confirmed" in page


def test_a_difference_to_the_erp_is_told_with_both_figures(browser, manager):
    order = OrderFactory(owner=manager, status="submitted", managed_by="demo", erp_number="SO-1")
    Order.objects.filter(pk=order.pk).update(erp_total=order.total + Decimal("0.01"))

    page = browser.get(f"/orders/{order.ref}/").text

    assert "differs from ours by €0.01" in page
    assert "€119.01" in page


@pytest.mark.parametrize("path", ["", "edit/", "lines/", "fulfill/", "cancel/", "invoice/"])
def test_an_order_of_another_team_does_not_exist(browser, path):
    foreign = OrderFactory(owner=UserFactory())

    assert browser.get(f"/orders/{foreign.ref}/{path}").status_code == 404


@pytest.mark.parametrize("step", ["submit", "hold", "resume", "lock", "unlock"])
def test_a_step_is_never_taken_by_looking(browser, manager, step):
    order = OrderFactory(owner=manager)

    assert browser.get(f"/orders/{order.ref}/{step}/").status_code == 405
    assert Order.objects.get().status == "active"


def test_blocked_submit_says_what_is_missing(browser, manager):
    order = OrderFactory(owner=manager, price_list=None, ship_to_city="", lines=0)

    page = browser.get(f"/orders/{order.ref}/").text
    answer = browser.post(f"/orders/{order.ref}/submit/")

    for reason in ("it has no lines", "it has no price list", "it has no delivery address"):
        assert reason in page
        assert reason in answer.text
    assert answer.status_code == 409


def test_an_order_is_placed_from_nothing(browser, manager):
    AccountFactory(name="Borg GmbH", owner=manager, currency=CurrencyFactory())

    answer = browser.post(
        "/orders/new/", {"account": "Borg GmbH", "ordered_on": "2026-03-01", "customer_po": "4711"}
    )

    order = Order.objects.get()
    assert answer.url == f"/orders/{order.ref}/"
    assert (order.customer_po, order.ship_to_city) == ("4711", "Berlin")


def test_bad_input_of_a_new_order_is_named_and_kept(browser, manager):
    AccountFactory(name="Borg GmbH", owner=manager, currency=CurrencyFactory())

    answer = browser.post(
        "/orders/new/", {"account": "Borg GmbH", "ordered_on": "someday", "customer_po": "4711"}
    )

    assert answer.status_code == 422
    assert 'href="#id_ordered_on"' in answer.text
    assert 'value="4711"' in answer.text
    assert not Order.objects.exists()


def test_a_locked_order_keeps_what_was_agreed_and_changes_the_rest(browser, manager):
    order = OrderFactory(owner=manager, prices_locked=True, account__owner=manager)

    shown = browser.get(f"/orders/{order.ref}/edit/").text
    answer = browser.post(
        f"/orders/{order.ref}/edit/",
        {
            "account": order.account.number,
            "name": "New",
            "ordered_on": "2026-03-01",
            "version": order.version,
        },
    )

    assert "id_discount_percent" not in shown
    assert answer.status_code == 302
    changed = Order.objects.get()
    assert (changed.name, changed.total, changed.price_list_id) == ("New", order.total, order.price_list_id)


def test_accepting_says_what_will_happen_and_makes_the_order(browser, manager):
    deal = OpportunityFactory(owner=manager, name="Retrofit")
    quote = QuoteFactory(owner=manager, opportunity=deal, status="active")
    other = QuoteFactory(owner=manager, opportunity=deal, status="active")

    page = browser.get(f"/quotes/{quote.ref}/accept/").text
    answer = browser.post(f"/quotes/{quote.ref}/accept/", {"customer_po": "PO-1", "wins": "on"})

    assert "Creates the order of €119.00" in page
    assert f"Closes 1 other open quote of the deal: {other.ref}" in page
    order = Order.objects.get()
    deal.refresh_from_db()
    assert answer.url == f"/orders/{order.ref}/"
    assert (order.quote, order.customer_po, order.total) == (quote, "PO-1", quote.total)
    assert (deal.status, Quote.objects.get(pk=other.pk).status) == ("won", "closed")


def test_the_deal_stays_open_if_the_box_is_cleared(browser, manager):
    deal = OpportunityFactory(owner=manager)
    quote = QuoteFactory(owner=manager, opportunity=deal, status="active")

    browser.post(f"/quotes/{quote.ref}/accept/", {"customer_po": ""})

    deal.refresh_from_db()
    assert deal.status == "open"


def test_an_expired_quote_is_not_accepted_and_the_form_says_why(browser, manager):
    quote = QuoteFactory(owner=manager, status="active", expires_on="2020-01-01")

    answer = browser.post(f"/quotes/{quote.ref}/accept/", {"customer_po": "PO-1"})

    assert answer.status_code == 409
    assert "it has expired" in answer.text
    assert 'value="PO-1"' in answer.text
    assert not Order.objects.exists()


def test_a_deal_is_won_with_a_chosen_quote(browser, manager):
    deal = OpportunityFactory(owner=manager)
    quote = QuoteFactory(owner=manager, opportunity=deal, status="active")
    draft = QuoteFactory(owner=manager, opportunity=deal)

    page = browser.get(f"/opportunities/{deal.ref}/win/").text
    answer = browser.post(f"/opportunities/{deal.ref}/win/", {"quote": quote.pk, "closed_on": "2026-03-01"})

    deal.refresh_from_db()
    assert "a draft: activate it first" in page
    assert answer.url == Order.objects.get().get_absolute_url()
    assert (deal.status, deal.actual_revenue) == ("won", 100)
    assert Quote.objects.get(pk=draft.pk).status == "closed"


def test_a_deal_is_won_without_an_order(browser, manager):
    deal = OpportunityFactory(owner=manager)

    answer = browser.post(
        f"/opportunities/{deal.ref}/win/",
        {"quote": "", "closed_on": "2026-03-01", "actual_revenue": "1.500,50"},
    )

    deal.refresh_from_db()
    assert answer.url == deal.get_absolute_url()
    assert (deal.status, deal.actual_revenue) == ("won", Decimal("1500.50"))
    assert not Order.objects.exists()


def test_a_bad_revenue_is_named_and_the_deal_stays_open(browser, manager):
    deal = OpportunityFactory(owner=manager)

    answer = browser.post(
        f"/opportunities/{deal.ref}/win/", {"closed_on": "2026-03-01", "actual_revenue": "a lot"}
    )

    deal.refresh_from_db()
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    assert deal.status == "open"


def test_an_order_is_made_from_an_opportunity(browser, manager):
    deal = OpportunityFactory(owner=manager, lines=3)

    assert "It takes over 3 lines" in browser.get(f"/opportunities/{deal.ref}/order/").text
    browser.post(f"/opportunities/{deal.ref}/order/")

    assert Order.objects.get().lines.count() == 3


def test_delivery_offers_what_is_open_and_takes_less(browser, manager):
    order = OrderFactory(owner=manager, status="submitted", lines=2)
    first, second = order.lines.all()
    url = f"/orders/{order.ref}/fulfill/"

    page = browser.get(url).text
    answer = browser.post(
        url,
        {
            f"quantity_{first.key}": "1",
            f"quantity_{second.key}": "",
            "delivery_note": "DN-1",
            "shipped_on": "2026-03-01",
        },
    )

    first.refresh_from_db()
    shown = browser.get(answer.url).text
    assert f'name="quantity_{first.key}" value="2"' in page
    assert (first.quantity_shipped, Order.objects.get().status) == (1, "fulfilled")
    assert "DN-1" in shown


def test_more_than_is_open_is_refused_at_its_line(browser, manager):
    order = OrderFactory(owner=manager, status="submitted")
    line = order.lines.get()
    data = {f"quantity_{line.key}": "5", "delivery_note": "DN-1", "shipped_on": "2026-03-01"}

    answer = browser.post(f"/orders/{order.ref}/fulfill/", data)

    line.refresh_from_db()
    assert answer.status_code == 422
    assert f'href="#id_quantity_{line.key}"' in answer.text
    assert 'value="5"' in answer.text
    assert line.quantity_shipped == 0


def test_a_delivery_of_nothing_is_refused(browser, manager):
    order = OrderFactory(owner=manager, status="submitted")

    answer = browser.post(
        f"/orders/{order.ref}/fulfill/", {"delivery_note": "DN-1", "shipped_on": "2026-03-01"}
    )

    assert answer.status_code == 422
    assert "Choose at least one quantity" in answer.text


def test_what_the_erp_reports_is_not_typed_here(browser, manager):
    order = OrderFactory(owner=manager, status="submitted", managed_by="demo")
    line = order.lines.get()
    data = {f"quantity_{line.key}": "1", "delivery_note": "DN-1", "shipped_on": "2026-03-01"}

    assert "its fulfillment is reported by the ERP" in browser.get(f"/orders/{order.ref}/").text
    assert "its fulfillment is reported by the ERP" in browser.get(f"/orders/{order.ref}/fulfill/").text
    assert browser.post(f"/orders/{order.ref}/fulfill/", data).status_code == 409
    assert Order.objects.get().fulfillment == "none"


def test_canceling_needs_a_reason_and_says_what_follows(browser, manager):
    order = OrderFactory(owner=manager, status="submitted")

    assert "called off" in browser.get(f"/orders/{order.ref}/cancel/").text
    assert browser.post(f"/orders/{order.ref}/cancel/").status_code == 422
    assert browser.post(f"/orders/{order.ref}/cancel/", {"reason": "no_money"}).status_code == 302
    assert Order.objects.get().status_reason == "no_money"


def test_where_the_erp_makes_orders_a_sentence_stands_for_the_button(browser):
    erp_keeps("orders")

    assert "made in the ERP" in browser.get("/orders/").text
    direct = browser.post("/orders/new/", {"account": "x"})
    assert direct.status_code == 409
    assert "made in the ERP" in direct.text


def test_the_list_asks_as_often_for_30_orders_as_for_one(browser, manager):
    erp_keeps("invoices")
    OrderFactory(owner=manager)
    one = queries(lambda: browser.get("/orders/"))
    for _number in range(29):
        OrderFactory(owner=manager, opportunity=OpportunityFactory(owner=manager))

    many = queries(lambda: browser.get("/orders/"))

    assert len(many) == len(one) <= 12, many


@pytest.mark.parametrize("status", ["active", "submitted", "fulfilled"])
def test_the_page_of_200_lines_asks_as_often_as_that_of_one(browser, manager, status):
    deal = OpportunityFactory(owner=manager)
    quotes = [QuoteFactory(owner=manager, opportunity=deal, status="won") for _number in range(2)]
    small, large = (
        OrderFactory(owner=manager, status=status, lines=count, quote=quote, opportunity=deal)
        for count, quote in zip((1, 200), quotes, strict=True)
    )

    one = queries(lambda: browser.get(f"/orders/{small.ref}/"))
    many = queries(lambda: browser.get(f"/orders/{large.ref}/"))

    assert len(many) == len(one), many
    assert len(many) <= 18, many
