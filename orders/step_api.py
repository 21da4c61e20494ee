"""What happens to an order after it was confirmed, through the API: deliveries, promises, change requests."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from orders import actions
from orders.models import Order
from orders.step_bodies import (
    AnswerBody,
    CloseRestBody,
    FulfillBody,
    PromiseBody,
    RejectBody,
    RequestChangeBody,
    WithdrawBody,
)
from people.access import may
from people.resources import verb


def by_line(given: Iterable[Mapping[str, Any]], name: str, field: str) -> dict[UUID, Any]:
    """One thing said of each line, by line id; a line is named once."""
    given = list(given)
    found = {one["line"]: one[name] for one in given}
    if len(found) < len(given):
        raise ValidationError({field: [ErrorDetail(str(_("Each line is named once.")), "repeated")]})
    return found


def delivery(given: Mapping[str, Any]) -> actions.Delivery:
    """A delivery as the actions take it."""
    details = {name: value for name, value in given.items() if name != "lines"}
    shipped = {"shipped_on": timezone.localdate(), **details}
    return actions.Delivery(quantities=by_line(given["lines"], "quantity", "deliveries"), **shipped)


def refuse_body(field: str, text: Any, code: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(str(text), code)]})


class DeliverySteps:
    """How goods get to the customer."""

    @verb(FulfillBody)
    def fulfill(self: Any, order: Order, **told: Any) -> Order:
        """Take over what was delivered, promised, put off and called off; told twice it counts once.

        A fulfillment system may repeat a delivery note; with other quantities under the same note it is refused.
        """
        deliveries = [delivery(one) for one in told.get("deliveries", ())]
        totals = {name: by_line(told.get(name, ()), "quantity", name) for name in ("canceled", "backordered")}
        promises = actions.Promises(
            by_line(told.get("promised", ()), "promised_on", "promised"), told.get("promised_delivery_on")
        )
        if may(self.by, "write_back", order):
            return actions.report_fulfillment(
                order, by=self.by, deliveries=deliveries, promises=promises, **totals
            )
        return by_hand(order, self.by, deliveries, totals, promises)

    @verb(PromiseBody)
    def promise(self: Any, order: Order, **told: Any) -> Order:
        """Promise days, for the order and for single lines."""
        days = by_line(told.get("lines", ()), "promised_on", "lines")
        on = told.get("promised_delivery_on", order.promised_delivery_on)
        return actions.promise_dates(order, by=self.by, promised_delivery_on=on, lines=days)

    @verb(CloseRestBody, name="close-rest")
    def close_rest(self: Any, order: Order, *, lines: Any = None, note: str = "") -> Order:
        """Give up what is still open, all of it or so much of some lines."""
        wanted: dict[UUID, Decimal] | None = None if lines is None else by_line(lines, "quantity", "lines")
        return actions.close_rest(order, by=self.by, quantities=wanted, note=note)


def by_hand(
    order: Order, by: Any, deliveries: list[actions.Delivery], totals: Mapping[str, Any], promises: actions.Promises
) -> Order:  # fmt: skip
    """What a person reports: delivery notes that are new, what comes later, and what is promised."""
    if totals["canceled"]:
        text = _("Only a fulfillment system reports this; people close the rest of an order.")
        raise refuse_body("canceled", text, "reserved_field")
    if not (deliveries or totals["backordered"] or promises.lines or promises.order):
        raise refuse_body("deliveries", _("Say what was delivered."), "required")
    for one in deliveries:
        order = actions.fulfill_order(order, by=by, delivery=one)
    if totals["backordered"]:
        order = actions.fulfill_order(order, by=by, backordered=totals["backordered"])
    if promises.lines or promises.order:
        on = promises.order or order.promised_delivery_on
        order = actions.promise_dates(order, by=by, promised_delivery_on=on, lines=promises.lines)
    return order


class ChangingSteps:
    """How a submitted order is changed after all."""

    @verb(RequestChangeBody, name="request-change")
    def request_change(self: Any, order: Order, *, lines: Any = (), **said: Any) -> Order:
        """Put down what should change; nothing does until somebody with the right accepts."""
        wishes = {
            key: actions.Wish(one.get("quantity"), one.get("wanted_on"))
            for key, one in by_line(
                [{"line": one["line"], "said": one} for one in lines], "said", "lines"
            ).items()
        }
        actions.request_change(order, by=self.by, wishes=wishes, **said)
        return order

    @verb(AnswerBody, name="accept-change")
    def accept_change(self: Any, order: Order, **said: Any) -> Order:
        """Do what was wished, at the agreed prices; an ERP that has the order is told."""
        actions.accept_change(order, by=self.by, **said)
        return order

    @verb(RejectBody, name="reject-change")
    def reject_change(self: Any, order: Order, **said: Any) -> Order:
        """Leave the order as it is, and say why."""
        actions.reject_change(order, by=self.by, **said)
        return order

    @verb(WithdrawBody, name="withdraw-change")
    def withdraw_change(self: Any, order: Order, **said: Any) -> Order:
        """Take the wish back before it is answered."""
        actions.withdraw_change(order, by=self.by, **said)
        return order
