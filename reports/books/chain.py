"""The chain holds together: one deal, one currency, one customer, one order a quote, and lines of their own parents."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, F, Model, Q

from invoices.models import Invoice, InvoiceLine
from kernel.models import HistoryEntry
from orders.models import Order, OrderLine
from quotes.models import Quote, QuoteLine
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

PARTIES = ("account", "contact")
RELINK = "The links were written past the actions: set them as the step that made the document would have"


def above(document: Any) -> Any:
    """The document it was made from."""
    if isinstance(document, Quote):
        return document.opportunity
    if isinstance(document, Order):
        return document.quote or document.opportunity
    return document.credits or document.order or document.opportunity


@check("order_opportunity", Order, hint=RELINK)
def order_opportunity(batch: Batch) -> Iterator[Wrong]:
    """An order belongs to the deal of its quote."""
    for order in batch.documents:
        if order.quote and order.opportunity_id != order.quote.opportunity_id:
            yield Wrong(
                order, "it is in another deal than its quote", order.quote.opportunity, order.opportunity
            )


@check("invoice_opportunity", Invoice, hint=RELINK)
def invoice_opportunity(batch: Batch) -> Iterator[Wrong]:
    """An invoice belongs to the deal of its order, a credit note to the order of what it credits."""
    for invoice in batch.documents:
        order, credited = invoice.order, invoice.credits
        if order and invoice.opportunity_id != order.opportunity_id:
            yield Wrong(
                invoice, "it is in another deal than its order", order.opportunity, invoice.opportunity
            )
        if credited and not invoice.is_pulled and invoice.order_id != credited.order_id:
            yield Wrong(
                invoice, "it is of another order than what it credits", credited.order_id, invoice.order_id
            )


@check("chain_currency", Quote, Order, Invoice, hint="Make the document anew in the currency of the deal")
def chain_currency(batch: Batch) -> Iterator[Wrong]:
    """One currency from the deal to the credit note; an ERP may bill in another one."""
    for document in batch.documents:
        source = above(document)
        if source is None or getattr(document, "is_pulled", False):
            continue
        if source.currency_id != document.currency_id:
            yield Wrong(
                document, f"it is in another currency than {source}", source.currency_id, document.currency
            )


@check(
    "chain_customer", Quote, Order, Invoice, hint="Change the customer by the page or the API, which logs it"
)
def chain_customer(batch: Batch) -> Iterator[Wrong]:
    """The customer is the same along the chain, unless somebody is on record as having changed it."""
    differ = [document for document in batch.documents if customer_differs(document)]
    logged = who_changed(differ)
    for document in differ:
        source = above(document)
        if (label(document), document.pk) not in logged and (label(source), source.pk) not in logged:
            yield Wrong(
                document, f"it has another customer than {source}", source.customer, document.customer
            )


def customer_differs(document: Any) -> bool:
    source = above(document)
    return source is not None and any(
        getattr(document, f"{name}_id") != getattr(source, f"{name}_id") for name in PARTIES
    )


def who_changed(documents: Sequence[Any]) -> set[tuple[str, int]]:
    """Of these documents and those they came from: which have a change of customer on record."""
    wanted = Q(pk__in=[])
    for document in documents:
        for one in (document, above(document)):
            wanted |= Q(record_type=label(one), record_id=one.pk)
    if not documents:
        return set()
    rows = HistoryEntry.objects.filter(wanted).exclude(changes={}).order_by()
    return {(row.record_type, row.record_id) for row in rows if row.changes.keys() & set(PARTIES)}


def label(document: Model) -> str:
    return document._meta.label_lower


@check("two_orders", Order, hint="Cancel all but one of them")
def two_orders(batch: Batch) -> Iterator[Wrong]:
    """A quote has at most one order that is not canceled."""
    quotes = {order.quote_id for order in batch.documents if order.quote_id}
    valid = Order.objects.filter(quote__in=quotes).exclude(status=Order.Status.CANCELED).order_by()
    counts = dict(valid.values_list("quote").annotate(times=Count("pk")).filter(times__gt=1))
    for order in batch.documents:
        if order.quote_id in counts and order.status != Order.Status.CANCELED:
            yield Wrong(order, f"{order.quote} has other valid orders", 1, counts[order.quote_id])


@check("order_of_open_quote", Order, hint="Win the quote or cancel the order")
def order_of_open_quote(batch: Batch) -> Iterator[Wrong]:
    """An order that holds comes from a quote that was won."""
    for order in batch.documents:
        if order.quote and order.status != Order.Status.CANCELED and order.quote.status != Quote.Status.WON:
            yield Wrong(order, f"its quote {order.quote} was not won", Quote.Status.WON, order.quote.status)


@check("revision", Quote, hint=RELINK)
def revision(batch: Batch) -> Iterator[Wrong]:
    """A revision has the number of the one before it, which it has closed, and follows it by one."""
    for quote in batch.documents:
        before = quote.revises
        if before is None:
            continue
        if (quote.number, quote.revision) != (before.number, before.revision + 1):
            yield Wrong(quote, f"it does not follow {before}", before.revision + 1, quote.revision)
        if before.status == Quote.Status.ACTIVE or before.status == Quote.Status.DRAFT:
            yield Wrong(quote, f"{before} is still open", Quote.Status.CLOSED, before.status)


@check("quote_line_source", Quote, hint="Set the line's source to none")
def quote_line_source(batch: Batch) -> Iterator[Wrong]:
    """A quote's line comes from a line of its own deal."""
    rows = QuoteLine.objects.filter(quote__in=batch.ids).exclude(opportunity_line=None)
    foreign = rows.exclude(opportunity_line__opportunity=F("quote__opportunity"))
    yield from strangers(batch, foreign, "quote_id")


@check("order_line_source", Order, hint="Set the line's source to none")
def order_line_source(batch: Batch) -> Iterator[Wrong]:
    """An order's line comes from a line of its own quote."""
    rows = OrderLine.objects.filter(order__in=batch.ids).exclude(quote_line=None)
    yield from strangers(batch, rows.exclude(quote_line__quote=F("order__quote")), "order_id")


@check("invoice_line_source", Invoice, hint="Set the line's source to the line of the invoice's order")
def invoice_line_source(batch: Batch) -> Iterator[Wrong]:
    """An invoice's line bills a line of its own order."""
    rows = InvoiceLine.objects.filter(invoice__in=batch.ids).exclude(order_line=None)
    yield from strangers(batch, rows.exclude(order_line__order=F("invoice__order")), "invoice_id")


def strangers(batch: Batch, rows: Any, parent: str) -> Iterator[Wrong]:
    """Lines whose source belongs to another document, or to none."""
    documents = {document.pk: document for document in batch.documents}
    for line in rows.order_by("pk"):
        yield Wrong(
            documents[getattr(line, parent)],
            f"line {line.position} comes from a document that is not its own",
        )
