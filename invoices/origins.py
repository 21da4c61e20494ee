"""Which figures of an invoice are shares of its order, of a credit note shares of its invoice, or the ERP's."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from catalog.documents import PricedLine
from catalog.explaining import NOWHERE, Origin
from invoices.models import Invoice, InvoiceLine
from orders.models import OrderLine


def origin_of(invoice: Invoice, lines: Sequence[PricedLine]) -> Origin:
    """The order, or the credited invoice, with its lines in one query; the ERP, where the invoice was made there."""
    if invoice.is_pulled:
        return Origin(is_erp=True)
    return replace(source_of(invoice, lines), settled=settled(invoice))


def settled(invoice: Invoice) -> Decimal:
    """What was allocated to it; of a credit note, what it gave, with the sign of its total."""
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return -sum(invoice.given_allocations.values_list("amount", flat=True), Decimal(0))
    return sum(invoice.allocations.values_list("amount", flat=True), Decimal(0))


def source_of(invoice: Invoice, lines: Sequence[PricedLine]) -> Origin:
    """The document that the invoice bills or gives back."""
    if invoice.credits is not None:
        return credited(invoice, invoice.credits, lines)
    order = invoice.order
    if order is None:
        return NOWHERE
    ordered = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    came_from = {line.pk: getattr(line, "order_line_id", None) for line in lines}
    found: dict[int, Any] = {pk: ordered[source] for pk, source in came_from.items() if source in ordered}
    page = f"{order.get_absolute_url()}why/"
    return Origin(document=order, name=order.ref, url=page, lines=found, only_shares=True)


def credited(note: Invoice, original: Invoice, lines: Sequence[PricedLine]) -> Origin:
    """A credit note's lines keep the places of the invoice's."""
    billed = {line.position: line for line in InvoiceLine.objects.filter(invoice=original)}
    found = {line.pk: billed[line.position] for line in lines if line.position in billed}
    page = f"{original.get_absolute_url()}why/"
    return Origin(
        document=original, name=str(original), url=page, lines=found, gives_back=True, only_shares=True
    )
