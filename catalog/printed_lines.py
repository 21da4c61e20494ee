"""The lines of a document as rows on paper: texts, with what has been added up so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale

from catalog.documents import LineKind, PricedDocument
from catalog.figures import MINUS, show_amount, show_figure
from kernel.formats import locale
from kernel.printing import Words, printable

LONG_TEXT = 700  # characters; a shorter line stands on one page
ZERO = Decimal(0)
NO_BREAK = "\N{NO-BREAK SPACE}"
LINE = (
    "kind", "product__sku", "description", "quantity", "unit__code", "unit_price", "volume_discount",
    "discount_percent", "discount_amount", "tax_rate", "net", "header_discount", "tax",
)  # fmt: skip
APART = ("section", "note", "subtotal")
# Measures of the typeface, in ems; other scripts may be wider than any Latin letter.
NARROW = "abcdefghijklnopqrstuvxyz0123456789 .,:;-/()"
NARROW_LETTER, WIDEST_LETTER, BESIDE, TOO_WIDE = 0.57, 1.05, 4.0, 9999.0
LAST_NARROW_SCRIPT = "\u04ff"  # Latin, Greek, Cyrillic come before it
TAXED_BEFORE_DISCOUNT = "dynamics"  # the profile that taxes what is there before the document's discount


@dataclass(slots=True)
class Printed:
    """The lines of a document as rows for the template, and what follows from all of them."""

    rows: list[dict[str, Any]]
    taxes: dict[Decimal, tuple[Decimal, Decimal]]  # taxed and tax by rate
    has_options: bool = False


class Rows:
    """The lines of a document as rows of texts; sections are closed with what they come to."""

    def __init__(self, document: PricedDocument, words: Words) -> None:
        self.document, self.words = document, words
        self.digits = document.currency.digits
        self.rows: list[dict[str, Any]] = []
        self.number = 0
        self.sum = self.section_sum = ZERO
        self.section = ""
        self.taxes: dict[Decimal, tuple[Decimal, Decimal]] = {}
        self.has_options = False

    def printed(self) -> Printed:
        document: Any = self.document
        for line in document.lines.order_by("position", "id").values_list(*LINE):
            self.add(dict(zip(LINE, line, strict=True)))
        self.close_section()
        self.add_tax(document.freight_tax_rate, document.freight, document.freight_tax)
        return Printed(self.rows, self.taxes, self.has_options)

    def add(self, line: dict[str, Any]) -> None:
        text = printable(line["description"], lines=True)
        if line["kind"] == LineKind.SECTION:
            self.close_section()
            self.section = text
            self.put("section", text)
        elif line["kind"] == LineKind.NOTE:
            self.put("note", text)
        else:
            self.add_item(line, text)

    def add_item(self, line: dict[str, Any], text: str) -> None:
        kind = line["kind"]
        if kind == LineKind.OPTIONAL:
            self.has_options = True
        else:
            self.sum += line["net"]
            self.section_sum += line["net"]
            self.add_tax(line["tax_rate"], self.taxed(line), line["tax"])
        # What takes an amount back and no goods has no quantity to show.
        counted = bool(line["quantity"])
        shown = {"sku": printable(line["product__sku"] or ""),
                 "quantity": show_figure(line["quantity"]).replace("-", MINUS) if counted else "",
                 "unit": printable(line["unit__code"] or "") if counted else ""}  # fmt: skip
        if kind != LineKind.INCLUDED:
            self.number += 1
            shown |= {"no": str(self.number), **self.priced(line)}
        tag = self.words("optional") if kind == LineKind.OPTIONAL else ""
        self.put(kind, text, tag=tag, **shown)

    def priced(self, line: dict[str, Any]) -> dict[str, str]:
        return {
            "price": show_figure(line["unit_price"].normalize(), self.digits) if line["quantity"] else "",
            "discount": self.discount(line),
            "tax": rate(line["tax_rate"]) if self.document.total_tax or line["tax"] else "",
            "total": self.money(line["net"]),
        }

    def discount(self, line: dict[str, Any]) -> str:
        """What is taken off: per unit, in percent, as an amount."""
        parts = []
        if line["volume_discount"]:
            amount = show_figure(line["volume_discount"].normalize(), self.digits)
            unit = printable(line["unit__code"] or self.words("unit"))
            parts.append(self.words("per_unit", amount=amount, unit=unit))
        if line["discount_percent"]:
            parts.append(rate(line["discount_percent"]))
        if line["discount_amount"]:
            parts.append(self.money(line["discount_amount"]))
        return "\n".join(parts)

    def taxed(self, line: dict[str, Any]) -> Decimal:
        before = self.document.rounding_profile == TAXED_BEFORE_DISCOUNT
        return Decimal(line["net"] if before else line["net"] - line["header_discount"])

    def add_tax(self, rate: Decimal, taxed: Decimal, tax: Decimal) -> None:
        before, tax_before = self.taxes.get(rate, (ZERO, ZERO))
        self.taxes[rate] = (before + taxed, tax_before + tax)

    def close_section(self) -> None:
        if self.section:
            label = self.words("subtotal_of", section=self.section)
            self.put("subtotal", label, total=self.money(self.section_sum))
        self.section, self.section_sum = "", ZERO

    def put(self, kind: str, text: str, **shown: str) -> None:
        row = {"kind": kind, "text": text, "sku": "", "tag": "", "long": len(text) > LONG_TEXT} | shown
        if kind not in APART:
            row |= {"carry": self.money(self.sum), "em": width_of(row)}
        self.rows.append(row)

    def money(self, amount: Decimal) -> str:
        return show_amount(amount, self.digits)


def rate(value: Decimal) -> str:
    """A rate with all its digits, its sign as the language sets it: 8.875%, 19 %."""
    return show_figure(value) + percent_sign(locale())


@lru_cache(maxsize=64)
def percent_sign(reader: Locale) -> str:
    pattern = reader.percent_formats[None].pattern
    return "%" if pattern.endswith("0%") else NO_BREAK + "%"


def width_of(row: dict[str, Any]) -> float:
    """At most so wide is the description with what stands beside it, in ems; never fewer than it turns out to be."""
    if "\n" in row["text"] or "\n" in row.get("discount", ""):
        return TOO_WIDE
    shown = f"{row['sku']}{row['text']}{row['tag']}"
    if not shown.isascii():
        return (
            TOO_WIDE
            if any(letter > LAST_NARROW_SCRIPT for letter in shown)
            else len(shown) * WIDEST_LETTER + BESIDE
        )
    narrow = sum(map(shown.count, NARROW))
    return (len(shown) - narrow) * WIDEST_LETTER + narrow * NARROW_LETTER + BESIDE


def widest(rows: Sequence[dict[str, Any]], column: str) -> list[str]:
    """The few longest texts of a column: figures of equal length may differ a little in width."""
    texts = {text for row in rows if row["kind"] not in APART for text in row.get(column, "").split("\n")}
    return sorted(texts, key=len)[-3:]
