"""A picture of records over a day and a number."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal

from babel.dates import format_date

from kernel.charts.canvas import SIZE, Canvas, room_for
from kernel.charts.columns import LINE, LOW, TALL, TOP
from kernel.charts.kinds import Dot, Scatter
from kernel.charts.scales import Scale, scale, short
from kernel.formats import day_text, locale, number

SIGNS = {
    "": ("circle", "tone"),
    "attention": ("diamond", "tone-attention"),
    "danger": ("triangle", "tone-danger"),
}
DAYS_APART = (1, 2, 7, 14, 28, 91, 182, 364, 728, 1820, 3640, 36400)


def draw_scatter(canvas: Canvas, chart: Scatter) -> float:
    """A sign for each record: to the right by day, up by number, the larger the more it is worth."""
    largest = 9.0 if canvas.is_narrow else 14.0
    bottom = TOP + LINE + (LOW if canvas.is_narrow else TALL)
    up = scale([dot.height for dot in chart.dots], bottom - largest, TOP + LINE + largest, most=4)
    left = max(room_for(short(tick)) for tick in up.ticks) + 8
    along = day_scale([dot.on for dot in chart.dots], left + largest, canvas.width - largest)
    draw_axes(canvas, chart, (up, along), (left, bottom))
    most = max((abs(Decimal(dot.size)) for dot in chart.dots), default=Decimal(0))
    # The largest first, so that no small one lies hidden below it.
    for dot in sorted(chart.dots, key=lambda one: (-abs(Decimal(one.size)), one.on, str(one.label))):
        kind, ink = SIGNS.get(dot.tone, SIGNS[""])
        share = math.sqrt(float(abs(Decimal(dot.size)) / most)) if most else 0.5
        at = (along.at(dot.on.toordinal()), up.at(dot.height))
        with canvas.mark(dot_name(dot), dot.url):
            canvas.shape(kind, at, max(largest * share, 3.5), ink)
    return bottom + 2 * LINE + 6


def dot_name(dot: Dot) -> str:
    """The record, the day and the number in one line."""
    return f"{dot.label}: {str(dot.text) or number(dot.size)}, {day_text(dot.on)}, {number(dot.height)}"


def day_scale(days: Sequence[dt.date], begin: float, end: float) -> Scale:
    """From the first day to the last, with ticks a round number of days apart."""
    first, last = min(days).toordinal(), max(days).toordinal()
    if first == last:
        first, last = max(first - 1, 1), min(last + 1, dt.date.max.toordinal())
    apart = next((days for days in DAYS_APART if (last - first) / days <= 5), DAYS_APART[-1])
    ticks = [Decimal(day) for day in range(first, last + 1, apart)]
    return Scale(Decimal(first), Decimal(last), begin, end, ticks)


def draw_axes(
    canvas: Canvas, chart: Scatter, scales: tuple[Scale, Scale], corner: tuple[float, float]
) -> None:
    (up, along), (left, bottom) = scales, corner
    for tick in up.ticks:
        y = up.at(tick)
        canvas.line((left, y), (canvas.width, y), "axis" if tick == 0 else "grid")
        canvas.text((left - 6, y + SIZE * 0.36), short(tick), "tick", anchor="end")
    last = 0.0
    for tick in along.ticks:
        x, words = along.at(tick), format_date(dt.date.fromordinal(int(tick)), "d MMM", locale=locale())
        half = room_for(words) / 2
        at = min(max(x, half), canvas.width - half)
        canvas.line((x, bottom), (x, bottom + 4), "axis")
        if at - half >= last:
            canvas.text((at, bottom + LINE), words, "tick", anchor="middle")
            last = at + half + 6
    canvas.text((0, TOP + SIZE - 4), str(chart.up), "note", room=canvas.width)
    canvas.text((canvas.width, bottom + 2 * LINE), str(chart.across), "note", anchor="end", room=canvas.width)
