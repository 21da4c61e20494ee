"""Pictures over time: columns with targets and dots, and lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.charts.canvas import MARKERS, PARTS, SIZE, Canvas, room_for
from kernel.charts.kinds import Column, Columns, Line, Lines
from kernel.charts.rows import reach_of
from kernel.charts.scales import Scale, scale, short
from kernel.charts.words import name_of

TALL, LOW = 260.0, 200.0
TOP = 10.0
WIDEST_COLUMN = 56.0
LINE = SIZE + 4


@dataclass(frozen=True)
class Frame:
    """The room between the axes, cut into equal slots."""

    left: float
    right: float
    bottom: float
    slots: int

    @property
    def slot(self) -> float:
        return (self.right - self.left) / max(self.slots, 1)

    def middle(self, n: int) -> float:
        return self.left + self.slot * (n + 0.5)


def framed(canvas: Canvas, values: Sequence[Decimal | int], slots: int) -> tuple[Frame, Scale]:
    """The frame with its level lines at round values, drawn."""
    bottom = TOP + (LOW if canvas.is_narrow else TALL)
    on = scale(values, bottom, TOP, most=4 if canvas.is_narrow else 5)
    left = max(room_for(short(tick)) for tick in on.ticks) + 8
    for tick in on.ticks:
        y = on.at(tick)
        canvas.line((left, y), (canvas.width, y), "axis" if tick == 0 else "grid")
        canvas.text((left - 6, y + SIZE * 0.36), short(tick), "tick", anchor="end")
    return Frame(left, canvas.width, bottom, slots), on


def labels_below(canvas: Canvas, frame: Frame, labels: Sequence[str], notes: Sequence[str] = ()) -> float:
    """As many labels as fit, evenly; returns where the picture ends."""
    widest = max((room_for(words) for words in [*labels, *notes]), default=0) + 6
    fits = max(int(widest // max(frame.slot, 0.01)) + (widest % max(frame.slot, 0.01) > 0), 1)
    room = max(frame.slot * fits, 0) - 4
    # The last step is the one that people look for, so that it always has its label.
    for n in range((len(labels) - 1) % fits, len(labels), fits):
        middle, half = frame.middle(n), min(widest, room) / 2
        at = min(max(middle, half), canvas.width - half)
        canvas.text((at, frame.bottom + LINE), labels[n], "tick", anchor="middle", room=canvas.width / 2)
        if notes:
            place = (at, frame.bottom + 2 * LINE)
            canvas.text(place, notes[n], "note", anchor="middle", room=canvas.width / 2)
    return frame.bottom + LINE * (2 if notes else 1) + 6


# --- columns --------------------------------------------------------------------------------------------------


def draw_columns(canvas: Canvas, chart: Columns) -> float:
    """Stacks from zero up (and down), each with its target as a line across and its dot beside."""
    values: list[Decimal | int] = [end for column in chart.columns for end in reach_of(column.marks)]
    values += [
        mark.value for column in chart.columns for mark in (column.target, column.dot) if mark is not None
    ]
    frame, on = framed(canvas, values, len(chart.columns))
    for n, column in enumerate(chart.columns):
        draw_column(canvas, column, on, (frame.middle(n), frame.slot))
    return labels_below(canvas, frame, [str(column.label) for column in chart.columns])


def draw_column(canvas: Canvas, column: Column, on: Scale, place: tuple[float, float]) -> None:
    middle, slot = place
    wide = min(slot * 0.62, WIDEST_COLUMN)
    below = above = Decimal(0)
    for part, mark in enumerate(column.marks):
        value = Decimal(mark.value)
        start = below if value < 0 else above
        y1, y2 = sorted((on.at(start), on.at(start + value)))
        with canvas.mark(name_of(column.label, mark), mark.url):
            canvas.rect(middle - wide / 2, y1, (wide, y2 - y1), canvas.fill(part, is_faint=mark.is_faint))
        below, above = (below + value, above) if value < 0 else (below, above + value)
    if column.target is not None:
        y = on.at(column.target.value)
        with canvas.mark(name_of(column.label, column.target), column.target.url):
            canvas.line((middle - slot * 0.46, y), (middle + slot * 0.46, y), "target")
    if column.dot is not None:
        with canvas.mark(name_of(column.label, column.dot), column.dot.url):
            canvas.shape("diamond", (middle, on.at(column.dot.value)), min(6, slot * 0.3), "beside")


# --- lines ----------------------------------------------------------------------------------------------------


def draw_lines(canvas: Canvas, chart: Lines) -> float:
    """Each line with its own color, dashes and signs; where a step has no figure the line is broken."""
    values = [mark.value for line in chart.lines for mark in line.marks if mark is not None]
    frame, on = framed(canvas, values, len(chart.labels))
    for n, line in enumerate(chart.lines):
        draw_line(canvas, line, (frame, on), n % PARTS)
    notes = notes_below(chart)
    return labels_below(canvas, frame, [str(label) for label in chart.labels], notes)


def notes_below(chart: Lines) -> list[str]:
    """What is said below each step where there is one line only: of how many it tells."""
    if len(chart.lines) != 1 or not any(mark is not None and str(mark.note) for mark in chart.lines[0].marks):
        return []
    notes = [str(mark.note) if mark is not None else "" for mark in chart.lines[0].marks]
    return [*notes, *[""] * (len(chart.labels) - len(notes))]


def draw_line(canvas: Canvas, line: Line, where: tuple[Frame, Scale], part: int) -> None:
    frame, on = where
    way: list[tuple[float, float]] = []
    for n, mark in enumerate([*line.marks, None]):
        if mark is not None:
            way.append((frame.middle(n), on.at(mark.value)))
        elif way:
            if len(way) > 1:
                canvas.path(way, f"line-{part + 1}")
            way = []
    size = min(4.5, max(frame.slot * 0.3, 1.5))
    for n, mark in enumerate(line.marks):
        if mark is not None:
            with canvas.mark(name_of(line.label, mark), mark.url):
                ink = "faint" if mark.is_faint else f"sign-{part + 1}"
                canvas.shape(MARKERS[part], (frame.middle(n), on.at(mark.value)), size, ink)
