"""Orders through the API: for people, and for the fulfillment system's own call."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.bodies import new_lines, wanted
from catalog.explained import Explained
from customers.bodies import with_customers_terms, with_owners_team
from customers.models import Account
from kernel.api import choice, exact, search, since
from kernel.paper import Printed
from opportunities.models import Opportunity
from orders import actions
from orders.bodies import AcceptBody, OrderBody, OrderLinesBody, OrderRow, WinBody
from orders.models import Order
from orders.origins import origin_of
from orders.printing import order_pdf
from orders.selectors import asked_preflight
from orders.step_api import ChangingSteps, DeliverySteps
from orders.step_bodies import CancelOrderBody, CopyOrderBody, OverrideCreditBody, PreflightBody
from people.access import hidden_fields
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb
from quotes.models import Quote


class OrderViewSet(DeliverySteps, ChangingSteps, Explained, Printed, Removing, RecordViewSet):
    """Confirmed requests of customers."""

    body = OrderBody
    origin_of = staticmethod(origin_of)
    row = OrderRow
    printing = staticmethod(order_pdf)
    filters = {
        "q": search(),
        "status": choice("status", Order.Status.choices, "Status"),
        "status_reason": choice("status_reason", Order.Reason.choices, "Status reason"),
        "fulfillment": choice("fulfillment", Order.Progress.choices, "Fulfillment"),
        "billing": choice("billing", Order.Progress.choices, "Billing"),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "opportunity": pointing_at("opportunity", Opportunity, "Opportunity"),
        "quote": pointing_at("quote", Quote, "Quote"),
        "number": exact("number", "Number."),
        "erp_number": exact("erp_number", "Number in the ERP."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "total", "ordered_on", "name")}

    def make(self, values: dict[str, Any]) -> Order:
        lines = new_lines(values.pop("lines", ()))
        return actions.create_order(by=self.by, lines=lines, **with_customers_terms(values))

    def alter(self, record: Order, values: dict[str, Any]) -> Order:
        lines = values.pop("lines", None)
        if values or lines is None:
            record = actions.change_order(record, by=self.by, **with_owners_team(values))
        if lines is not None:
            record = actions.set_order_lines(record, wanted(lines), by=self.by)
        return record

    @verb(OrderLinesBody)
    def lines(self, order: Order, *, lines: list[Any]) -> Order:
        """Make the lines of an active order exactly these; locked prices stay as agreed."""
        return actions.set_order_lines(order, wanted(lines), by=self.by)

    @verb()
    def submit(self, order: Order) -> Order:
        """Confirm the order; where an ERP is connected, it owns the numbers from here."""
        return actions.submit_order(order, by=self.by)

    @verb()
    def hold(self, order: Order) -> Order:
        """Wait with the order."""
        return actions.hold_order(order, by=self.by)

    @verb()
    def resume(self, order: Order) -> Order:
        """Go on with the order."""
        return actions.resume_order(order, by=self.by)

    @verb()
    def lock(self, order: Order) -> Order:
        """Keep the agreed prices."""
        return actions.lock_order(order, by=self.by)

    @verb()
    def unlock(self, order: Order) -> Order:
        """Let prices follow the price list again."""
        return actions.unlock_order(order, by=self.by)

    @verb(OverrideCreditBody, name="override-credit")
    def override_credit(self, order: Order, *, reason: str) -> Order:
        """Let the order pass the customer's credit limit, up to what it comes to now."""
        return actions.override_credit(order, by=self.by, reason=reason)

    @verb(CopyOrderBody, gives=OrderBody, made=True)
    def copy(self, order: Order, **said: Any) -> Order:
        """Order the same again, which is answered: at today's prices or at the agreed ones."""
        return actions.copy_order(order, by=self.by, **said)

    @extend_schema(responses=PreflightBody, filters=False)
    @action(detail=True, pagination_class=None)
    def preflight(self, request: Request, **where: Any) -> Response:
        """Whether the order could be submitted, and everything that stands in the way; a connected ERP is asked."""
        order = self.one()
        found = asked_preflight(order)
        if "credit_limit" in hidden_fields(request.user, "account"):
            found = replace(found, credit=None)
        return Response(PreflightBody(found).data)

    @verb(CancelOrderBody)
    def cancel(self, order: Order, *, reason: str, note: str = "") -> Order:
        """Call the order off, here and in the ERP."""
        return actions.cancel_order(order, by=self.by, reason=reason, note=note)


class AcceptingSteps:
    """The step of a quote that places an order."""

    @verb(AcceptBody, gives=OrderBody, made=True)
    def accept(self: Any, quote: Quote, **values: Any) -> Order:
        """The customer said yes: win the quote and place the order, which is answered."""
        return actions.accept_quote(quote, by=self.by, **values)


class WinningSteps:
    """The steps of an opportunity that may place an order."""

    @verb(WinBody)
    def win(self: Any, opportunity: Opportunity, **values: Any) -> Opportunity:
        """Win the deal, settle its quotes and, given a quote, place the order from it."""
        actions.win_opportunity(opportunity, by=self.by, **values)
        return opportunity

    @verb(gives=OrderBody, made=True)
    def order(self: Any, opportunity: Opportunity) -> Order:
        """Place an order with the opportunity's customer and lines, without a quote in between; it is answered."""
        return actions.order_from_opportunity(opportunity, by=self.by)
