"""When two orders are the same order: a hash of what was sent, comparable on both sides of the border."""

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal

from integrations.adapters.documents import OrderDoc


def content_hash(doc: OrderDoc) -> str:
    """Two orders with the same key, customer, currency and lines have the same hash, on whichever side they
    are read.
    """
    return hash_of(
        doc.external_key,
        doc.customer.code,
        doc.currency,
        [(line.line_key, line.product_code, line.quantity, line.net_amount) for line in doc.lines],
    )


def hash_of(
    external_key: str,
    customer_code: str,
    currency: str,
    lines: Sequence[tuple[str, str, Decimal, Decimal]],
) -> str:
    """The hash of an order's content in a form in which 2, 2.0 and 2.000 are one number."""
    rows = sorted([key, product, _plain(quantity), _plain(net)] for key, product, quantity, net in lines)
    text = json.dumps(
        [external_key, customer_code, currency, rows], ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"
