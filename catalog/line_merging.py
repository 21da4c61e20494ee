"""Three versions of a document's rows laid over each other; how to call it stands in catalog.line_conflicts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.documents import PricedDocument, PricedLine
from catalog.editor import CELLS, Row, row_of
from catalog.figures import read_figure
from kernel.conflicts import Authors, Difference, EditConflict, rest_of, settled

DECIDED = "cell:"
ROW = "row"  # instead of a cell: whether the line is there at all
KEEP, GONE = "keep", "gone"
FIGURES = ("quantity", "price", "discount")
LABELS = {
    "kind": gettext_lazy("Kind"), "product": gettext_lazy("Product"), "quantity": gettext_lazy("Quantity"),
    "unit": gettext_lazy("Unit"), "price": gettext_lazy("Price"), "discount": gettext_lazy("Discount"),
    "tax": gettext_lazy("Tax"), ROW: gettext_lazy("The whole line"),
}  # fmt: skip
MARK = "-"  # the first line of what was shown, so that no lines at all are something shown too
UNMOVED = "unmoved"
Texts = tuple[str, ...]


def shown_rows(rows: Iterable[Row]) -> str:
    """What the saved rows show, for the form to carry along: a line each, key and cells parted by tabs."""
    return "\n".join([MARK, *("\t".join((row.key, *texts(row))) for row in rows if row.key)])


def carries(data: Any) -> bool:
    """Whether the form says what it showed, so that it can be merged whatever its version."""
    return bool(data.get("shown", "").strip())


def texts(row: Row) -> Texts:
    return tuple(calm(getattr(row, cell)) for cell in CELLS)


def calm(text: str) -> str:
    """A text as an input keeps it: no line ends, no tabs, one space between words."""
    return " ".join(text.split())


def same(cell: str, one: str, other: str) -> bool:
    """Whether two texts of a cell say the same: 2 and 2.0 do."""
    one, other = calm(one), calm(other)
    if one == other or cell not in FIGURES:
        return one == other
    try:
        return bool(one and other and read_figure(one) == read_figure(other))
    except ValueError:
        return False


# --- the whole form ------------------------------------------------------------------------------------------


def merged(
    rows: Sequence[Row], data: Any, there: Sequence[PricedLine], document: PricedDocument
) -> list[Row]:
    """The typed rows laid over the lines as they are now; raises EditConflict where both changed the same cell.

    Lines that others added stay, lines that they removed and I did not touch go; my order holds unless only they
    moved lines.
    """
    if not carries(data):
        return list(rows)
    return Merge(rows, settled(data), there, document).rows()


class Merge:
    """Three versions of a document's rows: as the form showed them, as I typed them, as they are now."""

    def __init__(
        self, rows: Sequence[Row], data: Any, there: Sequence[PricedLine], document: PricedDocument
    ) -> None:
        self.data, self.document = data, document
        self.before = read_shown(data.get("shown", ""))
        self.now = {str(line.key): row_of(line, document) for line in there}
        self.typed = [one for one in (self.decided(row) for row in rows) if one is not None]
        self.mine = {row.key: row for row in self.typed if row.key}
        self.differences: list[Difference] = []
        self._authors: Authors | None = None

    def decided(self, row: Row) -> Row | None:
        """The row with what was chosen on the page of an earlier conflict; nothing where it shall be gone."""
        choice = self.data.get(f"{DECIDED}{row.key}:{ROW}") if row.key else None
        if choice == GONE:
            return None
        if choice == KEEP and row.key not in self.now:
            return replace(row, key="")
        chosen: dict[str, Any] = {
            cell: self.data[name]
            for cell in CELLS
            if row.key and (name := f"{DECIDED}{row.key}:{cell}") in self.data
        }
        return replace(row, **chosen)

    def rows(self) -> list[Row]:
        made = {key: row for key in self.keys() if (row := self.row(key)) is not None}
        if self.differences:
            raise EditConflict(
                self.document, self.differences, version=self.document.version, typed=self.rest(),
                shown=shown_rows(self.now.values()),
            )  # fmt: skip
        return self.in_order(made)

    def keys(self) -> list[str]:
        """Every line that any of the three knows, in a stable order."""
        return list(dict.fromkeys([*self.mine, *self.now, *self.before]))

    def row(self, key: str) -> Row | None:
        """What becomes of one line."""
        was, mine, now = self.before.get(key), self.mine.get(key), self.now.get(key)
        if now is None:
            return self.they_removed(key, was, mine)
        if was is None:  # they added it, or my form never showed it
            return now
        if mine is None:
            return self.i_removed(key, was, now)
        return self.cells(key, was, mine, now)

    def they_removed(self, key: str, was: Texts | None, mine: Row | None) -> Row | None:
        if mine is not None and (was is None or changed(was, mine)):
            self.ask(key, ROW, was or (), said(texts(mine)), _("Removed"), KEEP, GONE)
        return None

    def i_removed(self, key: str, was: Texts, now: Row) -> Row | None:
        if self.data.get(f"{DECIDED}{key}:{ROW}") == KEEP:
            return now
        if changed(was, now):
            self.ask(key, ROW, was, _("Removed"), said(texts(now)), GONE, KEEP)
        return None

    def cells(self, key: str, was: Texts, mine: Row, now: Row) -> Row:
        """Their line with my cells in it."""
        own: dict[str, Any] = {}
        for cell, before in zip(CELLS, was, strict=True):
            typed, theirs = getattr(mine, cell), getattr(now, cell)
            if same(cell, before, typed) or same(cell, typed, theirs):
                continue
            if not same(cell, before, theirs):
                self.ask(key, cell, was, typed, theirs, typed, theirs)
            own[cell] = typed
        return replace(now, **own)

    def ask(self, key: str, cell: str, was: Texts, yours: str, others: str, mine: str, theirs: str) -> None:
        """Note a difference to be decided."""
        self._authors = self._authors or Authors.of(self.document)
        author = self._authors.of_lines()
        known = list(self.now if key in self.now else self.before if key in self.before else self.mine)
        number = known.index(key) + 1
        self.differences.append(
            difference((key, cell, number), was, yours, others, author=author, mine=mine, theirs=theirs)
        )

    def rest(self) -> list[tuple[str, str]]:
        """The form as it was typed, to be sent again with the decisions; what they alone changed as it is now."""
        decided = {one.name for one in self.differences}
        data = self.data.copy()
        keys = data.getlist("key")
        for at, cell in enumerate(CELLS):
            column = data.getlist(cell)
            for place, key in enumerate(keys[: len(column)]):
                was, now = self.before.get(key), self.now.get(key)
                if was and now and same(cell, was[at], column[place]):
                    column[place] = getattr(now, cell)
            data.setlist(cell, column)
        return [*rest_of(data, decided), *self.settled_rows(decided)]

    def settled_rows(self, decided: set[str]) -> list[tuple[str, str]]:
        """What is no question: untouched lines that they removed stay away, lines that they added stay."""
        gone = [key for key in self.mine if key not in self.now]
        added = [key for key in self.now if key not in self.before and key not in self.mine]
        rows = [(f"{DECIDED}{key}:{ROW}", GONE) for key in gone] + [
            (f"{DECIDED}{key}:{ROW}", KEEP) for key in added
        ]
        return [one for one in rows if one[0] not in decided] + ([] if self.i_moved() else [(UNMOVED, "1")])

    def i_moved(self) -> bool:
        """Whether I brought the lines into another order."""
        common = [key for key in self.before if key in self.mine and key in self.now]
        return UNMOVED not in self.data and [key for key in self.mine if key in common] != common

    def in_order(self, made: Mapping[str, Row]) -> list[Row]:
        """My order with their new lines in it, or theirs with mine, if only they moved lines."""
        theirs = [made[key] for key in self.now if key in made]
        mine = [
            made.get(row.key, row) if row.key else row for row in self.typed if not row.key or row.key in made
        ]
        return woven(mine, theirs) if self.i_moved() else woven(theirs, mine)


