"""What the engine answers: every amount, and on request the steps that led to each."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from kernel.pricing.inputs import HeaderInput, LineInput, Profile
from kernel.pricing.rounding import EXACT, HUNDREDTH, ZERO, apportion

Figures = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class PricedLineAmounts:
    """What one line comes to: net less its header discount, plus tax."""

    key: str
    base: Decimal
    discount: Decimal
    net: Decimal
    header_discount: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The tax of one tax code at one rate, freight included."""

    group: str
    rate: Decimal
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One answer to "why this number?": a code, the line it is about ("" = the document), the figures.

    ``result`` is the amount it arrives at, ``exact`` the same before it was rounded. The words for people stand in
    ``catalog.explaining``.
    """

    code: str
    subject: str
    amounts: Figures


@dataclass(frozen=True, slots=True)
class Priced:
    """Every amount of a document; the line columns sum to the header figures exactly."""

    lines: tuple[PricedLineAmounts, ...]
    detail: Decimal
    line_discounts: Decimal
    header_percent_part: Decimal
    header_discount: Decimal
    total_discount: Decimal
    pre_freight: Decimal
    freight: Decimal
    freight_tax: Decimal
    tax: Decimal
    total: Decimal
    tax_by_group: tuple[TaxGroup, ...]
    line_inputs: tuple[LineInput, ...]
    header: HeaderInput

    @property
    def steps(self) -> list[Step]:
        return self.explain()

    def explain(self) -> list[Step]:
        """How each amount came about, lines first; worked out only when somebody asks."""
        with localcontext(EXACT):
            steps: list[Step] = []
            bearing = self._bearing()
            for line, amounts in zip(self.line_inputs, self.lines, strict=True):
                steps.extend(self._line_steps(line, amounts, bearing))
            steps.extend(self._header_steps())
            return steps

    def _bearing(self) -> Decimal:
        """The nets that bear the document's discount: those of its own direction."""
        sign = -1 if self.detail < 0 else 1
        return sum((line.net for line in self.lines if line.net * sign > 0), ZERO)

    def _line_steps(self, line: LineInput, amounts: PricedLineAmounts, bearing: Decimal) -> Iterator[Step]:
        base: Figures = {"quantity": line.quantity, "unit_price": line.unit_price}
        base |= {"volume_discount": line.volume_discount, "result": amounts.base}
        yield Step(
            "base", line.key, base | {"exact": line.quantity * (line.unit_price - line.volume_discount)}
        )
        if line.discount_percent:
            figures = {"percent": line.discount_percent, "base": amounts.base, "result": amounts.discount}
            exact = amounts.base * line.discount_percent * HUNDREDTH
            yield Step("discount_percent", line.key, figures | {"exact": exact})
        elif line.discount_amount:
            figures = {"amount": line.discount_amount, "result": amounts.discount}
            yield Step("discount_amount", line.key, figures)
        figures = {"base": amounts.base, "discount": amounts.discount, "result": amounts.net}
        yield Step("net", line.key, figures)
        if self.header_discount and amounts.header_discount:
            figures = {"whole": self.header_discount, "net": amounts.net, "bearing": bearing}
            yield Step("header_share", line.key, figures | {"result": amounts.header_discount})
        yield self._tax_step(line, amounts)
        figures = {"net": amounts.net, "header_discount": amounts.header_discount}
        yield Step("line_total", line.key, figures | {"tax": amounts.tax, "result": amounts.total})

    def _tax_step(self, line: LineInput, amounts: PricedLineAmounts) -> Step:
        if self.header.profile is Profile.DYNAMICS and line.typed_tax is not None:
            return Step("tax_typed", line.key, {"result": amounts.tax})
        if self.header.profile is Profile.PER_DOCUMENT:
            whole = self._group_tax_of_lines(line)
            return Step("tax_share", line.key, {"rate": line.tax_rate, "whole": whole, "result": amounts.tax})
        is_rebased = self.header.profile is not Profile.DYNAMICS
        taxable = amounts.net - amounts.header_discount if is_rebased else amounts.net
        figures = {"rate": line.tax_rate, "taxable": taxable, "exact": taxable * line.tax_rate * HUNDREDTH}
        return Step("tax", line.key, figures | {"result": amounts.tax})

    def _group_tax_of_lines(self, line: LineInput) -> Decimal:
        """The group's tax without the freight, which is taxed on its own."""
        header = self.header
        key = (line.tax_group, line.tax_rate)
        whole = next(group.tax for group in self.tax_by_group if (group.group, group.rate) == key)
        freight_key = (header.freight_tax_group, header.freight_tax_rate)
        return whole - self.freight_tax if key == freight_key else whole

    def _header_steps(self) -> Iterator[Step]:
        header = self.header
        yield Step("detail", "", {"count": Decimal(len(self.lines)), "result": self.detail})
        yield Step("line_discounts", "", {"result": self.line_discounts})
        if self.header_discount:
            figures = {"percent": header.discount_percent, "detail": self.detail}
            figures |= {"percent_part": self.header_percent_part, "result": self.header_discount}
            amount = self.header_discount - self.header_percent_part
            yield Step("header_discount", "", figures | {"amount": amount})
        figures = {"detail": self.detail, "header_discount": self.header_discount}
        yield Step("pre_freight", "", figures | {"result": self.pre_freight})
        if self.freight:
            yield Step("freight", "", {"result": self.freight, "exact": header.freight})
        if self.freight_tax:
            figures = {"rate": header.freight_tax_rate, "freight": self.freight, "result": self.freight_tax}
            exact = self.freight * header.freight_tax_rate * HUNDREDTH
            yield Step("freight_tax", "", figures | {"exact": exact})
        for group in self.tax_by_group:
            figures = {"rate": group.rate, "taxable": group.taxable, "result": group.tax}
            yield Step("group_tax", group.group, figures)
        figures = {"lines": self.tax - self.freight_tax, "freight_tax": self.freight_tax, "result": self.tax}
        yield Step("total_tax", "", figures)
        figures = {"pre_freight": self.pre_freight, "freight": self.freight, "tax": self.tax}
        yield Step("total", "", figures | {"result": self.total})


def apportion_line(
    amounts: PricedLineAmounts, done_before: Decimal, done_after: Decimal, of: Decimal, *, digits: int
) -> PricedLineAmounts:
    """The piece of a line that one partial invoice bills: all pieces sum to the line, column by column.

    The indivisible columns are shared out and the sums rebuilt, so no column of a piece turns negative.
    """

    def piece(amount: Decimal) -> Decimal:
        return apportion(amount, done_before, done_after, of, digits)

    with localcontext(EXACT):
        taxable = piece(amounts.net - amounts.header_discount)
        header_discount, discount, tax = (
            piece(amounts.header_discount),
            piece(amounts.discount),
            piece(amounts.tax),
        )
        net = taxable + header_discount
        return PricedLineAmounts(
            amounts.key, net + discount, discount, net, header_discount, tax, taxable + tax
        )
