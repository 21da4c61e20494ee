"""Pictures in rows: bars, a bridge from one figure to another, strips of dots."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kernel.charts.canvas import SIZE, Canvas, room_for
from kernel.charts.kinds import BarRow, Bars, Bridge, Mark, Strip, Strips
from kernel.charts.scales import Scale, scale, short
from kernel.charts.words import name_of, text_of
from kernel.formats import number

GAP = 8.0
AXIS = 20.0  # room for the words of the axis below the rows
MOST_DOTS = 120  # a strip shows no more than these, evenly taken from all of its values
CUT = Decimal("0.4")  # a bridge whose steps are less of its ends than this does not begin at zero


@dataclass(frozen=True)
class Words:
    """What is written at a row."""

    label: str
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Rows:
    """Where rows lie: on a wide sheet words stand beside the bars, on a narrow one above and below."""

    words: Sequence[Words]
    is_narrow: bool
    left: float
    right: float
    text_room: float
    height: float
    thick: float

    @property
    def bottom(self) -> float:
        return self.height * len(self.words)

    def top(self, n: int) -> float:
        """Where the bar of a row begins."""
        if self.is_narrow:
            return self.height * n + SIZE + 6
        return self.height * n + (self.height - self.thick) / 2


def rows_for(canvas: Canvas, words: Sequence[Words], *, thick: float = 18) -> Rows:
    width = canvas.width
    texts = max((room_for(one.text) for one in words), default=0) + GAP
    notes = max((room_for(one.note) for one in words), default=0)
    if canvas.is_narrow:
        height = SIZE + 6 + thick + (SIZE + 4 if notes else 0) + 10
        return Rows(words, True, 1, width - 1, min(texts, width * 0.5), height, thick)
    label = min(max((room_for(one.label) for one in words), default=0), width * 0.3)
    note = min(notes, width * 0.3)
    right = width - (note + GAP if notes else 1) - min(texts, width * 0.2)
    return Rows(words, False, label + GAP, right, min(texts, width * 0.2), thick + 12, thick)


def write(canvas: Canvas, rows: Rows, n: int, *, end: float, url: str = "") -> None:
    """The words of a row; ``end`` is where its bar ends."""
    words, top = rows.words[n], rows.top(n)
    base = top + rows.thick / 2 + SIZE * 0.36
    if rows.is_narrow:
        above = top - 5
        place, room = (rows.left + 5, above), canvas.width - rows.text_room - GAP - 5
        canvas.text((canvas.width - 1, above), words.text, "value", anchor="end", room=rows.text_room)
        below = (rows.left + 5, top + rows.thick + SIZE + 2)
        canvas.text(below, words.note, "note", room=canvas.width - 7)
    else:
        place, room = (0, base), rows.left - GAP
        canvas.text((end + 6, base), words.text, "value", room=rows.text_room)
        canvas.text((canvas.width, base), words.note, "note", anchor="end", room=canvas.width * 0.3)
    if url:
        with canvas.mark(words.label, url):
            canvas.text(place, words.label, room=room)
    else:
        canvas.text(place, words.label, room=room)


def grid(canvas: Canvas, rows: Rows, on: Scale) -> None:
    """Upright lines at round values, with the values below."""
    last = -1e9
    for tick in on.ticks:
        x, words = on.at(tick), short(tick)
        canvas.line((x, 0), (x, rows.bottom), "axis" if tick == 0 else "grid")
        half = room_for(words) / 2
        middle = min(max(x, half), canvas.width - half)
        if middle - half > last:
            canvas.text((middle, rows.bottom + SIZE + 2), words, "tick", anchor="middle")
            last = middle + half + 6


# --- bars -----------------------------------------------------------------------------------------------------


def draw_bars(canvas: Canvas, chart: Bars) -> float:
    """Each row's marks one after the other; what is below zero goes the other way."""
    words = [Words(str(row.label), end_text(row), str(row.note)) for row in chart.rows]
    rows = rows_for(canvas, words)
    ends = [end for row in chart.rows for end in reach_of(row.marks)]
    on = scale(ends, rows.left, rows.right, most=3 if canvas.is_narrow else 5)
    grid(canvas, rows, on)
    for n, row in enumerate(chart.rows):
        draw_row(canvas, row, on, (rows.top(n), rows.thick))
        url = row.url if row.url not in {mark.url for mark in row.marks} else ""
        write(canvas, rows, n, end=on.at(reach_of(row.marks)[1]), url=url)
    return rows.bottom + AXIS


def end_text(row: BarRow) -> str:
    """What a bar of one part is written beside; the parts of others say theirs themselves."""
    return text_of(row.marks[0]) if len(row.marks) == 1 else ""


def reach_of(marks: Sequence[Mark]) -> tuple[Decimal, Decimal]:
    """How far a stack goes down and up."""
    values = [Decimal(mark.value) for mark in marks]
    below = sum((value for value in values if value < 0), Decimal(0))
    return below, sum((value for value in values if value > 0), Decimal(0))


def draw_row(canvas: Canvas, row: BarRow, on: Scale, place: tuple[float, float]) -> None:
    below = above = Decimal(0)
    for part, mark in enumerate(row.marks):
        value = Decimal(mark.value)
        start = below if value < 0 else above
        x1, x2 = sorted((on.at(start), on.at(start + value)))
        with canvas.mark(name_of(row.label, mark), mark.url):
            canvas.rect(x1, place[0], (x2 - x1, place[1]), canvas.fill(part, is_faint=mark.is_faint))
        below, above = (below + value, above) if value < 0 else (below, above + value)


