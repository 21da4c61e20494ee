"""The customer's yes on the public page: options, order, settled siblings and the signature, all in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from activities.actions import receive_task
from catalog.lines import lines_of
from kernel.errors import Conflict
from orders.actions.placing import accept_quote, lock_opportunity
from orders.models import Order
from people.service import service_user
from quotes.actions import choose_options, lock
from quotes.actions.sharing import refuse_closed_link
from quotes.customer_sheet import seal_of, total_with
from quotes.models import Acceptance, CustomerLink, Quote


@dataclass(frozen=True)
class Signature:
    """Who says yes, to what they had before their eyes: the seal of the content, the options, and the total."""

    name: str
    email: str
    seal: str
    seen_total: Decimal | None
    chosen: Collection[UUID] = ()
    customer_po: str = ""
    address: str | None = None
    terms_text: str = ""


class ContentChanged(Conflict):
    """What is offered is no longer what the customer read; nothing was accepted."""

    default_code = "content_changed"


class OtherTotal(Conflict):
    """The options make another total than the one shown last; nothing was accepted."""

    default_code = "other_total"


@transaction.atomic
def accept_as_customer(link: CustomerLink, signature: Signature) -> Order:
    """Make the order of what the customer saw, with the options they chose; once, however often it is asked.

    Raises ContentChanged, OtherTotal, TransitionRefused or DomainError, and then nothing has happened.
    """
    customer = service_user("customer")
    if link.quote.opportunity_id:
        lock_opportunity(link.quote.opportunity_id)
    quote = lock(link.quote)
    if (done := order_of(quote)) is not None:
        return done
    refuse_closed_link(link)
    refuse_unseen(quote, signature)
    quote = choose_options(quote, signature.chosen, by=customer)
    order = accept_quote(quote, by=customer, customer_po=signature.customer_po)
    quote.refresh_from_db(fields=["total"])
    Acceptance.objects.create(
        quote=quote, link=link, name=signature.name, email=signature.email, customer_po=signature.customer_po,
        total=quote.total, terms_text=signature.terms_text, address=signature.address,
    )  # fmt: skip
    receive_task(
        regarding=order,
        subject=_("Check and submit %(order)s: the customer accepted %(quote)s")
        % {"order": order, "quote": quote},
        body="\n".join(filter(None, [signature.name, signature.email, signature.customer_po])),
        by=customer,
    )
    return order


def order_of(quote: Quote) -> Order | None:
    """The order that came of the quote, while it is not canceled."""
    found: Order | None = quote.orders.exclude(status=Order.Status.CANCELED).order_by("id").first()
    return found if quote.status == Quote.Status.WON else None


def refuse_unseen(quote: Quote, signature: Signature) -> None:
    """Nobody accepts what they have not seen: other content, or a total the page never showed."""
    if quote.status != Quote.Status.ACTIVE:
        return  # the step itself says why not
    if seal_of(quote, lines_of(quote)) != signature.seal:
        raise ContentChanged(quote.ref)
    if total_with(quote, signature.chosen) != signature.seen_total:
        raise OtherTotal(quote.ref)
