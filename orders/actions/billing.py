"""How far an order is billed, told from the quantities of its lines."""

from collections.abc import Sequence

from django.db.models import F

from catalog.lines import save_columns
from kernel import history
from kernel.lifecycle import advance
from orders.models import Order, OrderLine
from people.models import User


def save_billed(order: Order, lines: Sequence[OrderLine]) -> None:
    """Save the invoiced quantities of all its lines, by one plain statement where they are all or nothing."""
    if all(line.quantity_invoiced == line.quantity for line in lines):
        order.lines.update(quantity_invoiced=F("quantity"))
    elif not any(line.quantity_invoiced for line in lines):
        order.lines.update(quantity_invoiced=0)
    else:
        save_columns(lines, ["quantity_invoiced"])


def settle_billing(order: Order, lines: Sequence[OrderLine], *, by: User) -> None:
    """Save the invoiced quantities and bring the order's billing and status in line with them."""
    save_billed(order, lines)
    complete = all(line.quantity_invoiced >= line.quantity - line.quantity_canceled for line in lines)
    before = order.status
    if complete and order.status != Order.Status.INVOICED:
        advance(order.bill, by=by)
    elif not complete:
        if order.status == Order.Status.INVOICED:
            advance(order.unbill_unfulfilled if order.fulfillment == "none" else order.unbill, by=by)
        some = any(line.quantity_invoiced for line in lines)
        order.billing = Order.Progress.PARTIAL if some else Order.Progress.NONE
    order.save()
    if order.status != before:
        history.record(order, "billed" if complete else "unbilled", by=by, from_status=before)
