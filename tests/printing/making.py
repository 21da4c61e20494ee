"""Documents with chosen lines, and what a PDF of them says."""

import re
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from catalog.lines import lines_of
from catalog.totals import reprice
from tests.document_factories import LINES, TOTALS
from tests.factories import CurrencyFactory, ProductFactory, UnitFactory

DIGITS = {"JPY": 0, "KWD": 3, "CLF": 4}
SPACES = re.compile("[\\s\u00a0\u202f]+")


def currency(code: str) -> Any:
    return CurrencyFactory(code=code, digits=DIGITS.get(code, 2))


def with_lines(document: Any, lines: Iterable[dict[str, Any]]) -> Any:
    """Give the document these lines and the amounts they come to."""
    kind = type(document)._meta.model_name
    for position, line in enumerate(lines, 1):
        make_line(document, kind, position, line)
    priced = lines_of(document)
    reprice(document, priced)
    type(priced[0]).objects.bulk_update(priced, type(priced[0]).AMOUNTS) if priced else None
    type(document).objects.filter(pk=document.pk).update(**{name: getattr(document, name) for name in TOTALS})
    document.refresh_from_db()
    return document


def make_line(document: Any, owner: str, position: int, line: dict[str, Any]) -> None:
    """A line; words alone for sections and notes, and a product only where it has a number."""
    said = {"kind": "item", "sku": "", "unit": "pc", "tax_rate": Decimal(19)} | line
    sku, unit = said.pop("sku"), said.pop("unit")
    if said["kind"] in ("section", "note"):
        nothing = {"quantity": 0, "unit_price": 0, "tax_rate": 0}
        LINES[type(document)](
            **{owner: document}, position=position, product=None, unit=None, tax_code=None, **said | nothing
        )
        return
    unit_made = UnitFactory(code=unit)
    product = ProductFactory(sku=f"{sku}", unit=unit_made, name=said["description"]) if sku else None
    LINES[type(document)](
        **{owner: document}, position=position, product=product, unit=unit_made, tax_code=None, **said
    )


# --- reading it back ------------------------------------------------------------------------------------------


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, in one line and without places to break a word."""
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return [SPACES.sub(" ", page.replace("\N{ZERO WIDTH SPACE}", "")) for page in pages]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def joined(text: str) -> str:
    """A text without any space, for finding what a line break may have parted."""
    return SPACES.sub("", text.translate(dict.fromkeys(map(ord, "\u200b\u200e"))))


def is_archive(pdf: bytes) -> bool:
    """Whether it says of itself that it is PDF/A-3b."""
    return b"<pdfaid:part>3</pdfaid:part>" in pdf and b"<pdfaid:conformance>B" in pdf


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts that the pages use, and whether each is inside of the file."""
    found: dict[str, bool] = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            whole = font.get_object()
            inner = whole["/DescendantFonts"][0].get_object() if "/DescendantFonts" in whole else whole
            described = inner["/FontDescriptor"].get_object()
            name = str(described["/FontName"])
            found[name] = any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found
