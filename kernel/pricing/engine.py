"""From what was agreed to every amount of a document: the formulas of the trade, once, for all documents.

A document whose lines come to less than zero is a credit: its header discount is taken off the lines that
give back, so that crediting a document mirrors it to the cent.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext

from kernel.pricing.errors import PricingError
from kernel.pricing.inputs import HeaderInput, LineInput, Profile, check_amount, check_header, check_line
from kernel.pricing.results import Priced, PricedLineAmounts, TaxGroup
from kernel.pricing.rounding import EXACT, ZERO, allocate, percent_of, round_half_up

ENGINE_VERSION = 1


def price(lines: Sequence[LineInput], header: HeaderInput) -> Priced:
    """Every amount of the document; lines, taxes and header always agree to the smallest unit."""
    with localcontext(EXACT):
        check_header(header)
        bases = [_base(line, header.digits) for line in lines]
        discounts = [_discount(line, base, header.digits) for line, base in zip(lines, bases, strict=True)]
        nets = [base - discount for base, discount in zip(bases, discounts, strict=True)]
        detail = sum(nets, round_half_up(ZERO, header.digits))
        percent_part, header_discount = _header_discount(header, detail)
        shares = _share(header_discount, nets, detail < 0, header.digits)
        taxed = nets
        if header.profile is not Profile.DYNAMICS and header_discount:
            taxed = [net - share for net, share in zip(nets, shares, strict=True)]
        taxes = _taxes(lines, taxed, header)
        amounts = tuple(
            PricedLineAmounts(line.key, base, discount, net, share, tax, net - share + tax)
            for line, base, discount, net, share, tax in zip(
                lines, bases, discounts, nets, shares, taxes, strict=True
            )
        )
        return _sum_up(lines, header, amounts, taxed, percent_part)


def _base(line: LineInput, digits: int) -> Decimal:
    check_line(line)
    base = round_half_up(line.quantity * (line.unit_price - line.volume_discount), digits)
    check_amount(base, "quantity", line.key)
    return base


def _discount(line: LineInput, base: Decimal, digits: int) -> Decimal:
    if line.discount_percent:
        return percent_of(base, line.discount_percent, digits)
    if not line.discount_amount:
        return round_half_up(ZERO, digits)
    discount = round_half_up(line.discount_amount, digits)
    if discount > abs(base):
        raise PricingError(
            "The discount is larger than the line.",
            code="discount_too_large",
            field="discount_amount",
            line=line.key,
        )
    return discount if base > 0 else -discount


def _header_discount(header: HeaderInput, detail: Decimal) -> tuple[Decimal, Decimal]:
    """The percent part and the whole; both negative on a credit."""
    percent_part = percent_of(detail, header.discount_percent, header.digits)
    typed = round_half_up(header.discount_amount, header.digits)
    return percent_part, percent_part + (-typed if detail < 0 else typed)


def _share(discount: Decimal, nets: list[Decimal], is_credit: bool, digits: int) -> list[Decimal]:
    """The part of the header discount each line bears: only lines of the document's own direction do."""
    if not discount:
        return [round_half_up(ZERO, digits)] * len(nets)
    weights = [max(-net if is_credit else net, ZERO) for net in nets]
    if abs(discount) > sum(weights):
        raise PricingError(
            "The document discount is larger than the lines it is taken from.",
            code="discount_too_large",
            field="discount_amount",
        )
    return allocate(discount, weights, digits)


def _taxes(lines: Sequence[LineInput], taxed: list[Decimal], header: HeaderInput) -> list[Decimal]:
    if header.profile is Profile.PER_DOCUMENT:
        return _taxes_per_document(lines, taxed, header.digits)
    if header.profile is Profile.DYNAMICS:
        return [_dynamics_tax(line, net, header.digits) for line, net in zip(lines, taxed, strict=True)]
    return [percent_of(net, line.tax_rate, header.digits) for line, net in zip(lines, taxed, strict=True)]


def _dynamics_tax(line: LineInput, net: Decimal, digits: int) -> Decimal:
    if line.typed_tax is not None:
        return round_half_up(line.typed_tax, digits)
    return percent_of(net, line.tax_rate, digits)


