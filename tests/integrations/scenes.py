"""A connected ERP and submitted orders: what the tests of the bridge start from."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.lines import LineChange
from integrations import actions, delivery
from integrations.actions import Policy
from integrations.models import Connection
from kernel.models import OutboxMessage
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

WEBHOOK_SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMh"


def administrator():
    return UserFactory(role=Role.ADMINISTRATOR)


def connect(erp, *, code="demo", owns_invoices=True, by=None, **columns):
    """A connection to a demo ERP: orders are pushed there, invoices are made there and pulled."""
    by = by or administrator()
    connection = Connection(code=code, name="Demo ERP", kind="rest", base_url=erp.base_url, **columns)
    actions.save_connection(connection, secret=erp.token, webhook_secret=WEBHOOK_SECRET)
    actions.set_owner(connection, "orders", Policy("crm", push=True, pull=True), by=by)
    if owns_invoices:
        actions.set_owner(connection, "invoices", Policy("erp", pull=True), by=by)
    return connection


def submitted_order(*, by=None, **header):
    """An order of two lines and freight, taxed at two rates: 388.01 net in all."""
    by = by or UserFactory(role=Role.SALES_MANAGER)
    values = {
        "name": "Spindles",
        "account": AccountFactory(owner=by),
        "currency": CurrencyFactory(),
        "price_list": PriceListFactory(),
        "ship_to_name": "Borg GmbH",
        "ship_to_street": "Main Street 1",
        "ship_to_city": "Berlin",
        "ship_to_postcode": "10115",
        "ship_to_country": "DE",
        "freight": Decimal("20.00"),
        "freight_tax_code": TaxCodeFactory(),
        "owner": by,
        "team": by.team,
    } | header
    lines = [
        LineChange(product=ProductFactory(), quantity=Decimal(3), unit_price=Decimal("99.99")),
        LineChange(
            description="Engraving",
            quantity=Decimal(2),
            unit_price=Decimal("34.02"),
            tax_code=TaxCodeFactory(rate=7),
        ),
    ]
    return submit_order(create_order(by=by, lines=lines, **values), by=by)


def message_of(order, topic="order.submitted"):
    return OutboxMessage.objects.of(order).exclude(destination="").filter(topic=topic).first()


def make_due():
    """Time passes: whatever waits is due, whatever was leased is abandoned."""
    past = timezone.now() - timedelta(seconds=1)
    OutboxMessage.objects.filter(state__in=["pending", "ambiguous"]).update(available_at=past)
    OutboxMessage.objects.filter(state="leased").update(leased_until=past)


def deliver_all(connection, *, rounds=10):
    """Deliver until nothing is waiting, letting time pass in between."""
    for _round in range(rounds):
        make_due()
        delivery.deliver(connection.code)
        waiting = OutboxMessage.objects.unfinished().filter(destination=connection.code)
        if not waiting.exists():
            return
    raise AssertionError([(m.state, m.error_text) for m in waiting])


@contextmanager
def capabilities(adapter_class, monkeypatch, **changes):
    """The adapter of another kind of ERP: the same dialect with other promises."""
    with monkeypatch.context() as patch:
        patch.setattr(adapter_class, "capabilities", replace(adapter_class.capabilities, **changes))
        yield
