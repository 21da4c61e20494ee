"""What invoices hear from the apps below."""

from contextlib import suppress

from invoices.actions import ship_invoice
from invoices.models import Invoice
from kernel.errors import TransitionRefused
from kernel.models import OutboxMessage
from kernel.outbox import subscribe
from orders.models import Order
from people.service import service_user


@subscribe("order.fulfilled")
def note_shipment(message: OutboxMessage) -> None:
    """When all of an order has left, its invoices are no longer shipped in part."""
    order = Order.objects.filter(public_id=message.aggregate_id, fulfillment=Order.Progress.COMPLETE).first()
    waiting = Invoice.objects.filter(order=order, status_reason=Invoice.Reason.PARTIALLY_SHIPPED)
    for invoice in waiting if order else ():
        # Somebody may pay or cancel it between the list and its turn: then there is nothing to note.
        with suppress(TransitionRefused):
            ship_invoice(invoice, by=service_user("integration"))
