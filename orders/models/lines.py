"""Order lines and shipments: what has happened to every ordered quantity."""

from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedLine, kinds_are_sound
from catalog.fields import QuantityField
from catalog.models import PaymentTerms
from orders.models.order import Order
from quotes.models import QuoteLine


class OrderLine(PricedLine):
    """One ordered item with what has happened to its quantity."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    quote_line = models.ForeignKey(
        QuoteLine, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines", editable=False
    )
    quantity_shipped = QuantityField(_("shipped"), default=0, editable=False)
    quantity_backordered = QuantityField(_("backordered"), default=0, editable=False)
    quantity_canceled = QuantityField(_("canceled"), default=0, editable=False)
    quantity_invoiced = QuantityField(_("invoiced"), default=0, editable=False)
    promised_on = models.DateField(_("promised for"), null=True, blank=True, editable=False)

    class Meta(PricedLine.Meta):
        indexes = [models.Index(fields=["order", "position"], name="order_line_position")]
        constraints = [
            kinds_are_sound("order_line_kind_is_sound"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=models.F("quantity_shipped") + models.F("quantity_canceled")),
                name="order_line_quantities_conserved",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=models.F("quantity_invoiced") + models.F("quantity_canceled")),
                name="order_line_invoiced_up_to_ordered",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity_shipped__gte=0, quantity_canceled__gte=0, quantity_invoiced__gte=0,
                                   quantity_backordered__gte=0),
                name="order_line_quantities_not_negative",
            ),
        ]  # fmt: skip

    @property
    def quantity_open(self) -> Decimal:
        """Ordered, but neither shipped nor canceled."""
        return self.quantity - self.quantity_shipped - self.quantity_canceled

    @property
    def quantity_to_invoice(self) -> Decimal:
        """What may be invoiced now: by the payment terms all that is ordered, or only what is shipped."""
        terms = self.order.payment_terms
        when_ordered = terms is None or terms.invoicing == PaymentTerms.Invoicing.WHEN_ORDERED
        ready = self.quantity - self.quantity_canceled if when_ordered else self.quantity_shipped
        return max(ready - self.quantity_invoiced, Decimal(0))


class Shipment(models.Model):
    """Goods that left for the customer, by delivery note."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    delivery_note = models.CharField(_("delivery note"), max_length=60)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True, default="")
    tracking = models.CharField(_("tracking"), max_length=100, blank=True, default="")
    shipped_on = models.DateField(_("shipped on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "delivery_note"], name="one_shipment_a_delivery_note")
        ]

    def __str__(self) -> str:
        return self.delivery_note


class ShipmentLine(models.Model):
    """How much of an order line went with a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = QuantityField(_("quantity"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "order_line"], name="one_shipment_line_an_order_line"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="shipment_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line}"
