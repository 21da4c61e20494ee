"""The line editor of any priced document: its lines as rows of texts, with the sums under them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedDocument, PricedLine
from catalog.figures import show_amount, show_figure
from catalog.models import TaxCode, Unit

CELLS = ("product", "quantity", "unit", "price", "discount", "tax")
MOST_CODES = 400  # of units and tax codes that the boxes suggest
COLUMNS = (
    "key", "product__sku", "description", "quantity", "unit__code", "unit_price", "discount_percent",
    "discount_amount", "tax_code__code", "net", "tax_rate", "tax",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """A line as texts in cells; what is wrong with a cell stands in ``problems``."""

    key: str = ""
    sku: str = ""
    product: str = ""
    quantity: str = ""
    unit: str = ""
    price: str = ""
    discount: str = ""
    tax: str = ""
    total: str = ""
    remove: bool = False
    more: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.key or self.product.strip() or self.price.strip())


@dataclass(frozen=True, slots=True)
class Sum:
    """One of the sums under the lines."""

    label: str
    amount: str
    grand: bool = False


@dataclass(slots=True)
class Lines:
    """The lines of a document, ready to draw: as a table, or with ``url`` as an editor."""

    rows: list[Row]
    sums: list[Sum]
    currency: str
    version: int = 0
    url: str = ""
    prices_locked: bool = False
    blank: int = 0
    errors: list[str] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    taxes: list[tuple[str, str]] = field(default_factory=list)
    price_list: str = ""


def table_of_lines(document: PricedDocument, *, more: Sequence[str] = (), at: int | None = None) -> Lines:
    """The lines as they are (or the one at a position), in one query; ``more`` are further quantities."""
    manager: Any = document.lines  # type: ignore[attr-defined]
    asked = manager.all() if at is None else manager.filter(position=at)
    found = list(asked.order_by("position", "id").values_list(*COLUMNS, *more))
    digits, code = document.currency.digits, document.currency.code
    rows = [row(line, digits, code) for line in found]
    sums = sums_of(document, ((line[10], line[11]) for line in found))
    return Lines(rows, sums, code, document.version)


def editor_of_lines(document: PricedDocument, url: str, *, blank: int = 5) -> Lines:
    """The lines with all that the editor needs; two queries, however many lines there are."""
    lines = table_of_lines(document)
    lines.url, lines.blank = url, blank
    lines.prices_locked = bool(getattr(document, "prices_locked", False))
    units = Unit.objects.order_by().values_list(Value("unit"), "code", "name")
    codes = units.union(TaxCode.objects.order_by().values_list(Value("tax"), "code", "name"), all=True)
    for kind, code, name in sorted(codes[:MOST_CODES]):
        (lines.units if kind == "unit" else lines.taxes).append((code, name))
    lines.price_list = str(document.price_list.public_id) if document.price_list else ""
    return lines


def row(line: Sequence[Any], digits: int, currency: str) -> Row:
    """The texts of a line given as COLUMNS say."""
    key, sku, description, quantity, unit, price, percent, amount, tax, net = line[:10]
    discount = "" if percent is None else show_figure(percent)
    if amount is not None:
        discount = f"{show_amount(amount, digits)} {currency}"
    return Row(
        key=str(key),
        sku=sku or "",
        product=f"{sku} {description}" if sku else description,
        quantity=show_figure(quantity),
        unit=unit or "",
        price=show_figure(price.normalize(), digits),
        discount=discount,
        tax=tax or "",
        total=show_amount(net, digits),
        more=tuple(show_figure(figure) for figure in line[12:]),
    )


def row_of(line: PricedLine, document: PricedDocument) -> Row:
    """The texts of a line that is at hand."""
    columns = (
        line.key, line.product.sku if line.product else "", line.description, line.quantity,
        line.unit.code if line.unit else "", line.unit_price, line.discount_percent, line.discount_amount,
        line.tax_code.code if line.tax_code else "", line.net,
    )  # fmt: skip
    return row(columns, document.currency.digits, document.currency.code)


def sums_of(document: PricedDocument, taxes: Iterable[tuple[Decimal, Decimal]]) -> list[Sum]:
    """The sums of a document from its own columns, the tax by rate."""
    digits = document.currency.digits
    by_rate: dict[Decimal, Decimal] = {}
    for rate, tax in [*taxes, (document.freight_tax_rate, document.freight_tax)]:
        by_rate[rate] = by_rate.get(rate, Decimal(0)) + tax
    discount = document.line_discount_amount + document.header_discount_amount
    found: list[tuple[Any, Decimal]] = []
    if discount:
        found += [(_("Before discounts"), document.detail_amount + document.line_discount_amount)]
        found += [(_("Discounts"), -discount)]
    if document.freight:
        found += [(_("Freight"), document.freight)]
    found += [(_("Net"), document.net_amount)]
    found += [
        (_("Tax %(rate)s%%") % {"rate": show_figure(rate)}, tax)
        for rate, tax in sorted(by_rate.items())
        if tax
    ]
    sums = [Sum(str(label), show_amount(amount, digits)) for label, amount in found]
    return [*sums, Sum(str(_("Total")), show_amount(document.total, digits), grand=True)]
