"""What is wanted of a document's lines, and whether it can be had."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.documents import TEXTS, LineKind, PricedDocument, PricedLine
from catalog.models import Product, TaxCode, Unit
from kernel.errors import Blocker, DomainError


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line as a person or a machine wants it; no unit price means the price list's."""

    product: Product | None = None
    kind: str = LineKind.ITEM
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
    restored: PricedLine | None = (
        None  # a removed line coming back as it was, key and all; ``key`` names it too
    )


@dataclass(frozen=True, slots=True)
class Touch:
    """One line changed and nothing else asked for: where the others cannot change with it, they are not even read.

    ``whole`` says the same of all lines, for documents whose lines hang together.
    """

    key: uuid.UUID
    change: Callable[[PricedLine], LineChange]
    whole: Callable[[Sequence[PricedLine]], Sequence[LineChange]]

    def __call__(self, there: Sequence[PricedLine]) -> Sequence[LineChange]:
        return self.whole(there)


# The lines wanted: said outright, or worked out from those there are while the document is locked.
Wanted = Sequence[LineChange] | Callable[[Sequence[PricedLine]], Sequence[LineChange]]


def check(
    changes: Sequence[LineChange],
    existing: dict[uuid.UUID, PricedLine],
    document: PricedDocument,
    *,
    on: dt.date,
    first: int = 1,
) -> None:
    """Refuse what cannot be a line of this document, all of it at once; lines are counted from ``first``.

    ``on`` is the day whose prices hold for the document.
    """
    found: list[Blocker] = []
    named: set[uuid.UUID] = set()
    for number, change in enumerate(changes, first):
        if change.key:
            if change.key in named:
                found.append(line_blocker(number, "line_named_twice", _("it is named twice"), "key"))
            named.add(change.key)
        if change.kind == LineKind.OPTIONAL and not document.offers_options:
            found.append(line_blocker(number, "no_options", _("only quotes have optional lines"), "kind"))
        if change.kind == LineKind.OPTIONAL and change.product and change.product.kind == Product.Kind.BUNDLE:
            # Its members would be delivered whether it was chosen or not.
            text = _("a bundle cannot be optional; offer its parts as options")
            found.append(line_blocker(number, "bundle_not_optional", text, "kind"))
        found.extend(line_blocker(number, *wrong) for wrong in wrong_with(change, existing, on))
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


def wrong_with(
    change: LineChange, existing: dict[uuid.UUID, PricedLine], on: dt.date
) -> list[tuple[str, Any, str]]:
    """What is wrong with one line, as (code, words, field)."""
    wrong: list[tuple[str, Any, str]] = []
    line = (existing.get(change.key) if change.key else None) or change.restored
    if change.key and line is None:
        wrong.append(("unknown_line", _("this line is not there any more"), "key"))
    if change.kind in TEXTS:
        if not change.description.strip():
            wrong.append(("no_description", _("it needs a text"), "description"))
        return wrong
    if change.product is None and not change.description.strip():
        wrong.append(("no_description", _("it needs a product or a description"), "description"))
    wrong += wrong_quantity(change)
    wrong += [
        ("does_not_fit", _("that number has too many digits"), name)
        for name, places in PLACES.items()
        if not fits(getattr(change, name), places)
    ]
    wrong += wrong_product(change, line, on)
    if change.discount_percent is not None and change.discount_amount is not None:
        wrong.append(
            ("two_discounts", _("give a discount in percent or as an amount, not both"), "discount_amount")
        )
    return wrong


def wrong_quantity(change: LineChange) -> list[tuple[str, Any, str]]:
    """Some of it, and no finer than the product is sold."""
    product = change.product
    if not change.quantity.is_finite() or change.quantity <= 0:
        return [("quantity_not_positive", _("the quantity must be more than zero"), "quantity")]
    if product and -change.quantity.normalize().as_tuple().exponent > product.decimals:  # type: ignore[operator]
        text = _("%(product)s is sold with at most %(count)s decimals") % {
            "product": product.sku, "count": product.decimals,
        }  # fmt: skip
        return [("too_many_decimals", text, "quantity")]
    return []


def wrong_product(change: LineChange, line: PricedLine | None, on: dt.date) -> list[tuple[str, Any, str]]:
    """Only what is for sale, and on that day, goes on a line; what stands there may stay."""
    product = change.product
    if product is None or (line is not None and line.product_id == product.pk):
        return []
    if product.status != Product.Status.ACTIVE:
        return [
            ("product_not_active", _("%(product)s is not for sale") % {"product": product.sku}, "product")
        ]
    if not product.sold_on(on):
        is_early = product.valid_from is not None and on < product.valid_from
        words = (
            _("%(product)s is sold from %(day)s on") if is_early else _("%(product)s was sold until %(day)s")
        )
        day = product.valid_from if is_early else product.valid_to
        return [("product_not_valid", words % {"product": product.sku, "day": day}, "product")]
    return []


# What the columns keep exactly; more would be rounded away behind the amounts.
PLACES = {"quantity": 5, "unit_price": 4, "discount_percent": 4, "discount_amount": 4, "typed_tax": 4}


def refuse_too_fine(quantity: Decimal, field: str) -> None:
    """Refuse a quantity that its column would round behind one's back."""
    if not fits(quantity, PLACES["quantity"]):
        raise DomainError(_("A quantity has at most five decimals."), code="too_many_decimals", field=field)


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


def changes_from(lines: Sequence[PricedLine]) -> list[LineChange]:
    """The lines as they are, as changes: the start of changing one of them."""
    return [
        LineChange(
            product=line.product, kind=line.kind, description=line.description, quantity=line.quantity, unit=line.unit,
            unit_price=line.unit_price if line.price_is_overridden or line.is_write_in else None,
            discount_percent=line.discount_percent, discount_amount=line.discount_amount, tax_code=line.tax_code,
            typed_tax=line.typed_tax, key=line.key,
        )
        for line in lines
    ]  # fmt: skip
