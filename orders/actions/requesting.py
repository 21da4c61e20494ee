"""Changing an order that is locked: somebody wishes, somebody with the right accepts or rejects."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.documents import COUNTED
from kernel import history, outbox
from kernel.errors import Blocker, Conflict, DomainError
from kernel.lifecycle import advance, check_step
from orders.actions.changing import lock
from orders.actions.reworking import fits_quantity, rework
from orders.hooks import answers
from orders.models import ChangeRequest, ChangeRequestLine, Order, OrderLine
from people.access import require
from people.models import User


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished of a line: another quantity (zero calls it off), another day; none leaves it as it is."""

    quantity: Decimal | None = None
    wanted_on: dt.date | None = None


@transaction.atomic
def request_change(
    order: Order, *, by: User, text: str = "", wishes: Mapping[UUID, Wish] | None = None,
    requested_delivery_on: dt.date | None = None,
) -> ChangeRequest:  # fmt: skip
    """Put down what should change in a submitted order; nothing changes until somebody accepts it."""
    order = lock(order)
    check_step(order.request_change, by=by)
    lines = {line.key: line for line in order.lines.filter(kind__in=COUNTED)}
    asked = [
        ChangeRequestLine(
            order_line=lines[key], quantity_before=lines[key].quantity,
            quantity=None if wish.quantity == lines[key].quantity else wish.quantity,
            wanted_on=None if wish.wanted_on == lines[key].promised_on else wish.wanted_on,
        )
        for key, wish in (wishes or {}).items()
        if is_known(lines, key)
    ]  # fmt: skip
    asked = [line for line in asked if line.quantity is not None or line.wanted_on is not None]
    refuse_unfit([line for line in asked if line.quantity is not None])
    if not text.strip() and not asked and requested_delivery_on in (None, order.requested_delivery_on):
        raise DomainError(_("Say what should change."), code="nothing_wished", field="text")
    request = ChangeRequest.objects.create(
        order=order, text=text.strip(), requested_delivery_on=requested_delivery_on, asked_by=by
    )
    for line in asked:
        line.request = request
    ChangeRequestLine.objects.bulk_create(asked, batch_size=500)
    history.record(order, "change_requested", by=by, note=request.text)
    outbox.publish("order.change_requested", order, by=by, payload={"request": str(request.public_id)})
    return request


@transaction.atomic
def accept_change(order: Order, *, by: User, request: UUID | None = None, answer: str = "") -> ChangeRequest:
    """Do what was wished: quantities at the agreed prices, days as promised; an ERP that has the order is told.

    Where that ERP takes no changes our figures stay too: somebody makes the change there, and it is reported back.
    """
    order = lock(order)
    check_step(order.take_change, by=by)
    wish = open_request(order, request)
    advance(wish.accept, by=by, decided_by=by, answer=answer)
    before = str(order.total)
    applies = takes_changes(order)
    if applies:
        if wish.requested_delivery_on:
            order.requested_delivery_on = wish.requested_delivery_on
        rework(order, list(wish.lines.all()), by=by)
    wish.save()
    order.save()
    changes = {"total": [before, str(order.total)]} if before != str(order.total) else {}
    history.record(order, "change_accepted", by=by, note=answer, changes=changes)
    told = order.managed_by if applies else ""
    outbox.publish("order.changed", order, by=by, destination=told, payload={"request": str(wish.public_id)})
    return wish


@transaction.atomic
def reject_change(order: Order, *, by: User, answer: str, request: UUID | None = None) -> ChangeRequest:
    """Leave the order as it is, and say why."""
    require(by, "decide_change", order)
    if not answer.strip():
        raise DomainError(_("Say why it is rejected."), code="no_reason", field="answer")
    order = lock(order)
    wish = open_request(order, request)
    advance(wish.reject, by=by, decided_by=by, answer=answer.strip())
    wish.save()
    history.record(order, "change_rejected", by=by, note=wish.answer)
    return wish


@transaction.atomic
def withdraw_change(order: Order, *, by: User, request: UUID | None = None) -> ChangeRequest:
    """Take the wish back before anybody has answered."""
    require(by, "request_change", order)
    order = lock(order)
    wish = open_request(order, request)
    advance(wish.withdraw, by=by, decided_by=by)
    wish.save()
    history.record(order, "change_withdrawn", by=by, note=wish.text)
    return wish


def open_request(order: Order, public_id: UUID | None) -> ChangeRequest:
    """The request of a locked order that waits for an answer, and the very one that was seen."""
    wish: ChangeRequest | None = order.change_requests.select_for_update().filter(status="open").first()
    if wish is None or (public_id is not None and wish.public_id != public_id):
        raise Conflict(
            _("This change request has been answered or withdrawn meanwhile."), code="no_open_request"
        )
    wish.order = order
    return wish


def takes_changes(order: Order) -> bool:
    """Whether our figures may change: always while the order is ours, else where the ERP takes the change."""
    return not order.managed_by or any(answers("takes_changes", order))


def is_known(lines: Mapping[UUID, OrderLine], key: UUID) -> bool:
    if key not in lines:
        raise DomainError(_("The order has no line %s.") % key, code="unknown_line", field="lines")
    return True


def refuse_unfit(asked: Sequence[ChangeRequestLine]) -> None:
    """A quantity that no line can have is refused at once, line by line."""
    blockers = [
        Blocker(
            "quantity_does_not_fit",
            f"{line.order_line.description}: {text}",
            f"quantity_{line.order_line.key}",
        )
        for line in asked
        if line.quantity is not None and (text := fits_quantity(line.order_line, line.quantity))
    ]
    if blockers:
        raise DomainError(blockers[0].text, code=blockers[0].code, field=blockers[0].field, blockers=blockers)
