"""What the cards of the opportunity board tell of quotes: the newest one of each deal, and whether it was opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from people.access import visible
from quotes.models import Quote


@dataclass(frozen=True)
class QuoteState:
    """How a deal's newest quote stands."""

    ref: str
    words: str
    url: str


def quote_states(user: Any, deals: Iterable[Any]) -> dict[int, QuoteState]:
    """The newest quote of each deal that the reader may see, by the key of the deal: one query."""
    rows = visible(user, Quote.objects.filter(opportunity__in=[deal.pk for deal in deals]))
    rows = rows.exclude(status_reason=Quote.Reason.REVISED).order_by("pk").only(
        "number", "revision", "status", "status_reason", "opportunity", "last_viewed_at"
    )  # fmt: skip
    return {
        quote.opportunity_id: QuoteState(quote.ref, words_of(quote), quote.get_absolute_url())
        for quote in rows
        if quote.opportunity_id is not None
    }


def words_of(quote: Quote) -> str:
    """In a few words: ``sent · opened``."""
    if quote.status == Quote.Status.DRAFT:
        return _("draft")
    words = str(quote.get_status_reason_display()).lower()
    if quote.status == Quote.Status.ACTIVE and quote.status_reason != Quote.Reason.OPEN:
        words = _("not sent yet")
    opened = quote.last_viewed_at is not None and quote.status == Quote.Status.ACTIVE
    return _("%(state)s · opened") % {"state": words} if opened else words
