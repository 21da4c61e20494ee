"""Changing an order while it is active."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedLine
from catalog.lines import LineChange, Touch, Wanted, changes_from, line_blocker, write_lines
from catalog.rates import rate_on
from customers.parties import refuse_unfit_customer
from kernel import history
from kernel.errors import Conflict, DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, seen_version
from opportunities.models import Opportunity
from orders.models import Order
from people.access import refuse_handover
from people.models import User

CHANGEABLE = {
    "name", "account", "contact", "currency", "price_list", "discount_percent", "discount_amount", "freight",
    "freight_tax_code", "customer_po", "ordered_on", "requested_delivery_on", "promised_delivery_on", "payment_terms",
    "shipping_method", "owner", "team", "custom", *Order.ADDRESS_FIELDS,
}  # fmt: skip
# Without one of these changing, an unlocked order keeps the prices it has.
AFFECT_PRICES = {
    "account", "contact", "currency", "price_list", "discount_percent", "discount_amount", "freight",
    "freight_tax_code", "ordered_on", "ship_to_country", "ship_to_region",
}  # fmt: skip
AGREED = {"currency", "price_list", "discount_percent", "discount_amount", "freight", "freight_tax_code"}


def lock(order: Order, version: int | None = None) -> Order:
    """The order as it stands now, held until the transaction ends; refuses a stale version."""
    found = Order.objects.select_for_update(of=("self",)).select_related(
        "currency", "account", "contact", "price_list", "payment_terms", "quote", "opportunity"
    ).filter(pk=order.pk)  # fmt: skip
    locked = next(iter(found), None)
    if locked is None:
        raise Conflict(_("Somebody deleted this meanwhile."), code="deleted")
    version = seen_version(order) if version is None else version
    if version is not None and locked.version != version:
        raise Conflict(
            _("Somebody else changed this order meanwhile. Look at it again, then repeat your change.")
        )
    return locked


@transaction.atomic
def change_order(
    order: Order, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Order:
    """Change the header; while prices are locked, what was agreed stays."""
    order = lock(order, version)
    advance(order.edit, by=by)
    refuse_handover(order, values, by)
    had_price_list = order.price_list_id is not None
    changes = assign(order, values, allowed=CHANGEABLE)
    if not changes:
        return order
    refuse_unfit_customer(order, by, changes)
    # An order needs a price list to be submitted; naming one where there is none changes no agreed price.
    agreed = AGREED if had_price_list else AGREED - {"price_list"}
    if order.prices_locked and (locked := agreed & set(changes)):
        raise DomainError(
            _("Prices are locked; unlock them first."), code="prices_locked", field=sorted(locked)[0]
        )
    if "currency" in changes and order.opportunity:
        raise currency_of_chain(order.opportunity)
    if "currency" in changes and order.lines.exists():
        raise DomainError(
            _("The currency is fixed while there are lines."), code="currency_fixed", field="currency"
        )
    if not order.prices_locked and AFFECT_PRICES & changes.keys():
        order.exchange_rate = rate_on(order.currency, order.ordered_on)
        reprice(order)
    order.save()
    history.record(order, "changed", by=by, changes=changes, note=note)
    return order


@transaction.atomic
def set_order_lines(order: Order, lines: Wanted, *, by: User, version: int | None = None) -> Order:
    """Make the order's lines exactly these; locked prices stay as agreed."""
    order = lock(order, version)
    advance(order.edit, by=by)
    before = order.total
    wanted = keep_agreed(lines) if order.prices_locked else lines
    write_lines(order, wanted, on=order.ordered_on)
    order.save()
    history.record(order, "lines_changed", by=by, changes={"total": [str(before), str(order.total)]})
    return order


@transaction.atomic
def lock_order(order: Order, *, by: User) -> Order:
    """Keep the agreed prices whatever the price list says."""
    order = lock(order)
    advance(order.lock, by=by)
    order.save()
    history.record(order, "prices_locked", by=by)
    return order


@transaction.atomic
def unlock_order(order: Order, *, by: User) -> Order:
    """Let prices follow the price list again, from now on."""
    order = lock(order)
    before = order.total
    advance(order.unlock, by=by)
    reprice(order)
    order.save()
    history.record(order, "prices_unlocked", by=by, changes={"total": [str(before), str(order.total)]})
    return order


@transaction.atomic
def hold_order(order: Order, *, by: User) -> Order:
    """Wait with the order."""
    order = lock(order)
    advance(order.hold, by=by)
    order.save()
    history.record(order, "held", by=by, from_status=order.status)
    return order


@transaction.atomic
def resume_order(order: Order, *, by: User) -> Order:
    """Go on with the order."""
    order = lock(order)
    advance(order.resume, by=by)
    order.save()
    history.record(order, "resumed", by=by, from_status=order.status)
    return order


@transaction.atomic
def override_credit(order: Order, *, by: User, reason: str) -> Order:
    """Let the order pass the customer's credit limit, up to what it comes to now."""
    if not reason.strip():
        raise DomainError(_("Say why the limit may be exceeded."), code="no_reason", field="reason")
    order = lock(order)
    advance(order.override_credit, by=by, up_to=order.total_base)
    order.save()
    history.record(order, "credit_overridden", by=by, note=reason.strip())
    return order


def reprice(order: Order) -> None:
    """Price the order's lines again from its price list."""
    write_lines(order, changes_from, on=order.ordered_on)


def currency_of_chain(opportunity: Opportunity) -> DomainError:
    """One currency along the chain: a deal's orders are in the deal's."""
    text = _("The opportunity is in %(currency)s.") % {"currency": opportunity.currency}
    return DomainError(text, code="currency_of_chain", field="currency")


def keep_agreed(lines: Wanted) -> Wanted:
    """The lines wanted with their prices left alone; a new price for a line that is there is refused by name."""

    def agreed(there: Sequence[PricedLine]) -> list[LineChange]:
        prices = {line.key: line.unit_price for line in there}
        changes = lines(there) if callable(lines) else lines
        return [kept(number, change, prices) for number, change in enumerate(changes, 1)]

    if isinstance(lines, Touch):
        one = lines.change
        return replace(
            lines,
            change=lambda line: kept(line.position, one(line), {line.key: line.unit_price}),
            whole=agreed,
        )
    return agreed


def kept(number: int, change: LineChange, prices: Mapping[UUID, Decimal]) -> LineChange:
    """The change without its price, unless it is a new line, which has none yet."""
    if change.key is None or change.key not in prices:
        return change
    if change.unit_price is not None and change.unit_price != prices[change.key]:
        text = _("Prices are locked; unlock them first.")
        blocker = line_blocker(number, "prices_locked", text, "unit_price")
        raise DomainError(text, code="prices_locked", field="unit_price", blockers=[blocker])
    return replace(change, unit_price=None, keep_price=True)
