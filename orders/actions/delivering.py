"""From submit to the customer's door: handing over to the ERP, fulfillment, cancellation, what the ERP reports."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel import history, outbox
from kernel.errors import Blocker, DomainError
from kernel.lifecycle import advance
from kernel.ownership import destination
from orders.actions.changing import lock
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from people.access import require
from people.models import User


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that left: how much of which line (by line key), on which delivery note."""

    delivery_note: str
    quantities: Mapping[UUID, Decimal]
    carrier: str = ""
    tracking: str = ""
    shipped_on: dt.date = field(default_factory=timezone.localdate)


@transaction.atomic
def submit_order(order: Order, *, by: User) -> Order:
    """Confirm the order; where an ERP is connected it is told in the same breath and owns the numbers from here."""
    order = lock(order)
    before = order.status
    advance(order.submit, by=by)
    order.managed_by = destination("orders")
    order.save()
    history.record(order, "submitted", by=by, from_status=before)
    outbox.publish("order.submitted", order, by=by, destination=order.managed_by)
    return order


@transaction.atomic
def fulfill_order(order: Order, *, by: User, delivery: Delivery) -> Order:
    """Note by hand what was shipped; refused where the fulfillment comes from the ERP."""
    if order.managed_by:
        raise DomainError(
            _("Fulfillment of this order is reported by the ERP."), code="component_owned_by_erp"
        )
    if order.shipments.filter(delivery_note=delivery.delivery_note).exists():
        raise DomainError(
            _("There is a delivery note %s already.") % delivery.delivery_note,
            code="duplicate_delivery_note",
            field="delivery_note",
        )
    return record_fulfillment(order, by=by, deliveries=[delivery])


@transaction.atomic
def record_fulfillment(
    order: Order, *, by: User, deliveries: Sequence[Delivery] = (), canceled: Mapping[UUID, Decimal] | None = None,
    backordered: Mapping[UUID, Decimal] | None = None,
) -> Order:  # fmt: skip
    """Take over what was shipped, backordered and canceled per line; telling it twice changes nothing.

    Deliveries are known by their delivery note; canceled and backordered quantities are totals, not additions.
    """
    order = lock(order)
    lines = {line.key: line for line in order.lines.select_for_update()}
    known = set(order.shipments.values_list("delivery_note", flat=True))
    fresh = [delivery for delivery in deliveries if delivery.delivery_note not in known]
    changed = bool(fresh)
    ship(order, lines, fresh)
    for totals, column in ((canceled, "quantity_canceled"), (backordered, "quantity_backordered")):
        for key, quantity in (totals or {}).items():
            changed = changed or getattr(known_line(lines, key), column) != quantity
            setattr(known_line(lines, key), column, quantity)
    if not changed:
        return order
    refuse_overdelivery(list(lines.values()))
    before = order.status
    step_to(order, fulfillment_of(list(lines.values())), by=by)
    OrderLine.objects.bulk_update(
        lines.values(), ["quantity_shipped", "quantity_canceled", "quantity_backordered"], batch_size=500
    )
    order.save()
    history.record(
        order, "fulfilled", by=by, from_status=before, note=", ".join(d.delivery_note for d in fresh)
    )
    outbox.publish("order.fulfilled", order, by=by)
    return order


@transaction.atomic
def cancel_order(order: Order, *, by: User, reason: str, note: str = "") -> Order:
    """Call the order off, here and in the ERP that knows it; refused once anything was shipped or invoiced."""
    if reason not in (Order.Reason.NO_MONEY, Order.Reason.CUSTOMER_REQUEST, Order.Reason.OTHER):
        raise DomainError(_("Say why the order is canceled."), code="unknown_reason", field="reason")
    order = lock(order)
    before = order.status
    advance(order.cancel, by=by, reason=reason)
    order.save()
    history.record(order, "canceled", by=by, from_status=before, note=note)
    told = order.managed_by if before == Order.Status.SUBMITTED else ""
    outbox.publish("order.canceled", order, by=by, destination=told, payload={"reason": reason})
    return order


@transaction.atomic
def record_erp_state(
    order: Order, *, by: User, number: str, status: str, erp_total_net: Decimal | None = None,
    erp_total_tax: Decimal | None = None, erp_total: Decimal | None = None, url: str = "",
) -> Order:  # fmt: skip
    """Write down, verbatim and beside our own figures, what the ERP says about the order."""
    order = lock(order)
    require(by, "write_back", order)
    said = {
        "erp_number": number, "erp_status": status, "erp_net": erp_total_net, "erp_tax": erp_total_tax,
        "erp_total": erp_total, "erp_url": url,
    }  # fmt: skip
    said = {name: value for name, value in said.items() if value is not None and value != ""}
    changes = history.changes_of(order, said)
    order.erp_synced_at = timezone.now()
    if not changes:
        Order.objects.filter(pk=order.pk).update(erp_synced_at=order.erp_synced_at)
        return order
    for name, value in said.items():
        setattr(order, name, value)
    order.save()
    history.record(order, "erp_reported", by=by, changes=changes)
    return order


def known_line(lines: Mapping[UUID, OrderLine], key: UUID) -> OrderLine:
    if key not in lines:
        raise DomainError(_("The order has no line %s.") % key, code="unknown_line", field="lines")
    return lines[key]


def ship(order: Order, lines: Mapping[UUID, OrderLine], deliveries: Sequence[Delivery]) -> None:
    """Add the deliveries' quantities to the lines and keep each delivery note."""
    moved = []
    for delivery in deliveries:
        shipment = Shipment.objects.create(
            order=order, delivery_note=delivery.delivery_note, carrier=delivery.carrier,
            tracking=delivery.tracking, shipped_on=delivery.shipped_on,
        )  # fmt: skip
        for key, quantity in delivery.quantities.items():
            if quantity <= 0:
                raise DomainError(
                    _("Ship more than nothing."), code="quantity_not_positive", field="quantity"
                )
            line = known_line(lines, key)
            line.quantity_shipped += quantity
            moved.append(ShipmentLine(shipment=shipment, order_line=line, quantity=quantity))
    ShipmentLine.objects.bulk_create(moved, batch_size=500)


def refuse_overdelivery(lines: Sequence[OrderLine]) -> None:
    """Ordered = shipped + open + canceled: nothing may be left over or missing."""
    blockers = [
        Blocker(
            "more_than_ordered", _("%(line)s: more than was ordered") % {"line": line.description}, "quantity"
        )
        for line in lines
        if line.quantity_open < 0
    ]
    if blockers:
        raise DomainError(blockers[0].text, code="more_than_ordered", field="quantity", blockers=blockers)


def fulfillment_of(lines: Sequence[OrderLine]) -> str:
    """None, partial or complete, from what happened to the quantities."""
    if all(line.quantity_open <= 0 for line in lines):
        return Order.Progress.COMPLETE
    return Order.Progress.PARTIAL if any(line.quantity_shipped for line in lines) else Order.Progress.NONE


def step_to(order: Order, fulfillment: str, *, by: User) -> None:
    """Take the step that fits how far the delivery has come."""
    if order.status == Order.Status.INVOICED:
        advance(order.record_fulfillment, by=by, fulfillment=fulfillment)
    elif fulfillment == Order.Progress.COMPLETE:
        advance(order.fulfill_completely, by=by)
    elif fulfillment == Order.Progress.PARTIAL:
        advance(order.fulfill_partly, by=by)
