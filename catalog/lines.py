"""Writing the lines of a document: what was asked for becomes priced, taxed rows in a few statements."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedDocument, PricedLine
from catalog.models import Product, TaxCode, Unit
from catalog.prices import PriceRequest, ResolvedPrice, resolve_prices
from catalog.taxes import tax_rates
from catalog.totals import reprice
from kernel.errors import Blocker, DomainError
from kernel.pricing import Priced


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line as a person or a machine wants it; no unit price means the price list's."""

    product: Product | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit: Unit | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None
    tax_code: TaxCode | None = None
    typed_tax: Decimal | None = None
    key: uuid.UUID | None = None
    keep_price: bool = False  # an agreed price stays, whatever the price list says today


# The lines wanted: said outright, or worked out from those there are while the document is locked.
Wanted = Sequence[LineChange] | Callable[[Sequence[PricedLine]], Sequence[LineChange]]


def write_lines(document: PricedDocument, wanted: Wanted, *, on: dt.date, country: str = "") -> Priced:
    """Make the document's lines exactly these, price them and save them; the caller saves the header.

    A change with the key of an existing line changes that line, one without makes a new line, lines not named are
    removed. Constant number of statements. Raises DomainError naming line and field, then nothing is written.
    """
    there = lines_of(document)
    changes = wanted(there) if callable(wanted) else wanted
    existing = {line.key: line for line in there}
    before = {key: snapshot(line) for key, line in existing.items()}
    check(changes, existing)
    lines = [apply(document, existing, change, number) for number, change in enumerate(changes, 1)]
    price_from_list(document, lines, changes, on)
    tax_by_code(document, lines, on, country)
    priced = reprice(document, lines)
    save_lines(document, lines, before)
    return priced


def apply(
    document: PricedDocument, existing: dict[uuid.UUID, PricedLine], change: LineChange, position: int
) -> PricedLine:
    """The line row that this change speaks of, changed in memory."""
    line = existing.get(change.key) if change.key else None
    if line is None:
        line = new_line(document)
    product = change.product
    line.position = position
    line.product = product
    line.description = change.description or (product.name if product else "")
    line.unit_id = change.unit.pk if change.unit else (product.unit_id if product else None)
    line.quantity = change.quantity
    line.discount_percent, line.discount_amount = change.discount_percent, change.discount_amount
    line.tax_code_id = change.tax_code.pk if change.tax_code else (product.tax_code_id if product else None)
    line.typed_tax = change.typed_tax
    if not change.keep_price:
        line.price_is_overridden = change.unit_price is not None
    if change.unit_price is not None:
        line.unit_price = change.unit_price
    if product:
        line.unit_cost = product.current_cost if product.current_cost is not None else product.standard_cost
    return line


def lines_of(document: PricedDocument) -> list[PricedLine]:
    """The document's lines in order, with what pricing and showing them needs, in one query."""
    lines: Any = document.lines  # type: ignore[attr-defined]
    found = lines.select_related("product", "unit", "tax_code").order_by()
    # Sorted here: for an ORDER BY Django compares each expression with every column, which costs more.
    return sorted(found, key=lambda line: (line.position, line.pk))


def new_line(document: PricedDocument) -> PricedLine:
    """An empty line of this document."""
    relation = line_relation(document)
    line: PricedLine = relation.related_model(**{relation.field.name: document})
    return line


def line_relation(document: PricedDocument) -> Any:
    """The relation from the document to its own kind of line."""
    meta: Any = document._meta
    return meta.get_field("lines")


def price_from_list(
    document: PricedDocument, lines: Sequence[PricedLine], changes: Sequence[LineChange], on: dt.date
) -> None:
    """Take unit price, list price and volume discount from the price list where no price was given by hand."""
    asked = [
        (line, change)
        for line, change in zip(lines, changes, strict=True)
        if change.product is not None and not change.keep_price
    ]
    requests = [
        PriceRequest(change.product, line.unit_id, line.quantity) for line, change in asked if change.product
    ]
    resolved = resolve_prices(requests, price_list=document.price_list, on=on, currency=document.currency)
    refuse_unpriced(asked, resolved)
    for (line, change), found in zip(asked, resolved, strict=True):
        line.list_price = found.list_price
        by_hand = change.unit_price is not None
        line.volume_discount = Decimal(0) if by_hand else found.volume_discount
        if not by_hand:
            line.unit_price = found.unit_price


def refuse_unpriced(
    asked: Sequence[tuple[PricedLine, LineChange]], resolved: Sequence[ResolvedPrice]
) -> None:
    """Refuse lines the price list cannot price; a price given by hand cures a missing one."""
    curable = {"no_cost"}
    blockers = []
    for (line, change), found in zip(asked, resolved, strict=True):
        problem = found.problem
        if problem and not (problem.code in curable and change.unit_price is not None):
            blockers.append(line_blocker(line.position, problem.code, problem.text, problem.field))
    refuse(blockers)


def tax_by_code(document: PricedDocument, lines: Sequence[PricedLine], on: dt.date, country: str) -> None:
    """Give every line, and the freight, the rate of its tax code for this customer, place and day."""
    codes = {line.tax_code_id for line in lines} | {document.freight_tax_code_id}
    treatment = getattr(document.account, "tax_treatment", "normal")
    rates = tax_rates({code for code in codes if code}, country=country, on=on, treatment=treatment)
    for line in lines:
        line.tax_rate = rates.get(line.tax_code_id or 0, Decimal(0))
    document.freight_tax_rate = rates.get(document.freight_tax_code_id or 0, Decimal(0))


