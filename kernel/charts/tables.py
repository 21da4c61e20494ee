"""The same figures as a table: for those who hear the page, who copy it, and who want them to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kernel.charts.kinds import Bars, Bridge, Chart, Columns, Lines, Mark, Scatter, Segments, Strips
from kernel.charts.words import text_of
from kernel.formats import day_text, number


@dataclass(frozen=True)
class Cell:
    """One figure or word of a row."""

    text: str
    url: str = ""
    note: str = ""
    is_number: bool = True


@dataclass(frozen=True)
class ChartTable:
    """Heads over columns, and rows that begin with what they are of."""

    heads: Sequence[Cell]
    rows: Sequence[tuple[Cell, Sequence[Cell]]]


def table_of(chart: Chart) -> ChartTable:
    """The figures of a picture in rows and columns."""
    made: ChartTable = MAKERS[type(chart)](chart)
    return made


def figure(mark: Mark | None) -> Cell:
    return Cell("–") if mark is None else Cell(text_of(mark), mark.url, str(mark.note))


def word(text: Any, url: str = "", note: Any = "") -> Cell:
    return Cell(str(text), url, str(note), is_number=False)


def heads(*names: Any) -> list[Cell]:
    """The first column says what a row is of, all others are figures."""
    return [word(names[0]), *(Cell(str(name)) for name in names[1:])]


def bars(chart: Bars) -> ChartTable:
    most = max((len(row.marks) for row in chart.rows), default=1)
    names = [str(part) for part in chart.parts] or [_("Value")]
    names += [""] * (most - len(names))
    notes = any(str(row.note) for row in chart.rows)
    found = []
    for row in chart.rows:
        cells = [figure(mark) for mark in row.marks] + [Cell("–")] * (len(names) - len(row.marks))
        found.append((word(row.label, row.url), [*cells, word(row.note)] if notes else cells))
    return ChartTable([*heads("", *names), *([word(_("Note"))] if notes else [])], found)


def columns(chart: Columns) -> ChartTable:
    most = max((len(column.marks) for column in chart.columns), default=1)
    names = [str(part) for part in chart.parts] or [_("Value")]
    names += [""] * (most - len(names))
    beside: list[tuple[str, list[Mark | None]]] = [
        (_("Target"), [column.target for column in chart.columns]),
        (dot_word(chart), [column.dot for column in chart.columns]),
    ]
    shown = [(name, marks) for name, marks in beside if any(marks)]
    found = []
    for n, column in enumerate(chart.columns):
        cells = [figure(mark) for mark in column.marks] + [Cell("–")] * (len(names) - len(column.marks))
        found.append((word(column.label), [*cells, *(figure(marks[n]) for _name, marks in shown)]))
    return ChartTable(heads("", *names, *(name for name, _marks in shown)), found)


def dot_word(chart: Columns) -> str:
    """What the dots are: as the first one says."""
    return next((str(column.dot.label) for column in chart.columns if column.dot is not None), "")


def bridge(chart: Bridge) -> ChartTable:
    marks = [mark for mark in [chart.start, *chart.steps, chart.end] if mark is not None]
    return ChartTable(heads("", _("Value")), [(word(mark.label), [figure(mark)]) for mark in marks])


def lines(chart: Lines) -> ChartTable:
    found = [
        (word(label), [figure(line.marks[n] if n < len(line.marks) else None) for line in chart.lines])
        for n, label in enumerate(chart.labels)
    ]
    return ChartTable(heads("", *(line.label for line in chart.lines)), found)


def scatter(chart: Scatter) -> ChartTable:
    found = [
        (
            word(dot.label, dot.url),
            [Cell(day_text(dot.on)), Cell(number(dot.height)), Cell(str(dot.text) or number(dot.size))],
        )
        for dot in chart.dots
    ]
    return ChartTable(heads("", chart.across, chart.up, _("Value")), found)


def strips(chart: Strips) -> ChartTable:
    found = [
        (
            word(strip.label, strip.url),
            [Cell(number(each)) for each in (len(strip.values), strip.median, strip.low, strip.high)],
        )
        for strip in chart.strips
    ]
    return ChartTable(heads("", _("Count"), _("Median"), _("From (10%)"), _("To (90%)")), found)


def segments(chart: Segments) -> ChartTable:
    marks = [*chart.parts, *([chart.whisker] if chart.whisker is not None else [])]
    return ChartTable(heads("", _("Value")), [(word(mark.label), [figure(mark)]) for mark in marks])


MAKERS: dict[type[Chart], Any] = {
    Bars: bars, Columns: columns, Bridge: bridge, Lines: lines, Scatter: scatter, Strips: strips, Segments: segments,
}  # fmt: skip
