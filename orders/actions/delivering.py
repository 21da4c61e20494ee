"""From submit to the customer's door: handing over to the ERP, fulfillment, cancellation, what the ERP reports."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.changes import refuse_too_fine
from kernel import history, outbox
from kernel.errors import Blocker, ComponentOwnedElsewhere, DomainError
from kernel.lifecycle import advance, check_step
from kernel.ownership import destination
from orders.actions.changing import lock
from orders.actions.promising import Promises, keep_promises
from orders.actions.quantities import (
    known_line,
    locked_lines,
    require_fulfilling,
    settle_quantities,
)
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from people.access import require
from people.models import User

Totals = Mapping[UUID, Decimal]


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
def fulfill_order(
    order: Order, *, by: User, delivery: Delivery | None = None, backordered: Totals | None = None,
    canceled: Totals | None = None,
) -> Order:  # fmt: skip
    """Note by hand what was shipped, what comes later and what never will; refused where the ERP reports it."""
    order = lock(order)
    require_fulfilling(order, by=by)
    refuse_if_erp_reports(order)
    if delivery and order.shipments.filter(delivery_note=delivery.delivery_note).exists():
        raise DomainError(
            _("There is a delivery note %s already.") % delivery.delivery_note,
            code="duplicate_delivery_note",
            field="delivery_note",
        )
    deliveries = [delivery] if delivery else []
    order = record_fulfillment(
        order, by=by, deliveries=deliveries, canceled=canceled, backordered=backordered
    )
    told = backordered or {}
    lines = order.lines.filter(key__in=list(told))
    if beyond := next((line for line in lines if told[line.key] > line.quantity_open), None):
        raise DomainError(
            _("%(line)s: only %(open)s are open, more than that cannot come later.")
            % {"line": beyond.description, "open": f"{beyond.quantity_open.normalize():f}"},
            code="more_than_open", field=f"backordered_{beyond.key}",
        )  # fmt: skip
    return order


@transaction.atomic
def report_fulfillment(
    order: Order, *, by: User, deliveries: Sequence[Delivery] = (), canceled: Totals | None = None,
    backordered: Totals | None = None, promises: Promises | None = None,
) -> Order:  # fmt: skip
    """What a fulfillment system tells; a delivery note told again changes nothing, with other content it is refused."""
    order = lock(order)
    require_fulfilling(order, by=by)
    refuse_other_content(order, deliveries)
    return record_fulfillment(
        order, by=by, deliveries=deliveries, canceled=canceled, backordered=backordered, promises=promises
    )


@transaction.atomic
def record_fulfillment(
    order: Order, *, by: User, deliveries: Sequence[Delivery] = (), canceled: Totals | None = None,
    backordered: Totals | None = None, promises: Promises | None = None,
) -> Order:  # fmt: skip
    """Take over what was shipped, backordered, canceled and promised per line; telling it twice changes nothing.

    Deliveries are known by their delivery note; canceled and backordered quantities are totals, not additions.
    """
    order = lock(order)
    require_fulfilling(order, by=by)
    lines = locked_lines(order)
    if promises:
        keep_promises(order, lines, promises, by=by)
    known = set(order.shipments.values_list("delivery_note", flat=True))
    fresh = [delivery for delivery in deliveries if delivery.delivery_note not in known]
    ship(order, lines, fresh)
    changed = bool(fresh)
    for totals, column in ((canceled, "quantity_canceled"), (backordered, "quantity_backordered")):
        for key, quantity in (totals or {}).items():
            changed = changed or getattr(known_line(lines, key), column) != quantity
            setattr(known_line(lines, key), column, quantity)
    if not changed:
        return order
    nothing_waits_twice(lines.values())
    note = ", ".join(delivery.delivery_note for delivery in fresh)
    settle_quantities(order, lines, by=by, verb="fulfilled" if fresh else "quantities_told", note=note)
    return order


@transaction.atomic
def close_rest(order: Order, *, by: User, quantities: Totals | None = None, note: str = "") -> Order:
    """Give up what is still open, all of it or so much of each line; what was shipped stays as it is."""
    order = lock(order)
    check_step(order.close_rest, by=by)
    refuse_if_erp_reports(order)
    lines = locked_lines(order)
    left = {key: line.quantity_open for key, line in lines.items() if line.quantity_open > 0}
    asked = (
        left if quantities is None else {key: quantity for key, quantity in quantities.items() if quantity}
    )
    if not asked:
        raise DomainError(_("Choose at least one quantity."), code="nothing_chosen", field="quantity")
    for key, quantity in asked.items():
        line = known_line(lines, key)
        if not quantity.is_finite() or not 0 < quantity <= left.get(key, Decimal(0)):
            raise DomainError(
                _("%(line)s: at most %(open)s are open.")
                % {"line": line.description, "open": f"{line.quantity_open.normalize():f}"},
                code="more_than_open", field=f"quantity_{key}",
            )  # fmt: skip
        refuse_too_fine(quantity, f"quantity_{key}")
        line.quantity_canceled += quantity
    if order.fulfillment == Order.Progress.NONE and not any(
        line.quantity_open > 0 for line in lines.values()
    ):
        raise DomainError(
            _("Nothing would be left of the order: cancel it instead."),
            code="cancel_instead",
            field="quantity",
        )
    nothing_waits_twice(lines.values())
    settle_quantities(order, lines, by=by, verb="rest_closed", note=note)
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
    for wish in order.change_requests.select_for_update().filter(status="open"):
        wish.order = order
        advance(wish.withdraw, by=by, decided_by=by)
        wish.save()
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
    said: dict[str, Any] = {
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


def refuse_if_erp_reports(order: Order) -> None:
    if order.managed_by:
        raise ComponentOwnedElsewhere(_("Fulfillment of this order is reported by the ERP."))


def refuse_other_content(order: Order, deliveries: Sequence[Delivery]) -> None:
    """A delivery note that is known already has to say the same as before: whoever numbers twice learns of it."""
    wanted = {one.delivery_note: dict(one.quantities) for one in deliveries}
    known = ShipmentLine.objects.filter(shipment__order=order, shipment__delivery_note__in=wanted)
    there: dict[str, dict[UUID, Decimal]] = {}
    for note, key, quantity in known.values_list("shipment__delivery_note", "order_line__key", "quantity"):
        there.setdefault(note, {})[key] = quantity
    text = _("delivery note %s is known with other quantities; give a new delivery note a number of its own")
    blockers = [
        Blocker("delivery_note_differs", text % note, "deliveries", record=note)
        for note, before in there.items()
        if before != wanted[note]
    ]
    if blockers:
        raise DomainError(blockers[0].text, code=blockers[0].code, field="deliveries", blockers=blockers)


def nothing_waits_twice(lines: Iterable[OrderLine]) -> None:
    """What was shipped or given up does not come later any more, whoever says so: an ERP's word may be an old one."""
    for line in lines:
        later, still_open = line.quantity_backordered, line.quantity_open
        if later.is_finite() and still_open.is_finite() and later > still_open >= 0:
            line.quantity_backordered = still_open


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
            refuse_too_fine(quantity, "quantity")
            line = known_line(lines, key)
            line.quantity_shipped += quantity
            moved.append(ShipmentLine(shipment=shipment, order_line=line, quantity=quantity))
    ShipmentLine.objects.bulk_create(moved, batch_size=500)
