"""Which figures of an order are those of the quote it was placed from."""

from collections.abc import Sequence

from catalog.documents import PricedLine
from catalog.explaining import NOWHERE, Origin
from orders.models import Order
from quotes.models import QuoteLine


def origin_of(order: Order, lines: Sequence[PricedLine]) -> Origin:
    """The accepted quote with its lines, in one query; the ERP, where the order was made there."""
    if order.is_pulled:
        return Origin(is_erp=True)
    if order.quote is None:
        return NOWHERE
    offered = {line.pk: line for line in QuoteLine.objects.filter(quote=order.quote)}
    came_from = {line.pk: getattr(line, "quote_line_id", None) for line in lines}
    found = {pk: offered[source] for pk, source in came_from.items() if source in offered}
    page = f"{order.quote.get_absolute_url()}why/"
    return Origin(document=order.quote, name=order.quote.ref, url=page, lines=found)
