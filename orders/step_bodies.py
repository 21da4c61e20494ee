"""What the API is told when an order takes a step."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.bodies import MOST_LINES
from kernel.bodies import Refusing, StepBody, many
from orders.models import Order


class LineQuantity(Refusing):
    """So much of one line."""

    line = serializers.UUIDField(help_text="Id of the order line.")
    quantity = serializers.DecimalField(
        max_digits=15, decimal_places=5, min_value=Decimal(0), help_text="How many, in the line's unit."
    )


class LineDay(Refusing):
    """The day promised for one line."""

    line = serializers.UUIDField(help_text="Id of the order line.")
    promised_on = serializers.DateField(allow_null=True, help_text="Day promised; null takes it back.")


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
        help_text="Totals by line that will not be delivered; for the fulfillment system, people use close-rest.",
    )  # fmt: skip
    backordered = many(LineQuantity, required=False, max_length=MOST_LINES,
        help_text="Totals by line that are delivered later.",
    )  # fmt: skip
    promised = many(LineDay, required=False, max_length=MOST_LINES, help_text="Days promised by line.")
    promised_delivery_on = serializers.DateField(
        required=False, help_text="Day promised for the order as a whole; left out, it stays."
    )

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


class CopyOrderBody(StepBody):
    """How an order is ordered again."""

    keep_prices = serializers.BooleanField(
        required=False,
        help_text="Whether the agreed prices stay; by default they are today's of the price list.",
    )
    customer_po = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=60,
        help_text="The customer's own order number for the new order.",
    )


class OverrideCreditBody(StepBody):
    """Why an order may pass the customer's credit limit."""

    reason = serializers.CharField(max_length=2000, help_text="Why; it is kept in the history.")


class PromiseBody(StepBody):
    """The days that are promised."""

    promised_delivery_on = serializers.DateField(
        required=False, allow_null=True, help_text="Day promised for the order; left out, it stays."
    )
    lines = many(LineDay, required=False, max_length=MOST_LINES, help_text="Days promised by line.")


class CloseRestBody(StepBody):
    """What is given up of an order."""

    lines = many(LineQuantity, required=False, max_length=MOST_LINES,
        help_text="How much of which line; left out, all that is open.",
    )  # fmt: skip
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class LineWish(Refusing):
    """What is wished of one line."""

    line = serializers.UUIDField(help_text="Id of the order line.")
    quantity = serializers.DecimalField(
        max_digits=15, decimal_places=5, min_value=Decimal(0), required=False, allow_null=True,
        help_text="How many; left out, the quantity stays; 0 calls the line off.",
    )  # fmt: skip
    wanted_on = serializers.DateField(required=False, allow_null=True, help_text="Day; left out, it stays.")


class RequestChangeBody(StepBody):
    """What should change in a submitted order."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=2000, help_text="In words.")
    requested_delivery_on = serializers.DateField(
        required=False, allow_null=True, help_text="Delivery day wished for the order."
    )
    lines = many(LineWish, required=False, max_length=MOST_LINES, help_text="Line by line.")


class AnswerBody(StepBody):
    """The answer to a change request."""

    request = serializers.UUIDField(
        required=False, help_text="Id of the request that is meant; refused when another one waits by now."
    )
    answer = serializers.CharField(required=False, allow_blank=True, max_length=2000, help_text="In words.")


class RejectBody(AnswerBody):
    """Why a change request is rejected."""

    answer = serializers.CharField(max_length=2000, help_text="Why.")


class WithdrawBody(StepBody):
    """Which change request is taken back."""

    request = serializers.UUIDField(
        required=False, help_text="Id of the request that is meant; refused when another one waits by now."
    )


class FindingBody(serializers.Serializer[Any]):
    """One thing to know before an order is submitted."""

    code = serializers.CharField(help_text="The reason for machines.")
    text = serializers.CharField(help_text="The reason for people.")
    field = serializers.CharField(help_text="The field that lifts it; may be empty.")  # type: ignore[assignment]
    record = serializers.CharField(help_text="The record or line it speaks of; may be empty.")
    fix_url = serializers.CharField(help_text="The page on which it can be put right; may be empty.")


class CreditBody(serializers.Serializer[Any]):
    """The customer's credit, in base currency."""

    limit = serializers.DecimalField(max_digits=15, decimal_places=4, help_text="Credit limit.")
    owed = serializers.DecimalField(max_digits=15, decimal_places=4, help_text="Open invoices.")
    ordered = serializers.DecimalField(
        max_digits=15, decimal_places=4, help_text="What other open orders come to and is not invoiced yet."
    )
    this = serializers.DecimalField(max_digits=15, decimal_places=4, help_text="What this order comes to.")
    exposure = serializers.DecimalField(max_digits=15, decimal_places=4, help_text="All three together.")
    excess = serializers.DecimalField(
        max_digits=15, decimal_places=4, help_text="How far that is above the limit."
    )


class PreflightBody(serializers.Serializer[Any]):
    """Whether an order could be submitted."""

    ready = serializers.BooleanField(source="is_ready", help_text="Whether nothing stands in the way.")
    blockers = FindingBody(many=True, help_text="What stands in the way.")
    warnings = FindingBody(many=True, help_text="What is worth knowing and stops nothing.")
    credit = CreditBody(
        allow_null=True, help_text="The customer's credit; null where none is limited or one may not know it."
    )
