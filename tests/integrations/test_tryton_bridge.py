"""The bridge against a real Tryton: one order there, confirmed, billed and paid home again."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.lines import LineChange
from integrations import actions, delivery, pull
from integrations.actions import Policy
from integrations.adapters.tryton.adapter import TrytonAdapter
from integrations.adapters.tryton.client import TrytonClient
from integrations.models import Connection, DeliveryAttempt
from invoices.models import Invoice
from orders.actions import create_order, submit_order
from people.models import Role
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UserFactory,
)
from tests.integrations.scenes import administrator, deliver_all, make_due, message_of

pytestmark = [pytest.mark.erp, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


@pytest.fixture
def connection(tryton_lab):
    options = {**tryton_lab.options, "max_server_exec_s": 1}
    made = Connection(
        code="tryton", name="Tryton", kind="tryton", base_url=tryton_lab.base_url, options=options
    )
    actions.save_connection(made, secret=tryton_lab.secret)
    by = administrator()
    actions.set_owner(made, "orders", Policy("crm", push=True, pull=True), by=by)
    actions.set_owner(made, "invoices", Policy("erp", pull=True), by=by)
    return made


@pytest.fixture
def order():
    """A product, a write-in, two tax rates, a line discount and a header discount."""
    by = UserFactory(role=Role.SALES_MANAGER)
    standard, reduced = TaxCodeFactory(), TaxCodeFactory(rate=7)
    widget = ProductFactory(sku="WIDGET-A", tax_code=standard)
    lines = [
        LineChange(product=widget, quantity=Decimal(3), unit_price=Decimal("99.99")),
        LineChange(product=widget, quantity=Decimal(2), unit_price=Decimal(50), discount_percent=Decimal(10)),
        LineChange(
            description="Engraving", quantity=Decimal(1), unit_price=Decimal("34.02"), tax_code=reduced
        ),
    ]
    made = create_order(
        by=by, lines=lines, name="Spindles", account=AccountFactory(owner=by), currency=CurrencyFactory(),
        price_list=PriceListFactory(), ship_to_name="Borg GmbH", ship_to_street="Main Street 1",
        ship_to_postcode="10115", ship_to_city="Berlin", ship_to_country="DE", bill_to_name="Borg GmbH",
        bill_to_street="Main Street 1", bill_to_postcode="10115", bill_to_city="Berlin", bill_to_country="DE",
        discount_amount=Decimal("10.00"), owner=by, team=by.team,
    )  # fmt: skip
    return by, made


def pull_until(connection, arrived):
    """Poll as the scheduler does: Tryton tells its time in whole seconds, so a row may take one more poll."""
    end = time.monotonic() + 60
    while not arrived():
        assert time.monotonic() < end, "it did not come"
        pull.pull(connection)
        time.sleep(0.3)


def test_an_order_becomes_one_confirmed_sale_with_equal_totals_and_comes_home_paid(
    tryton_lab, connection, order
):
    by, order = order
    order = submit_order(order, by=by)

    deliver_all(connection)

    order.refresh_from_db()
    [sale] = tryton_lab.clerk.sales_by_reference(message_of(order).external_key)
    assert sale["state"] in ("confirmed", "processing")
    assert order.erp_number == sale["number"]
    assert order.erp_total == order.total == sale["total_amount"]
    assert message_of(order, "order.confirmed_in_erp").state == "done"

    tryton_lab.clerk.ship(sale["id"])
    invoice_id = tryton_lab.clerk.invoice_of(sale["id"])
    tryton_lab.clerk.post_invoice(invoice_id)
    pull_until(connection, Invoice.objects.exists)
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.balance, invoice.status_reason) == (order.total, order.total, "billed")

    tryton_lab.clerk.pay_invoice(invoice_id, f"{order.total:.2f}")
    pull_until(connection, Invoice.objects.filter(balance=0).exists)
    pull.sweep_open_documents(connection)
    invoice.refresh_from_db()
    order.refresh_from_db()
    assert (invoice.status, invoice.balance) == ("paid", 0)
    assert (order.status, order.fulfillment, order.billing) == ("invoiced", "complete", "complete")


def test_an_answer_that_gets_lost_makes_no_second_sale(tryton_lab, connection, order, monkeypatch):
    by, order = order
    order = submit_order(order, by=by)
    create = TrytonClient.create

    def losing(self, model, *args):
        made = create(self, model, *args)
        if model == "sale.sale":
            raise ConnectionResetError("the answer got lost")
        return made

    monkeypatch.setattr(TrytonClient, "create", losing)
    delivery.deliver("tryton")
    assert message_of(order).state == "ambiguous"
    monkeypatch.setattr(TrytonClient, "create", create)

    deliver_all(connection)

    [sale] = tryton_lab.clerk.sales_by_reference(message_of(order).external_key)
    order.refresh_from_db()
    assert order.erp_number == sale["number"]
    assert DeliveryAttempt.objects.filter(message=message_of(order), step="create").count() == 1


def test_an_order_that_never_arrived_is_sent_again_after_the_quarantine(
    tryton_lab, connection, order, monkeypatch
):
    by, order = order
    order = submit_order(order, by=by)
    create = TrytonAdapter.create_order

    def deaf(self, doc, *, idempotency_key):
        raise ConnectionResetError("nothing arrived")

    monkeypatch.setattr(TrytonAdapter, "create_order", deaf)
    delivery.deliver("tryton")
    monkeypatch.setattr(TrytonAdapter, "create_order", create)
    make_due()
    delivery.deliver("tryton")
    assert message_of(order).state == "ambiguous"
    assert tryton_lab.clerk.sales_by_reference(message_of(order).external_key) == []

    DeliveryAttempt.objects.update(sent_at=timezone.now() - timedelta(minutes=5))
    deliver_all(connection)

    assert len(tryton_lab.clerk.sales_by_reference(message_of(order).external_key)) == 1
