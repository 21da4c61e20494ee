"""What an ERP should know was promised to it."""

from collections.abc import Iterator

from kernel.models import OutboxMessage
from orders.models import Order
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

TOLD = ("order.submitted", "order.changed")
BEFORE = (Order.Status.ACTIVE, Order.Status.CANCELED)


@check("not_told", Order, hint="Send the order again from its page, which writes the message")
def not_told(batch: Batch) -> Iterator[Wrong]:
    """An order that an ERP keeps has a message to it, or a number from it."""
    kept = [
        order
        for order in batch.documents
        if order.managed_by and not order.is_pulled and order.status not in BEFORE
    ]
    rows = OutboxMessage.objects.filter(
        aggregate_type="orders.order", aggregate_id__in=[order.public_id for order in kept], topic__in=TOLD
    )
    told = set(rows.order_by().values_list("aggregate_id", "destination"))
    for order in kept:
        if (order.public_id, order.managed_by) not in told and not order.erp_number:
            yield Wrong(order, "the ERP that keeps it was never told", order.managed_by, "no message")
