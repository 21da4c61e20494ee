"""Money adds up: lines to headers, inputs to amounts, parts to wholes, totals to the base currency."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from catalog.documents import LineKind, PricedDocument, PricedLine
from catalog.totals import in_base, worked_out
from invoices.models import Invoice
from kernel.pricing import ENGINE_VERSION, PricingError, round_half_up
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

PRICED = (Opportunity, Quote, Order, Invoice)
ZERO = Decimal(0)
REPRICE = "Save its lines again, which prices it anew, or correct the figures"
SUMS = {
    "detail_amount": "net", "line_discount_amount": "manual_discount", "header_discount_amount": "header_discount",
}  # fmt: skip


def is_told(document: Any) -> bool:
    """Whether its figures are the ERP's, which are kept as they come."""
    return bool(getattr(document, "is_pulled", False))


def is_ours(document: Any) -> bool:
    """Whether its amounts follow from its own figures: not told by an ERP, and no share of another document."""
    return not is_told(document) and not (
        isinstance(document, Invoice) and (document.order_id or document.credits_id)
    )


def sum_of(lines: Sequence[PricedLine], name: str) -> Decimal:
    return sum((getattr(line, name) for line in lines if line.counts), ZERO)


@check("line_amounts", *PRICED, hint=REPRICE)
def line_amounts(batch: Batch) -> Iterator[Wrong]:
    """Each line: before discount - discount = net, net - its part of the document's discount + tax = total."""
    for document in batch.documents:
        if is_told(document):
            continue
        for line in batch.lines[document.pk]:
            net, total = line.base - line.manual_discount, line.net - line.header_discount + line.tax
            if net != line.net:
                yield Wrong(
                    document, f"line {line.position}: its net is not what is left of it", net, line.net
                )
            if total != line.total:
                yield Wrong(document, f"line {line.position}: its total does not add up", total, line.total)


@check("line_sums", *PRICED, hint=REPRICE)
def line_sums(batch: Batch) -> Iterator[Wrong]:
    """The sums of the header are those of the lines that count."""
    for document in batch.documents:
        if is_told(document):
            continue
        lines = batch.lines[document.pk]
        for name, column in SUMS.items():
            if (expected := sum_of(lines, column)) != (found := getattr(document, name)):
                yield Wrong(document, f"{name} is not the sum of its lines", expected, found)
        tax = sum_of(lines, "tax") + document.freight_tax
        if tax != document.total_tax:
            yield Wrong(document, "its tax is not that of lines and freight", tax, document.total_tax)


@check("header_amounts", *PRICED, hint=REPRICE)
def header_amounts(batch: Batch) -> Iterator[Wrong]:
    """Lines - document discount = net, net + freight + tax = total."""
    for document in batch.documents:
        if is_told(document):
            continue
        net = document.detail_amount - document.header_discount_amount
        if net != document.pre_freight_amount:
            yield Wrong(document, "its net is not lines less discount", net, document.pre_freight_amount)
        freight = round_half_up(document.freight, document.currency.digits)
        total = document.pre_freight_amount + freight + document.total_tax
        if total != document.total and (document.total or batch.lines[document.pk]):
            yield Wrong(document, "its total does not add up", total, document.total)


@check("engine", *PRICED, hint=REPRICE)
def engine(batch: Batch) -> Iterator[Wrong]:
    """What was priced here by today's engine comes out the same again."""
    for document in batch.documents:
        lines = batch.lines[document.pk]
        if is_ours(document) and document.engine_version == ENGINE_VERSION and lines:
            yield from recomputed(document, lines)


def recomputed(document: PricedDocument, lines: Sequence[PricedLine]) -> Iterator[Wrong]:
    try:
        priced, options = worked_out(document, lines)
    except PricingError as error:
        yield Wrong(document, f"its figures cannot be priced: {error}")
        return
    by_key = {amounts.key: amounts for one in (priced, *options) for amounts in one.lines}
    for line in lines:
        amounts = by_key.get(str(line.key))
        if amounts is None or line.kind in (LineKind.SECTION, LineKind.NOTE):
            continue
        told = {
            name: getattr(amounts, "discount" if name == "manual_discount" else name) for name in line.AMOUNTS
        }
        for name, expected in told.items():
            if expected != (found := getattr(line, name)):
                yield Wrong(document, f"line {line.position}: {name} comes out differently", expected, found)
    for name, expected in (("header_discount_amount", priced.header_discount), ("freight_tax", priced.freight_tax),
                           ("total_tax", priced.tax), ("total", priced.total)):  # fmt: skip
        if expected != (found := getattr(document, name)):
            yield Wrong(document, f"{name} comes out differently", expected, found)


@check("base_total", *PRICED, hint="Save the document again, or correct the rate that was copied on it")
def base_total(batch: Batch) -> Iterator[Wrong]:
    """The total in the base currency is the total at the rate on the document."""
    for document in batch.documents:
        expected = in_base(document.total, document.exchange_rate, base_digits=batch.base_digits)
        if expected != document.total_base:
            yield Wrong(document, "its total in the base currency is off", expected, document.total_base)


@check("text_with_amounts", *PRICED, hint="Remove the line and write the words anew")
def text_with_amounts(batch: Batch) -> Iterator[Wrong]:
    """Headings and notes have words only."""
    for document in batch.documents:
        for line in batch.lines[document.pk]:
            if line.is_text and (line.quantity or line.net or line.total or line.product_id):
                yield Wrong(document, f"line {line.position} is a text and has figures", 0, line.total)


@check("calculated_revenue", Opportunity, hint="Save its lines again")
def calculated_revenue(batch: Batch) -> Iterator[Wrong]:
    """A calculated revenue is what the lines come to."""
    for deal in batch.documents:
        if deal.revenue_mode != Opportunity.Revenue.SYSTEM_CALCULATED:
            continue
        if deal.estimated_revenue != deal.net_amount:
            yield Wrong(deal, "its calculated revenue is off", deal.net_amount, deal.estimated_revenue)
