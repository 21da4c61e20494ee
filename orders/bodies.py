"""What the API says of orders and is told of them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

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
from orders.models import ChangeRequest, ChangeRequestLine, Order, OrderLine, Shipment, ShipmentLine
from orders.selectors import same_number_warnings
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
        "promised_on": "Day promised for this line; null where the order's own day holds.",
    }

    class Meta:
        model = OrderLine
        fields: tuple[str, ...] = (*LINE_FIELDS, "quote_line", *PROGRESS, "promised_on")
        read_only_fields = (*LINE_READ_ONLY, *PROGRESS, "promised_on")
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


class WishBody(Refusing, serializers.ModelSerializer[Any]):
    """What is wished of one line."""

    line = serializers.UUIDField(source="order_line.key", help_text="Id of the order line.")

    class Meta:
        model = ChangeRequestLine
        fields: tuple[str, ...] = ("line", "quantity_before", "quantity", "wanted_on")
        extra_kwargs = {
            "quantity_before": {"help_text": "How many were ordered when it was asked."},
            "quantity": {"help_text": "How many are wished; null leaves the quantity, 0 calls the line off."},
            "wanted_on": {"help_text": "Day wished for; null leaves the day."},
        }


class ChangeRequestBody(Refusing, serializers.ModelSerializer[Any]):
    """A wish to change a submitted order, and what became of it."""

    id = serializers.UUIDField(source="public_id", help_text="Unique id of the request.")
    asked_by = serializers.CharField(source="asked_by.username", help_text="Username of who asked.")
    decided_by = serializers.CharField(
        source="decided_by.username", default=None, allow_null=True, help_text="Username of who answered."
    )
    lines = many(WishBody, help_text="What is wished line by line.")

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = (
            "id", "status", "text", "requested_delivery_on", "asked_by", "asked_at", "decided_by", "decided_at",
            "answer", "lines",
        )  # fmt: skip
        extra_kwargs = {
            "text": {"help_text": "What should change."},
            "requested_delivery_on": {"help_text": "Delivery day wished for the order."},
            "asked_at": {"help_text": "When it was asked."},
            "decided_at": {"help_text": "When it was answered."},
            "answer": {"help_text": "The answer in words."},
        }


class WarningBody(serializers.Serializer[Any]):
    """Something worth knowing that stops nothing."""

    code = serializers.CharField(help_text="The remark for machines.")
    text = serializers.CharField(help_text="The remark for people.")
    field = serializers.CharField(help_text="The field it speaks of; may be empty.")  # type: ignore[assignment]
    record = serializers.CharField(help_text="The record it speaks of; may be empty.")


class OrderBody(OrderRow):
    """An order with its lines and shipments."""

    lines = many(OrderLineBody, required=False, max_length=MOST_LINES)
    shipments = many(ShipmentBody, read_only=True)
    change_requests = many(
        ChangeRequestBody, read_only=True, help_text="Wishes to change it since it was submitted."
    )
    warnings = serializers.SerializerMethodField(help_text="What is worth knowing and stops nothing.")

    prefetched = (
        "lines__product", "lines__unit", "lines__tax_code", "lines__quote_line", "shipments__lines__order_line",
        "change_requests__lines__order_line", "change_requests__asked_by", "change_requests__decided_by",
    )  # fmt: skip

    class Meta(OrderRow.Meta):
        fields: tuple[str, ...] = (
            *OrderRow.Meta.fields, "lines", "shipments", "change_requests", "warnings", "explanation",
        )  # fmt: skip

    @extend_schema_field(WarningBody(many=True))
    def get_warnings(self, order: Order) -> list[dict[str, str]]:
        return [
            {"code": one.code, "text": str(one.text), "field": one.field, "record": one.record}
            for one in same_number_warnings(order, self.context["visible"])
        ]


class OrderLinesBody(LinesBody):
    lines = many(OrderLineBody, max_length=MOST_LINES)


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
    order = serializers.BooleanField(
        required=False, help_text="Whether an order is placed from the quote; true by default."
    )
    submit = serializers.BooleanField(
        required=False, help_text="Whether that order is submitted at once; false by default."
    )
    close_quotes_as = serializers.ChoiceField(
        [("canceled", "canceled"), ("lost", "lost")], required=False,
        help_text="How the other open quotes are closed; canceled by default.",
    )  # fmt: skip
