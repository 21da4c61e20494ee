"""Orders through the API: for people, and for the fulfillment system's own call."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.bodies import new_lines, wanted
from customers.bodies import with_customers_terms, with_owners_team
from customers.models import Account
from kernel.api import choice, exact, search, since
from opportunities.models import Opportunity
from orders import actions
from orders.bodies import (
    AcceptBody,
    CancelOrderBody,
    FulfillBody,
    OrderBody,
    OrderLinesBody,
    OrderRow,
    WinBody,
)
from orders.models import Order
from people.access import may
from people.resources import RecordViewSet, owned_by, pointing_at, verb
from quotes.models import Quote


def quantities(given: Iterable[Mapping[str, Any]], field: str) -> dict[UUID, Decimal]:
    """Quantities by line id; a line is named once."""
    found = {one["line"]: one["quantity"] for one in given}
    if len(found) < len(list(given)):
        raise ValidationError({field: [ErrorDetail(str(_("Each line is named once.")), "repeated")]})
    return found


def delivery(given: Mapping[str, Any]) -> actions.Delivery:
    """A delivery as the actions take it."""
    details = {name: value for name, value in given.items() if name != "lines"}
    shipped = {"shipped_on": timezone.localdate(), **details}
    return actions.Delivery(quantities=quantities(given["lines"], "deliveries"), **shipped)


class OrderViewSet(RecordViewSet):
    """Confirmed requests of customers."""

    body = OrderBody
    row = OrderRow
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

    @verb(FulfillBody)
    def fulfill(self, order: Order, **told: Any) -> Order:
        """Take over what was delivered; a fulfillment system may tell a delivery note twice."""
        deliveries = [delivery(one) for one in told.get("deliveries", ())]
        totals = {name: quantities(told.get(name, ()), name) for name in ("canceled", "backordered")}
        by = self.by
        if may(by, "write_back", order):
            return actions.record_fulfillment(order, by=by, deliveries=deliveries, **totals)
        return self.fulfill_by_hand(order, deliveries, totals)

    def fulfill_by_hand(
        self, order: Order, deliveries: list[actions.Delivery], totals: Mapping[str, Any]
    ) -> Order:
        for name, given in totals.items():
            if given:
                text = _("Only a fulfillment system reports this.")
                raise ValidationError({name: [ErrorDetail(str(text), "reserved_field")]})
        if not deliveries:
            raise ValidationError(
                {"deliveries": [ErrorDetail(str(_("Say what was delivered.")), "required")]}
            )
        for one in deliveries:
            order = actions.fulfill_order(order, by=self.by, delivery=one)
        return order

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