# --- bridge ---------------------------------------------------------------------------------------------------


def draw_bridge(canvas: Canvas, chart: Bridge) -> float:
    """From the start by its steps to the end, one below the other; each step begins where the one before ended."""
    pieces = bridge_pieces(chart)
    words = [Words(str(mark.label), text_of(mark), str(mark.note)) for mark, _begin, _end, _fill in pieces]
    rows = rows_for(canvas, words)
    on = bridge_scale(pieces, rows, most=3 if canvas.is_narrow else 5)
    grid(canvas, rows, on)
    for n, (mark, begin, end, part) in enumerate(pieces):
        x1, x2 = sorted((on.at(max(begin, on.low)), on.at(end)))
        top = rows.top(n)
        with canvas.mark(name_of("", mark), mark.url):
            canvas.rect(x1, top, (x2 - x1, rows.thick), canvas.fill(part, is_faint=mark.is_faint))
        write(canvas, rows, n, end=x2)
        if n + 1 < len(pieces):
            at = on.at(end)
            canvas.line((at, top + rows.thick), (at, rows.top(n + 1)), "joint")
    if on.low > 0:
        words_below = _("The axis does not begin at zero.")
        canvas.text(
            (rows.left, rows.bottom + AXIS + SIZE), words_below, "note", room=canvas.width - rows.left
        )
        return rows.bottom + AXIS + SIZE + 6
    return rows.bottom + AXIS


Piece = tuple[Mark, Decimal, Decimal, int]
TOTAL, UP, DOWN = 0, 2, 4  # the parts by whose colors and textures ends, gains and losses are told apart


def bridge_pieces(chart: Bridge) -> list[Piece]:
    """Every bar of the bridge: its mark, where it begins and ends, and how it looks."""
    found: list[Piece] = []
    level = Decimal(0)
    if chart.start is not None:
        level = Decimal(chart.start.value)
        found.append((chart.start, Decimal(0), level, TOTAL))
    for step in chart.steps:
        after = level + Decimal(step.value)
        found.append((step, level, after, UP if step.value >= 0 else DOWN))
        level = after
    if chart.end is not None:
        found.append((chart.end, Decimal(0), Decimal(chart.end.value), TOTAL))
    return found


def bridge_scale(pieces: Sequence[Piece], rows: Rows, *, most: int) -> Scale:
    """From zero, unless the steps would be too small to see."""
    levels = [level for _mark, begin, end, _part in pieces for level in (begin, end)]
    between = [end for _mark, _begin, end, _part in pieces] or [Decimal(0)]
    low, high = min(between), max(between)
    if low > 0 and high - low < high * CUT:
        return scale([low - (high - low) / 2, high], rows.left, rows.right, most=most, from_zero=low == high)
    return scale(levels, rows.left, rows.right, most=most)


# --- strips ---------------------------------------------------------------------------------------------------


def draw_strips(canvas: Canvas, chart: Strips) -> float:
    """A row of dots for each group, over the band in which four of five lie, with the median across."""
    words = [Words(str(strip.label), number(strip.median), strip_note(strip)) for strip in chart.strips]
    rows = rows_for(canvas, words, thick=24)
    values = [
        value for strip in chart.strips for value in (*strip.values, strip.low, strip.high, strip.median)
    ]
    on = scale(values, rows.left + 4, rows.right - 4, most=3 if canvas.is_narrow else 6)
    grid(canvas, rows, on)
    for n, strip in enumerate(chart.strips):
        with canvas.mark(strip_name(strip, str(chart.unit)), strip.url):
            draw_strip(canvas, strip, on, (rows.top(n), rows.thick))
        write(canvas, rows, n, end=rows.right)
    return rows.bottom + AXIS


def strip_note(strip: Strip) -> str:
    return _("n = %(n)s") % {"n": number(len(strip.values))}


def strip_name(strip: Strip, unit: str) -> str:
    """The group in one sentence."""
    return _("%(label)s: median %(median)s, four of five between %(low)s and %(high)s %(unit)s (%(n)s)") % {
        "label": strip.label, "median": number(strip.median), "low": number(strip.low),
        "high": number(strip.high), "unit": unit, "n": strip_note(strip),
    }  # fmt: skip


def draw_strip(canvas: Canvas, strip: Strip, on: Scale, place: tuple[float, float]) -> None:
    top, thick = place
    low, high = on.at(strip.low), on.at(strip.high)
    canvas.rect(low, top, (high - low, thick), canvas.ink("band"))
    for n, value in enumerate(evenly(strip.values)):
        # The dots stand a little apart, always in the same way, so that many alike can be seen.
        y = top + 4 + (n * 7 % 5) * (thick - 8) / 4
        canvas.shape("circle", (on.at(value), y), 2.5, "dot-faint" if strip.is_faint else "dot")
    at = on.at(strip.median)
    canvas.line((at, top), (at, top + thick), "median")


def evenly(values: Sequence[Decimal | int]) -> list[Decimal | int]:
    """So many of the values as can be seen, from the smallest to the largest."""
    ordered = sorted(values)
    if len(ordered) <= MOST_DOTS:
        return ordered
    return [ordered[n * (len(ordered) - 1) // (MOST_DOTS - 1)] for n in range(MOST_DOTS)]
