"""From submit to the customer's door: handing over to the ERP, fulfillment, cancellation, what the ERP reports."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.lines import save_columns
from kernel import history, outbox
from kernel.errors import Blocker, ComponentOwnedElsewhere, DomainError
from kernel.lifecycle import advance, check_step
from kernel.ownership import destination
from orders.actions.billing import settle_billing
from orders.actions.changing import lock
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from people.access import may, require
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
    order = lock(order)
    require_fulfilling(order, by=by)
    if order.managed_by:
        raise ComponentOwnedElsewhere(_("Fulfillment of this order is reported by the ERP."))
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
    require_fulfilling(order, by=by)
    lines = {line.key: line for line in order.lines.select_for_update().order_by("id")}
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
    refuse_misfits(list(lines.values()))
    before = order.status
    step_to(order, fulfillment_of(list(lines.values())), by=by)
    save_columns(list(lines.values()), ["quantity_shipped", "quantity_canceled", "quantity_backordered"])
    order.save()
    history.record(
        order, "fulfilled", by=by, from_status=before, note=", ".join(d.delivery_note for d in fresh)
    )
    if order.billing == Order.Progress.PARTIAL:
        # What was canceled needs no invoice any more, so the order may be billed in full by now.
        settle_billing(order, list(lines.values()), by=by)
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


def require_fulfilling(order: Order, *, by: User) -> None:
    """Who may note deliveries may note them in any order they reach; says nothing about this order's status."""
    if not any(
        may(by, verb, order) for verb in ("fulfill_partly", "fulfill_completely", "record_fulfillment")
    ):
        raise PermissionDenied(_("You may not do this."))


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
            if not quantity.is_finite() or quantity <= 0:
                raise DomainError(
                    _("Ship more than nothing."), code="quantity_not_positive", field="quantity"
                )
            line = known_line(lines, key)
            line.quantity_shipped += quantity
            moved.append(ShipmentLine(shipment=shipment, order_line=line, quantity=quantity))
    ShipmentLine.objects.bulk_create(moved, batch_size=500)


def refuse_misfits(lines: Sequence[OrderLine]) -> None:
    """Ordered = shipped + open + canceled, and what is invoiced is not canceled: nothing left over or missing."""
    wrong = [(line, *found) for line in lines if (found := misfit(line))]
    blockers = [
        Blocker(code, f"{line.description}: {text}", "quantity", record=str(line.key))
        for line, code, text in wrong
    ]
    if blockers:
        raise DomainError(blockers[0].text, code=blockers[0].code, field="quantity", blockers=blockers)


def misfit(line: OrderLine) -> tuple[str, Any] | None:
    """What is wrong with the quantities of a line, as code and words."""
    told = (line.quantity_shipped, line.quantity_canceled, line.quantity_backordered)
    if not all(quantity.is_finite() and quantity >= 0 for quantity in told):
        return "negative", _("a quantity cannot be negative")
    if line.quantity_open < 0:
        return "more_than_ordered", _("more than was ordered")
    if line.quantity_invoiced + line.quantity_canceled > line.quantity:
        return "already_invoiced", _("what is invoiced already cannot be canceled")
    return None


def fulfillment_of(lines: Sequence[OrderLine]) -> str:
    """None, partial or complete, from what happened to the quantities."""
    if all(line.quantity_open <= 0 for line in lines):
        return Order.Progress.COMPLETE
    return Order.Progress.PARTIAL if any(line.quantity_shipped for line in lines) else Order.Progress.NONE


def step_to(order: Order, fulfillment: str, *, by: User) -> None:
    """Take the step that fits how far the delivery has come; refused where the order is not being delivered."""
    if order.status == Order.Status.INVOICED:
        advance(order.record_fulfillment, by=by, fulfillment=fulfillment)
    elif fulfillment == Order.Progress.COMPLETE:
        advance(order.fulfill_completely, by=by)
    elif fulfillment == Order.Progress.PARTIAL:
        advance(order.fulfill_partly, by=by)
    else:
        # Only backorders or single cancellations so far: the order stays as it is, but it has to be under way.
        check_step(order.fulfill_partly, by=by)
