"""What the API says of quotes and is told of them."""

from typing import Any

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
from kernel.bodies import Ref, StepBody, many
from opportunities.models import LossReason, Opportunity
from quotes.approvals import reasons_for
from quotes.models import Approval, Quote, QuoteLine

# Dynamics 365 Sales: (statecode, statuscode); expired is ours.
CODES = {
    ("draft", "in_progress"): (0, 1),
    ("active", "in_progress"): (1, 2),
    ("active", "open"): (1, 3),
    ("won", "won"): (2, 4),
    ("closed", "lost"): (3, 5),
    ("closed", "canceled"): (3, 6),
    ("closed", "revised"): (3, 7),
    ("closed", "expired"): (3, 100000000),
}


class QuoteLineBody(LineBody):
    """An offered item."""

    opportunity_line = LinkedId(source="opportunity_line.key")

    helps = {**LineBody.helps, "opportunity_line": "Id of the opportunity line it came from."}

    class Meta:
        model = QuoteLine
        fields: tuple[str, ...] = (*LINE_FIELDS, "opportunity_line")
        read_only_fields = LINE_READ_ONLY
        list_serializer_class = RefList


class QuoteRow(DocumentBody):
    """A quote without its lines."""

    owner = OwnerRef("quote")
    team = TeamRef("quote")
    opportunity = LinkedId(source="opportunity.public_id")
    revises = LinkedId(source="revises.public_id")
    payment_terms = CodeRef(PaymentTerms)

    codes = CODES
    related = (*DocumentBody.related, "opportunity", "revises", "payment_terms")
    named = (*DocumentBody.named, "opportunity__public_id", "revises__public_id", "payment_terms__code")
    helps = {
        **DOCUMENT_HELPS,
        "revision": "Revision of the quote, from 0 on; all revisions have the same number.",
        "revises": "Id of the revision before this one.",
        "effective_from": "First day on which the offer holds; prices are those of this day.",
        "effective_to": "Last day on which its prices hold.",
        "expires_on": "Last day on which it can be accepted.",
        "freight_terms": "Who pays the freight.",
        "terms_text": "Terms printed on the quote.",
        "language": "Language of the document, as in `en`.",
        "sent_at": "When it was sent to the customer.",
        "closed_on": "Day on which it was won or closed.",
    }

    class Meta:
        model = Quote
        fields: tuple[str, ...] = (
            *RECORD, "revision", "revises", "opportunity", "name", *STATE, *PARTIES, *MONEY, "effective_from",
            "effective_to", "expires_on", "payment_terms", "freight_terms", "shipping_method",
            "requested_delivery_on", "terms_text", "language", "sent_at", "closed_on", "managed_by", *ADDRESSES,
            "custom",
        )  # fmt: skip
        read_only_fields = (
            *MONEY_READ_ONLY, "number", "revision", "status", "status_reason", "sent_at", "closed_on", "managed_by",
        )  # fmt: skip
        validators: list[Any] = []


class QuoteBody(QuoteRow):
    """A quote with its lines."""

    lines = many(QuoteLineBody, required=False, max_length=MOST_LINES)

    prefetched = ("lines__product", "lines__unit", "lines__tax_code", "lines__opportunity_line")

    class Meta(QuoteRow.Meta):
        fields: tuple[str, ...] = (*QuoteRow.Meta.fields, "lines", "explanation")


class QuoteLinesBody(LinesBody):
    lines = many(QuoteLineBody, max_length=MOST_LINES)


