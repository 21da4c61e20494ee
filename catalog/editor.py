"""The line editor of any priced document: its lines as rows of texts, with the sums under them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Value
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from catalog.documents import COUNTED, TEXTS, LineKind, PricedDocument, PricedLine
from catalog.figures import Signs, show_amount, show_figure, signs
from catalog.models import Product, TaxCode, Unit

CELLS = ("product", "quantity", "unit", "price", "discount", "tax")
MOST_CODES = 400  # of units and tax codes that the boxes suggest
COLUMNS = (
    "key", "product__sku", "description", "quantity", "unit__code", "unit_price", "discount_percent",
    "discount_amount", "tax_code__code", "net", "tax_rate", "tax", "kind", "product__status", "price_is_overridden",
)  # fmt: skip
NOT_FOR_SALE = _("Not for sale any more: it may stay here. Type another product to replace it.")
NO_PRICE = _("No price on this price list: type one, or have it added to the list.")


@dataclass(slots=True)
class Row:
    """A line as texts in cells; what is wrong with a cell stands in ``problems``, what to look at in ``hint``."""

    key: str = ""
    sku: str = ""
    product: str = ""
    quantity: str = ""
    unit: str = ""
    price: str = ""
    discount: str = ""
    tax: str = ""
    total: str = ""
    kind: str = LineKind.ITEM.value
    hint: str = ""
    after: str | None = None
    remove: bool = False
    more: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.key or self.product.strip() or self.price.strip())

    @property
    def is_text(self) -> bool:
        return self.kind in TEXTS


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
    options: bool = False
    blank: int = 0
    errors: list[str] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    taxes: list[tuple[str, str]] = field(default_factory=list)
    price_list: str = ""
    account: str = ""
    saved_at: str = ""
    why: str = ""  # the page that explains the amounts
    shown: str = ""  # what the rows showed before they were typed in, after a refusal

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        """What a new row may be."""
        offered = [(LineKind.ITEM.value, _("Line")), (LineKind.OPTIONAL.value, _("Optional line"))]
        texts = [(LineKind.SECTION.value, _("Section")), (LineKind.NOTE.value, _("Note"))]
        return [*(offered if self.options else offered[:1]), *texts]


def table_of_lines(document: PricedDocument, *, more: Sequence[str] = ()) -> Lines:
    """The lines as they are, in one query; ``more`` are further quantities."""
    manager: Any = document.lines  # type: ignore[attr-defined]
    found = list(manager.order_by("position", "id").values_list(*COLUMNS, *more))
    digits, code = document.currency.digits, document.currency.code
    parts = signs()
    rows = [row(line, digits, code, parts) for line in found]
    for at, subtotal in subtotals((line[12], line[9]) for line in found):
        rows[at].total = show_amount(subtotal, digits)
    sums = sums_of(document, ((line[10], line[11]) for line in found if line[12] in COUNTED))
    return Lines(
        rows, sums, code, document.version, options=document.offers_options, saved_at=shown_time(document),
        why=why_url(document),
    )  # fmt: skip


def why_url(document: PricedDocument) -> str:
    """The page that says how the document's amounts came about."""
    page: str = document.get_absolute_url()  # type: ignore[attr-defined]
    return f"{page}why/"


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
    lines.account = str(document.account.public_id) if document.account else ""
    return lines


def subtotals(lines: Iterable[tuple[str, Decimal]]) -> list[tuple[int, Decimal]]:
    """Where the sections are among (kind, net), and what counts under each until the next."""
    found: list[tuple[int, Decimal]] = []
    for at, (kind, net) in enumerate(lines):
        if kind == LineKind.SECTION:
            found.append((at, Decimal(0)))
        elif found and kind in COUNTED:
            found[-1] = (found[-1][0], found[-1][1] + net)
    return found


def row(line: Sequence[Any], digits: int, currency: str, parts: Signs | None = None) -> Row:
    """The texts of a line given as COLUMNS say."""
    parts = parts or signs()
    key, sku, description, quantity, unit, price, percent, amount, tax, net, _rate, _tax, kind = line[:13]
    more = tuple(show_figure(figure, None, parts) for figure in line[len(COLUMNS) :])
    if kind in TEXTS:
        return Row(key=str(key), kind=kind, product=description, more=("",) * len(more))
    discount = "" if percent is None else show_figure(percent, None, parts)
    if amount is not None:
        discount = f"{show_amount(amount, digits, parts)} {currency}"
    included = kind == LineKind.INCLUDED
    return Row(
        key=str(key),
        sku=sku or "",
        product=f"{sku} {description}" if sku else description,
        quantity=show_figure(quantity, None, parts),
        unit=unit or "",
        price="" if included else show_figure(price.normalize(), digits, parts),
        discount=discount,
        tax=tax or "",
        total="" if included else show_amount(net, digits, parts),
        kind=kind,
        hint="" if included else hint_for(line),
        more=more,
    )


def hint_for(line: Sequence[Any]) -> str:
    """What to do about a product that is not for sale any more, or has no price here."""
    sku, price, status, by_hand = line[1], line[5], line[13], line[14]
    if not sku:
        return ""
    if status != Product.Status.ACTIVE:
        return str(NOT_FOR_SALE)
    return str(NO_PRICE) if not price and not by_hand else ""


def row_of(line: PricedLine, document: PricedDocument) -> Row:
    """The texts of a line that is at hand."""
    product = line.product
    columns = (
        line.key, product.sku if product else "", line.description, line.quantity,
        line.unit.code if line.unit else "", line.unit_price, line.discount_percent, line.discount_amount,
        line.tax_code.code if line.tax_code else "", line.net, line.tax_rate, line.tax, line.kind,
        product.status if product else "", line.price_is_overridden,
    )  # fmt: skip
    return row(columns, document.currency.digits, document.currency.code)


def shown_time(document: PricedDocument) -> str:
    """When the document was saved, as a clock on the wall says it."""
    return time_format(timezone.localtime(document.updated_at), "H:i")


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
