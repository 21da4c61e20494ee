"""One thing done in the line editor: a cell typed; lines added, copied, moved, removed, put back, discounted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Sum as SumOf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.changes import LineChange, Touch, Wanted, changes_from
from catalog.documents import COUNTED, LineKind, PricedDocument, PricedLine
from catalog.editor import CELLS, Lines, Row, row_of, shown_time, subtotals, sums_of, table_of_lines, why_url
from catalog.figures import show_amount
from catalog.line_blocks import behind, meant, moved
from catalog.line_conflicts import check_cell, check_removal
from catalog.models import Product
from catalog.paste_matching import read_paste
from catalog.removed_lines import note_removed, put_back
from catalog.suggestions import goes_with
from catalog.typed_lines import PRICED_KINDS, mark, plain, read_discount, read_rows, taxed_as_usual
from kernel.errors import Blocker, DomainError

Changes = list[LineChange]


@dataclass(slots=True)
class Outcome:
    """What the editor's script has to show now: rows that look different, the order, the sums, a way back."""

    lines: Lines
    gone: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    is_all: bool = False
    undo: str = ""
    said: str = ""
    related: list[Product] = field(default_factory=list)


class LineEdit:
    """One change as the editor's script sends it; ``wanted`` is what the document's action is given."""

    fields: dict[str, Any] = {}

    def __init__(self, data: Any) -> None:
        self.data = data
        self.verb = data.get("do", "")
        self.keys = [key for key in map(key_of, data.getlist("line")) if key]
        self.cell = data.get("cell", "")
        self.value = plain(data.get("value", ""))
        cells: dict[str, Any] = {name: plain(data.get(name, "")) for name in CELLS}
        self.typed = Row(**cells, kind=data.get("kind", ""))
        self.rows = [self.typed]
        self.errors: list[str] = []
        self.refusal: DomainError | None = None
        self.there: list[PricedLine] = []
        self.before: dict[str, Row] = {}
        self.undo = ""

    @property
    def key(self) -> str:
        return str(self.keys[0]) if self.keys else ""

    def add_error(self, _name: None, text: str) -> None:
        self.errors.append(text)

    def wanted(self, document: PricedDocument) -> Wanted:
        """The lines after the change, worked out while the document is locked."""
        if self.verb == "cell" and self.keys:
            return Touch(
                key=self.keys[0],
                change=lambda line: self.type([line], line, document),
                whole=lambda there: self.type_among(there, document),
            )
        return lambda there: self.work(there, document)

    # --- a cell ----------------------------------------------------------------------------------------------

    @property
    def merges(self) -> bool:
        """Whether the script says what it showed, so that what others did meanwhile is compared piece by piece."""
        return "was" in self.data or "merge" in self.data

    def type(self, there: Sequence[PricedLine], line: PricedLine, document: PricedDocument) -> LineChange:
        self.remember(there, document)
        self.refuse_conflict(line, document)
        self.rows = [row_of(line, document)]
        if self.cell in CELLS:
            setattr(self.rows[0], self.cell, self.value)
        return read_rows(self.rows, [line], document, first=line.position)[0]

    def type_among(self, there: Sequence[PricedLine], document: PricedDocument) -> Changes:
        at = next((i for i, line in enumerate(there) if line.key == self.keys[0]), None)
        if at is None:
            self.refuse_conflict(None, document)
            raise gone()
        changes = changes_from(there)
        changes[at] = self.type(there, there[at], document)
        return changes

    def refuse_conflict(self, line: PricedLine | None, document: PricedDocument) -> None:
        if "was" in self.data and self.cell in CELLS:
            check_cell(
                line, self.cell, value=self.value, was=self.data["was"], document=document, key=self.key,
                number=line.position if line else 0,
            )  # fmt: skip

    def remember(self, there: Sequence[PricedLine], document: PricedDocument) -> None:
        self.there = list(there)
        self.before = {str(line.key): row_of(line, document) for line in there}

    # --- the others ------------------------------------------------------------------------------------------

    def work(self, there: Sequence[PricedLine], document: PricedDocument) -> Changes:
        """The lines with what the verb does to them."""
        verbs: dict[str, Callable[[Changes, PricedDocument], Changes]] = {
            "add": self.add, "copy": self.copy, "move": self.move, "remove": self.remove, "restore": self.restore,
            "discount": self.discount, "kind": self.turn, "take": self.take,
        }  # fmt: skip
        if self.verb not in verbs:
            raise DomainError(_("The editor does not know this."), code="unknown_verb")
        self.remember(there, document)
        changes = changes_from(there)
        if self.verb not in ("add", "restore", "take"):
            known = {change.key for change in changes}
            self.keys = [key for key in self.keys if key in known]
            if not self.keys:
                raise gone()
        return verbs[self.verb](changes, document)

    def add(self, changes: Changes, document: PricedDocument) -> Changes:
        at = behind(changes, self.keys[0] if self.keys else None)
        changes[at:at] = read_rows(self.rows, self.there[:at], document, first=at + 1)
        return changes

    def take(self, changes: Changes, _document: PricedDocument) -> Changes:
        """What was pasted and looked at, below the line where it was pasted."""
        at = behind(changes, self.keys[0] if self.keys else None)
        changes[at:at] = taxed_as_usual(read_paste(self.data).changes(), self.there[:at])
        return changes

    def copy(self, changes: Changes, document: PricedDocument) -> Changes:
        """The same lines again below the last of them, at the prices that were agreed for them."""
        agreed = {line.key: line.unit_price for line in self.there}
        locked = getattr(document, "prices_locked", False)
        twins = [
            replace(one, key=None, unit_price=agreed[one.key] if locked and one.key else one.unit_price)
            for one in meant(changes, self.keys)
        ]
        at = behind(changes, self.keys[-1])
        return [*changes[:at], *twins, *changes[at:]]

    def move(self, changes: Changes, _document: PricedDocument) -> Changes:
        return moved(changes, self.keys, self.value)

    def remove(self, changes: Changes, document: PricedDocument) -> Changes:
        showed = dict(zip(self.data.getlist("line"), self.data.getlist("was"), strict=False))
        for line in self.there:
            if (was := showed.get(str(line.key))) is not None:
                check_removal(line, was=was, document=document, number=line.position)
        removed = {one.key for one in meant(changes, self.keys)}
        self.undo = note_removed(document, [line for line in self.there if line.key in removed])
        return [one for one in changes if one.key not in removed]

    def restore(self, changes: Changes, document: PricedDocument) -> Changes:
        return put_back(document, self.value, changes)

    def discount(self, changes: Changes, _document: PricedDocument) -> Changes:
        """One discount for every line that is meant and has a price."""
        wrong: list[tuple[str, Any, str]] = []
        percent, amount = read_discount(self.value, wrong)
        if wrong:
            code, text, _cell = wrong[0]
            raise DomainError(text, code=code, field="discount_percent")
        return [
            replace(one, discount_percent=percent, discount_amount=amount)
            if one.key in self.keys and one.kind in PRICED_KINDS
            else one
            for one in changes
        ]

    def turn(self, changes: Changes, _document: PricedDocument) -> Changes:
        """Items become options, or options items."""
        kind = LineKind.OPTIONAL if self.value == LineKind.OPTIONAL else LineKind.ITEM
        return [
            replace(one, kind=kind.value) if one.key in self.keys and one.kind in PRICED_KINDS else one
            for one in changes
        ]

    # --- what it came to -------------------------------------------------------------------------------------

    def outcome(self, document: PricedDocument, *, others_too: bool = False) -> Outcome:
        """The rows that look different now, and the sums; after others changed the lines too, all rows."""
        if others_too:
            lines = table_of_lines(document)
            return Outcome(lines, order=[row.key for row in lines.rows], is_all=True, undo=self.undo)
        if self.verb == "cell":
            return self.outcome_of_cell(document)
        lines = table_of_lines(document)
        keys = [row.key for row in lines.rows]
        new = {key for key in keys if key not in self.before}
        lines.rows = [
            replace(row, after=above if row.key in new else None)
            for above, row in zip(["", *keys], lines.rows, strict=False)
            if row != self.before.get(row.key)
        ]
        gone = [key for key in self.before if key not in set(keys)]
        said = ""
        if gone and self.undo:
            said = ngettext("%(count)s line removed.", "%(count)s lines removed.", len(gone)) % {
                "count": len(gone)
            }
        related = goes_with(lines.rows[0].sku) if self.verb == "add" and lines.rows else []
        order = keys if self.verb == "move" else []
        return Outcome(lines, gone=gone, order=order, undo=self.undo, said=said, related=related)

    def outcome_of_cell(self, document: PricedDocument) -> Outcome:
        rows = [
            now
            for line in self.there
            if (now := row_of(line, document)) != self.before[str(line.key)] or str(line.key) == self.key
        ]
        manager: Any = document.lines  # type: ignore[attr-defined]
        counted = manager.order_by().filter(kind__in=(*COUNTED, LineKind.SECTION))
        by_rate = list(counted.values_list("kind", "tax_rate").annotate(SumOf("tax")))
        if any(kind == LineKind.SECTION for kind, _rate, _tax in by_rate):
            rows += sections_of(document, manager)
        sums = sums_of(document, ((rate, tax) for _kind, rate, tax in by_rate))
        lines = Lines(rows, sums, document.currency.code, document.version, saved_at=shown_time(document))
        lines.options, lines.why = document.offers_options, why_url(document)
        return Outcome(lines, related=self.suggestions(self.there))

    def suggestions(self, lines: Sequence[PricedLine]) -> list[Product]:
        """What goes with the product just chosen; looked up only then."""
        if self.verb == "cell" and self.cell != "product":
            return []
        chosen = next((line.product for line in lines if str(line.key) == self.key), None)
        return goes_with(chosen.sku if chosen else "")

    def explain(self) -> None:
        """Reasons name the place in the document; here there is but one row."""
        if self.refusal is None:
            return
        here = [replace(one, field=f"lines.0.{one.field.split('.')[-1]}") for one in self.refusal.blockers]
        own = str(getattr(self.refusal, "line", "")) in ("", self.key)
        if not here and self.refusal.field and own:
            here = [Blocker(self.refusal.code, self.errors[0], f"lines.0.{self.refusal.field}")]
        if here and self.refusal.status == 422:
            self.errors = mark(self.rows, here)


def sections_of(document: PricedDocument, manager: Any) -> list[Row]:
    """The headings with what stands under each, from four columns."""
    lines = list(manager.order_by("position", "id").values_list("kind", "net", "key", "description"))
    digits = document.currency.digits
    return [
        Row(key=str(lines[at][2]), kind=lines[at][0], product=lines[at][3], total=show_amount(total, digits))
        for at, total in subtotals((kind, net) for kind, net, _key, _text in lines)
    ]


def gone() -> DomainError:
    return DomainError(_("This line is not there any more."), code="unknown_line", field="lines")


def key_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
