"""Quotes on paper."""

import datetime as dt
from typing import Any

from django.utils import timezone

from catalog.payment_words import payment_texts
from catalog.printing import Sheet, document_pdf
from quotes.models import Quote

PRINTED_WITH = ("account", "contact", "currency", "owner", "payment_terms")
MARKS = {"lost": "canceled", "canceled": "canceled", "revised": "superseded", "expired": "expired"}


class QuoteSheet(Sheet):
    """An offer: how long it holds, what was wished, where to sign."""

    kind = "quote"
    is_offer = True
    document: Quote

    def language(self) -> str:
        return self.document.language

    def day(self) -> dt.date | None:
        moment = self.document.sent_at or self.document.created_at
        return timezone.localtime(moment).date()

    def mark(self) -> str:
        quote = self.document
        return "draft" if quote.status == Quote.Status.DRAFT else MARKS.get(quote.status_reason, "")

    def facts(self) -> list[tuple[str, Any]]:
        quote = self.document
        return [
            ("valid_until", quote.expires_on),
            ("effective_from", quote.effective_from),
            ("requested_delivery", quote.requested_delivery_on),
            ("freight_terms", quote.freight_terms),
            ("shipping_method", quote.shipping_method),
        ]

    def payment(self) -> list[str]:
        return payment_texts(self.document.payment_terms, self.words)

    def terms(self) -> str:
        return self.document.terms_text or self.organization.quote_terms


def quote_pdf(quote: Quote, *, language: str = "") -> bytes:
    """The quote as a PDF, in the language of the document."""
    return document_pdf(QuoteSheet(quote, language=language))
