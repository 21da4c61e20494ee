"""When goods are promised: for the order, and line by line."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from orders.actions import Promises, promise_dates, record_fulfillment
from orders.models import Order
from people.service import service_user
from tests.api.conftest import client_of
from tests.document_factories import OrderFactory
from tests.factories import UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db
MONDAY, FRIDAY = dt.date(2026, 12, 7), dt.date(2026, 12, 11)


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


def test_a_day_is_promised_for_the_order_and_another_for_a_line(manager):
    order = OrderFactory(owner=manager, status="submitted", lines=2)
    first, second = order.lines.order_by("position")

    order = promise_dates(order, by=manager, promised_delivery_on=MONDAY, lines={second.key: FRIDAY})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (order.promised_delivery_on, first.promised_on, second.promised_on) == (MONDAY, None, FRIDAY)
    entry = HistoryEntry.objects.get()
    assert entry.verb == "promised"
    assert entry.changes["promised_delivery_on"] == [None, "2026-12-07"]
    assert OutboxMessage.objects.get().topic == "order.promised"


def test_promising_the_same_again_is_no_news_and_a_promise_can_be_taken_back(manager):
    order = OrderFactory(owner=manager, status="submitted")
    line = order.lines.get()
    promise_dates(order, by=manager, promised_delivery_on=MONDAY, lines={line.key: FRIDAY})

    promise_dates(order, by=manager, promised_delivery_on=MONDAY, lines={line.key: FRIDAY})
    assert HistoryEntry.objects.count() == 1
    order = promise_dates(order, by=manager, promised_delivery_on=None, lines={line.key: None})

    assert (order.promised_delivery_on, order.lines.get().promised_on) == (None, None)
    assert HistoryEntry.objects.count() == 2


@pytest.mark.parametrize(
    "facts",
    [{"status": "active"}, {"status": "canceled"}, {"status": "fulfilled", "fulfillment": "complete"}],
)
def test_nothing_is_promised_of_what_is_not_under_way(facts, manager):
    order = OrderFactory(owner=manager, **facts)

    with pytest.raises(TransitionRefused):
        promise_dates(order, by=manager, promised_delivery_on=MONDAY)

    assert Order.objects.get().promised_delivery_on is None
    assert not HistoryEntry.objects.exists()


def test_those_who_fulfill_promise_and_lines_have_to_be_there(manager):
    rep = UserFactory()
    order = OrderFactory(owner=rep, team=manager.team, status="submitted")

    with pytest.raises(PermissionDenied):
        promise_dates(order, by=rep, promised_delivery_on=MONDAY)
    with pytest.raises(DomainError) as unknown:
        promise_dates(order, by=manager, promised_delivery_on=MONDAY, lines={uuid4(): FRIDAY})

    assert unknown.value.code == "unknown_line"
    assert Order.objects.get().promised_delivery_on is None


def test_the_fulfillment_system_promises_along_with_what_it_reports(manager):
    order = OrderFactory(owner=manager, status="submitted", managed_by="demo", promised_delivery_on=MONDAY)
    line = order.lines.get()
    body = {"promised": [{"line": str(line.key), "promised_on": "2026-12-11"}]}
    api = client_of(service_user("integration"))

    first = api.post(f"/api/v1/orders/{order.public_id}/fulfill/", body)
    again = api.post(f"/api/v1/orders/{order.public_id}/fulfill/", body)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.data["lines"][0]["promised_on"] == "2026-12-11"
    assert first.data["promised_delivery_on"] == "2026-12-07"
    assert HistoryEntry.objects.filter(verb="promised").count() == 1
    assert first.data["fulfillment"] == "none"


def test_a_line_is_promised_once_in_a_call(manager):
    order = OrderFactory(owner=manager, status="submitted")
    one = {"line": str(order.lines.get().key), "promised_on": "2026-12-11"}

    answer = client_of(manager).post(f"/api/v1/orders/{order.public_id}/promise/", {"lines": [one, one]})

    assert (answer.status_code, answer.data["errors"][0]["code"]) == (400, "repeated")


def test_the_api_promises_by_hand_and_leaves_what_it_does_not_name(manager):
    order = OrderFactory(owner=manager, status="submitted", promised_delivery_on=MONDAY)
    where = f"/api/v1/orders/{order.public_id}/promise/"
    line = {"line": str(order.lines.get().key), "promised_on": "2026-12-11"}

    answer = client_of(manager).post(where, {"lines": [line]})
    cleared = client_of(manager).post(where, {"promised_delivery_on": None})

    assert answer.data["promised_delivery_on"] == "2026-12-07"
    assert (cleared.data["promised_delivery_on"], cleared.data["lines"][0]["promised_on"]) == (
        None,
        "2026-12-11",
    )


def test_the_page_takes_the_days_and_the_order_shows_them(manager):
    order = OrderFactory(owner=manager, status="submitted", requested_delivery_on=MONDAY)
    browser = Client()
    browser.force_login(manager)
    where = f"/orders/{order.ref}/promise/"
    name = f"promised_{order.lines.get().key}"

    shown = browser.get(where).text
    wrong = browser.post(where, {"promised_delivery_on": "someday"})
    done = browser.post(where, {"promised_delivery_on": "2026-12-07", name: "2026-12-11"})

    assert "The customer asked for" in shown
    assert (wrong.status_code, done.status_code) == (422, 302)
    page = browser.get(f"/orders/{order.ref}/").text
    assert '<time datetime="2026-12-07">' in page
    assert '<time datetime="2026-12-11">' in page


def test_somebody_elses_promise_is_not_overwritten_unseen(manager):
    order = OrderFactory(owner=manager, status="submitted")
    browser = Client()
    browser.force_login(manager)
    promise_dates(order, by=manager, promised_delivery_on=FRIDAY)  # while the page was open

    answer = browser.post(
        f"/orders/{order.ref}/promise/", {"promised_delivery_on": "2026-12-07", "version": order.version}
    )

    assert answer.status_code == 409
    assert Order.objects.get().promised_delivery_on == FRIDAY


def test_promising_asks_as_often_for_1000_lines_as_for_10(manager):
    machine = service_user("integration")
    orders = [OrderFactory(owner=manager, status="submitted", lines=count) for count in (10, 1000)]

    def tell(order):
        days = dict.fromkeys(order.lines.values_list("key", flat=True)[:10], FRIDAY)
        return queries(lambda: record_fulfillment(order, by=machine, promises=Promises(days)))

    few, many = (tell(order) for order in orders)
    assert len(few) == len(many), many
