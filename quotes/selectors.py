"""What is read about quotes: their revisions, their siblings, and what changed between two of them."""

from django.db.models import Q, QuerySet

from opportunities.models import Opportunity
from quotes.comparison import Comparison, FieldChange, LineDifference, compare, compare_lines
from quotes.models import Quote

__all__ = [
    "RELATED", "Comparison", "FieldChange", "LineDifference", "comparable", "compare", "compared", "open_quotes",
    "revisions",
]  # fmt: skip

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "opportunity", "owner", "team",
    "freight_tax_code",
)  # fmt: skip


FIRST = 0  # the number of a quote's first revision


def revisions(quote: Quote) -> list[Quote]:
    """All revisions of the quote, the newest first; of a first one that still stands nobody made another."""
    if quote.revision == FIRST and quote.status_reason != Quote.Reason.REVISED:
        return [quote]
    found = Quote.objects.filter(number=quote.number).select_related("currency")
    # Sorted here: for an ORDER BY Django compares each expression with every column, which costs more.
    return sorted(found, key=lambda one: -one.revision)


def open_quotes(opportunity: Opportunity) -> QuerySet[Quote]:
    """What is still offered for a deal, or about to be."""
    found = Quote.objects.filter(
        opportunity=opportunity, status__in=[Quote.Status.DRAFT, Quote.Status.ACTIVE]
    )
    return found.select_related("currency").order_by("-id")


def comparable(quote: Quote) -> QuerySet[Quote]:
    """The quotes it may be compared with: its other revisions, and the other quotes of its deal."""
    same = Q(number=quote.number)
    if quote.opportunity_id:
        same |= Q(opportunity=quote.opportunity_id)
    return Quote.objects.filter(same).exclude(pk=quote.pk).select_related(*RELATED)


def sources_of(quote: Quote, text: str) -> QuerySet[Quote]:
    """The quotes whose lines one may want again: by what was typed, else those of the same customer."""
    found = Quote.objects.exclude(pk=quote.pk).select_related("currency", "account", "contact")
    if text.strip():
        return found.matching(text)
    if quote.account_id:
        return found.filter(account=quote.account_id)
    return found.filter(account=None, contact=quote.contact_id)


def compared(before: Quote, after: Quote) -> list[LineDifference]:
    """The lines of two quotes side by side."""
    return compare_lines(before, after)
