"""One bar cut into the steps of a way, with a whisker to where the slow ones end."""

from decimal import Decimal

from kernel.charts.canvas import SIZE, Canvas, room_for
from kernel.charts.kinds import Mark, Segments
from kernel.charts.rows import reach_of
from kernel.charts.scales import Scale, scale, short
from kernel.charts.words import name_of, text_of

TOP, THICK = 6.0, 34.0
BELOW = TOP + THICK


def draw_segments(canvas: Canvas, chart: Segments) -> float:
    """The steps one after the other; how much each is stands above where there is room."""
    values: list[Decimal | int] = list(reach_of(chart.parts))
    if chart.whisker is not None:
        values.append(chart.whisker.value)
    on = scale(values, 6, canvas.width - 6, most=4 if canvas.is_narrow else 8)
    for tick in on.ticks:
        x, words = on.at(tick), short(tick)
        canvas.line((x, 0), (x, BELOW + 6), "axis" if tick == 0 else "grid")
        half = room_for(words) / 2
        at = min(max(x, half), canvas.width - half)
        canvas.text((at, BELOW + 6 + SIZE + 2), words, "tick", anchor="middle")
    draw_parts(canvas, chart, on)
    if chart.whisker is not None:
        draw_whisker(canvas, chart.whisker, on, reach_of(chart.parts)[1])
    return BELOW + 6 + SIZE + 8


def draw_parts(canvas: Canvas, chart: Segments, on: Scale) -> None:
    below = above = Decimal(0)
    for part, mark in enumerate(chart.parts):
        value = Decimal(mark.value)
        start = below if value < 0 else above
        x1, x2 = sorted((on.at(start), on.at(start + value)))
        with canvas.mark(name_of("", mark), mark.url):
            canvas.rect(x1, TOP, (x2 - x1, THICK), canvas.fill(part, is_faint=mark.is_faint))
            words = text_of(mark)
            if room_for(words) + 12 < x2 - x1:
                middle = (x1 + x2) / 2
                wide = room_for(words) + 8
                canvas.rect(middle - wide / 2, TOP + 8, (wide, THICK - 16), canvas.ink("ground"))
                canvas.text((middle, TOP + THICK / 2 + SIZE * 0.36), words, "value", anchor="middle")
        below, above = (below + value, above) if value < 0 else (below, above + value)


def draw_whisker(canvas: Canvas, whisker: Mark, on: Scale, end: Decimal) -> None:
    """From the end of the bar to where the slow ones end."""
    x1, x2 = on.at(end), on.at(whisker.value)
    middle = TOP + THICK / 2
    with canvas.mark(name_of("", whisker), whisker.url):
        if x2 > x1:
            canvas.line((x1, middle), (x2, middle), "whisker")
        canvas.line((x2, TOP + 6), (x2, TOP + THICK - 6), "whisker")
