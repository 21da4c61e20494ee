"""Rows of a document in memory: what a change makes of a line, its price, its tax, and saving what differs."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from catalog.changes import LineChange, line_blocker, refuse
from catalog.documents import TEXTS, LineKind, PricedDocument, PricedLine
from catalog.price_basis import BUNDLE, note_by_hand, note_freight_tax, note_listed, note_price, note_tax
from catalog.prices import PriceRequest, ResolvedPrice, resolve_prices
from catalog.taxes import ResolvedTax, resolve_taxes


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


def apply(
    document: PricedDocument, existing: dict[uuid.UUID, PricedLine], change: LineChange, position: int
) -> PricedLine:
    """The line row that this change speaks of, changed in memory."""
    line = existing.get(change.key) if change.key else None
    if line is None:
        line = change.restored or new_line(document)
    product = change.product
    line.kind, line.position = change.kind, position
    line.product = product
    line.description = change.description or (product.name if product else "")
    line.unit_id = change.unit.pk if change.unit else (product.unit_id if product else None)
    line.quantity = change.quantity
    line.discount_percent, line.discount_amount = change.discount_percent, change.discount_amount
    line.tax_code_id = change.tax_code.pk if change.tax_code else (product.tax_code_id if product else None)
    line.typed_tax = change.typed_tax
    if change.kind in TEXTS:
        return as_text(line, change.description)
    if change.kind == LineKind.INCLUDED:
        return as_included(line)
    if not change.keep_price:
        line.price_is_overridden = change.unit_price is not None
    if change.unit_price is not None:
        line.unit_price = change.unit_price
        note_by_hand(line)
    if product:
        line.unit_cost = product.current_cost if product.current_cost is not None else product.standard_cost
    return line


def as_text(line: PricedLine, description: str) -> PricedLine:
    """The line as a heading or a note: words, and nothing of what an item has."""
    line.product, line.description, line.quantity = None, description, Decimal(0)
    line.unit_id = line.tax_code_id = line.list_price = line.unit_cost = None
    line.discount_percent = line.discount_amount = line.typed_tax = None
    line.unit_price = line.volume_discount = Decimal(0)
    line.price_is_overridden, line.price_basis = False, {}
    return line


def as_included(line: PricedLine) -> PricedLine:
    """The line as a member of the bundle above, which has the price for both."""
    line.unit_price = line.volume_discount = Decimal(0)
    line.list_price = line.discount_percent = line.discount_amount = line.typed_tax = None
    line.price_is_overridden = False
    note_price(line, BUNDLE)
    return line


def price_from_list(
    document: PricedDocument, lines: Sequence[PricedLine], changes: Sequence[LineChange], on: dt.date
) -> None:
    """Take unit price, list price and volume discount from the price list where no price was given by hand."""
    asked = [
        (line, change)
        for line, change in zip(lines, changes, strict=True)
        if change.product is not None and not change.keep_price and change.kind != LineKind.INCLUDED
    ]
    requests = [
        PriceRequest(change.product, line.unit_id, line.quantity, change.unit)
        for line, change in asked
        if change.product
    ]
    resolved = resolve_prices(requests, price_list=document.price_list, on=on, currency=document.currency)
    refuse_unpriced(asked, resolved)
    for (line, change), found in zip(asked, resolved, strict=True):
        line.list_price = found.list_price
        by_hand = change.unit_price is not None
        line.volume_discount = Decimal(0) if by_hand else found.volume_discount
        if not by_hand:
            line.unit_price = found.unit_price
            note_listed(line, found, on)


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


def tax_by_code(document: PricedDocument, lines: Sequence[PricedLine], on: dt.date) -> None:
    """Give every line, and the freight, the rate of its tax code for this customer, place and day."""
    taxes = taxes_here(document, {line.tax_code_id for line in lines} | {document.freight_tax_code_id}, on)
    for line in lines:
        tax_line(line, taxes)
    found = taxes.get(document.freight_tax_code_id or 0)
    document.freight_tax_rate = found.rate if found else Decimal(0)
    note_freight_tax(document, found, on)


def taxes_here(
    document: PricedDocument, codes: Collection[int | None], on: dt.date
) -> dict[int, ResolvedTax]:
    """What each tax code means for the document's customer, place and the day."""
    treatment = getattr(document.account, "tax_treatment", "normal")
    country, region = document.tax_place
    wanted = {code for code in codes if code}
    return resolve_taxes(wanted, country=country, region=region, on=on, treatment=treatment)


def tax_line(line: PricedLine, taxes: dict[int, ResolvedTax]) -> None:
    found = taxes.get(line.tax_code_id or 0)
    line.tax_rate = found.rate if found else Decimal(0)
    note_tax(line, found)


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
