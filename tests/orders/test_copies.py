"""Ordering the same again: at today's prices, or at those that were agreed."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from catalog.lines import LineChange
from kernel.errors import ComponentOwnedElsewhere, DomainError
from kernel.models import HistoryEntry, OutboxMessage
from orders.actions import copy_order, create_order
from orders.models import Order
from tests.api.conftest import client_of
from tests.document_factories import OrderFactory, OrderLineFactory, QuoteFactory, erp_keeps
from tests.factories import AccountFactory, OpportunityFactory, PriceListFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def order(rep):
    """Two of a product at 80.00 that costs 90.00 by now, and a write-in of 5.00, ten percent off in all."""
    product = ProductFactory()
    prices = PriceListFactory(items={product: "80.00"})
    made = create_order(
        by=rep, name="Spindles", account=AccountFactory(owner=rep), currency=prices.currency, price_list=prices,
        customer_po="4711", discount_percent=Decimal(10),
        lines=[
            LineChange(product=product, quantity=Decimal(2)),
            LineChange(description="Engraving", unit_price=Decimal(5), tax_code=product.tax_code),
        ],
    )  # fmt: skip
    prices.items.update(amount=Decimal("90.00"))
    return made


def test_a_copy_is_a_new_active_order_at_todays_prices(order, rep):
    copy = copy_order(order, by=rep)

    assert (copy.status, copy.prices_locked, copy.customer_po) == ("active", False, "")
    assert copy.number != order.number
    assert [line.unit_price for line in copy.lines.order_by("position")] == [90, 5]
    assert (copy.detail_amount, copy.discount_percent) == (185, 10)
    assert (copy.name, copy.account, copy.ship_to_city) == (order.name, order.account, "Berlin")
    assert HistoryEntry.objects.get(verb="created", note=order.ref)
    assert OutboxMessage.objects.filter(topic="order.created").count() == 2


def test_by_choice_the_agreed_prices_stay(order, rep):
    copy = copy_order(order, by=rep, keep_prices=True, customer_po="4712")

    assert (copy.prices_locked, copy.customer_po, copy.total) == (True, "4712", order.total)
    assert {line.key for line in copy.lines.all()}.isdisjoint({line.key for line in order.lines.all()})


def test_a_copy_stands_alone_and_has_nothing_of_what_happened(rep):
    deal = OpportunityFactory(owner=rep, status="won")
    quote = QuoteFactory(owner=rep, opportunity=deal, status="won")
    done = OrderFactory(
        owner=rep, quote=quote, opportunity=deal, status="fulfilled", fulfillment="partial", account__owner=rep,
        lines__quantity_shipped=1, lines__quantity_canceled=1, submitted_at="2026-01-01T00:00Z", managed_by="demo",
        erp_number="SO-1", credit_override_total=500,
    )  # fmt: skip

    copy = copy_order(done, by=rep, keep_prices=True)

    line = copy.lines.get()
    assert (copy.quote, copy.opportunity, copy.submitted_at, copy.managed_by, copy.erp_number) == (
        None, None, None, "", "",
    )  # fmt: skip
    assert (copy.fulfillment, copy.billing, copy.credit_override_total) == ("none", "none", None)
    assert (line.quantity, line.quantity_shipped, line.quantity_canceled, line.quote_line) == (2, 0, 0, None)
    assert copy.total == done.total


def test_headings_and_what_a_bundle_includes_come_along(rep):
    order = OrderFactory(owner=rep, account__owner=rep)
    OrderLineFactory(order=order, position=2, kind="included", unit_price=0)
    OrderLineFactory(
        order=order,
        position=3,
        kind="note",
        product=None,
        quantity=0,
        unit_price=0,
        description="Handle with care",
    )

    for keep in (False, True):
        copy = copy_order(order, by=rep, keep_prices=keep)
        assert [line.kind for line in copy.lines.order_by("position")] == ["item", "included", "note"]


def test_a_copy_is_refused_where_nothing_may_be_ordered(rep, order):
    stopped = OrderFactory(owner=rep, account=AccountFactory(owner=rep, is_active=False))
    foreign = OrderFactory(account__owner=rep)

    with pytest.raises(DomainError) as inactive:
        copy_order(stopped, by=rep)
    with pytest.raises(PermissionDenied):
        copy_order(foreign, by=rep)
    with pytest.raises(PermissionDenied):
        copy_order(order, by=UserFactory(role="finance"))
    erp_keeps("orders")
    with pytest.raises(ComponentOwnedElsewhere):
        copy_order(order, by=rep)

    assert inactive.value.code == "inactive"
    assert Order.objects.count() == 3


@pytest.mark.parametrize("keep", [False, True])
def test_copying_asks_as_often_for_1000_lines_as_for_10(keep, rep):
    first = [OrderFactory(owner=rep, account__owner=rep, lines=count) for count in (10, 1000)]
    small, large = (copy_order(order, by=rep, keep_prices=keep) for order in first)

    few = queries(lambda: copy_order(small, by=rep, keep_prices=keep))
    many = queries(lambda: copy_order(large, by=rep, keep_prices=keep))

    assert len(many) == len(few) <= 20, many


def test_the_page_asks_for_the_prices_and_leads_to_the_copy(order, rep):
    browser = Client()
    browser.force_login(rep)

    assert f'href="/orders/{order.ref}/copy/"' in browser.get(f"/orders/{order.ref}/").text
    assert "Today" in browser.get(f"/orders/{order.ref}/copy/").text
    assert browser.post(f"/orders/{order.ref}/copy/", {"prices": "?"}).status_code == 422
    answer = browser.post(f"/orders/{order.ref}/copy/", {"prices": "kept", "customer_po": "4712"})

    copy = Order.objects.exclude(pk=order.pk).get()
    assert answer.url == f"/orders/{copy.ref}/"
    assert (copy.prices_locked, copy.customer_po) == (True, "4712")


def test_the_api_answers_with_the_copy(order, rep):
    answer = client_of(rep).post(f"/api/v1/orders/{order.public_id}/copy/", {"keep_prices": True})

    assert (answer.status_code, answer.data["total"]) == (201, "176.7200")
    assert answer.data["total"] == f"{order.total:.4f}"
    assert answer.data["id"] != str(order.public_id)
