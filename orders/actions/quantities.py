"""What happened to the quantities of an order's lines, and the step of the order that follows from it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from catalog.changes import PLACES, fits
from catalog.lines import save_columns
from kernel import history, outbox
from kernel.errors import Blocker, DomainError
from kernel.lifecycle import advance, check_step
from orders.actions.billing import settle_billing
from orders.models import Order, OrderLine
from people.access import may
from people.models import User

TOLD = ["quantity_shipped", "quantity_canceled", "quantity_backordered"]


def locked_lines(order: Order) -> dict[UUID, OrderLine]:
    """The lines of a locked order by key, their rows held too; each remembers what was told of it so far."""
    lines = {line.key: line for line in order.lines.select_for_update().order_by("id")}
    for line in lines.values():
        line.__dict__["_told"] = told_of(line)
    return lines


def told_of(line: OrderLine) -> tuple[Decimal, ...]:
    return tuple(getattr(line, name) for name in TOLD)


def known_line(lines: Mapping[UUID, OrderLine], key: UUID) -> OrderLine:
    if key not in lines:
        raise DomainError(_("The order has no line %s.") % key, code="unknown_line", field="lines")
    return lines[key]


def require_fulfilling(order: Order, *, by: User) -> None:
    """Who may note deliveries may note them in any order they reach; says nothing about this order's status."""
    if not any(
        may(by, verb, order) for verb in ("fulfill_partly", "fulfill_completely", "record_fulfillment")
    ):
        raise PermissionDenied(_("You may not do this."))


def settle_quantities(
    order: Order, lines: Mapping[UUID, OrderLine], *, by: User, verb: str, note: str = ""
) -> None:
    """Save what happened to the quantities, with the step, the billing and the news that follow from it."""
    found = list(lines.values())
    refuse_misfits(found)
    before = order.status
    step_to(order, fulfillment_of(found), by=by)
    save_columns([line for line in found if line.__dict__.get("_told") != told_of(line)], TOLD)
    order.save()
    history.record(order, verb, by=by, from_status=before, note=note)
    if order.billing == Order.Progress.PARTIAL:
        # What was canceled needs no invoice any more, so the order may be billed in full by now.
        settle_billing(order, found, by=by)
    outbox.publish("order.fulfilled", order, by=by)


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
    if not all(fits(quantity, PLACES["quantity"]) for quantity in told):
        return "too_many_decimals", _("a quantity has at most five decimals")
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