def _taxes_per_document(lines: Sequence[LineInput], taxed: list[Decimal], digits: int) -> list[Decimal]:
    groups: dict[tuple[str, Decimal], list[int]] = {}
    for index, line in enumerate(lines):
        groups.setdefault((line.tax_group, line.tax_rate), []).append(index)
    is_credit = sum(taxed, ZERO) < 0
    taxes = [round_half_up(ZERO, digits)] * len(lines)
    for (_, rate), members in groups.items():
        shares = _group_taxes([taxed[index] for index in members], rate, is_credit, digits)
        for index, share in zip(members, shares, strict=True):
            taxes[index] = share
    return taxes


def _group_taxes(taxed: list[Decimal], rate: Decimal, is_credit: bool, digits: int) -> list[Decimal]:
    """One rounded tax for the group, shared out again.

    Where lines that sell and lines that give back meet, each side gets its own tax first: shares of a sum
    that nearly cancels out would mean nothing.
    """
    turned = [-net for net in taxed] if is_credit else taxed
    whole = percent_of(sum(turned, ZERO), rate, digits)
    sold = [max(net, ZERO) for net in turned]
    given_back = [max(-net, ZERO) for net in turned]
    tax_sold = percent_of(sum(sold, ZERO), rate, digits) if any(given_back) else whole
    shares = allocate(tax_sold, sold, digits)
    if any(given_back):
        back = allocate(whole - tax_sold, given_back, digits)
        shares = [share + less for share, less in zip(shares, back, strict=True)]
    return [-share for share in shares] if is_credit else shares


def _sum_up(
    lines: Sequence[LineInput],
    header: HeaderInput,
    amounts: tuple[PricedLineAmounts, ...],
    taxed: list[Decimal],
    percent_part: Decimal,
) -> Priced:
    nothing = round_half_up(ZERO, header.digits)
    detail = sum((line.net for line in amounts), nothing)
    line_discounts = sum((line.discount for line in amounts), nothing)
    header_discount = sum((line.header_discount for line in amounts), nothing)
    freight = _freight(header, detail)
    tax = sum((line.tax for line in amounts), freight.tax)
    pre_freight = detail - header_discount
    priced = Priced(
        lines=amounts,
        detail=detail,
        line_discounts=line_discounts,
        header_percent_part=percent_part,
        header_discount=header_discount,
        total_discount=line_discounts + header_discount,
        pre_freight=pre_freight,
        freight=freight.taxable,
        freight_tax=freight.tax,
        tax=tax,
        total=pre_freight + freight.taxable + tax,
        tax_by_group=_tax_by_group(lines, amounts, taxed, freight),
        line_inputs=tuple(lines),
        header=header,
    )
    _check_sizes(priced)
    return priced


def _freight(header: HeaderInput, detail: Decimal) -> TaxGroup:
    if header.freight < 0 < detail:
        raise PricingError(
            "Freight cannot be negative unless the document gives back.", code="negative", field="freight"
        )
    freight = round_half_up(header.freight, header.digits)
    tax = percent_of(freight, header.freight_tax_rate, header.digits)
    return TaxGroup(header.freight_tax_group, header.freight_tax_rate, freight, tax)


def _tax_by_group(
    lines: Sequence[LineInput],
    amounts: tuple[PricedLineAmounts, ...],
    taxed: list[Decimal],
    freight: TaxGroup,
) -> tuple[TaxGroup, ...]:
    sums: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    nothing = (ZERO, ZERO)
    for line, amount, net in zip(lines, amounts, taxed, strict=True):
        key = (line.tax_group, line.tax_rate)
        taxable, tax = sums.get(key, nothing)
        sums[key] = (taxable + net, tax + amount.tax)
    if freight.taxable:
        key = (freight.group, freight.rate)
        taxable, tax = sums.get(key, nothing)
        sums[key] = (taxable + freight.taxable, tax + freight.tax)
    return tuple(TaxGroup(group, rate, *figures) for (group, rate), figures in sums.items())


def _check_sizes(priced: Priced) -> None:
    for field in ("detail", "header_discount", "freight", "tax", "total"):
        check_amount(getattr(priced, field), field)
    for line in priced.lines:
        check_amount(line.tax, "tax_rate", line.key)
        check_amount(line.total, "total", line.key)