class CloseBody(StepBody):
    """Why an offer ends."""

    reason = serializers.ChoiceField(
        [("lost", "lost"), ("canceled", "canceled")], help_text="Why it is closed."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class AskBody(StepBody):
    """Why somebody should agree to more than one's limits allow."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class RejectBody(StepBody):
    """Why a request is refused."""

    note = serializers.CharField(max_length=2000, help_text="Why it is not approved.")


class ReasonBody(serializers.Serializer[Any]):
    """A rule that the quote broke when an approval was asked for."""

    kind = serializers.CharField(help_text="What the rule measures: discount, margin or amount.")
    limit = serializers.CharField(help_text="Its limit; empty for a margin, if one may not know costs.")
    found = serializers.CharField(help_text="What was found; empty for a margin, if one may not know costs.")
    text = serializers.CharField(help_text="The reason for people.")


class ApprovalBody(serializers.ModelSerializer[Approval]):
    """A request to offer a quote beyond the limits of its owner, and the answer."""

    asked_by = serializers.CharField(source="asked_by.username", help_text="Username of who asked.")
    decided_by = serializers.CharField(
        source="decided_by.username", default=None, allow_null=True, help_text="Username of who decided."
    )
    reasons = serializers.SerializerMethodField(help_text="The rules that were broken.")

    class Meta:
        model = Approval
        fields = (
            "status", "asked_by", "asked_at", "reasons", "request_note", "decided_by", "decided_at", "decision_note",
        )  # fmt: skip
        extra_kwargs = {
            "status": {"help_text": "pending, approved, rejected, or void once the quote was changed."},
            "asked_at": {"help_text": "When it was asked for."},
            "request_note": {"help_text": "Why it should be approved."},
            "decided_at": {"help_text": "When it was decided."},
            "decision_note": {"help_text": "Why it was decided so."},
        }

    @extend_schema_field(many(ReasonBody))
    def get_reasons(self, approval: Approval) -> list[dict[str, str]]:
        return reasons_for(approval, self.context["request"].user)


class GetProductsBody(StepBody):
    """Whose lines are added."""

    source = Ref(  # type: ignore[assignment]
        Quote, required=False,
        help_text="Quote whose lines are added at today's prices, by id or number; the opportunity's if left out.",
    )  # fmt: skip


class FieldChangeBody(serializers.Serializer[Any]):
    """Something that reads differently."""

    field = serializers.CharField(source="name", help_text="Name of the field.")
    before = serializers.CharField(help_text="What stood there, as people read it.")
    after = serializers.CharField(help_text="What stands there now, as people read it.")


class LineDifferenceBody(serializers.Serializer[Any]):
    """A line in both quotes, or in one of them."""

    change = serializers.CharField(source="kind", help_text="added, removed, changed or same.")
    before = serializers.UUIDField(
        source="before.key", default=None, allow_null=True, help_text="Id of the earlier line."
    )
    after = serializers.UUIDField(
        source="after.key", default=None, allow_null=True, help_text="Id of the later line."
    )
    description = serializers.CharField(source="line.description", help_text="What the line is about.")
    changes = FieldChangeBody(source="fields", many=True, help_text="What of the line differs.")
    difference = serializers.DecimalField(15, 4, help_text="By how much its net amount went up.")


class ComparisonBody(serializers.Serializer[Any]):
    """What changed from an earlier quote to a later one."""

    before = serializers.UUIDField(source="before.public_id", help_text="Id of the earlier quote.")
    after = serializers.UUIDField(source="after.public_id", help_text="Id of the later quote.")
    difference = serializers.DecimalField(
        15, 4, allow_null=True, help_text="By how much the total went up; null in different currencies."
    )
    header = FieldChangeBody(many=True, help_text="What of the header differs.")
    lines = LineDifferenceBody(many=True, help_text="Every line of both.")


class NewQuoteBody(StepBody):
    """What is different about the quote from its opportunity."""

    name = serializers.CharField(required=False, max_length=200)
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="Last day to accept it.")


class LoseBody(StepBody):
    """How a deal was lost."""

    reason = serializers.ChoiceField(
        [(reason, reason) for reason in Opportunity.REASONS["lost"]], required=False,
        help_text="Why it was lost; follows from `loss_reason` where that is given.",
    )  # fmt: skip
    loss_reason = CodeRef(LossReason, by=("name",), help_text="The organisation's own reason, by name.")
    competitor = serializers.CharField(
        required=False, allow_blank=True, max_length=100,
        help_text="Who won it instead; an unknown name becomes a competitor.",
    )  # fmt: skip
    revisit_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="Day on which the customer is asked again: a task of the owner.",
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    closed_on = serializers.DateField(required=False, help_text="Day on which it was lost; today by default.")
