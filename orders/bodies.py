"""What the API says of orders and is told of them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.bodies import LINE_FIELDS, LINE_READ_ONLY, MOST_LINES, LineBody, LinesBody, RefList
from customers.bodies import (
    ADDRESSES,
    DOCUMENT_HELPS,
    MONEY,
    MONEY_READ_ONLY,
    PARTIES,
    RECORD,
    STATE,
    CodeRef,
    DocumentBody,
    LinkedId,
    OwnerRef,
    PaymentTerms,
    TeamRef,
)
from kernel.bodies import Ref, Refusing, StepBody, many
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from quotes.models import Quote

# Dynamics 365 Sales: (statecode, statuscode); two of the reasons for canceling are ours.
CODES = {
    ("active", "new"): (0, 1),
    ("active", "pending"): (0, 2),
    ("submitted", "in_progress"): (1, 3),
    ("canceled", "no_money"): (2, 4),
    ("canceled", "customer_request"): (2, 100000000),
    ("canceled", "other"): (2, 100000001),
    ("fulfilled", "complete"): (3, 100001),
    ("fulfilled", "partial"): (3, 100002),
    ("invoiced", "invoiced"): (4, 100003),
}
PROGRESS = ("quantity_shipped", "quantity_backordered", "quantity_canceled", "quantity_invoiced")
ERP = (
    "managed_by", "is_pulled", "erp_number", "erp_status", "erp_url", "erp_net", "erp_tax", "erp_total",
    "erp_synced_at",
)  # fmt: skip


class OrderLineBody(LineBody):
    """An ordered item and what has happened to its quantity."""

    quote_line = LinkedId(source="quote_line.key")

    helps = {
        **LineBody.helps,
        "quote_line": "Id of the quote line it came from.",
        "quantity_shipped": "How many were shipped.",
        "quantity_backordered": "How many are delivered later.",
        "quantity_canceled": "How many will not be delivered.",
        "quantity_invoiced": "How many were invoiced.",
    }

    class Meta:
        model = OrderLine
        fields: tuple[str, ...] = (*LINE_FIELDS, "quote_line", *PROGRESS)
        read_only_fields = (*LINE_READ_ONLY, *PROGRESS)
        list_serializer_class = RefList


class ShipmentLineBody(Refusing, serializers.ModelSerializer[Any]):
    """How much of a line went with a shipment."""

    line = serializers.UUIDField(source="order_line.key", help_text="Id of the order line.")

    class Meta:
        model = ShipmentLine
        fields: tuple[str, ...] = ("line", "quantity")
        extra_kwargs = {"quantity": {"help_text": "How many, in the line's unit."}}


class ShipmentBody(Refusing, serializers.ModelSerializer[Any]):
    """Goods that left for the customer."""

    lines = many(ShipmentLineBody, help_text="What was in it.")

    class Meta:
        model = Shipment
        fields: tuple[str, ...] = ("delivery_note", "carrier", "tracking", "shipped_on", "lines")
        extra_kwargs = {
            "delivery_note": {"help_text": "Number of the delivery note; unique for the order."},
            "carrier": {"help_text": "Who carries it."},
            "tracking": {"help_text": "Tracking number."},
            "shipped_on": {"help_text": "Day on which it left."},
        }


class OrderRow(DocumentBody):
    """An order without its lines."""

    owner = OwnerRef("order")
    team = TeamRef("order")
    quote = LinkedId(source="quote.public_id")
    opportunity = LinkedId(source="opportunity.public_id")
    payment_terms = CodeRef(PaymentTerms)

    codes = CODES
    related = (*DocumentBody.related, "quote", "opportunity", "payment_terms")
    helps = {
        **DOCUMENT_HELPS,
        "quote": "Id of the quote revision it came from.",
        "customer_po": "The customer's own order number.",
        "ordered_on": "Day of the order; prices are those of this day.",
        "promised_delivery_on": "Day on which we promised delivery.",
        "prices_locked": "Whether agreed prices stay whatever the price list says.",
        "fulfillment": "How far it is delivered.",
        "billing": "How far it is invoiced.",
        "submitted_at": "When it was confirmed.",
        "is_pulled": "Whether it was made in the ERP.",
        "erp_number": "Its number in the ERP.",
        "erp_status": "Its status in the ERP, verbatim.",
        "erp_url": "Its address in the ERP.",
        "erp_net": "Net total in the ERP, verbatim.",
        "erp_tax": "Tax in the ERP, verbatim.",
        "erp_total": "Total in the ERP, verbatim.",
        "erp_synced_at": "When the ERP last spoke of it.",
        "shipments": "What left for the customer.",
    }

    class Meta:
        model = Order
        fields: tuple[str, ...] = (
            *RECORD, "name", *STATE, "quote", "opportunity", *PARTIES, *MONEY, "customer_po", "ordered_on",
            "requested_delivery_on", "promised_delivery_on", "payment_terms", "shipping_method", "prices_locked",
            "fulfillment", "billing", "submitted_at", *ERP, *ADDRESSES, "custom",
        )  # fmt: skip
        read_only_fields = (
            *MONEY_READ_ONLY, *ERP, "number", "status", "status_reason", "prices_locked", "fulfillment", "billing",
            "submitted_at",
        )  # fmt: skip
        validators: list[Any] = []


class OrderBody(OrderRow):
    """An order with its lines and shipments."""

    lines = many(OrderLineBody, required=False, max_length=MOST_LINES)
    shipments = many(ShipmentBody, read_only=True)

    prefetched = (
        "lines__product", "lines__unit", "lines__tax_code", "lines__quote_line", "shipments__lines__order_line",
    )  # fmt: skip

    class Meta(OrderRow.Meta):
        fields: tuple[str, ...] = (*OrderRow.Meta.fields, "lines", "shipments")


class OrderLinesBody(LinesBody):
    lines = many(OrderLineBody, max_length=MOST_LINES)


class LineQuantity(Refusing):
    """So much of one line."""

    line = serializers.UUIDField(help_text="Id of the order line.")
    quantity = serializers.DecimalField(
        max_digits=15, decimal_places=5, min_value=Decimal(0), help_text="How many, in the line's unit."
    )


class DeliveryBody(Refusing):
    """One delivery note."""

    delivery_note = serializers.CharField(
        max_length=60, help_text="Number of the delivery note; telling it twice changes nothing."
    )
    carrier = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Who carries it."
    )
    tracking = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Tracking number."
    )
    shipped_on = serializers.DateField(required=False, help_text="Day on which it left; today by default.")
    lines = many(LineQuantity, allow_empty=False, max_length=MOST_LINES, help_text="What is in it.")


class FulfillBody(StepBody):
    """What was delivered, and what never will be."""

    deliveries = many(DeliveryBody, required=False, max_length=500, help_text="Delivery notes.")
    canceled = many(LineQuantity, required=False, max_length=MOST_LINES,
        help_text="Totals by line that will not be delivered; for the fulfillment system.",
    )  # fmt: skip
    backordered = many(LineQuantity, required=False, max_length=MOST_LINES,
        help_text="Totals by line that are delivered later; for the fulfillment system.",
    )  # fmt: skip

    def validate_deliveries(self, given: list[Any]) -> list[Any]:
        notes = [delivery["delivery_note"] for delivery in given]
        if len(set(notes)) < len(notes):
            raise ValidationError([ErrorDetail(str(_("Each delivery note is named once.")), "repeated")])
        return given


class CancelOrderBody(StepBody):
    """Why an order is called off."""

    reason = serializers.ChoiceField(
        [(reason, reason) for reason in Order.REASONS["canceled"]], help_text="Why it is canceled."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class AcceptBody(StepBody):
    """How the customer said yes."""

    customer_po = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="The customer's own order number."
    )
    wins = serializers.BooleanField(
        required=False, help_text="Whether the opportunity is won by it, which is the default."
    )


class QuoteRef(Ref):
    """A quote within reach, by id."""

    def choices_for(self) -> QuerySet[Any]:
        return super().choices_for().select_related("opportunity")


class WinBody(StepBody):
    """How a deal was won."""

    quote = QuoteRef(
        Quote, by=("public_id",), required=False, allow_null=True,
        help_text="Id of the quote that won it; an order is placed from it.",
    )  # fmt: skip
    actual_revenue = serializers.DecimalField(
        max_digits=15, decimal_places=4, min_value=Decimal(0), required=False, allow_null=True,
        help_text="What the deal is worth in its currency; by default the quote's net amount or the estimate.",
    )  # fmt: skip
    closed_on = serializers.DateField(required=False, help_text="Day on which it was won; today by default.")
