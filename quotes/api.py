"""Quotes through the API."""

from typing import Any

from rest_framework import serializers

from catalog.bodies import LINE_FIELDS, LINE_READ_ONLY, MOST_LINES, LineBody, LinesBody, RefList, changes
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
    with_customers_terms,
    with_owners_team,
)
from customers.models import Account
from kernel.api import choice, exact, search, since
from kernel.bodies import Refusing, StepBody
from opportunities.models import LossReason, Opportunity
from people.resources import RecordViewSet, owned_by, pointing_at, verb
from quotes import actions
from quotes.models import Quote, QuoteLine

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
        fields = (*LINE_FIELDS, "opportunity_line")
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
        fields = (
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

    lines = QuoteLineBody(many=True, required=False, max_length=MOST_LINES)

    prefetched = ("lines__product", "lines__unit", "lines__tax_code", "lines__opportunity_line")

    class Meta(QuoteRow.Meta):
        fields = (*QuoteRow.Meta.fields, "lines")


class QuoteLinesBody(LinesBody):
    lines = QuoteLineBody(many=True, max_length=MOST_LINES)


class CloseBody(StepBody):
    """Why an offer ends."""

    reason = serializers.ChoiceField([("lost", "lost"), ("canceled", "canceled")], help_text="Why it is closed.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class QuoteViewSet(RecordViewSet):
    """Offers to sell at stated prices."""

    body = QuoteBody
    row = QuoteRow
    locked_first = ("opportunity",)
    filters = {
        "q": search(),
        "status": choice("status", Quote.Status.choices, "Status"),
        "status_reason": choice("status_reason", Quote.Reason.choices, "Status reason"),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "opportunity": pointing_at("opportunity", Opportunity, "Opportunity"),
        "number": exact("number", "Number; gives all revisions."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "total", "expires_on", "name")}

    def make(self, values: dict[str, Any]) -> Quote:
        lines = changes(None, values.pop("lines", ()))
        return actions.create_quote(by=self.request.user, lines=lines, **with_customers_terms(values))

    def alter(self, record: Quote, values: dict[str, Any]) -> Quote:
        lines = values.pop("lines", None)
        if values or lines is None:
            record = actions.change_quote(record, by=self.request.user, **with_owners_team(values))
        if lines is not None:
            record = actions.set_quote_lines(record, changes(record, lines), by=self.request.user)
        return record

    @verb(QuoteLinesBody)
    def lines(self, quote: Quote, *, lines: list[Any]) -> Quote:
        """Make the lines of a draft exactly these."""
        return actions.set_quote_lines(quote, changes(quote, lines), by=self.request.user)

    @verb()
    def get_products(self, quote: Quote) -> Quote:
        """Add the lines of the opportunity to the draft."""
        return actions.get_products(quote, by=self.request.user)

    @verb()
    def activate(self, quote: Quote) -> Quote:
        """Freeze the draft: what it says now is offered."""
        return actions.activate_quote(quote, by=self.request.user)

    @verb()
    def send(self, quote: Quote) -> Quote:
        """Note that the customer has it."""
        return actions.send_quote(quote, by=self.request.user)

    @verb(gives=QuoteBody, made=True)
    def revise(self, quote: Quote) -> Quote:
        """Close this revision and open the next one, which is answered."""
        return actions.revise_quote(quote, by=self.request.user)

    @verb(gives=QuoteBody, made=True)
    def copy(self, quote: Quote) -> Quote:
        """Make a new draft like this quote, which is answered."""
        return actions.copy_quote(quote, by=self.request.user)

    @verb(CloseBody)
    def close(self, quote: Quote, *, reason: str, note: str = "") -> Quote:
        """End the offer: lost or canceled."""
        return actions.close_quote(quote, by=self.request.user, reason=reason, note=note)

    @verb(name="delete")
    def throw_away(self, quote: Quote) -> None:
        """Throw a draft away."""
        actions.delete_quote(quote, by=self.request.user)


class NewQuoteBody(Refusing):
    """What is different about the quote from its opportunity."""

    version = serializers.IntegerField(required=False, min_value=1)
    name = serializers.CharField(required=False, max_length=200)
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="Last day to accept it.")


class LoseBody(StepBody):
    """How a deal was lost."""

    reason = serializers.ChoiceField(
        [(reason, reason) for reason in Opportunity.REASONS["lost"]], help_text="Why it was lost."
    )
    loss_reason = CodeRef(LossReason, by=("name",), help_text="The organisation's own reason, by name.")
    competitor = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Who won it instead."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    closed_on = serializers.DateField(required=False, help_text="Day on which it was lost; today by default.")


class QuotingSteps:
    """The steps of an opportunity that make or close quotes."""

    @verb(NewQuoteBody, gives=QuoteBody, made=True)
    def quote(self: Any, opportunity: Opportunity, **values: Any) -> Quote:
        """Make a quote with the opportunity's customer and lines, which is answered."""
        return actions.quote_from_opportunity(opportunity, by=self.request.user, **values)

    @verb(LoseBody)
    def lose(self: Any, opportunity: Opportunity, **values: Any) -> Opportunity:
        """Lose the deal and close its open quotes."""
        return actions.lose_opportunity(opportunity, by=self.request.user, **values)
