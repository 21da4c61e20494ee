"""What may not be told about a delivery, and what a cancellation does to the billing."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from invoices.actions import invoice_from_order
from kernel.errors import ComponentOwnedElsewhere, DomainError, TransitionRefused
from kernel.models import HistoryEntry
from orders.actions import Delivery, fulfill_order, record_fulfillment
from orders.models import Order, OrderLine
from people.service import service_user
from tests.document_factories import OrderFactory
from tests.factories import PaymentTermsFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def erp():
    return service_user("integration")


def quantities_of(order):
    names = ("quantity_shipped", "quantity_canceled", "quantity_backordered", "quantity_invoiced")
    return OrderLine.objects.values_list(*names).get(order=order)


@pytest.mark.parametrize("told", ["canceled", "backordered"])
def test_quantities_are_told_only_by_those_who_note_deliveries(told):
    order = OrderFactory(status="submitted")
    seller = order.owner

    with pytest.raises(PermissionDenied):
        record_fulfillment(order, by=seller, **{told: {order.lines.get().key: Decimal(1)}})

    assert quantities_of(order) == (0, 0, 0, 0)


@pytest.mark.parametrize("status", ["active", "canceled"])
def test_an_order_that_is_not_under_way_has_no_backorders(status, erp):
    order = OrderFactory(status=status)

    with pytest.raises(TransitionRefused) as refused:
        record_fulfillment(order, by=erp, backordered={order.lines.get().key: Decimal(1)})

    assert refused.value.blockers[0].code == "wrong_status"
    assert quantities_of(order) == (0, 0, 0, 0)
    assert not HistoryEntry.objects.exists()


def test_an_order_handed_over_meanwhile_is_not_fulfilled_by_hand():
    boss = UserFactory(role="administrator")
    order = OrderFactory(status="submitted")
    Order.objects.filter(pk=order.pk).update(managed_by="demo")  # while the page was open

    with pytest.raises(ComponentOwnedElsewhere):
        fulfill_order(order, by=boss, delivery=Delivery("DN-1", {order.lines.get().key: Decimal(1)}))

    assert not order.shipments.exists()


@pytest.mark.parametrize(
    ("told", "quantity", "code"),
    [("canceled", "-1", "negative"), ("backordered", "-1", "negative"), ("canceled", "NaN", "negative"),
     ("canceled", "3", "more_than_ordered")],
)  # fmt: skip
def test_quantities_that_cannot_be_are_refused_in_words(told, quantity, code, erp):
    order = OrderFactory(status="submitted")

    with pytest.raises(DomainError) as refused:
        record_fulfillment(order, by=erp, **{told: {order.lines.get().key: Decimal(quantity)}})

    assert (refused.value.code, refused.value.field) == (code, "quantity")
    assert quantities_of(order) == (0, 0, 0, 0)


def test_what_is_invoiced_cannot_be_canceled(erp):
    order = OrderFactory(status="invoiced", billing="complete", lines__quantity_invoiced=2)

    with pytest.raises(DomainError) as refused:
        record_fulfillment(order, by=erp, canceled={order.lines.get().key: Decimal(1)})

    assert refused.value.code == "already_invoiced"


def test_canceling_the_rest_of_an_order_completes_its_billing(erp):
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    order = OrderFactory(status="submitted", payment_terms=terms)
    key = order.lines.get().key
    invoice_from_order(order, by=erp, quantities={key: Decimal(1)})

    record_fulfillment(
        order, by=erp, deliveries=[Delivery("DN-1", {key: Decimal(1)})], canceled={key: Decimal(1)}
    )

    order.refresh_from_db()
    assert (order.status, order.billing, order.fulfillment) == ("invoiced", "complete", "complete")


def test_no_more_comes_later_than_is_open_even_where_the_erp_says_so(erp):
    order = OrderFactory(status="submitted")
    key = order.lines.get().key
    record_fulfillment(order, by=erp, deliveries=[Delivery("DN-1", {key: Decimal("0.5")})])

    record_fulfillment(order, by=erp, backordered={key: Decimal(2)})

    assert quantities_of(order) == (Decimal("0.5"), 0, Decimal("1.5"), 0)


def test_by_hand_no_more_is_put_off_than_is_open(erp):
    boss = UserFactory(role="administrator")
    order = OrderFactory(status="submitted")
    key = order.lines.get().key

    with pytest.raises(DomainError) as refused:
        fulfill_order(
            order, by=boss, delivery=Delivery("DN-1", {key: Decimal("0.5")}), backordered={key: Decimal(2)}
        )

    assert (refused.value.code, refused.value.field) == ("more_than_open", f"backordered_{key}")
    assert quantities_of(order) == (0, 0, 0, 0)