def woven(into: Sequence[Row], other: Sequence[Row]) -> list[Row]:
    """The rows of ``into`` with those only ``other`` has, each behind the row that it stands behind there."""
    result = list(into)
    there = {row.key for row in result if row.key}
    last: Row | None = None
    for row in other:
        if row.key and row.key in there:
            last = next(one for one in result if one.key == row.key)
            continue
        at = 0 if last is None else next(i for i, one in enumerate(result) if one is last) + 1
        result.insert(at, row)
        last = row
    return result


def changed(was: Texts, row: Row) -> bool:
    return any(not same(cell, one, getattr(row, cell)) for cell, one in zip(CELLS, was, strict=True))


def read_shown(text: str) -> dict[str, Texts]:
    """The rows that the form showed, by key; what is not in our words is as good as not said."""
    found: dict[str, Texts] = {}
    for line in text.replace("\r\n", "\n").split("\n"):
        key, *cells = line.split("\t")
        if key and len(cells) == len(CELLS):
            found[key] = tuple(cells)
    return found


def said(cells: Sequence[str]) -> str:
    """A row in one line of words."""
    return " · ".join(filter(None, cells))


def difference(
    place: tuple[str, str, int], was: Texts, yours: str, others: str, *, author: Any, mine: str, theirs: str
) -> Difference:
    """A difference at a place: key of the line, cell, number of the line."""
    key, cell, number = place
    known = len(was) == len(CELLS)
    product = was[CELLS.index("product")] if known else ""
    original = was[CELLS.index(cell)] if known and cell in CELLS else said(was)
    return Difference(
        name=f"{DECIDED}{key}:{cell}", label=label_of(cell), original=original or "–", yours=yours or "–",
        others=others or "–", mine=mine, theirs=theirs, who=author[0], at=author[1],
        line=_("Line %(number)s: %(product)s") % {"number": number, "product": product},
    )  # fmt: skip


def label_of(cell: str) -> str:
    """What the editor calls the cell."""
    return str(LABELS.get(cell, cell.capitalize()))
