"""Order confirmations on paper."""

import datetime as dt
from typing import Any

from catalog.payment_words import payment_texts
from catalog.printing import Sheet, document_pdf
from orders.models import Order

PRINTED_WITH = ("account", "contact", "currency", "owner", "payment_terms", "quote")


class OrderSheet(Sheet):
    """What was ordered, as we understood it."""

    kind = "order"
    document: Order

    def language(self) -> str:
        return self.document.quote.language if self.document.quote else ""

    def day(self) -> dt.date | None:
        return self.document.ordered_on

    def mark(self) -> str:
        return "canceled" if self.document.status == Order.Status.CANCELED else ""

    def facts(self) -> list[tuple[str, Any]]:
        order = self.document
        return [
            ("your_order", order.customer_po),
            ("our_quote", order.quote.ref if order.quote else ""),
            ("promised_delivery", order.promised_delivery_on),
            ("requested_delivery", None if order.promised_delivery_on else order.requested_delivery_on),
            ("shipping_method", order.shipping_method),
        ]

    def payment(self) -> list[str]:
        return payment_texts(self.document.payment_terms, self.words)

    def terms(self) -> str:
        return self.organization.order_terms


def order_pdf(order: Order, *, language: str = "") -> bytes:
    """The order confirmation as a PDF, in the language of the quote it came from."""
    return document_pdf(OrderSheet(order, language=language))
