"""What is said of a mark: its figure as people read it and its name for those who hear it."""

from collections.abc import Iterator
from typing import Any

from kernel.charts.kinds import Bars, Bridge, Chart, Columns, Lines, Mark, Scatter, Segments, Strips
from kernel.formats import number


def text_of(mark: Mark) -> str:
    """The figure as people read it."""
    return str(mark.text) or number(mark.value)


def name_of(group: Any, mark: Mark) -> str:
    """What the mark is and how much: "January, won: 48,000.00 EUR (n = 4)"."""
    own, whose = str(mark.label), str(group)
    label = own if not whose or own.startswith(whose) else f"{whose}, {own}" if own else whose
    note = f" ({mark.note})" if str(mark.note) else ""
    return f"{label}: {text_of(mark)}{note}"


def marks_of(chart: Chart) -> Iterator[tuple[str, Any]]:
    """Every mark of a picture that has a value, with the name of its group."""
    if isinstance(chart, Bars):
        yield from ((str(row.label), mark) for row in chart.rows for mark in row.marks)
    elif isinstance(chart, Columns):
        for column in chart.columns:
            beside = [mark for mark in (column.target, column.dot) if mark is not None]
            yield from ((str(column.label), mark) for mark in [*column.marks, *beside])
    elif isinstance(chart, Bridge):
        ends = [chart.start, *chart.steps, chart.end]
        yield from (("", mark) for mark in ends if mark is not None)
    elif isinstance(chart, Lines):
        for line in chart.lines:
            yield from ((str(line.label), mark) for mark in line.marks if mark is not None)
    elif isinstance(chart, Segments):
        yield from (("", mark) for mark in [*chart.parts, chart.whisker] if mark is not None)


def is_empty(chart: Chart) -> bool:
    """Whether there is nothing to draw; zeros are something."""
    if isinstance(chart, Scatter):
        return not chart.dots
    if isinstance(chart, Strips):
        return not any(strip.values for strip in chart.strips)
    return next(marks_of(chart), None) is None
