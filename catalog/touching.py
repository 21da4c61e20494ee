"""One line changed: worked out and written without reading, or writing, the lines that do not change with it."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.changes import LineChange, Touch, check
from catalog.documents import COUNTED, LineKind, PricedDocument, PricedLine
from catalog.line_rows import apply, line_relation, price_from_list, snapshot, tax_line, taxes_here
from catalog.models import Product
from catalog.totals import (
    header_input,
    in_base,
    line_input,
    price_apart,
    take_amounts,
    take_sums,
)
from kernel.pricing import ENGINE_VERSION, LineInput, PricedLineAmounts, Profile, price, round_half_up
from kernel.pricing.inputs import check_amount

# What the engine takes of a line and what it gives back, as columns, so that no row becomes an object.
INPUTS = (
    "key", "quantity", "unit_price", "volume_discount", "discount_amount", "discount_percent", "tax_rate",
    "tax_code_id", "typed_tax",
)  # fmt: skip
MOST_OTHERS = (
    60  # rows that are worth one statement beside the touched one; if more differ, all are looked at
)


def write_touch(document: PricedDocument, touch: Touch, *, on: dt.date) -> bool:
    """Change the one line, its amounts and the document's sums; False where all lines have to be looked at.

    A discount on the whole document, or a tax of it, moves cents of other lines too: then these are priced from
    plain columns, and only those that differ are written. Bundles carry their members along: all lines.
    """
    line = touched_line(document, touch)
    if line is None or is_bundle(line.product) or document.engine_version != ENGINE_VERSION:
        return False
    was, sums = snapshot(line), part_of_sums(line)
    change = touch.change(line)
    check([change], {line.key: line}, document, on=on, first=line.position)
    if is_bundle(change.product) or change.kind != line.kind or is_another_member(line, change):
        return False
    change_alone(document, line, change, on)
    if not line.counts:
        price_apart(document, [line])
    elif not hang_together(document):
        price_alone(document, line, sums)
    elif not price_among_others(document, line):
        return False
    differs = [name for name, old in zip(line.COPIED, was, strict=True) if getattr(line, name) != old]
    if differs:
        line.save(update_fields=differs)
    return True


def is_another_member(line: PricedLine, change: LineChange) -> bool:
    """Whether a bundle's member becomes another product: the bundle above says whether it may."""
    product = change.product.pk if change.product else None
    return line.kind == LineKind.INCLUDED and product != line.product_id


def touched_line(document: PricedDocument, touch: Touch) -> PricedLine | None:
    lines: Any = document.lines  # type: ignore[attr-defined]
    found = lines.select_related("product", "unit", "tax_code").filter(key=touch.key).order_by()
    return next(iter(found), None)


def is_bundle(product: Product | None) -> bool:
    return product is not None and product.kind == Product.Kind.BUNDLE


def hang_together(document: PricedDocument) -> bool:
    """Whether one line's amounts bear on those of the others."""
    per_document = Profile(document.rounding_profile) is Profile.PER_DOCUMENT
    return per_document or document.freight < 0 or bool(document.discount_percent or document.discount_amount)


def change_alone(document: PricedDocument, line: PricedLine, change: LineChange, on: dt.date) -> None:
    """What the change makes of the line; its price and tax rate are looked up where the change bears on them."""
    priced_by, taxed_by = price_keys(line), line.tax_code_id
    apply(document, {line.key: line}, change, line.position)
    if price_keys(line) != priced_by:
        price_from_list(document, [line], [change], on)
    if line.tax_code_id != taxed_by:
        tax_line(line, taxes_here(document, {line.tax_code_id}, on))


def price_keys(line: PricedLine) -> tuple[Any, ...]:
    """What decides which price the price list has for the line, and whether it is asked."""
    return line.product_id, line.unit_id, line.quantity, line.price_is_overridden, line.unit_price


def part_of_sums(line: PricedLine) -> tuple[Decimal, Decimal, Decimal]:
    """What the line puts into the document's sums."""
    return line.net, line.manual_discount, line.tax


def price_alone(document: PricedDocument, line: PricedLine, before: tuple[Decimal, Decimal, Decimal]) -> None:
    """Price the line by itself and let the document's sums follow it."""
    digits = document.currency.digits
    take_amounts(line, price([line_input(line)], header_input(document)).lines[0])
    net, discount, tax = (now - was for now, was in zip(part_of_sums(line), before, strict=True))
    document.detail_amount = round_half_up(document.detail_amount + net, digits)
    document.line_discount_amount = round_half_up(document.line_discount_amount + discount, digits)
    document.pre_freight_amount = round_half_up(document.pre_freight_amount + net, digits)
    document.total_tax = round_half_up(document.total_tax + tax, digits)
    document.total = round_half_up(document.total + net + tax, digits)
    for field, amount in (
        ("detail", document.detail_amount), ("tax", document.total_tax), ("total", document.total),
    ):  # fmt: skip
        check_amount(amount, field)
    document.total_base = in_base(document.total, document.exchange_rate, document.currency)


def price_among_others(document: PricedDocument, line: PricedLine) -> bool:
    """Price the line together with the others, read as plain columns; False where too many of them differ."""
    manager: Any = document.lines  # type: ignore[attr-defined]
    rows = manager.filter(kind__in=COUNTED).order_by("position", "id")
    rows = list(rows.values_list("pk", *INPUTS, *PricedLine.AMOUNTS))
    inputs = [line_input(line) if row[0] == line.pk else input_of(row) for row in rows]
    priced = price(inputs, header_input(document))
    others: dict[int, PricedLineAmounts] = {}
    for row, amounts in zip(rows, priced.lines, strict=True):
        if row[0] == line.pk:
            take_amounts(line, amounts)
        elif row[1 + len(INPUTS) :] != figures_of(amounts):
            others[row[0]] = amounts
    if len(others) > MOST_OTHERS:
        return False
    take_sums(document, priced)
    save_amounts(document, others)
    return True


def input_of(row: tuple[Any, ...]) -> LineInput:
    """A line as the engine takes it, from its columns."""
    _pk, key, quantity, unit_price, volume, amount, percent, rate, code, typed, *_amounts = row
    return LineInput(
        key=str(key), quantity=quantity, unit_price=unit_price, volume_discount=volume, discount_amount=amount,
        discount_percent=percent, tax_rate=rate, tax_group=str(code or ""), typed_tax=typed,
    )  # fmt: skip


def figures_of(amounts: PricedLineAmounts) -> tuple[Decimal, ...]:
    """The amounts in the order of the line's columns."""
    return (
        amounts.base, amounts.discount, amounts.net, amounts.header_discount, amounts.tax, amounts.total,
    )  # fmt: skip


def save_amounts(document: PricedDocument, found: Mapping[int, PricedLineAmounts]) -> None:
    """Write the amounts of a few rows, by primary key."""
    if not found:
        return
    model = line_relation(document).related_model
    rows = [
        model(pk=pk, **dict(zip(PricedLine.AMOUNTS, figures_of(amounts), strict=True)))
        for pk, amounts in found.items()
    ]
    model.objects.bulk_update(rows, ["header_discount", "tax", "total"])
