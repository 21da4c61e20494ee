"""Lines and money as the API says them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.documents import PricedLine
from catalog.lines import LineChange, Wanted, changes_from
from catalog.models import Currency, PaymentTerms, PriceList, Product, TaxCode, Unit
from kernel.bodies import Ref, RefList, Refusing, StepBody

MOST_LINES = 5000
LINE_FIELDS = (
    "id", "position", "kind", "product", "description", "quantity", "unit", "unit_price", "discount_percent",
    "discount_amount", "tax_code", "typed_tax", "list_price", "price_is_overridden", "volume_discount", "tax_rate",
    "unit_cost", "base", "manual_discount", "net", "header_discount", "tax", "total",
)  # fmt: skip
LINE_READ_ONLY = (
    "position", "list_price", "price_is_overridden", "volume_discount", "tax_rate", "unit_cost", "base",
    "manual_discount", "net", "header_discount", "tax", "total",
)  # fmt: skip
LINE_HELPS = {
    "id": "Id of the line; sent along it changes that line, without it a line is added.",
    "position": "Place of the line, counted from 1.",
    "kind": "What the line is: item, included (a member of the bundle line above), optional (quotes only; not in the "
    "totals until chosen), section (a heading) or note; the last two have a description only.",
    "product": "Product by SKU or id; without one the line is a write-in and needs a description.",
    "description": "What is offered, in words; without it the product's name.",
    "quantity": "How many, in the line's unit; up to five decimals.",
    "unit": "Unit by code; without it the product's own.",
    "unit_price": "Price of one unit in the document's currency; null or left out: the price list's.",
    "discount_percent": "Discount on the line in percent; either this or an amount.",
    "discount_amount": "Discount on the line in the document's currency; either this or percent.",
    "tax_code": "Tax by code; without it the product's own.",
    "typed_tax": "Tax amount typed by hand; counts under the Dynamics rounding profile only.",
    "list_price": "Price of one unit before the price list, in the document's currency.",
    "price_is_overridden": "Whether the unit price was given by hand.",
    "volume_discount": "Discount for each unit by the discount list.",
    "tax_rate": "Tax rate in percent.",
    "unit_cost": "What one unit costs us, in base currency; only for some roles.",
    "base": "Quantity times price after volume discount.",
    "manual_discount": "The discount on the line as an amount.",
    "net": "Base less the discount on the line.",
    "header_discount": "The line's share of the document's discount.",
    "tax": "Tax amount.",
    "total": "What the line comes to, tax included.",
}


class CodeRef(Ref):
    """Reference data, by its code."""

    def __init__(self, model: Any = None, *, by: tuple[str, ...] = ("code",), **options: Any) -> None:
        super().__init__(model, by=by, **{"required": False, "allow_null": True, **options})


class LineBody(Refusing, serializers.ModelSerializer[Any]):
    """A line; the bodies of the documents say which model and add their own columns."""

    id = serializers.UUIDField(source="key", required=False)
    product = Ref(Product, by=("sku", "public_id"), required=False, allow_null=True)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    unit = CodeRef(Unit)
    unit_price = serializers.DecimalField(max_digits=15, decimal_places=4, required=False, allow_null=True)
    tax_code = CodeRef(TaxCode)

    helps = LINE_HELPS
    reserved_as = "line"
    read_along: ClassVar[tuple[str, ...]] = ("product", "unit", "tax_code")


class LinesBody(StepBody):
    """All lines of a document, as they shall be; subclasses say of which."""

    helps = {"lines": "Every line, in order; lines that are not named are removed."}


def new_lines(lines: Sequence[Mapping[str, Any]]) -> list[LineChange]:
    """The lines of a document that is made now."""
    return merged([], lines)


def wanted(lines: Sequence[Mapping[str, Any]]) -> Wanted:
    """All lines as they were sent; what is not said about a line that is there stays as it is."""
    return lambda there: merged(there, lines)


def merged(there: Sequence[PricedLine], lines: Sequence[Mapping[str, Any]]) -> list[LineChange]:
    known = {change.key: change for change in changes_from(there)}
    refuse_unknown(lines, known)
    return [replace(known.get(line.get("key"), LineChange()), **said(line)) for line in lines]


def said(line: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of a line; an empty description is the product's name."""
    return {
        name: value
        for name, value in line.items()
        if value is not None or name not in ("description", "quantity")
    }


def refuse_unknown(lines: Sequence[Mapping[str, Any]], known: Mapping[uuid.UUID | None, Any]) -> None:
    """Every id belongs to a line of this document, and none is named twice."""
    seen: set[uuid.UUID] = set()
    errors = []
    for line in lines:
        key = line.get("key")
        wrong = key is not None and (key not in known or key in seen)
        text = _("The document has no such line, or it was named before.")
        errors.append({"id": [ErrorDetail(str(text), "unknown_line")]} if wrong else {})
        seen |= {key} if key else set()
    if any(errors):
        raise ValidationError({"lines": errors})


__all__ = [
    "LINE_FIELDS",
    "LINE_READ_ONLY",
    "MOST_LINES",
    "CodeRef",
    "Currency",
    "LineBody",
    "LinesBody",
    "PaymentTerms",
    "PriceList",
    "RefList",
    "new_lines",
    "wanted",
]  # fmt: skip
