"""Writing the lines of a document: what was asked for becomes priced, taxed rows in a few statements."""

import datetime as dt
from collections.abc import Sequence

from catalog.bundles import with_members
from catalog.changes import LineChange, Touch, Wanted, changes_from, check, line_blocker, refuse
from catalog.documents import PricedDocument, PricedLine
from catalog.line_rows import (
    apply,
    lines_of,
    price_from_list,
    save_columns,
    save_lines,
    snapshot,
    tax_by_code,
)
from catalog.totals import reprice
from catalog.touching import write_touch

__all__ = [
    "LineChange", "Touch", "Wanted", "changes_from", "line_blocker", "lines_of", "lines_wanted", "refuse",
    "save_columns", "write_lines",
]  # fmt: skip


def write_lines(document: PricedDocument, wanted: Wanted, *, on: dt.date) -> None:
    """Make the document's lines exactly these, price them and save them; the caller saves the header.

    A change with the key of an existing line changes that line, one without makes a new line, lines not named are
    removed. A new line of a bundle brings its members along. Constant number of statements. Raises DomainError
    naming line and field, then nothing is written.
    """
    if isinstance(wanted, Touch) and write_touch(document, wanted, on=on):
        return
    there = lines_of(document)
    before = {line.key: snapshot(line) for line in there}
    lines = lines_wanted(document, there, wanted(there) if callable(wanted) else wanted, on=on)
    save_lines(document, lines, before)


def lines_wanted(
    document: PricedDocument, there: Sequence[PricedLine], changes: Sequence[LineChange], *, on: dt.date
) -> list[PricedLine]:
    """The lines as asked for, checked, priced and taxed, with the document's sums; in memory, nothing saved."""
    existing = {line.key: line for line in there}
    check(changes, existing, document, on=on)
    changes = with_members(changes, there, offers_options=document.offers_options)
    lines = [apply(document, existing, change, number) for number, change in enumerate(changes, 1)]
    price_from_list(document, lines, changes, on)
    tax_by_code(document, lines, on)
    reprice(document, lines)
    return lines
