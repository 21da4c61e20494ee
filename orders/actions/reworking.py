"""New quantities for an order that is under way: at the prices agreed, and never below what has happened already."""

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.documents import LineKind, PricedLine
from catalog.lines import lines_of, save_columns
from catalog.totals import part_of, reprice
from kernel.errors import Blocker, DomainError
from kernel.pricing import convert
from orders.actions.billing import settle_billing
from orders.actions.quantities import fulfillment_of, step_to
from orders.models import ChangeRequestLine, Order, OrderLine
from orders.models.preflight import exceeds_credit
from people.access import may
from people.models import User

LARGEST = Decimal(10) ** 10
FINEST = 5
SAVED = [
    "quantity",
    "quantity_canceled",
    "quantity_backordered",
    "promised_on",
    "typed_tax",
    *PricedLine.AMOUNTS,
]


def rework(order: Order, wishes: Sequence[ChangeRequestLine], *, by: User) -> None:
    """Give the lines of a locked order the quantities and days wished; the caller saves the header.

    Raises DomainError naming every line that cannot have what is wished, and then nothing is changed.
    """
    lines = [line for line in lines_of(order) if isinstance(line, OrderLine)]
    before = {line.pk: copy.copy(line) for line in lines}
    by_line = {wish.order_line_id: wish for wish in wishes}
    for line in lines:
        wish = by_line.get(line.pk)
        if wish and wish.wanted_on:
            line.promised_on = wish.wanted_on
    if any(wish.quantity is not None for wish in wishes):
        take_quantities(lines, {pk: w.quantity for pk, w in by_line.items() if w.quantity is not None})
        refuse_below(lines)
        total = order.total_base
        reprice(order, lines)
        refuse_torn(order, lines, before)
        refuse_beyond_credit(order, total, by)
        settle_progress(order, lines, by=by)
    save_columns([line for line in lines if columns_of(line) != columns_of(before[line.pk])], SAVED)


def columns_of(line: PricedLine) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in SAVED)


def take_quantities(lines: Sequence[OrderLine], wanted: Mapping[int, Decimal]) -> None:
    """The wished quantities; what a bundle includes grows and shrinks with it, unless it has a wish of its own."""
    scale: Decimal | None = None
    for line in lines:
        was, new = line.quantity, wanted.get(line.pk)
        if line.kind == LineKind.ITEM:
            scale = None if not new else new / was
        elif line.kind == LineKind.INCLUDED and new is None and scale is not None:
            new = convert(was, scale, FINEST)
        if new is None or new == was:
            continue
        if new == 0:
            line.quantity_canceled = was
        else:
            line.quantity = new
            if line.typed_tax is not None:
                line.typed_tax = convert(line.typed_tax, new / was, 4)
        line.quantity_backordered = min(line.quantity_backordered, max(line.quantity_open, Decimal(0)))


def refuse_below(lines: Sequence[OrderLine]) -> None:
    """No line has less than what was shipped, canceled or invoiced of it."""
    blockers = []
    for line in lines:
        for done, text in (
            (line.quantity_shipped, _("%(done)s are shipped already")),
            (line.quantity_invoiced, _("%(done)s are invoiced already")),
        ):
            if line.quantity < done + line.quantity_canceled:
                words = text % {"done": f"{done.normalize():f}"}
                blockers.append(
                    Blocker(
                        "below_what_happened",
                        f"{line.description}: {words}",
                        "quantity",
                        record=str(line.key),
                    )
                )
    refuse(blockers)


def refuse_torn(order: Order, lines: Sequence[OrderLine], before: Mapping[int, PricedLine]) -> None:
    """What is invoiced in full keeps its amounts, or the invoices would no longer add up to the order."""
    digits = order.currency.digits
    blockers = []
    for line in lines:
        done = line.quantity_invoiced
        if not done or done < line.quantity - line.quantity_canceled:
            continue
        if part_of(before[line.pk], done, digits) != part_of(line, done, digits):
            text = _(
                "%(line)s is invoiced, and the change would spread the discount or tax of the order anew over it"
            )
            blockers.append(
                Blocker(
                    "invoiced_amounts", text % {"line": line.description}, "quantity", record=str(line.key)
                )
            )
    refuse(blockers)


def refuse_beyond_credit(order: Order, total: Decimal, by: User) -> None:
    """More than the customer's credit allows is for those who may let it pass."""
    if order.total_base <= total:
        return
    order.__dict__.pop("_credit", None)
    if exceeds_credit(order) and not may(by, "override_credit", order):
        raise DomainError(
            _("The customer's credit limit would be exceeded."), code="credit_exceeded", field="quantity"
        )


def settle_progress(order: Order, lines: Sequence[OrderLine], *, by: User) -> None:
    """Bring the fulfillment and the billing of the order in line with the new quantities."""
    found = fulfillment_of(lines)
    if found not in (order.fulfillment, Order.Progress.NONE):
        step_to(order, found, by=by)
    if order.billing == Order.Progress.PARTIAL:
        settle_billing(order, list(lines), by=by)


def fits_quantity(line: OrderLine, quantity: Decimal) -> Any:
    """Why a line cannot have this quantity; nothing when it can."""
    if not quantity.is_finite() or not 0 <= quantity < LARGEST:
        return _("that is no quantity")
    decimals = line.product.decimals if line.product else FINEST
    if -quantity.normalize().as_tuple().exponent > decimals:  # type: ignore[operator]
        return _("at most %(count)s decimals") % {"count": decimals}
    return ""


def refuse(blockers: Sequence[Blocker]) -> None:
    if blockers:
        raise DomainError(blockers[0].text, code=blockers[0].code, field="quantity", blockers=blockers)
