"""One look over all rows of a file: its header, some cells of each column, how many rows there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from imports.reading.rows import Dialect, Row, read_rows
from imports.reading.sources import Unreadable

MOST_COLUMNS = 500
MOST_SAMPLES = 40  # of a column: enough to tell how its numbers and days are written
LONGEST_SAMPLE = 120
LONGEST_HEAD = 200
LOOKED_AT = 3000  # rows from which samples are taken


@dataclass
class Overview:
    """What one look tells."""

    header: list[str] = field(default_factory=list)
    header_row: int = 0
    header_end: int = 0
    samples: list[list[str]] = field(default_factory=list)
    rows: int = 0


def look_over(file: IO[bytes], source: Mapping[str, Any]) -> Overview:
    """Read everything once; raises Unreadable when there is no header or nothing below it."""
    dialect = Dialect(source["encoding"], source["delimiter"], source["start"], source["skipped"])
    seen = Overview()
    rows = read_rows(file, dialect)
    for row in rows:
        if any(cell.strip() for cell in row.cells):
            take_header(seen, row)
            break
    else:
        raise Unreadable(_("The file has no row with the heads of its columns."), code="no_header")
    for row in rows:
        seen.rows += 1
        if seen.rows <= LOOKED_AT:
            take_samples(seen.samples, row.cells)
    if not seen.rows:
        raise Unreadable(_("The file has a header but no rows."), code="no_rows")
    return seen


def take_header(seen: Overview, row: Row) -> None:
    """The heads, each with a name of its own."""
    if row.problem == "encoding":
        raise Unreadable(_("The file is not written in this encoding."), code="bad_encoding")
    if row.problem:
        raise Unreadable(_("The row with the heads of the columns cannot be read."), code="no_header")
    cells = list(row.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        text = _("The file has %(count)s columns; at most %(most)s can be read.")
        raise Unreadable(text % {"count": len(cells), "most": MOST_COLUMNS}, code="too_many_columns")
    seen.header = named(cells)
    seen.header_row, seen.header_end = row.number, row.end
    seen.samples = [[] for _cell in cells]


def named(cells: Sequence[str]) -> list[str]:
    """Heads that people can tell apart: an empty one is called by its letter, the second of two alike is counted."""
    found: list[str] = []
    for at, cell in enumerate(cells):
        head = "".join(c for c in " ".join(cell.split()) if c.isprintable())[:LONGEST_HEAD]
        head = head or _("Column %(letter)s") % {"letter": letter(at)}
        name, count = head, 1
        while name in found:
            count += 1
            name = f"{head} ({count})"
        found.append(name)
    return found


def letter(at: int) -> str:
    """A column as spreadsheets call it: A, B, … Z, AA."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text


def take_samples(samples: list[list[str]], cells: Sequence[str]) -> None:
    for kept, cell in zip(samples, cells, strict=False):
        if len(kept) < MOST_SAMPLES and cell and not cell.isspace():
            plain = "".join(c for c in cell[:LONGEST_SAMPLE] if c.isprintable())
            if plain not in kept:
                kept.append(plain)
