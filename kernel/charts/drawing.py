"""Draws a picture of figures as SVG: twice, for a desk and for a hand, so that its words stay large enough to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from kernel.charts.canvas import NARROW, PARTS, WIDE, Canvas, Placed, digits
from kernel.charts.columns import draw_columns, draw_lines
from kernel.charts.dots import draw_scatter
from kernel.charts.kinds import Bars, Bridge, Chart, Columns, Lines, Scatter, Segments, Strips
from kernel.charts.legend import SWATCH, Entry, draw_swatch, legend_of
from kernel.charts.rows import draw_bars, draw_bridge, draw_strips
from kernel.charts.spans import draw_segments
from kernel.charts.tables import ChartTable, table_of
from kernel.charts.words import is_empty

DRAWERS: dict[type[Chart], Any] = {
    Bars: draw_bars, Bridge: draw_bridge, Columns: draw_columns, Lines: draw_lines, Scatter: draw_scatter,
    Segments: draw_segments, Strips: draw_strips,
}  # fmt: skip

_keys = count(1)


@dataclass(frozen=True)
class Picture:
    """What a page needs to show a picture; empty where there is nothing to draw."""

    wide: SafeString
    narrow: SafeString
    textures: SafeString
    legend: Sequence[tuple[Entry, SafeString]]
    table: ChartTable


@dataclass(frozen=True)
class Sheet:
    """One drawing: its SVG and where its marks came to lie."""

    svg: str
    width: float
    height: float
    placed: Sequence[Placed]


def drawn(chart: Chart) -> Picture | None:
    """The picture for a page: in two widths, with what its looks mean and with its table."""
    if is_empty(chart):
        return None
    # Textures are found by their names, and a page may have many pictures.
    key = f"ch{next(_keys) % 1_000_000}"
    return Picture(
        wide=mark_safe(sheet(chart, WIDE, key=key).svg), narrow=mark_safe(sheet(chart, NARROW, key=key).svg),
        textures=mark_safe(Canvas(0, key=key).textures(PARTS)),
        legend=[(entry, swatch(entry, key)) for entry in legend_of(chart)], table=table_of(chart),
    )  # fmt: skip


def sheet(chart: Chart, width: float, *, key: str) -> Sheet:
    """The drawing in one width; everything begins where the reader begins."""
    canvas = Canvas(width, key=key, is_mirrored=get_language_bidi())
    height = DRAWERS[type(chart)](canvas, chart)
    # A picture whose marks are links is a group of them; any other is one image with a name.
    role = "group" if canvas.has_links else "img"
    kind = "narrow" if canvas.is_narrow else "wide"
    name = escape(f"{chart.title}. {chart.finding}")
    svg = (
        f'<svg class="chart-{kind}" viewBox="0 0 {digits(width)} {digits(height)}" role="{role}" '
        f'aria-label="{name}">{"".join(canvas.drawn)}</svg>'
    )
    return Sheet(svg, width, height, canvas.placed)


def swatch(entry: Entry, key: str) -> SafeString:
    """How an entry of the legend looks."""
    canvas = Canvas(SWATCH, key=key)
    draw_swatch(canvas, entry, (0, 0))
    size = digits(SWATCH)
    return mark_safe(
        f'<svg width="{size}" height="{size}" viewBox="0 0 {size} {size}" aria-hidden="true">'
        f"{''.join(canvas.drawn)}</svg>"
    )
