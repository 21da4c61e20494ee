"""Two people at the lines of one document: nothing is lost, and only the same cell changed by both is asked about.

**The whole form (no JavaScript).** The form carries what its rows showed: ``<noscript><input type="hidden"
name="shown" value="{{ lines.shown }}"></noscript>`` with ``shown_rows(lines.rows)``. If it does (``carries(data)``),
the version is not compared (``action(..., version=None)`` after ``kernel.writing.as_unseen(document)``); instead, while
the document is locked, ``wanted`` lays the typed rows over those there are now::

    rows = merged(typed_rows(data), data, there, document)   # raises EditConflict
    return read_rows(rows, there, document)

Without a ``shown`` the version is compared as before. An EditConflict must reach the middleware, which shows the page
with a choice per difference; that page sends the same form again with the decisions, and ``merged`` reads them.

**One cell (JavaScript).** The script sends ``was``, what the cell showed before it was typed in, and for a removal
``was`` with all cells of the row, joined by tabs in the order of CELLS. If ``"was" in data``, again the version is not
compared; before the change is made ``check_cell(...)`` or ``check_removal(...)`` raises EditConflict (409) when the
server's text is neither ``was`` nor what was typed. Everything else just applies; then the answer must bring all rows,
not only its own, since others may have changed: the stated version was not the document's. Each difference of the
conflict has ``name`` (``cell:<key>:<cell>``, or ``cell:<key>:row`` for a line that one of the two removed),
``original``, ``yours``, ``others``, ``who`` and ``at``. Who keeps theirs shows it; who keeps mine sends the same again
with ``was`` = theirs.
"""

from django.utils.translation import gettext as _

from catalog.documents import PricedDocument, PricedLine
from catalog.editor import CELLS, row_of
from catalog.line_merging import (
    GONE,
    KEEP,
    ROW,
    calm,
    carries,
    changed,
    difference,
    merged,
    said,
    same,
    shown_rows,
    texts,
)
from kernel.conflicts import Authors, EditConflict

__all__ = ["carries", "check_cell", "check_removal", "merged", "shown_rows", "texts"]


def check_cell(
    line: PricedLine | None,
    cell: str,
    *,
    value: str,
    was: str,
    document: PricedDocument,
    key: str,
    number: int = 0,
) -> None:
    """Raise EditConflict when somebody else changed this cell since it showed ``was``, or removed the line."""
    now = getattr(row_of(line, document), cell) if line is not None else None
    if now is not None and (same(cell, now, was) or same(cell, now, value)):
        return
    before = tuple(was if one == cell else "" for one in CELLS)
    author = Authors.of(document).of_lines()
    if line is None or now is None:
        found = difference(
            (key, ROW, number), before, value, _("Removed"), author=author, mine=KEEP, theirs=GONE
        )
    else:
        before = tuple(
            was if one == cell else text
            for one, text in zip(CELLS, texts(row_of(line, document)), strict=True)
        )
        found = difference((key, cell, number), before, value, now, author=author, mine=value, theirs=now)
    raise EditConflict(document, [found], version=document.version)


def check_removal(line: PricedLine, *, was: str, document: PricedDocument, number: int = 0) -> None:
    """Raise EditConflict when somebody else changed the line since its cells showed ``was`` (joined by tabs)."""
    before = tuple(calm(text) for text in was.split("\t"))
    now = row_of(line, document)
    if len(before) != len(CELLS) or not changed(before, now):
        return
    author = Authors.of(document).of_lines()
    found = difference(
        (str(line.key), ROW, number),
        before,
        _("Removed"),
        said(texts(now)),
        author=author,
        mine=GONE,
        theirs=KEEP,
    )
    raise EditConflict(document, [found], version=document.version)
