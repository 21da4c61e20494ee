"""How orders come to be: from an accepted quote, from an opportunity, or from nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.copying import carry_over
from catalog.documents import LineKind, header_columns
from catalog.lines import LineChange, write_lines
from catalog.rates import rate_on
from catalog.totals import in_base
from customers.parties import fill_from_customer, refuse_unfit_customer
from kernel import history, outbox
from kernel.customfields import carried
from kernel.errors import ComponentOwnedElsewhere, DomainError
from kernel.lifecycle import advance
from kernel.numbering import next_number
from kernel.ownership import owner_of
from kernel.writing import assign, refuse_stale, seen_version
from opportunities.closing import close_as_won
from opportunities.models import Opportunity
from orders.actions.changing import CHANGEABLE, currency_of_chain
from orders.models import Order, OrderLine
from people.access import require
from people.models import User
from quotes.actions import lock as lock_quote
from quotes.actions import settle_quotes
from quotes.models import Quote

FROM_QUOTE = (
    "name", "payment_terms_id", "shipping_method", "requested_delivery_on", *Order.ADDRESS_FIELDS,
)  # fmt: skip


@transaction.atomic
def create_order(*, by: User, lines: Sequence[LineChange] = (), **values: Any) -> Order:
    """Place an order from nothing, with its lines."""
    require(by, "add", Order)
    refuse_if_erp_owns_orders()
    order = new_order(by, {"name": "", **values})
    refuse_unfit_customer(order, by)
    order.save()
    if lines or order.freight:
        write_lines(order, lines, on=order.ordered_on)
        order.save()
    history.record(order, "created", by=by)
    outbox.publish("order.created", order, by=by)
    return order


@transaction.atomic
def order_from_opportunity(opportunity: Opportunity, *, by: User, **values: Any) -> Order:
    """Place an order with the opportunity's customer and lines, without a quote in between."""
    require(by, "add", Order)
    refuse_if_erp_owns_orders()
    opportunity = lock_opportunity(opportunity.pk, seen_version(opportunity))
    require(by, "view", opportunity)
    if opportunity.status == Opportunity.Status.LOST:
        raise DomainError(_("The opportunity is lost."), code="opportunity_closed", field="opportunity")
    order = new_order(
        by, values, **header_columns(opportunity), name=opportunity.name, opportunity=opportunity,
        custom=carried(opportunity, Order),
    )  # fmt: skip
    refuse_unfit_customer(order, by, values)
    if order.currency_id != opportunity.currency_id:
        raise currency_of_chain(opportunity)
    order.total_base = in_base(order.total, order.exchange_rate, order.currency)
    order.save()
    carry_over(opportunity.lines.all(), OrderLine, order_id=order.pk)
    history.record(order, "created", by=by, note=str(opportunity))
    outbox.publish("order.created", order, by=by)
    return order


@transaction.atomic
def accept_quote(quote: Quote, *, by: User, customer_po: str = "", wins: bool = True) -> Order:
    """The customer said yes: win the quote, place the order with all lines, settle sibling quotes.

    With ``wins`` the opportunity is won too, at the quote's net amount.
    """
    opportunity = lock_opportunity(quote.opportunity_id) if quote.opportunity_id else None
    quote = lock_quote(quote)
    order = place_order(quote, by=by, customer_po=customer_po)
    if opportunity is not None:
        settle_quotes(opportunity, by=by, reason=Quote.Reason.CANCELED, keep=quote)
        if wins:
            close_as_won(opportunity, by=by, actual_revenue=quote.net_amount, closed_on=timezone.localdate())
    return order


def place_order(quote: Quote, *, by: User, customer_po: str = "") -> Order:
    """Win the locked quote and copy it, lines and amounts untouched, into an order with agreed prices."""
    refuse_if_erp_owns_orders()
    require(by, "add", Order)
    before = quote.status
    advance(quote.accept, by=by)
    quote.save()
    history.record(quote, "accepted", by=by, from_status=before)
    order = Order(
        **header_columns(quote),
        **{name: getattr(quote, name) for name in FROM_QUOTE},
        custom=carried(quote, Order),
        number=next_number("order"),
        quote=quote,
        opportunity=quote.opportunity,
        customer_po=customer_po,
        prices_locked=True,
    )
    order.account, order.contact = quote.account, quote.contact  # read already; the search text names them
    order.save()
    # What was optional and not chosen is not ordered.
    ordered = quote.lines.exclude(kind=LineKind.OPTIONAL)
    carry_over(ordered, OrderLine, order_id=order.pk, quote_line_id=F("pk"))
    history.record(order, "created", by=by, note=quote.ref)
    outbox.publish("quote.accepted", quote, by=by, payload={"order": str(order.public_id)})
    outbox.publish("order.created", order, by=by)
    return order


def lock_opportunity(pk: int, version: int | None = None) -> Opportunity:
    found = Opportunity.objects.select_for_update(of=("self",)).select_related("currency", "account", "contact").get(
        pk=pk
    )  # fmt: skip
    refuse_stale(found, version)
    return found


def new_order(by: User, said: Mapping[str, Any], **taken: Any) -> Order:
    """An order with a number, an owner and its customer's defaults; not saved.

    ``taken`` comes from an earlier document, ``said`` from a person and is checked.
    """
    order = Order(**taken)
    assign(order, said, allowed=CHANGEABLE | {"rounding_profile"})
    if order.owner_id is None and order.team_id is None:
        order.owner, order.team = by, by.team
    require(by, "add", order)
    fill_from_customer(order)
    order.exchange_rate = rate_on(order.currency, order.ordered_on)
    order.number = next_number("order")
    return order


def refuse_if_erp_owns_orders() -> None:
    if owner_of("orders") == "erp":
        raise ComponentOwnedElsewhere(_("Orders are made in the ERP and appear here by themselves."))
