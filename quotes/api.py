"""Quotes through the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.bodies import new_lines, wanted
from catalog.explained import Explained
from customers.bodies import with_customers_terms, with_owners_team
from customers.models import Account
from kernel.api import choice, exact, refuse_parameter, search, since
from kernel.paper import Printed
from opportunities.models import Opportunity
from people.access import visible
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb
from quotes import actions
from quotes.bodies import (
    ApprovalBody,
    AskBody,
    CloseBody,
    ComparisonBody,
    GetProductsBody,
    LoseBody,
    NewQuoteBody,
    QuoteBody,
    QuoteLinesBody,
    QuoteRow,
    RejectBody,
)
from quotes.models import Quote
from quotes.printing import quote_pdf
from quotes.selectors import comparable, compare
from quotes.sharing_api import SharingSteps

MOST_APPROVALS = 100


class QuoteViewSet(SharingSteps, Explained, Printed, Removing, RecordViewSet):
    """Offers to sell at stated prices."""

    body = QuoteBody
    row = QuoteRow
    printing = staticmethod(quote_pdf)
    locked_first = ("opportunity",)
    filters = {
        "q": search(),
        "status": choice("status", Quote.Status.choices, "Status"),
        "status_reason": choice("status_reason", Quote.Reason.choices, "Status reason"),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "opportunity": pointing_at("opportunity", Opportunity, "Opportunity"),
        "number": exact("number", "Number; gives all revisions."),
        "approval": choice(
            "approvals__status", [("pending", "")], "Whose request for an approval is in this state"
        ),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "total", "expires_on", "name")}

    def make(self, values: dict[str, Any]) -> Quote:
        lines = new_lines(values.pop("lines", ()))
        return actions.create_quote(by=self.by, lines=lines, **with_customers_terms(values))

    def alter(self, record: Quote, values: dict[str, Any]) -> Quote:
        lines = values.pop("lines", None)
        if values or lines is None:
            record = actions.change_quote(record, by=self.by, **with_owners_team(values))
        if lines is not None:
            record = actions.set_quote_lines(record, wanted(lines), by=self.by)
        return record

    @verb(QuoteLinesBody)
    def lines(self, quote: Quote, *, lines: list[Any]) -> Quote:
        """Make the lines of a draft exactly these."""
        return actions.set_quote_lines(quote, wanted(lines), by=self.by)

    @verb(GetProductsBody)
    def get_products(self, quote: Quote, *, source: Quote | None = None) -> Quote:
        """Add the lines of the opportunity to the draft, or those of another quote at today's prices."""
        return actions.get_products(quote, by=self.by, source=source)

    @extend_schema(
        responses=ComparisonBody,
        filters=False,
        parameters=[
            OpenApiParameter("with", str, description="The earlier quote, by id or number.", required=True)
        ],
    )
    @action(detail=True, pagination_class=None)
    def compare(self, request: Request, **where: Any) -> Response:
        """What changed from another revision, or another quote of the same opportunity, to this quote."""
        quote = self.one()
        asked = request.query_params.get("with", "")
        if not asked:
            raise refuse_parameter("with", _("Say which quote it is compared with."), "required")
        earlier = visible(request.user, comparable(quote)) & Quote.objects.by_ref(asked)
        before = get_object_or_404(earlier)
        return Response(ComparisonBody(compare(before, quote), context=self.get_serializer_context()).data)

    @verb()
    def activate(self, quote: Quote) -> Quote:
        """Freeze the draft: what it says now is offered."""
        return actions.activate_quote(quote, by=self.by)

    @verb(AskBody)
    def ask_approval(self, quote: Quote, *, note: str = "") -> Quote:
        """Ask somebody else to agree to what the draft says beyond its owner's limits."""
        return actions.ask_approval(quote, by=self.by, note=note)

    @verb(AskBody)
    def approve(self, quote: Quote, *, note: str = "") -> Quote:
        """Agree to what was asked for; never to one's own request."""
        return actions.approve_quote(quote, by=self.by, note=note)

    @verb(RejectBody)
    def reject(self, quote: Quote, *, note: str) -> Quote:
        """Refuse what was asked for, and say why."""
        return actions.reject_quote(quote, by=self.by, note=note)

    @extend_schema(responses=ApprovalBody(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def approvals(self, request: Request, **where: Any) -> Response:
        """The latest requests for an approval, newest first."""
        found = self.one().approvals.select_related("asked_by", "decided_by").order_by("-id")[:MOST_APPROVALS]
        return Response(ApprovalBody(found, many=True, context=self.get_serializer_context()).data)

    @verb(gives=QuoteBody, made=True)
    def revise(self, quote: Quote) -> Quote:
        """Close this revision and open the next one, which is answered."""
        return actions.revise_quote(quote, by=self.by)

    @verb(gives=QuoteBody, made=True)
    def copy(self, quote: Quote) -> Quote:
        """Make a new draft like this quote, which is answered."""
        return actions.copy_quote(quote, by=self.by)

    @verb(CloseBody)
    def close(self, quote: Quote, *, reason: str, note: str = "") -> Quote:
        """End the offer: lost or canceled."""
        return actions.close_quote(quote, by=self.by, reason=reason, note=note)


class QuotingSteps:
    """The steps of an opportunity that make or close quotes."""

    @verb(NewQuoteBody, gives=QuoteBody, made=True)
    def quote(self: Any, opportunity: Opportunity, **values: Any) -> Quote:
        """Make a quote with the opportunity's customer and lines, which is answered."""
        return actions.quote_from_opportunity(opportunity, by=self.by, **values)

    @verb(LoseBody)
    def lose(self: Any, opportunity: Opportunity, **values: Any) -> Opportunity:
        """Lose the deal and close its open quotes."""
        return actions.lose_opportunity(opportunity, by=self.by, **values)
