"""Every step of an order: it happens, it is refused with all reasons and changes nothing, it is forbidden."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from catalog.lines import LineChange, changes_from, lines_of
from kernel.errors import ComponentOwnedElsewhere, DomainError, TransitionRefused
from kernel.models import ComponentOwnership, HistoryEntry, OutboxMessage
from orders.actions import (
    Delivery,
    cancel_order,
    change_order,
    create_order,
    fulfill_order,
    hold_order,
    lock_order,
    order_from_opportunity,
    record_erp_state,
    record_fulfillment,
    resume_order,
    set_order_lines,
    submit_order,
    unlock_order,
)
from orders.models import Order, OrderLine
from people.service import service_user
from tests.document_factories import OrderFactory, erp_keeps
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    OpportunityFactory,
    PriceListFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def status_of(order):
    return Order.objects.values_list("status", "status_reason").get(pk=order.pk)


def delivery(order, quantity, note="DN-1"):
    return Delivery(note, {line.key: Decimal(quantity) for line in order.lines.all()})


def test_submitting_locks_the_order_and_its_prices(rep):
    order = submit_order(OrderFactory(owner=rep), by=rep)

    assert status_of(order) == ("submitted", "in_progress")
    assert order.prices_locked
    assert order.submitted_at is not None
    assert order.managed_by == ""
    with pytest.raises(TransitionRefused):
        change_order(order, by=rep, name="x")


def test_submitting_with_an_erp_writes_its_message_in_the_same_transaction(rep):
    ComponentOwnership.objects.create(
        connection_code="demo", component="orders", owner="crm", push=True, pull=True, changed_by=rep
    )

    order = submit_order(OrderFactory(owner=rep), by=rep)

    message = OutboxMessage.objects.get()
    assert (message.topic, message.destination, message.aggregate_id) == (
        "order.submitted",
        "demo",
        order.public_id,
    )
    assert order.managed_by == "demo"


def test_submitting_is_refused_with_every_reason_at_once(rep):
    order = OrderFactory(owner=rep, lines=0, bill_to_city="", ship_to_city="", price_list=None)

    with pytest.raises(TransitionRefused) as refused:
        submit_order(order, by=rep)

    assert [blocker.code for blocker in refused.value.blockers] == [
        "no_lines", "no_price_list", "no_bill_to", "no_ship_to",
    ]  # fmt: skip
    assert status_of(order) == ("active", "new")
    assert not OutboxMessage.objects.exists()
    assert not HistoryEntry.objects.exists()


STEPS = {
    "submit": ("active", submit_order, {}),
    "hold": ("active", hold_order, {}),
    "lock": ("active", lock_order, {}),
    "cancel": ("active", cancel_order, {"reason": "other"}),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("role", ["salesperson", "finance"])
def test_nobody_takes_a_step_on_an_order_out_of_reach(name, role):
    status, action, details = STEPS[name]
    order = OrderFactory(status=status)

    with pytest.raises(PermissionDenied):
        action(order, by=UserFactory(role=role), **details)

    assert status_of(order) == ("active", "new")
    assert not HistoryEntry.objects.exists()


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("status", ["fulfilled", "invoiced", "canceled"])
def test_an_order_on_its_way_takes_no_early_step(name, status, boss):
    _status, action, details = STEPS[name]
    order = OrderFactory(status=status)
    before = status_of(order)

    with pytest.raises(TransitionRefused):
        action(order, by=boss, **details)

    assert status_of(order) == before


def test_an_order_can_wait_and_go_on(rep):
    order = hold_order(OrderFactory(owner=rep), by=rep)
    assert status_of(order) == ("active", "pending")

    assert status_of(resume_order(order, by=rep)) == ("active", "new")
    with pytest.raises(TransitionRefused):
        resume_order(order, by=rep)


def test_unlocked_prices_follow_the_price_list_locked_ones_do_not(rep):
    product = ProductFactory()
    prices = PriceListFactory(items={product: "80.00"})
    order = create_order(
        by=rep, name="x", account=AccountFactory(owner=rep), currency=prices.currency, price_list=prices,
        lines=[LineChange(product=product, quantity=Decimal(2))],
    )  # fmt: skip
    order = lock_order(order, by=rep)
    prices.items.update(amount=Decimal("90.00"))

    order = set_order_lines(order, changes_from(lines_of(order)), by=rep)
    assert order.detail_amount == 160
    order = unlock_order(order, by=rep)

    assert order.detail_amount == 180


def test_an_agreed_price_is_refused_by_name(rep):
    order = OrderFactory(owner=rep, prices_locked=True)
    (line,) = changes_from(lines_of(order))

    with pytest.raises(DomainError) as refused:
        set_order_lines(
            order,
            [LineChange(product=line.product, quantity=line.quantity, unit_price=Decimal(1), key=line.key)],
            by=rep,
        )
    assert (refused.value.code, refused.value.field) == ("prices_locked", "unit_price")
    with pytest.raises(DomainError):
        change_order(order, by=rep, discount_percent=Decimal(50))
    assert Order.objects.get().total == order.total


def test_what_is_shipped_is_counted_by_line_and_delivery_note(boss):
    order = OrderFactory(status="submitted", lines=2)

    order = fulfill_order(order, by=boss, delivery=delivery(order, 1))

    assert status_of(order) == ("fulfilled", "partial")
    assert [line.quantity_open for line in order.lines.all()] == [1, 1]
    assert order.shipments.get().lines.count() == 2
    order = fulfill_order(order, by=boss, delivery=delivery(order, 1, "DN-2"))
    assert status_of(order) == ("fulfilled", "complete")
    assert order.fulfillment == "complete"


def test_more_than_was_ordered_is_not_shipped(boss):
    order = OrderFactory(status="submitted")

    with pytest.raises(DomainError) as refused:
        fulfill_order(order, by=boss, delivery=delivery(order, 3))

    assert refused.value.code == "more_than_ordered"
    assert status_of(order) == ("submitted", "in_progress")
    assert not order.shipments.exists()


def test_telling_the_same_delivery_twice_changes_nothing(boss):
    order = OrderFactory(status="submitted")
    record_fulfillment(order, by=boss, deliveries=[delivery(order, 1)])
    entries = HistoryEntry.objects.count()

    order = record_fulfillment(order, by=boss, deliveries=[delivery(order, 1)])

    assert order.lines.get().quantity_shipped == 1
    assert HistoryEntry.objects.count() == entries
    with pytest.raises(DomainError) as refused:
        fulfill_order(order, by=boss, delivery=delivery(order, 1))
    assert refused.value.code == "duplicate_delivery_note"


def test_canceled_quantities_complete_the_order(boss):
    order = OrderFactory(status="submitted")
    (line,) = order.lines.all()

    order = record_fulfillment(
        order, by=boss, deliveries=[delivery(order, 1)], canceled={line.key: Decimal(1)}
    )

    assert (order.fulfillment, order.lines.get().quantity_open) == ("complete", 0)


def test_an_unknown_line_is_named(boss):
    order = OrderFactory(status="submitted")

    with pytest.raises(DomainError) as refused:
        fulfill_order(order, by=boss, delivery=Delivery("DN-1", {uuid4(): Decimal(1)}))

    assert refused.value.code == "unknown_line"
    assert not order.shipments.exists()


def test_reps_do_not_ship():
    rep = UserFactory()
    order = OrderFactory(owner=rep, status="submitted")

    with pytest.raises(PermissionDenied):
        fulfill_order(order, by=rep, delivery=delivery(order, 1))

    assert status_of(order) == ("submitted", "in_progress")


def test_an_order_that_was_invoiced_first_can_still_be_delivered(boss):
    order = OrderFactory(status="invoiced")

    order = fulfill_order(order, by=boss, delivery=delivery(order, 2))

    assert status_of(order) == ("invoiced", "invoiced")
    assert order.fulfillment == "complete"


@pytest.mark.parametrize("status", ["active", "submitted"])
def test_canceling_says_why(status, boss):
    order = cancel_order(OrderFactory(status=status), by=boss, reason="no_money", note="insolvent")

    assert status_of(order) == ("canceled", "no_money")
    assert HistoryEntry.objects.get().note == "insolvent"


def test_canceling_an_order_the_erp_knows_tells_the_erp(boss):
    order = OrderFactory(status="submitted", managed_by="demo")

    cancel_order(order, by=boss, reason="customer_request")

    assert OutboxMessage.objects.get().destination == "demo"


@pytest.mark.parametrize("facts", [{"fulfillment": "partial"}, {"billing": "partial"}])
def test_what_was_shipped_or_invoiced_is_not_canceled(facts, boss):
    order = OrderFactory(status="submitted", **facts)

    with pytest.raises(TransitionRefused) as refused:
        cancel_order(order, by=boss, reason="other")

    assert [blocker.code for blocker in refused.value.blockers] in (["already_shipped"], ["already_invoiced"])
    assert status_of(order) == ("submitted", "in_progress")


def test_the_erps_word_stands_beside_our_own_figures():
    order = OrderFactory(status="submitted", managed_by="demo")
    machine = service_user("integration")

    record_erp_state(order, by=machine, number="SO-1", status="accepted", erp_total=Decimal("119.01"))

    order.refresh_from_db()
    assert (order.erp_number, order.erp_total, order.total) == ("SO-1", Decimal("119.01"), Decimal("119.00"))
    assert order.erp_difference == Decimal("0.01")
    entries = HistoryEntry.objects.count()
    record_erp_state(order, by=machine, number="SO-1", status="accepted", erp_total=Decimal("119.01"))
    assert HistoryEntry.objects.count() == entries


def test_people_do_not_write_for_the_erp(rep):
    with pytest.raises(PermissionDenied):
        record_erp_state(OrderFactory(owner=rep), by=rep, number="SO-1", status="accepted")


def test_an_order_comes_straight_from_a_deal(rep):
    deal = OpportunityFactory(owner=rep, lines=2)

    order = order_from_opportunity(deal, by=rep, price_list=PriceListFactory())

    assert (order.opportunity, order.quote, order.lines.count(), order.prices_locked) == (
        deal,
        None,
        2,
        False,
    )


def test_where_the_erp_makes_orders_none_is_made_here(rep):
    erp_keeps("orders")

    with pytest.raises(ComponentOwnedElsewhere):
        create_order(by=rep, name="x", account=AccountFactory(), currency=CurrencyFactory())

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "quantities",
    [
        {"quantity_shipped": 3},
        {"quantity_shipped": 1, "quantity_canceled": 2},
        {"quantity_invoiced": 3},
        {"quantity_canceled": -1},
    ],
)
def test_the_database_keeps_quantities_conserved(quantities):
    order = OrderFactory(status="submitted")

    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(order=order).update(**quantities)
