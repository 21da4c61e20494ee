"""What the colors, textures and signs of a picture mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel.charts.canvas import MARKERS, PARTS, Canvas
from kernel.charts.dots import SIGNS
from kernel.charts.kinds import Bars, Bridge, Chart, Columns, Lines, Scatter, Segments, Strips
from kernel.charts.rows import DOWN, TOTAL, UP
from kernel.charts.tables import dot_word
from kernel.charts.words import marks_of, text_of

SWATCH = 14.0


@dataclass(frozen=True)
class Entry:
    """One meaning: how it looks (a part, a sign or a line) and what it is, with its figure where that helps."""

    label: str
    part: int = -1
    sign: str = ""
    ink: str = ""
    text: str = ""
    url: str = ""


def legend_of(chart: Chart) -> Sequence[Entry]:
    """The entries of a picture; nothing where one look says it all."""
    found = entries(chart)
    if any(getattr(mark, "is_faint", False) for _group, mark in marks_of(chart)):
        found.append(Entry(_("Too few to judge"), part=PARTS))
    return found


def entries(chart: Chart) -> list[Entry]:
    if isinstance(chart, (Bars, Columns)):
        found = [Entry(str(name), part=n) for n, name in enumerate(chart.parts)]
        found = found if len(found) > 1 else []
        return found + (beside(chart) if isinstance(chart, Columns) else [])
    if isinstance(chart, Bridge):
        return [Entry(_("State"), part=TOTAL), Entry(_("More"), part=UP), Entry(_("Less"), part=DOWN)]
    if isinstance(chart, Lines):
        named = list(enumerate(chart.lines))
        return [
            Entry(str(line.label), sign=MARKERS[n % PARTS], ink=f"sign-{n % PARTS + 1}") for n, line in named
        ]
    if isinstance(chart, Scatter):
        return tones(chart)
    if isinstance(chart, Strips):
        return [
            Entry(_("One of them"), sign="circle", ink="dot"), Entry(_("Median"), sign="upright", ink="median"),
            Entry(_("Four of five lie here"), sign="band", ink="band"),
        ]  # fmt: skip
    assert isinstance(chart, Segments)
    found = [Entry(str(m.label), part=n, text=text_of(m), url=m.url) for n, m in enumerate(chart.parts)]
    if (end := chart.whisker) is not None:
        found.append(Entry(str(end.label), sign="line", ink="whisker", text=text_of(end), url=end.url))
    return found


def beside(chart: Columns) -> list[Entry]:
    """The line to reach and the dot, where there are any."""
    found = []
    if any(column.target is not None for column in chart.columns):
        found.append(Entry(_("Target"), sign="line", ink="target"))
    if word := dot_word(chart):
        found.append(Entry(word, sign="diamond", ink="beside"))
    return found


def tones(chart: Scatter) -> list[Entry]:
    """What the signs of records mean, where there is more than one."""
    names = {"danger": _("Urgent"), "attention": _("Needs attention"), "": _("All is well")}
    used = {dot.tone for dot in chart.dots}
    found = [
        Entry(name, sign=SIGNS[tone][0], ink=SIGNS[tone][1]) for tone, name in names.items() if tone in used
    ]
    return found if len(found) > 1 else []


def draw_swatch(canvas: Canvas, entry: Entry, at: tuple[float, float]) -> None:
    """The look of an entry in a small square."""
    x, y = at
    middle = (x + SWATCH / 2, y + SWATCH / 2)
    if entry.part >= 0:
        fill = canvas.fill(entry.part, is_faint=entry.part == PARTS)
        canvas.rect(x + 1, y + 1, (SWATCH - 2, SWATCH - 2), fill)
    elif entry.sign == "line":
        canvas.line((x, middle[1]), (x + SWATCH, middle[1]), entry.ink)
    elif entry.sign == "upright":
        canvas.line((middle[0], y), (middle[0], y + SWATCH), entry.ink)
    elif entry.sign == "band":
        canvas.rect(x, y + 1, (SWATCH, SWATCH - 2), canvas.ink(entry.ink))
    else:
        canvas.shape(entry.sign, middle, 5, entry.ink)
