"""Winning a deal in one stroke: its quotes settled, its order placed and perhaps submitted, all or nothing."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel import history, outbox
from kernel.errors import Blocker, DomainError, TransitionRefused
from kernel.lifecycle import advance
from kernel.writing import seen_version
from opportunities.closing import close_as_won
from opportunities.models import Opportunity
from orders.actions.delivering import submit_order
from orders.actions.placing import lock_opportunity, place_order
from orders.models import Order
from people.models import User
from quotes.actions import lock as lock_quote
from quotes.actions import settle_quotes
from quotes.models import Quote

CLOSED_AS = (Quote.Reason.CANCELED, Quote.Reason.LOST)


@transaction.atomic
def win_opportunity(
    opportunity: Opportunity, *, by: User, quote: Quote | None = None, actual_revenue: Decimal | None = None,
    closed_on: dt.date | None = None, order: bool = True, submit: bool = False, close_quotes_as: str = "canceled",
) -> Order | None:  # fmt: skip
    """Win the deal: with a quote, place the order from it and perhaps submit it; close all other open quotes.

    Without ``order`` the quote is won all the same, and nothing is ordered yet.
    """
    _refuse_nonsense(close_quotes_as, submits_nothing=submit and not (quote and order))
    opportunity = lock_opportunity(opportunity.pk, seen_version(opportunity))
    made: Order | None = None
    default = opportunity.amount
    if quote is not None:
        if quote.opportunity_id != opportunity.pk:
            raise DomainError(
                _("The quote belongs to another opportunity."), code="foreign_quote", field="quote"
            )
        quote = lock_quote(quote)
        if order:
            made = place_order(quote, by=by)
        else:
            _accept_only(quote, by=by)
        default = quote.net_amount
    settle_quotes(opportunity, by=by, reason=close_quotes_as, keep=quote)
    close_as_won(
        opportunity, by=by, closed_on=closed_on or timezone.localdate(),
        actual_revenue=default if actual_revenue is None else actual_revenue,
    )  # fmt: skip
    return _submitted(made, quote, by=by) if made and quote and submit else made


def _refuse_nonsense(close_quotes_as: str, *, submits_nothing: bool) -> None:
    if close_quotes_as not in CLOSED_AS:
        text = _("Say how the other quotes are closed: lost or canceled.")
        raise DomainError(text, code="unknown_reason", field="close_quotes_as")
    if submits_nothing:
        text = _("Only an order that is made now can be submitted with it.")
        raise DomainError(text, code="nothing_to_submit", field="submit")


def _accept_only(quote: Quote, *, by: User) -> None:
    """The customer said yes, and the order comes later or from elsewhere; part of winning."""
    before = quote.status
    advance(quote.accept, by=by)
    quote.save()
    history.record(quote, "accepted", by=by, from_status=before)
    outbox.publish("quote.accepted", quote, by=by)


def _submitted(order: Order, quote: Quote, *, by: User) -> Order:
    """Submit what was just placed; a refusal undoes everything and speaks of the quote that is still there."""
    try:
        return submit_order(order, by=by)
    except TransitionRefused as refused:
        blockers = [
            Blocker(one.code, one.text, "submit", quote.ref, quote.get_absolute_url())
            for one in refused.blockers
        ]
        raise TransitionRefused(quote, blockers, step="submit") from refused
