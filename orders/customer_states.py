"""What a quote is to its customer: open, expired, accepted, replaced; and what may be compared with what."""

from typing import Any

from kernel.errors import DomainError
from kernel.formats import day_text
from kernel.lifecycle import check_step
from kernel.ownership import owner_of
from orders.actions.customers_yes import order_of
from people.service import service_user
from quotes.models import Acceptance, CustomerLink, Quote
from quotes.models.guards import is_current
from quotes.selectors import compare
from quotes.wording import PageWords

HEADER = {
    "expires_on": "valid_until", "payment_terms": "payment_terms", "discount_percent": "document_discount",
    "discount_amount": "document_discount", "freight": "freight", "freight_terms": "freight_terms",
    "shipping_method": "shipping_method", "requested_delivery_on": "delivery", "terms_text": "terms",
}  # fmt: skip
CLOSED = {"lost": "declined", "revised": "replaced", "expired": "expired"}


def state_of(quote: Quote) -> str:
    """The state in the customer's eyes; an offer past its day has expired before the clock has closed it."""
    if quote.status == Quote.Status.ACTIVE:
        return "open" if is_current(quote) else "expired"
    if quote.status == Quote.Status.WON:
        return "accepted"
    return CLOSED.get(quote.status_reason, "closed")


def may_accept(quote: Quote) -> bool:
    """Whether the step is open to the customer, by the same guards as for anybody."""
    if owner_of("orders") == "erp":
        return False
    try:
        check_step(quote.accept, by=service_user("customer"))
    except DomainError:
        return False
    return True


def answer_of(quote: Quote) -> dict[str, Any]:
    """Who accepted it, when, and which order came of it; a colleague may have noted the yes by hand."""
    signed = Acceptance.objects.filter(quote=quote).first()
    order = order_of(quote)
    return {
        "signed": signed,
        "day": day_text(signed.accepted_at.date()) if signed else "",
        "order": order.number if order else "",
        "po": order.customer_po if order else "",
    }


def shared(quote: Quote) -> bool:
    """Whether customers have seen this revision."""
    return bool(quote.sent_at or quote.customer_links.exists())


def newer_link(link: CustomerLink) -> CustomerLink | None:
    """The address of the newest revision that was sent, the same person's if there is one."""
    newer = CustomerLink.objects.filter(
        quote__number=link.quote.number, quote__revision__gt=link.quote.revision, revoked_at=None
    ).exclude(quote__status=Quote.Status.DRAFT).select_related("quote")  # fmt: skip
    found = [one for one in newer.order_by("-quote__revision", "-id") if one.opens()]
    if not found:
        return None
    newest = [one for one in found if one.quote.revision == found[0].quote.revision]
    return next((one for one in newest if one.sent_to and one.sent_to == link.sent_to), newest[0])


def comparison(link: CustomerLink) -> dict[str, Any] | None:
    """This revision beside the next one the customer got, or beside the one before; nothing where there is none."""
    after = newer_link(link)
    if after is not None:
        return pair(link.quote, after.quote)
    before = Quote.objects.filter(number=link.quote.number, revision__lt=link.quote.revision)
    seen = [quote for quote in before.select_related("currency").order_by("-revision") if shared(quote)]
    return pair(seen[0], link.quote) if seen else None


def pair(before: Quote, after: Quote) -> dict[str, Any]:
    return {"before": before, "after": after}


def told_changes(before: Quote, after: Quote, words: PageWords) -> dict[str, Any]:
    """What changed, for the customer: the lines that differ, and what of the header has a word on their page."""
    found = compare(before, after)
    header = [
        (words(HEADER[one.name]), one.before, one.after) for one in found.public_header if one.name in HEADER
    ]
    return {"before": before, "after": after, "differences": found.differing, "header": header}
