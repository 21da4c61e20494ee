"""From offered to decided: activate, send, revise, close, expire, and losing a deal with its quotes."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import header_columns
from kernel import history, outbox
from kernel.customfields import carried
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.writing import locked
from opportunities.closing import close_as_lost, competitor_named
from opportunities.models import LossReason, Opportunity
from people.access import require
from people.models import User
from quotes.actions.drafting import COPIED_ON_REVISION, copy_lines, lock, lock_with_opportunity
from quotes.actions.voiding import void_approvals
from quotes.models import Quote


@transaction.atomic
def activate_quote(quote: Quote, *, by: User) -> Quote:
    """Freeze the draft: what it says now is what is offered."""
    quote = lock_with_opportunity(quote)
    before = quote.status
    advance(quote.activate, by=by)
    quote.save()
    history.record(quote, "activated", by=by, from_status=before)
    outbox.publish("quote.activated", quote, by=by)
    return quote


@transaction.atomic
def send_quote(quote: Quote, *, by: User) -> Quote:
    """Note that the customer has it."""
    quote = lock(quote)
    before = quote.status
    advance(quote.mark_sent, by=by)
    quote.save()
    history.record(quote, "sent", by=by, from_status=before)
    outbox.publish("quote.sent", quote, by=by)
    return quote


@transaction.atomic
def revise_quote(quote: Quote, *, by: User) -> Quote:
    """Close this revision and open the next one as a draft, with the same number and all lines."""
    quote = lock_with_opportunity(quote)
    before = quote.status
    advance(quote.revise, by=by)
    quote.save()
    history.record(quote, "revised", by=by, from_status=before)
    draft = Quote(
        **header_columns(quote),
        **{name: getattr(quote, name) for name in COPIED_ON_REVISION},
        custom=carried(quote, Quote),
        number=quote.number,
        revision=quote.revision + 1,
        revises=quote,
        opportunity=quote.opportunity,
    )
    if draft.expires_on and draft.expires_on < timezone.localdate():
        draft.expires_on = None
    draft.save()
    copy_lines(quote, draft)
    history.record(draft, "created", by=by, note=quote.ref)
    outbox.publish("quote.revised", draft, by=by, payload={"revises": str(quote.public_id)})
    return draft


@transaction.atomic
def close_quote(quote: Quote, *, by: User, reason: str, note: str = "") -> Quote:
    """End the offer: lost or canceled."""
    if reason not in (Quote.Reason.LOST, Quote.Reason.CANCELED):
        raise DomainError(_("Say why: lost or canceled."), code="unknown_reason", field="reason")
    quote = lock(quote)
    before = quote.status
    advance(quote.close, by=by, reason=reason)
    quote.save()
    void_approvals(quote, by=by, only_waiting=True)
    history.record(quote, "closed", by=by, from_status=before, note=note)
    outbox.publish("quote.closed", quote, by=by)
    return quote


@transaction.atomic
def expire_quote(quote: Quote, *, by: User) -> Quote:
    """Close an offer whose day has passed; the clock does this."""
    quote = lock(quote)
    before = quote.status
    advance(quote.expire, by=by)
    quote.save()
    history.record(quote, "expired", by=by, from_status=before)
    outbox.publish("quote.expired", quote, by=by)
    return quote


@transaction.atomic
def lose_opportunity(
    opportunity: Opportunity, *, by: User, reason: str = "", note: str = "", competitor: str = "",
    loss_reason: LossReason | None = None, closed_on: dt.date | None = None, revisit_on: dt.date | None = None,
) -> Opportunity:  # fmt: skip
    """Lose the deal, close its open quotes as lost and plan to ask again, all or nothing.

    The fixed reason follows from the organization's own one; it is named itself where there is none.
    """
    opportunity = locked(opportunity)
    require(by, "lose", opportunity)  # before anything is said about what was typed
    close_as_lost(
        opportunity, by=by, reason=reason, note=note, lost_to=competitor_named(competitor), loss_reason=loss_reason,
        closed_on=closed_on or timezone.localdate(), revisit_on=revisit_on,
    )  # fmt: skip
    settle_quotes(opportunity, by=by, reason=Quote.Reason.LOST)
    return opportunity


def settle_quotes(
    opportunity: Opportunity, *, by: User, reason: str, keep: Quote | None = None
) -> list[Quote]:
    """Close the opportunity's drafts and active quotes, except the one to keep; part of a larger action.

    Whoever may close the deal closes its quotes with it, also those that belong to colleagues.
    """
    open_quotes = opportunity.quotes.select_for_update(of=("self",)).filter(
        status__in=[Quote.Status.DRAFT, Quote.Status.ACTIVE]
    ).select_related("account", "contact").order_by("id")  # fmt: skip
    closed = [quote for quote in open_quotes if keep is None or quote.pk != keep.pk]
    for quote in closed:
        before = quote.status
        advance(quote.settle, by=by, reason=reason)
        quote.save()
        history.record(quote, "closed", by=by, from_status=before, note=str(opportunity))
        outbox.publish("quote.closed", quote, by=by)
    void_approvals(*closed, by=by, only_waiting=True)
    return closed
