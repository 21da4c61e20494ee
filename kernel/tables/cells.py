"""How a list draws its cells: what is the same in every row is worked out once a page, not once a cell."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kernel import formats
from kernel.tables.columns import Column, follow

EMPTY = Markup('<span class="muted">–</span>')
LINK = Markup('<a href="{}">{}</a>')
OPENING = Markup('<td data-label="{}" class="{}"{}>')
EDITED = Markup(' data-cell="{}"')

Draw = Callable[..., Any]

FORMATS: dict[str, Callable[[Any], Any]] = {
    "number": formats.number,
    "percent": formats.percent,
    "date": formats.date,
    "datetime": formats.datetime,
    "ago": formats.ago,
}


PICK = '<td class="pick"><label><input type="checkbox" name="row" form="bulk" value="%s" aria-label="%s"></label></td>'


def draw_rows(
    columns: Sequence[Column], rows: Sequence[Any], badge: Draw, own: Draw, names: Sequence[str], *,
    picks: bool = False, editable: Collection[str] = (),
) -> Iterator[Markup]:  # fmt: skip
    """Each row's cells in HTML; the columns of these names are drawn by the template's ``own`` block.

    Joined here and not in a template, because a page has hundreds of cells and each step of a template costs.
    """
    cells = [Cells(column, badge, editable) for column in columns]
    for column in columns:
        if column.prepare is not None:
            column.prepare(rows)
    select = str(escape(_("Select")))
    for row in rows:
        parts: list[str] = []
        name = ""
        for cell in cells:
            drawn = escape(own(row, cell) if cell.name in names else cell.draw(row))
            if cell.main:
                name = drawn if "<" not in drawn else escape(row)
                parts += (cell.opening, escape(row.get_absolute_url()), '">', drawn, cell.closing)
            else:
                parts += (cell.opening, drawn, cell.closing)
        if picks:
            parts.insert(0, PICK % (row.pk, f"{select} {name}"))
        yield Markup("".join(parts))


class Cells:
    """One column of one page, ready to draw: ``badge`` is the template's macro, so that looks stay with templates."""

    def __init__(self, column: Column, badge: Draw, editable: Collection[str] = ()) -> None:
        self.column = column
        self.name = column.name
        self.value = column.value if column.source or "." in column.name else self._attribute
        self.main = column.main
        self.label = escape(column.label)
        opening = f'<th scope="row" data-label="{self.label}"><a href="'
        self.opening = (
            opening
            if column.main
            else OPENING.format(
                self.label, column.align, EDITED.format(column.name) if column.name in editable else ""
            )
        )
        self.closing = "</a></th>" if column.main else "</td>"
        self.badge = badge
        self.known: dict[Any, Any] = {}
        self.is_choice: bool | None = None
        kind = "text" if column.main and column.kind == "link" else column.kind
        drawn = {"money": self._money, "badge": self._badge, "yesno": self._yesno, "link": self._link}
        self._draw = drawn.get(kind) or (self._formatted if kind in FORMATS else self._words)
        self._format = FORMATS.get(kind, str)

    def draw(self, row: Any) -> Any:
        """The value as its column says."""
        value = self.value(row)
        return EMPTY if value is None or value == "" else self._draw(row, value)

    def _attribute(self, row: Any) -> Any:
        return getattr(row, self.name, None)

    def _money(self, row: Any, value: Any) -> Any:
        amount = escape(formats.money(value, self.column.currency_of(row)))
        return Markup(f'<span class="money">{amount}</span>')

    def _formatted(self, row: Any, value: Any) -> Any:
        return self._format(value)

    def _yesno(self, row: Any, value: Any) -> Any:
        return _("Yes") if value else _("No")

    def _link(self, row: Any, value: Any) -> Any:
        return LINK.format(self.column.target(row), value)

    def _badge(self, row: Any, value: Any) -> Any:
        key = (value, self.column.tone_of(row))
        if key not in self.known:
            self.known[key] = self.badge(value, self.column.words(row), key[1])
        return self.known[key]

    def _words(self, row: Any, value: Any) -> Any:
        """Choices are few, so their words are looked up once; any other text is its own."""
        if self.is_choice is None:
            *path, last = self.name.split(".")
            holder = follow(row, ".".join(path)) if path else row
            self.is_choice = not self.column.source and hasattr(holder, f"get_{last}_display")
        if not self.is_choice:
            return escape(value)
        if value not in self.known:
            self.known[value] = escape(self.column.words(row))
        return self.known[value]
