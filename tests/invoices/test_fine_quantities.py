"""A quantity finer than its column is refused, not rounded behind one's back."""

from decimal import Decimal

import pytest

from invoices.actions import confirm_invoice, credit_invoice, invoice_from_order
from kernel.errors import DomainError
from orders.actions import Delivery, close_rest, fulfill_order, submit_order
from orders.models import Order
from tests.document_factories import OrderFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FINE = Decimal("0.1234567")


@pytest.fixture
def finance():
    return UserFactory(role="administrator")


@pytest.fixture
def order(finance):
    return submit_order(OrderFactory(owner=finance, lines=1), by=finance)


def key_of(record):
    return record.lines.get().key


@pytest.fixture
def delivered(order, finance):
    line = order.lines.get()
    return fulfill_order(order, by=finance, delivery=Delivery("DN-1", {line.key: line.quantity}))


def test_billing_refuses_it(delivered, finance):
    with pytest.raises(DomainError) as refused:
        invoice_from_order(delivered, by=finance, quantities={key_of(delivered): FINE})

    assert refused.value.code == "too_many_decimals"


def test_crediting_refuses_it(delivered, finance):
    invoice = confirm_invoice(invoice_from_order(delivered, by=finance), by=finance)

    with pytest.raises(DomainError) as refused:
        credit_invoice(invoice, by=finance, quantities={key_of(invoice): FINE})

    assert refused.value.code == "too_many_decimals"


def test_shipping_refuses_it_and_ships_nothing(order, finance):
    with pytest.raises(DomainError) as refused:
        fulfill_order(order, by=finance, delivery=Delivery("DN-1", {key_of(order): FINE}))

    assert refused.value.code == "too_many_decimals"
    assert Order.objects.get().shipments.count() == 0


def test_closing_the_rest_refuses_it(order, finance):
    fulfill_order(order, by=finance, delivery=Delivery("DN-1", {key_of(order): Decimal("0.5")}))

    with pytest.raises(DomainError) as refused:
        close_rest(order, by=finance, quantities={key_of(order): FINE})

    assert refused.value.code == "too_many_decimals"
