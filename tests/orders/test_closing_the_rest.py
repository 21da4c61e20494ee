"""Deliveries in parts, what comes later, and what is given up."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from invoices.actions import invoice_from_order
from kernel.errors import ComponentOwnedElsewhere, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from orders.actions import (
    Delivery,
    cancel_order,
    close_rest,
    fulfill_order,
    record_fulfillment,
    report_fulfillment,
)
from orders.models import Order, OrderLine
from people.service import service_user
from tests.api.conftest import client_of
from tests.document_factories import OrderFactory, OrderLineFactory, QuoteFactory
from tests.factories import OpportunityFactory, PaymentTermsFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db
COLUMNS = ("quantity_shipped", "quantity_backordered", "quantity_canceled")


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


@pytest.fixture
def browser(manager):
    client = Client()
    client.force_login(manager)
    return client


def quantities_of(order):
    return list(OrderLine.objects.filter(order=order).order_by("position").values_list(*COLUMNS))


def part_shipped(manager, **more):
    """Two lines of two; one piece of the first has left."""
    order = OrderFactory(owner=manager, status="submitted", lines=2, **more)
    key = order.lines.order_by("position").first().key
    return fulfill_order(order, by=manager, delivery=Delivery("DN-1", {key: Decimal(1)}))


# --- what comes later -------------------------------------------------------------------------------


def test_a_part_leaves_and_another_is_noted_for_later(manager):
    order = OrderFactory(owner=manager, status="submitted", lines__quantity=10)
    key = order.lines.get().key

    fulfill_order(
        order, by=manager, delivery=Delivery("DN-1", {key: Decimal(4)}), backordered={key: Decimal(5)}
    )

    assert quantities_of(order) == [(4, 5, 0)]
    fulfill_order(order, by=manager, delivery=Delivery("DN-2", {key: Decimal(5)}))
    assert quantities_of(order) == [(9, 1, 0)]  # only one is still open


def test_what_comes_later_is_noted_without_a_delivery(manager):
    order = OrderFactory(owner=manager, status="submitted")
    key = order.lines.get().key

    fulfill_order(order, by=manager, backordered={key: Decimal(2)})

    assert quantities_of(order) == [(0, 2, 0)]
    assert (HistoryEntry.objects.get().verb, Order.objects.get().status) == ("quantities_told", "submitted")


def test_more_than_is_open_cannot_come_later(manager):
    order = OrderFactory(owner=manager, status="submitted")
    key = order.lines.get().key

    with pytest.raises(DomainError) as refused:
        fulfill_order(
            order, by=manager, delivery=Delivery("DN-1", {key: Decimal(1)}), backordered={key: Decimal(2)}
        )

    assert (refused.value.code, refused.value.field) == ("more_than_open", f"backordered_{key}")
    assert quantities_of(order) == [(0, 0, 0)]
    assert not order.shipments.exists()


def test_headings_are_never_shipped_and_members_of_a_bundle_are(manager, browser):
    order = OrderFactory(owner=manager, status="submitted")
    OrderLineFactory(order=order, position=2, kind="included", unit_price=0, description="Cable")
    note = OrderLineFactory(
        order=order, position=3, kind="note", product=None, quantity=0, unit_price=0, description="Ring twice"
    )

    page = browser.get(f"/orders/{order.ref}/fulfill/").text
    with pytest.raises(DomainError) as refused:
        fulfill_order(order, by=manager, delivery=Delivery("DN-1", {note.key: Decimal(1)}))
    for line in order.lines.exclude(kind="note"):
        fulfill_order(order, by=manager, delivery=Delivery(f"DN-{line.position}", {line.key: Decimal(2)}))

    assert "Cable" in page
    assert "Ring twice" not in page
    assert refused.value.code == "more_than_ordered"
    assert Order.objects.get().fulfillment == "complete"


def test_the_page_ships_part_and_notes_the_rest_for_later(manager, browser):
    order = OrderFactory(owner=manager, status="submitted")
    key = order.lines.get().key

    answer = browser.post(
        f"/orders/{order.ref}/fulfill/",
        {f"quantity_{key}": "1", f"backordered_{key}": "1", "delivery_note": "DN-1", "shipped_on": "2026-03-01",
         "carrier": "DHL", "tracking": "00340434"},
    )  # fmt: skip
    page = browser.get(f"/orders/{order.ref}/").text

    assert answer.status_code == 302
    assert quantities_of(order) == [(1, 1, 0)]
    assert "Backordered" in page
    assert "00340434" in page
    assert "0 of 1 lines" in page


def test_the_page_asks_for_a_delivery_note_only_where_something_leaves(manager, browser):
    order = OrderFactory(owner=manager, status="submitted")
    key = order.lines.get().key
    where, day = f"/orders/{order.ref}/fulfill/", {"shipped_on": "2026-03-01", "delivery_note": ""}

    without_note = browser.post(where, {**day, f"quantity_{key}": "1"})
    too_much = browser.post(where, {**day, f"backordered_{key}": "3"})
    later = browser.post(where, {**day, f"quantity_{key}": "", f"backordered_{key}": "2"})

    assert (without_note.status_code, too_much.status_code, later.status_code) == (422, 422, 302)
    assert "What leaves has a delivery note." in without_note.text
    assert quantities_of(order) == [(0, 2, 0)]


# --- the fulfillment system's call ------------------------------------------------------------------


def test_the_same_delivery_note_with_other_quantities_is_refused_by_name(manager):
    order = OrderFactory(owner=manager, status="submitted")
    key = order.lines.get().key
    machine = service_user("integration")
    report_fulfillment(order, by=machine, deliveries=[Delivery("DN-1", {key: Decimal(1)})])

    report_fulfillment(order, by=machine, deliveries=[Delivery("DN-1", {key: Decimal("1.000")})])
    with pytest.raises(DomainError) as refused:
        report_fulfillment(order, by=machine, deliveries=[Delivery("DN-1", {key: Decimal(2)})])

    assert (refused.value.code, refused.value.blockers[0].record) == ("delivery_note_differs", "DN-1")
    assert quantities_of(order) == [(1, 0, 0)]


def test_one_call_tells_shipments_backorders_cancellations_and_promises(manager):
    order = OrderFactory(owner=manager, status="submitted", lines=3)
    one, two, three = (str(line.key) for line in order.lines.order_by("position"))
    body = {
        "deliveries": [
            {"delivery_note": "DN-1", "tracking": "T-1", "lines": [{"line": one, "quantity": "2"}]}
        ],
        "canceled": [{"line": two, "quantity": "2"}],
        "backordered": [{"line": three, "quantity": "2"}],
        "promised": [{"line": three, "promised_on": "2026-12-24"}],
        "promised_delivery_on": "2026-12-11",
    }
    api = client_of(service_user("integration"))

    first = api.post(f"/api/v1/orders/{order.public_id}/fulfill/", body)
    again = api.post(f"/api/v1/orders/{order.public_id}/fulfill/", body)

    assert (first.status_code, again.status_code) == (200, 200), first.data
    assert quantities_of(order) == [(2, 0, 0), (0, 0, 2), (0, 2, 0)]
    assert again.data["lines"][2]["promised_on"] == "2026-12-24"
    assert (again.data["promised_delivery_on"], again.data["fulfillment"]) == ("2026-12-11", "partial")
    assert OutboxMessage.objects.filter(topic="order.fulfilled").count() == 1
    assert order.shipments.get().tracking == "T-1"


def test_people_note_what_comes_later_through_the_api_and_close_the_rest_apart(manager):
    order = OrderFactory(owner=manager, status="submitted")
    line = {"line": str(order.lines.get().key), "quantity": "1"}
    api, where = client_of(manager), f"/api/v1/orders/{order.public_id}/fulfill/"

    later = api.post(where, {"backordered": [line]})
    never = api.post(where, {"canceled": [line]})
    nothing = api.post(where, {})

    assert (later.status_code, later.data["lines"][0]["quantity_backordered"]) == (200, "1.00000")
    assert (never.status_code, never.data["errors"][0]["code"]) == (400, "reserved_field")
    assert "close the rest" in never.data["errors"][0]["message"]
    assert (nothing.status_code, nothing.data["errors"][0]["code"]) == (400, "required")


# --- the rest ---------------------------------------------------------------------------------------


def test_the_rest_of_an_order_is_given_up(manager):
    order = close_rest(part_shipped(manager), by=manager, note="Discontinued")

    assert quantities_of(order) == [(1, 0, 1), (0, 0, 2)]
    assert (order.status, order.status_reason, order.fulfillment) == ("fulfilled", "complete", "complete")
    entry = HistoryEntry.objects.order_by("-id").first()
    assert (entry.verb, entry.note) == ("rest_closed", "Discontinued")
    assert OutboxMessage.objects.filter(topic="order.fulfilled").count() == 2


def test_single_lines_are_given_up_and_nothing_of_them_waits(manager):
    order = OrderFactory(owner=manager, status="submitted", lines=2)
    first, second = order.lines.order_by("position")
    fulfill_order(order, by=manager, backordered={first.key: Decimal(2), second.key: Decimal(1)})

    order = close_rest(order, by=manager, quantities={first.key: Decimal(2), second.key: Decimal(1)})

    assert quantities_of(order) == [(0, 0, 2), (0, 1, 1)]
    assert (order.status, order.fulfillment) == ("submitted", "none")


def test_an_order_of_which_nothing_would_be_left_is_canceled_instead(manager):
    order = OrderFactory(owner=manager, status="submitted")

    with pytest.raises(DomainError) as refused:
        close_rest(order, by=manager)

    assert refused.value.code == "cancel_instead"
    assert quantities_of(order) == [(0, 0, 0)]
    assert not HistoryEntry.objects.exists()


@pytest.mark.parametrize(
    ("quantity", "code"), [("3", "more_than_open"), ("-1", "more_than_open"), ("NaN", "more_than_open")]
)
def test_no_more_is_given_up_than_is_open(quantity, code, manager):
    order = part_shipped(manager)
    key = order.lines.order_by("position").last().key

    with pytest.raises(DomainError) as refused:
        close_rest(order, by=manager, quantities={key: Decimal(quantity)})

    assert (refused.value.code, refused.value.field) == (code, f"quantity_{key}")
    assert quantities_of(order) == [(1, 0, 0), (0, 0, 0)]


def test_giving_up_needs_the_right_and_an_order_under_way(manager):
    rep = UserFactory()
    theirs = OrderFactory(owner=rep, status="submitted")
    with pytest.raises(PermissionDenied):
        close_rest(theirs, by=rep)
    for facts in (
        {"status": "active"},
        {"status": "canceled"},
        {"status": "fulfilled", "fulfillment": "complete"},
    ):
        with pytest.raises(TransitionRefused):
            close_rest(OrderFactory(owner=manager, **facts), by=manager)
    with pytest.raises(ComponentOwnedElsewhere):
        close_rest(OrderFactory(owner=manager, status="submitted", managed_by="demo"), by=manager)
    with pytest.raises(DomainError) as nothing:
        close_rest(OrderFactory(owner=manager, status="submitted"), by=manager, quantities={})

    assert nothing.value.code == "nothing_chosen"
    assert not HistoryEntry.objects.exists()


def test_what_is_invoiced_is_not_given_up_and_the_rest_completes_the_billing(manager):
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    boss = UserFactory(role="administrator")
    order = OrderFactory(owner=manager, status="submitted", payment_terms=terms, lines__quantity=4)
    key = order.lines.get().key
    fulfill_order(order, by=boss, delivery=Delivery("DN-1", {key: Decimal(1)}))
    invoice_from_order(order, by=boss, quantities={key: Decimal(3)})

    with pytest.raises(DomainError) as refused:
        close_rest(order, by=boss)
    order = close_rest(order, by=boss, quantities={key: Decimal(1)})

    assert refused.value.code == "already_invoiced"
    assert (order.status, order.billing, quantities_of(order)) == ("invoiced", "complete", [(1, 0, 1)])


def test_the_page_gives_up_what_one_leaves_in_the_boxes(manager, browser):
    order = part_shipped(manager)
    first, second = order.lines.order_by("position")
    where = f"/orders/{order.ref}/close-rest/"

    shown = browser.get(where).text
    too_much = browser.post(where, {f"quantity_{first.key}": "2"})
    done = browser.post(
        where, {f"quantity_{first.key}": "1", f"quantity_{second.key}": "0", "note": "Out of stock"}
    )

    assert "not invoiced any more" in shown
    assert (too_much.status_code, done.status_code) == (422, 302)
    assert quantities_of(order) == [(1, 0, 1), (0, 0, 0)]
    assert "Canceled" in browser.get(f"/orders/{order.ref}/").text


def test_the_api_closes_all_or_some(manager):
    order = part_shipped(manager)
    second = str(order.lines.order_by("position").last().key)
    api, where = client_of(manager), f"/api/v1/orders/{order.public_id}/close-rest/"

    some = api.post(where, {"lines": [{"line": second, "quantity": "1"}]})
    rest = api.post(where)

    assert (some.data["fulfillment"], rest.data["fulfillment"]) == ("partial", "complete")
    assert quantities_of(order) == [(1, 0, 1), (0, 0, 2)]


# --- canceling --------------------------------------------------------------------------------------


def test_the_cancel_page_says_first_what_follows(manager, browser):
    deal = OpportunityFactory(owner=manager, name="Retrofit", status="won")
    quote = QuoteFactory(owner=manager, opportunity=deal, status="won")
    order = OrderFactory(
        owner=manager, quote=quote, opportunity=deal, status="submitted", managed_by="demo", erp_number="SO-9"
    )

    page = browser.get(f"/orders/{order.ref}/cancel/").text

    for sentence in (
        "The order of €119.00", "The ERP is told to cancel it too (SO-9)", f"Quote {quote.ref} stays won",
        "The opportunity Retrofit stays won", "no invoice has to be credited",
    ):  # fmt: skip
        assert sentence in page


def test_where_something_has_left_the_page_leads_to_closing_the_rest(manager, browser):
    order = part_shipped(manager)

    page = browser.get(f"/orders/{order.ref}/cancel/").text

    assert "cannot be canceled as a whole" in page
    assert f'href="/orders/{order.ref}/close-rest/"' in page
    assert browser.post(f"/orders/{order.ref}/cancel/", {"reason": "other"}).status_code == 409
    with pytest.raises(TransitionRefused):
        cancel_order(order, by=manager, reason="other")


# --- at any size ------------------------------------------------------------------------------------


def test_deliveries_ask_as_often_for_1000_lines_as_for_10(manager):
    machine = service_user("integration")

    def tell(lines):
        order = OrderFactory(owner=manager, status="submitted", lines=lines)
        keys = list(order.lines.values_list("key", flat=True))
        told = {"deliveries": [Delivery("DN-1", dict.fromkeys(keys[:5], Decimal(1)))]}
        ship = queries(
            lambda: report_fulfillment(order, by=machine, backordered={keys[6]: Decimal(1)}, **told)
        )
        close = queries(lambda: close_rest(order, by=manager, quantities={keys[7]: Decimal(1)}))
        return ship, close

    (ship, close), (ship_many, close_many) = tell(10), tell(1000)
    assert (len(ship), len(close)) == (len(ship_many), len(close_many)), (ship_many, close_many)


def test_the_database_itself_keeps_what_was_shipped_and_given_up_within_what_was_ordered(manager):
    order = part_shipped(manager)

    for told in ({"quantity_canceled": 2}, {"quantity_shipped": 3}, {"quantity_backordered": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            order.lines.update(**told)


def test_an_erp_may_still_report_what_people_may_not_type(manager):
    order = OrderFactory(owner=manager, status="submitted", managed_by="demo")
    key = order.lines.get().key

    record_fulfillment(
        order, by=service_user("integration"), canceled={key: Decimal(1)}, backordered={key: Decimal(1)}
    )

    assert quantities_of(order) == [(0, 1, 1)]
