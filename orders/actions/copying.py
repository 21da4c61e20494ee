"""Ordering the same again."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from catalog.copying import carry_over
from catalog.documents import PricedLine, header_columns
from catalog.lines import LineChange, changes_from, write_lines
from customers.parties import refuse_unfit_customer
from kernel import history, outbox
from kernel.customfields import carried
from orders.actions.placing import new_order, refuse_if_erp_owns_orders
from orders.models import Order, OrderLine
from people.access import require
from people.models import User

TAKEN = ("name", "payment_terms_id", "shipping_method", *Order.ADDRESS_FIELDS)


@transaction.atomic
def copy_order(order: Order, *, by: User, keep_prices: bool = False, customer_po: str = "") -> Order:
    """Place a new active order with the same lines: at the prices of today's list, or at those agreed back then.

    Taxes are those of today in either case. It stands alone: no quote and no deal, and no number of the customer's.
    """
    require(by, "add", Order)
    refuse_if_erp_owns_orders()
    require(by, "view", order)
    taken = header_columns(order) | {name: getattr(order, name) for name in TAKEN}
    taken["custom"] = carried(order, Order)
    copy = new_order(by, {"customer_po": customer_po}, **taken)
    refuse_unfit_customer(copy, by)
    copy.prices_locked = keep_prices
    copy.save()
    carry_over(order.lines.all(), OrderLine, order_id=copy.pk)
    write_lines(copy, as_agreed if keep_prices else as_listed, on=copy.ordered_on)
    copy.save()
    history.record(copy, "created", by=by, note=order.ref)
    outbox.publish("order.created", copy, by=by)
    return copy


def as_agreed(lines: Sequence[PricedLine]) -> list[LineChange]:
    """The lines with the prices they have."""
    return [replace(change, unit_price=None, keep_price=True) for change in changes_from(lines)]


def as_listed(lines: Sequence[PricedLine]) -> list[LineChange]:
    """The lines as the price list has them now; what was typed by hand gives way, write-ins keep their price."""
    return [replace(change, unit_price=None) if change.product else change for change in changes_from(lines)]
