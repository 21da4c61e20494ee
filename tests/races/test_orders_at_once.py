"""Two people act on the same order at the same moment: quantities stay conserved. On PostgreSQL, with real threads."""

from decimal import Decimal

import pytest

from kernel.models import HistoryEntry
from orders.actions import (
    Delivery,
    Wish,
    accept_change,
    cancel_order,
    close_rest,
    fulfill_order,
    reject_change,
    report_fulfillment,
    request_change,
)
from orders.models import ChangeRequest, Order, OrderLine
from tests.document_factories import OrderFactory
from tests.factories import UserFactory
from tests.races.test_races import CROWD, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def submitted(quantity=2):
    return OrderFactory(status="submitted", prices_locked=True, lines__quantity=Decimal(quantity))


def line_of(order):
    line = OrderLine.objects.get(order=order)
    assert line.quantity == line.quantity_shipped + line.quantity_canceled + line.quantity_open
    assert line.quantity_open >= 0
    return line


def test_the_same_piece_is_not_shipped_by_many(boss):
    order = submitted(5)
    key = order.lines.get().key

    outcome = at_once(
        lambda n: fulfill_order(order, by=boss, delivery=Delivery(f"DN-{n}", {key: Decimal(1)}))
    )

    assert outcome["done"] == 5
    assert line_of(order).quantity_shipped == 5
    assert Order.objects.get().fulfillment == "complete"


def test_a_piece_is_shipped_or_given_up_never_both(boss):
    order = submitted(6)
    key = order.lines.get().key

    outcome = at_once(
        lambda n: (
            close_rest(order, by=boss, quantities={key: Decimal(1)})
            if n % 2
            else fulfill_order(order, by=boss, delivery=Delivery(f"DN-{n}", {key: Decimal(1)}))
        )
    )

    line = line_of(order)
    assert outcome["done"] == line.quantity_shipped + line.quantity_canceled
    # All six may go either way, but the last piece is not given up while nothing has left.
    assert line.quantity_shipped >= 1


def test_a_delivery_and_a_change_of_the_same_line_never_leave_less_ordered_than_shipped(boss):
    order = submitted(4)
    key = order.lines.get().key
    request_change(order, by=boss, wishes={key: Wish(Decimal(2))})

    at_once(
        lambda n: (
            accept_change(order, by=boss)
            if n % 4 == 0
            else fulfill_order(order, by=boss, delivery=Delivery(f"DN-{n}", {key: Decimal(1)}))
        )
    )

    line = line_of(order)
    status = ChangeRequest.objects.get().status
    assert (line.quantity, status) in {(2, "accepted"), (4, "open")}
    assert line.quantity_shipped == line.quantity


def test_a_wish_is_answered_once(boss):
    order = submitted()
    request_change(order, by=boss, wishes={order.lines.get().key: Wish(Decimal(5))})

    outcome = at_once(
        lambda n: accept_change(order, by=boss) if n % 2 else reject_change(order, by=boss, answer="No")
    )

    request = ChangeRequest.objects.get()
    assert outcome == {"done": 1, "no_open_request": CROWD - 1}
    assert line_of(order).quantity == (5 if request.status == "accepted" else 2)
    assert HistoryEntry.objects.filter(verb__in=["change_accepted", "change_rejected"]).count() == 1


def test_of_many_wishes_at_once_one_waits(boss):
    order = submitted()

    outcome = at_once(lambda n: request_change(order, by=boss, text=f"Wish {n}"))

    assert outcome == {"done": 1, "transition_refused": CROWD - 1}
    assert ChangeRequest.objects.count() == 1


def test_an_order_is_canceled_or_delivered(boss):
    order = submitted(CROWD)
    key = order.lines.get().key

    at_once(
        lambda n: (
            cancel_order(order, by=boss, reason="other")
            if n == 0
            else fulfill_order(order, by=boss, delivery=Delivery(f"DN-{n}", {key: Decimal(1)}))
        )
    )

    shipped = line_of(order).quantity_shipped
    assert (Order.objects.get().status == "canceled") is (shipped == 0)


def test_a_fulfillment_system_may_tell_the_same_from_many_hands(boss):
    order = submitted(5)
    key = order.lines.get().key
    told = {"deliveries": [Delivery("DN-1", {key: Decimal(2)})], "canceled": {key: Decimal(1)}}

    outcome = at_once(lambda _n: report_fulfillment(order, by=boss, **told))

    line = line_of(order)
    assert outcome == {"done": CROWD}
    assert (line.quantity_shipped, line.quantity_canceled) == (2, 1)
    assert HistoryEntry.objects.filter(verb="fulfilled").count() == 1
