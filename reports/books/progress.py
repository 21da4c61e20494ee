"""How far an order is delivered and billed is what its lines say, and billed in full it is billed to the cent."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from catalog.documents import PricedLine
from catalog.totals import part_of
from invoices.models import Invoice
from orders.models import Order
from reports.books.batches import Batch
from reports.books.checks import Wrong, check
from reports.books.quantities import bills, has_erp_bills

ZERO = Decimal(0)
UNDER_WAY = (Order.Status.SUBMITTED, Order.Status.FULFILLED, Order.Status.INVOICED)
REPEAT = "Tell the fulfillment or make the invoice by the step for it, which sets what follows"


def delivered(lines: Sequence[Any]) -> str:
    """None, partial or complete, by what is open and what was shipped."""
    if lines and all(line.quantity_open <= 0 for line in lines):
        return Order.Progress.COMPLETE
    return Order.Progress.PARTIAL if any(line.quantity_shipped for line in lines) else Order.Progress.NONE


def billed(lines: Sequence[Any]) -> str:
    """None, partial or complete, by what is invoiced of what is not canceled."""
    some = any(line.quantity_invoiced for line in lines)
    if some and all(line.quantity_invoiced >= line.quantity - line.quantity_canceled for line in lines):
        return Order.Progress.COMPLETE
    return Order.Progress.PARTIAL if some else Order.Progress.NONE


def goods(batch: Batch, order: Any) -> list[Any]:
    return [line for line in batch.lines[order.pk] if not line.is_text]


@check("fulfillment", Order, hint=REPEAT)
def fulfillment(batch: Batch) -> Iterator[Wrong]:
    """The order's fulfillment is that of its lines."""
    for order in batch.documents:
        expected = delivered(goods(batch, order)) if order.status in UNDER_WAY else Order.Progress.NONE
        if order.fulfillment != expected:
            yield Wrong(order, "its fulfillment is not that of its lines", expected, order.fulfillment)


@check("billing", Order, hint=REPEAT)
def billing(batch: Batch) -> Iterator[Wrong]:
    """The order's billing is that of its lines."""
    for order in batch.documents:
        expected = billed(goods(batch, order)) if order.status in UNDER_WAY else Order.Progress.NONE
        if order.billing != expected:
            yield Wrong(order, "its billing is not that of its lines", expected, order.billing)


@check("order_status", Order, hint=REPEAT)
def order_status(batch: Batch) -> Iterator[Wrong]:
    """The order's status follows from fulfillment and billing."""
    for order in batch.documents:
        if order.status not in UNDER_WAY:
            continue
        if order.billing == Order.Progress.COMPLETE:
            expected = (Order.Status.INVOICED, "invoiced")
        elif order.fulfillment == Order.Progress.NONE:
            expected = (Order.Status.SUBMITTED, "in_progress")
        else:
            expected = (Order.Status.FULFILLED, str(order.fulfillment))
        if (order.status, order.status_reason) != expected:
            found = f"{order.status}/{order.status_reason}"
            yield Wrong(order, "its status does not follow from what happened", "/".join(expected), found)


@check("line_billed", Order, hint="Credit the invoice that is off and bill the line again")
def line_billed(batch: Batch) -> Iterator[Wrong]:
    """Of a line that is invoiced in full, the invoices' amounts are its own, column by column."""
    sums = batch.once("billed amounts", lambda: billed_amounts(batch))
    by_erp = has_erp_bills(batch)
    for order in batch.documents:
        for line in goods(batch, order):
            if order.pk in by_erp or not line.quantity or line.quantity_invoiced != line.quantity:
                continue
            for name, found in sums.get(line.pk, {}).items():
                if found != (expected := getattr(line, name)):
                    yield Wrong(order, f"line {line.position}: its invoices' {name} is off", expected, found)


def billed_amounts(batch: Batch) -> dict[int, dict[str, Decimal]]:
    """By order line: the sums of what live documents bill, column by column."""
    sums: dict[int, dict[str, Decimal]] = {}
    for part in bills(batch):
        found = sums.setdefault(part.order_line_id or 0, dict.fromkeys(PricedLine.AMOUNTS, ZERO))
        for name in PricedLine.AMOUNTS:
            found[name] += getattr(part, name)
    return sums


@check("order_billed", Order, hint="Credit the invoice that is off and bill the order again")
def order_billed(batch: Batch) -> Iterator[Wrong]:
    """An order that is billed in full is the sum of its invoices, less what they give back to be billed again."""
    complete = [order for order in batch.documents if order.billing == Order.Progress.COMPLETE]
    rows = Invoice.objects.filter(order__in=[order.pk for order in complete]).order_by()
    totals: dict[int, Decimal] = {}
    by_erp: set[int] = set()
    for row in rows.exclude(status=Invoice.Status.CANCELED):
        if row.kind == Invoice.Kind.INVOICE or row.bills_again:
            totals[row.order_id or 0] = totals.get(row.order_id or 0, ZERO) + row.total
        by_erp |= {row.order_id or 0} if row.is_pulled else set()
    for order in complete:
        expected = worth(order, goods(batch, order))
        if order.pk not in by_erp and (found := totals.get(order.pk, ZERO)) != expected:
            yield Wrong(order, "its invoices do not come to its total", expected, found)


def worth(order: Any, lines: Sequence[Any]) -> Decimal:
    """What is to be billed of the order: its lines without what was canceled, and the freight."""
    digits = order.currency.digits
    parts = (part_of(line, line.quantity - line.quantity_canceled, digits)["total"] for line in lines)
    freight: Decimal = order.total - sum((line.total for line in lines), ZERO)
    return sum(parts, freight)