def check(changes: Sequence[LineChange], existing: dict[uuid.UUID, PricedLine]) -> None:
    """Refuse what cannot be a line, all of it at once."""
    found: list[Blocker] = []
    named: set[uuid.UUID] = set()
    for index, change in enumerate(changes):
        if change.key in named:
            found.append(line_blocker(index + 1, "line_named_twice", _("it is named twice"), "key"))
        named |= {change.key} if change.key else set()
        found.extend(line_blocker(index + 1, *wrong) for wrong in wrong_with(change, existing))
    refuse(found)


def line_blocker(number: int, code: str, text: Any, field: str) -> Blocker:
    """What is wrong with the line of this number, counted from one in words and from zero in the field's path."""
    return Blocker(
        code, _("Line %(number)s: %(text)s") % {"number": number, "text": text}, f"lines.{number - 1}.{field}"
    )


def refuse(blockers: Sequence[Blocker]) -> None:
    if blockers:
        first = blockers[0]
        raise DomainError(first.text, code=first.code, field=first.field, blockers=blockers)


def wrong_with(change: LineChange, existing: dict[uuid.UUID, PricedLine]) -> list[tuple[str, Any, str]]:
    """What is wrong with one line, as (code, words, field)."""
    wrong: list[tuple[str, Any, str]] = []
    line = existing.get(change.key) if change.key else None
    product = change.product
    if change.key and line is None:
        wrong.append(("unknown_line", _("this line is not there any more"), "key"))
    if product is None and not change.description.strip():
        wrong.append(("no_description", _("it needs a product or a description"), "description"))
    if not change.quantity.is_finite() or change.quantity <= 0:
        wrong.append(("quantity_not_positive", _("the quantity must be more than zero"), "quantity"))
    elif product and -change.quantity.normalize().as_tuple().exponent > product.decimals:  # type: ignore[operator]
        text = _("%(product)s is sold with at most %(count)s decimals") % {
            "product": product.sku, "count": product.decimals,
        }  # fmt: skip
        wrong.append(("too_many_decimals", text, "quantity"))
    wrong += [
        ("does_not_fit", _("that number has too many digits"), name)
        for name, places in PLACES.items()
        if not fits(getattr(change, name), places)
    ]
    is_new_product = product and (line is None or line.product_id != product.pk)
    if product and is_new_product and product.status != Product.Status.ACTIVE:
        wrong.append(
            ("product_not_active", _("%(product)s is not for sale") % {"product": product.sku}, "product")
        )
    if change.discount_percent is not None and change.discount_amount is not None:
        wrong.append(
            ("two_discounts", _("give a discount in percent or as an amount, not both"), "discount_amount")
        )
    return wrong


# What the columns keep exactly; more would be rounded away behind the amounts.
PLACES = {"quantity": 5, "unit_price": 4, "discount_percent": 4, "discount_amount": 4, "typed_tax": 4}


def fits(figure: Decimal | None, places: int) -> bool:
    """Whether a column of 15 digits, so many of them decimals, keeps the figure as it is."""
    if figure is None:
        return True
    if not figure.is_finite():
        return False
    exponent = figure.as_tuple().exponent
    if -exponent > places:  # type: ignore[operator]
        exponent = figure.normalize().as_tuple().exponent
    return -exponent <= places and abs(figure) < Decimal(10) ** (15 - places)  # type: ignore[operator]


UPDATED = [name.removesuffix("_id") for name in PricedLine.COPIED]


def snapshot(line: PricedLine) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in PricedLine.COPIED)


def save_lines(
    document: PricedDocument, lines: Sequence[PricedLine], before: dict[uuid.UUID, tuple[Any, ...]]
) -> None:
    """Insert, change and delete rows: at most one statement (or batch) each, and only for what differs."""
    model = line_relation(document).related_model
    kept = {line.key for line in lines}
    if gone := [key for key in before if key not in kept]:
        model.objects.filter(key__in=gone).delete()
    if added := [line for line in lines if line.key not in before]:
        model.objects.bulk_create(added, batch_size=500)
    if changed := [line for line in lines if line.key in before and before[line.key] != snapshot(line)]:
        save_columns(changed, UPDATED)


def save_columns(lines: Sequence[PricedLine], names: Sequence[str]) -> None:
    """Save some columns of rows that exist: an upsert by primary key, where bulk_update builds a CASE a cell."""
    if lines:
        manager: Any = type(lines[0])._default_manager
        manager.bulk_create(
            lines, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=names
        )


def changes_from(lines: Sequence[PricedLine]) -> list[LineChange]:
    """The lines as they are, as changes: the start of changing one of them."""
    return [
        LineChange(
            product=line.product, description=line.description, quantity=line.quantity, unit=line.unit,
            unit_price=line.unit_price if line.price_is_overridden or line.product is None else None,
            discount_percent=line.discount_percent, discount_amount=line.discount_amount, tax_code=line.tax_code,
            typed_tax=line.typed_tax, key=line.key,
        )
        for line in lines
    ]  # fmt: skip
