"""A table from a spreadsheet as text: its cells, what its columns probably are, and how its numbers are written."""

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser

from babel.numbers import get_decimal_symbol

from kernel.formats import locale

MOST_ROWS = 1000
MOST_COLUMNS = 20
COLUMNS = ("sku", "name", "quantity", "unit", "price", "discount")
FIGURES = ("quantity", "price", "discount")
# How people head such columns, in the languages of our documents.
HEADS = {
    "sku": "sku article art artikel artikelnr artikelnummer art.-nr. item itemno part partno number no nr code "
    "ref reference référence référencia produktnr produktnummer product-no materialnummer",
    "name": "name description desc product text bezeichnung beschreibung produkt désignation description libellé "
    "omschrijving nombre artikelbezeichnung descripción",
    "quantity": "qty quantity count menge anzahl stück stk qté quantité aantal pcs pieces cantidad",
    "unit": "unit uom einheit unité eenheid me unidad",
    "price": "price unitprice preis einzelpreis stückpreis ep prix prixunitaire prijs precio cost each",
    "discount": "discount disc rabatt remise korting descuento discount% rabatt% %",
}
WORDS = {word: column for column, words in HEADS.items() for word in words.split()}


class TableText(HTMLParser):
    """The cells of the first table in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append("".join(self.cell))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def cells_of(text: str) -> list[list[str]]:
    """The rows of what was pasted, HTML, tabs or CSV; empty rows are left out."""
    text = text.replace("\0", "").lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")
    if "<table" in text[:5000].lower():
        parser = TableText()
        parser.feed(text)
        rows = parser.rows
    else:
        lines = text.splitlines(keepends=True)
        try:
            rows = list(csv.reader(lines, delimiter=delimiter_of(text), skipinitialspace=True))
        except csv.Error:
            rows = [line.split("\t") for line in text.splitlines()]
    calm = [[" ".join(cell.split()) for cell in row[:MOST_COLUMNS]] for row in rows]
    return [row for row in calm if any(row)]


def delimiter_of(text: str) -> str:
    """Tabs where there are any, else semicolons before commas: a comma may stand inside of numbers."""
    lines = [line for line in text.splitlines() if line.strip()][:20]
    if "\t" in text.strip():
        return "\t"
    for delimiter in (";", "|"):
        if lines and sum(delimiter in line for line in lines) * 2 > len(lines):
            return delimiter
    # "1,5" alone is a number; three columns parted by commas are a table.
    return "," if any(line.count(",") > 1 or ", " in line for line in lines) or "\n" in text.strip() else "\t"


@dataclass(slots=True)
class Pasted:
    """A pasted table: its rows without the heads, what each column is, and how decimals are written."""

    rows: list[list[str]]
    columns: list[str]
    decimal: str
    heads: list[str] = field(default_factory=list)
    guessed: bool = True

    def cell(self, row: Sequence[str], column: str) -> str:
        at = self.columns.index(column) if column in self.columns else -1
        return row[at] if 0 <= at < len(row) else ""

    @property
    def width(self) -> int:
        return len(self.columns)


def table_of(
    text: str, known: Collection[str] = (), *, columns: Sequence[str] = (), decimal: str = ""
) -> Pasted:
    """What was pasted; columns and decimals as said, else guessed. ``known`` are the SKUs (lower case) in it."""
    rows = cells_of(text)
    width = max((len(row) for row in rows), default=0)
    heads = rows[0] if rows and is_head(rows[0]) else []
    body = rows[1:] if heads else rows
    said = [name if name in COLUMNS else "" for name in columns][:width]
    guessed = not any(said)
    found = named(heads, width) if heads else []
    if not any(found):
        found = by_content(body, width, known)
    return Pasted(
        rows=body, columns=said + [""] * (width - len(said)) if not guessed else found,
        decimal=decimal if decimal in (".", ",") else decimal_of(body), heads=heads, guessed=guessed,
    )  # fmt: skip


def is_head(row: Sequence[str]) -> bool:
    """Whether the row names columns: it has one of the usual words and no figures."""
    return any(head_of(cell) for cell in row) and not any(looks_like_figure(cell) for cell in row)


def head_of(cell: str) -> str:
    text = cell.lower().strip(" .:")
    squeezed = re.sub(r"[\s_.-]+", "", text)
    return (
        WORDS.get(text) or WORDS.get(squeezed) or WORDS.get(text.split(" ", 1)[0] if " " in text else "", "")
    )


def named(heads: Sequence[str], width: int) -> list[str]:
    """The columns by their heads; of two with one meaning the first counts."""
    found: list[str] = []
    for head in [*heads, *[""] * (width - len(heads))]:
        column = head_of(head)
        found.append(column if column not in found else "")
    return found


def by_content(rows: Sequence[Sequence[str]], width: int, known: Collection[str]) -> list[str]:
    """The columns by what stands in them: known SKUs, words, then figures in the order people write them."""
    found = [""] * width
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    hits = [sum(text.lower() in known for text in cells) for cells in columns]
    if width and max(hits) > 0:
        found[hits.index(max(hits))] = "sku"
    words = [
        0 if found[at] else sum(not looks_like_figure(text) for text in cells)
        for at, cells in enumerate(columns)
    ]
    if width and max(words) * 2 > len(rows):
        lengths = [
            sum(map(len, cells)) if words[at] * 2 > len(rows) else 0 for at, cells in enumerate(columns)
        ]
        found[lengths.index(max(lengths))] = "name"
    figures = [
        at
        for at in range(width)
        if not found[at] and columns[at] and all(map(looks_like_figure, columns[at]))
    ]
    for at, name in zip(figures, FIGURES, strict=False):
        found[at] = name
    return found


def looks_like_figure(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"[-+\N{MINUS SIGN}]?[\s€$£¥A-Z]{0,4}[\d.,'’\s]*\d[\d.,]*\s*(?:%|€|\$|£|¥|[A-Z]{3})?",
            text.strip(),
        )
    )


def decimal_of(rows: Sequence[Sequence[str]]) -> str:
    """The sign before the decimals that the figures give away, else the reader's own."""
    votes = {".": 0, ",": 0}
    for row in rows:
        for cell in row:
            if looks_like_figure(cell):
                digits = re.sub(r"[^\d.,]", "", cell)
                if (sign := sign_in(digits)) is not None:
                    votes[sign] += 1
    if votes["."] == votes[","]:
        return str(get_decimal_symbol(locale()))
    return max(votes, key=lambda sign: votes[sign])


def sign_in(digits: str) -> str | None:
    """Which sign parts the decimals of this figure, as far as it tells."""
    if "." in digits and "," in digits:
        return max(".,", key=digits.rfind)
    for sign, other in ((".", ","), (",", ".")):
        if digits.count(sign) == 1 and len(digits.rpartition(sign)[2]) != 3:
            return sign
        if digits.count(sign) > 1:
            return other
    return None


def figure(text: str, decimal: str) -> Decimal:
    """The number a cell says, its decimals behind that sign. Raises ValueError for anything else."""
    plain = re.sub(r"[^\d.,+-]", "", text.replace("\N{MINUS SIGN}", "-"))
    group = "," if decimal == "." else "."
    try:
        return Decimal(plain.replace(group, "").replace(decimal, "."))
    except InvalidOperation as error:
        raise ValueError(text) from error
