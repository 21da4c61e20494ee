"""Nothing ordered is lost or made up: shipped, open, canceled, invoiced."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q

from invoices.models import Invoice, InvoiceLine
from orders.models import Order, ShipmentLine
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

ZERO = Decimal(0)
Sums = dict[int, Decimal]
# What has billed an order: its invoices, less the credit notes whose quantities are to be billed again.
BILLING = Q(invoice__kind=Invoice.Kind.INVOICE) | Q(invoice__bills_again=True)


def shipped(batch: Batch) -> Sums:
    """By order line: what its shipments say."""
    rows = ShipmentLine.objects.filter(order_line__order__in=batch.ids).order_by()
    return added_up(rows.values_list("order_line_id", "quantity"))


def billed_lines(batch: Batch) -> list[InvoiceLine]:
    """What live documents bill of the batch's orders."""
    rows = (
        InvoiceLine.objects.filter(BILLING, invoice__order__in=batch.ids).exclude(order_line=None).order_by()
    )
    return list(rows.exclude(invoice__status=Invoice.Status.CANCELED).select_related("invoice"))


def bills(batch: Batch) -> list[InvoiceLine]:
    return batch.once("bills", lambda: billed_lines(batch))


def added_up(rows: Any) -> Sums:
    sums: Sums = {}
    for pk, quantity in rows:
        sums[pk] = sums.get(pk, ZERO) + quantity
    return sums


def has_erp_bills(batch: Batch) -> set[int]:
    """Orders of the batch that an ERP has billed: it may bill more than was ordered."""
    return {line.invoice.order_id or 0 for line in bills(batch) if line.invoice.is_pulled}


@check("quantities", Order, hint="Correct what was shipped, canceled or invoiced of the line")
def quantities(batch: Batch) -> Iterator[Wrong]:
    """Ordered = shipped + open + canceled with nothing below zero, and what is canceled is not invoiced."""
    for order, line in lines_of(batch):
        told = (
            line.quantity_shipped,
            line.quantity_canceled,
            line.quantity_invoiced,
            line.quantity_backordered,
        )
        if min(told) < 0:
            yield Wrong(order, f"line {line.position} has a quantity below zero", ">= 0", min(told))
        if line.quantity_open < 0:
            more = line.quantity_shipped + line.quantity_canceled
            yield Wrong(
                order, f"line {line.position}: more is shipped and canceled than ordered", line.quantity, more
            )
        if line.quantity_invoiced + line.quantity_canceled > line.quantity:
            more = line.quantity_invoiced + line.quantity_canceled
            yield Wrong(
                order,
                f"line {line.position}: more is invoiced and canceled than ordered",
                line.quantity,
                more,
            )


@check("backordered", Order, hint="Tell anew what of the line comes later")
def backordered(batch: Batch) -> Iterator[Wrong]:
    """No more waits for delivery than is open."""
    for order, line in lines_of(batch):
        if line.quantity_backordered > max(line.quantity_open, ZERO):
            yield Wrong(order, f"line {line.position}: more is backordered than open", line.quantity_open,
                        line.quantity_backordered)  # fmt: skip


@check(
    "shipments", Order, hint="Enter the missing delivery note, or correct the shipped quantity of the line"
)
def shipments(batch: Batch) -> Iterator[Wrong]:
    """What a line has shipped is what its delivery notes say."""
    sums = shipped(batch)
    for order, line in lines_of(batch):
        if line.quantity_shipped != (found := sums.get(line.pk, ZERO)):
            yield Wrong(
                order, f"line {line.position}: its delivery notes say otherwise", found, line.quantity_shipped
            )


@check(
    "invoiced", Order, hint="Cancel or make the invoice in question, which notes its quantities on the order"
)
def invoiced(batch: Batch) -> Iterator[Wrong]:
    """What a line has invoiced is what live invoices bill of it; of what an ERP bills too much, all of it."""
    sums = added_up((line.order_line_id, line.quantity) for line in bills(batch))
    by_erp = has_erp_bills(batch)
    for order, line in lines_of(batch):
        expected = sums.get(line.pk, ZERO)
        if order.pk in by_erp:
            expected = min(expected, line.quantity - line.quantity_canceled)
        if line.quantity_invoiced != expected:
            yield Wrong(
                order, f"line {line.position}: its invoices say otherwise", expected, line.quantity_invoiced
            )


def lines_of(batch: Batch) -> Iterator[tuple[Any, Any]]:
    """Every line that can be delivered, with its order."""
    for order in batch.documents:
        for line in batch.lines[order.pk]:
            if not line.is_text:
                yield order, line
