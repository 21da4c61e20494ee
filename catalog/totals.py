"""The bridge between documents and the pricing engine: columns in, amounts out, nothing saved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.documents import LineKind, PricedDocument, PricedLine
from catalog.models import Currency
from kernel.pricing import (
    ENGINE_VERSION,
    HeaderInput,
    LineInput,
    Priced,
    PricedLineAmounts,
    Profile,
    apportion_line,
    convert,
    price,
)

ZERO = Decimal(0)


def header_input(document: PricedDocument) -> HeaderInput:
    """The document's own figures as the engine takes them."""
    code = document.freight_tax_code_id
    return HeaderInput(
        discount_percent=document.discount_percent,
        discount_amount=document.discount_amount,
        freight=document.freight,
        freight_tax_rate=document.freight_tax_rate,
        freight_tax_group=str(code or ""),
        digits=document.currency.digits,
        profile=Profile(document.rounding_profile),
    )


def line_input(line: PricedLine) -> LineInput:
    """A line's own figures as the engine takes them."""
    return LineInput(
        key=str(line.key),
        quantity=line.quantity,
        unit_price=line.unit_price,
        volume_discount=line.volume_discount,
        discount_amount=line.discount_amount,
        discount_percent=line.discount_percent,
        tax_rate=line.tax_rate,
        tax_group=str(line.tax_code_id or ""),
        typed_tax=line.typed_tax,
    )


def reprice(document: PricedDocument, lines: Sequence[PricedLine]) -> Priced:
    """Compute every amount of the document and its lines in memory; the calling action saves both.

    Raises PricingError, naming the line and the field, when the figures do not make a document.
    """
    counted = [line for line in lines if line.counts]
    priced = price([line_input(line) for line in counted], header_input(document))
    for line, amounts in zip(counted, priced.lines, strict=True):
        take_amounts(line, amounts)
    price_apart(document, lines)
    take_sums(document, priced)
    return priced


def take_sums(document: PricedDocument, priced: Priced) -> None:
    """Write what the engine says of the document onto it."""
    document.detail_amount = priced.detail
    document.line_discount_amount = priced.line_discounts
    document.header_discount_amount = priced.header_discount
    document.pre_freight_amount = priced.pre_freight
    document.freight_tax = priced.freight_tax
    document.total_tax = priced.tax
    document.total = priced.total
    document.engine_version = ENGINE_VERSION
    document.total_base = in_base(document.total, document.exchange_rate, document.currency)


def take_amounts(line: PricedLine, amounts: PricedLineAmounts) -> None:
    """Write what the engine says of a line onto it."""
    line.base, line.manual_discount, line.net = amounts.base, amounts.discount, amounts.net
    line.header_discount, line.tax, line.total = amounts.header_discount, amounts.tax, amounts.total


def price_apart(document: PricedDocument, lines: Sequence[PricedLine]) -> None:
    """Price what is not part of the totals: an option by itself, without the document's discount; a text at nothing."""
    alone = replace(header_input(document), discount_percent=ZERO, discount_amount=ZERO, freight=ZERO)
    for line in lines:
        if line.kind == LineKind.OPTIONAL:
            take_amounts(line, price([line_input(line)], alone).lines[0])
        elif line.is_text:
            take_amounts(line, PricedLineAmounts(str(line.key), ZERO, ZERO, ZERO, ZERO, ZERO, ZERO))


def worked_out(document: PricedDocument, lines: Sequence[PricedLine]) -> tuple[Priced, list[Priced]]:
    """What the engine says of the document's figures, and of each option by itself, without the document's discount."""
    header = header_input(document)
    counted = [line_input(line) for line in lines if line.counts]
    alone = replace(header, discount_percent=ZERO, discount_amount=ZERO, freight=ZERO)
    options = [price([line_input(line)], alone) for line in lines if line.kind == LineKind.OPTIONAL]
    return price(counted, header), options


def sum_up(document: PricedDocument, lines: Sequence[PricedLine]) -> None:
    """Add up amounts that are given, not computed: partial invoices and figures of the ERP."""
    zero, lines = ZERO, [line for line in lines if line.counts]
    document.detail_amount = sum((line.net for line in lines), zero)
    document.line_discount_amount = sum((line.manual_discount for line in lines), zero)
    document.header_discount_amount = sum((line.header_discount for line in lines), zero)
    document.pre_freight_amount = document.detail_amount - document.header_discount_amount
    document.total_tax = sum((line.tax for line in lines), zero) + document.freight_tax
    document.total = document.pre_freight_amount + document.freight + document.total_tax
    document.total_base = in_base(document.total, document.exchange_rate, document.currency)


def in_base(
    amount: Decimal, rate: Decimal, currency: Currency | None = None, *, base_digits: int | None = None
) -> Decimal:
    """An amount in the base currency, by the rate copied on the document."""
    if base_digits is None:
        base = base_currency_of(currency)
        base_digits = 2 if base is None else base.digits
    return convert(amount, rate, base_digits)


def base_currency_of(currency: Currency | None = None) -> Currency | None:
    """The base currency; asked of the database only where it is not this one."""
    if currency is not None and currency.is_base:
        return currency
    return Currency.objects.filter(is_base=True).first()


def part_of(line: PricedLine, quantity: Decimal, digits: int) -> dict[str, Decimal]:
    """The amounts of the first ``quantity`` units of the line."""
    return part_of_amounts(
        {name: getattr(line, name) for name in line.AMOUNTS}, quantity, line.quantity, digits
    )


def part_of_amounts(
    whole: Mapping[str, Decimal], quantity: Decimal, of: Decimal, digits: int
) -> dict[str, Decimal]:
    """The amounts of the first ``quantity`` of so many units that come to the whole."""
    if quantity == of:
        return dict(whole)
    amounts = PricedLineAmounts(
        "", whole["base"], whole["manual_discount"], whole["net"], whole["header_discount"], whole["tax"],
        whole["total"],
    )  # fmt: skip
    part = apportion_line(amounts, ZERO, quantity, of, digits=digits)
    return {
        "base": part.base, "manual_discount": part.discount, "net": part.net, "header_discount": part.header_discount,
        "tax": part.tax, "total": part.total,
    }  # fmt: skip
