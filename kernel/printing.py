"""Printed documents: data in, a PDF out. Knows templates, fonts and languages, but no document by name."""

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"
ARCHIVE = "a-3b"  # PDF/A: it looks the same in ten years; needs a glyph for every character
LONGEST_TEXT = 20_000
UNBREAKABLE = 16  # characters of one word after which a line may be broken inside it
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
KEPT_CONTROLS = "\n"
# Would turn the reading direction of what follows, so that a figure could be made to read as another one.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class StatementEntry:
    """A document or a payment on a statement of account; one of ``charge`` and ``payment`` is zero.

    ``kind`` is one of invoice, credit_note, payment, refund, write_off; ``balance`` is what is owed after it.
    """

    on: dt.date
    kind: str
    number: str
    charge: Decimal
    payment: Decimal
    balance: Decimal
    reference: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True)
class AgeingBucket:
    """What is overdue by ``from_days`` to ``to_days`` days: no from = not yet due, no to = and longer."""

    from_days: int | None
    to_days: int | None
    amount: Decimal


@dataclass(frozen=True)
class StatementSheet:
    """A statement of account as figures; texts around it are put in its language when it is printed."""

    customer: str
    address: Sequence[str]
    currency: str
    digits: int
    as_of: dt.date
    since: dt.date
    opening: Decimal
    closing: Decimal
    entries: Sequence[StatementEntry] = ()
    ageing: Sequence[AgeingBucket] = ()
    number: str = ""  # the customer's number with us
    tax_number: str = ""
    language: str = ""  # empty: the organization's
    overdue: Decimal = field(default=Decimal(0))


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF that a template makes of the data: PDF/A where the fonts have every character, else plain PDF.

    Texts are data for the template, never markup, and nothing outside of the templates can be read.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False, default=str)}
    # One compiler a call: it keeps what it compiles, and two threads must not share that.
    compiler = typst.Compiler(str(TEMPLATES / template), root=str(TEMPLATES), font_paths=fonts())
    try:
        made = compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=[ARCHIVE])
    except typst.TypstError as error:
        if ARCHIVE_REFUSAL not in error.message:
            raise
        made = compiler.compile(sys_inputs=inputs, format="pdf")
    return bytes(made)  # type: ignore[arg-type]


ARCHIVE_REFUSAL = "PDF/A-3b error"


@cache
def fonts() -> typst.Fonts:
    """Ours first, then what the machine has for other scripts; looked up once a process."""
    found = find_spec("font_source_sans_pro")
    own = [Path(found.submodule_search_locations[0]) / "files"] if found else []  # type: ignore[index]
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=own)


def printable(text: object, *, lines: bool = False) -> str:
    """A text as it may stand on paper: no control characters, and long words may be broken."""
    kept = KEPT_CONTROLS if lines else ""
    plain = str(text)[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(shown_character(character, kept) for character in plain)
    return " ".join(breakable(word) for word in shown.split(" ")).strip()


def shown_character(character: str, kept: str) -> str:
    if character in kept or character.isalnum():
        return character
    if character in OVERRIDES or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        return " " if character.isspace() else ""
    return character


def breakable(word: str) -> str:
    """The word with places to break it where it is longer than any column can hold."""
    if len(word) <= UNBREAKABLE:
        return word
    return ZERO_WIDTH_SPACE.join(word[at : at + 8] for at in range(0, len(word), 8))
