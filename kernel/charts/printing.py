"""Pictures for paper: one bare SVG with literal colors, its legend inside, that any printer of documents can take."""

from django.utils.html import escape

from kernel.charts.canvas import PARTS, SIZE, Canvas, digits, room_for
from kernel.charts.drawing import DRAWERS
from kernel.charts.kinds import Chart
from kernel.charts.legend import SWATCH, draw_swatch, legend_of
from kernel.charts.words import is_empty

PAPER_WIDTH = 620.0
TYPEFACE = "Source Sans Pro, Noto Sans, Liberation Sans, sans-serif"
COLORS = ("#1D5FBF", "#B35900", "#1B7F4B", "#7A3FB5", "#B02A4C", "#5B6570")
TEXT, MUTED, LINE, BORDER, GROUND = "#1B1F24", "#56606B", "#E3E6EA", "#868F99", "#FFFFFF"
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 3", "10 4")


def stroke(color: str, width: float, more: str = "") -> str:
    return f'fill="none" stroke="{color}" stroke-width="{width}"{more}'


def solid(color: str, edge: str = GROUND) -> str:
    return f'fill="{color}" stroke="{edge}" stroke-width="1"'


def _dashed(part: int) -> str:
    return f' stroke-dasharray="{DASHES[part]}"' if DASHES[part] else ""


INKS: dict[str, str] = {
    "grid": stroke(LINE, 1), "axis": stroke(BORDER, 1), "joint": stroke(BORDER, 1, ' stroke-dasharray="2 2"'),
    "tick": f'fill="{MUTED}"', "note": f'fill="{MUTED}"', "label": f'fill="{TEXT}"', "value": f'fill="{TEXT}"',
    "mark": f'stroke="{GROUND}" stroke-width="1"', "band": f'fill="{COLORS[0]}" fill-opacity="0.16"',
    "median": stroke(TEXT, 2.5), "whisker": stroke(TEXT, 2), "target": stroke(TEXT, 2.5),
    "dot": f'fill="{COLORS[0]}" fill-opacity="0.7"', "dot-faint": f'fill="{MUTED}" fill-opacity="0.6"',
    "beside": solid(GROUND, TEXT), "faint": solid(GROUND, MUTED), "ground": f'fill="{GROUND}"',
    "texture": stroke(GROUND, 1.2), "hatch": stroke(MUTED, 1.2), "tone": solid(COLORS[0]),
    "tone-attention": solid(COLORS[1]), "tone-danger": solid(COLORS[4]),
    **{f"c{n + 1}": solid(color) for n, color in enumerate(COLORS)},
    **{f"line-{n + 1}": stroke(color, 2, _dashed(n)) for n, color in enumerate(COLORS)},
    **{f"sign-{n + 1}": solid(color) for n, color in enumerate(COLORS)},
}  # fmt: skip


def svg_for_print(chart: Chart, *, width: float = PAPER_WIDTH) -> str:
    """The picture as SVG for a printed page, from left to right in every language; empty where there is nothing.

    Title and finding are for the document to set; ``kernel.charts.tables.table_of`` has the figures as a table.
    """
    if is_empty(chart):
        return ""
    canvas = Canvas(width, key="p", literal=INKS)
    height = draw_legend(canvas, chart, DRAWERS[type(chart)](canvas, chart))
    size = f'width="{digits(width)}" height="{digits(height)}" viewBox="0 0 {digits(width)} {digits(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{escape(TYPEFACE)}" font-size="{SIZE}" '
        f'direction="ltr">{canvas.textures(PARTS)}{"".join(canvas.drawn)}</svg>'
    )


def draw_legend(canvas: Canvas, chart: Chart, top: float) -> float:
    """What the looks mean, in lines below the picture; returns where they end."""
    entries = legend_of(chart)
    if not entries:
        return top
    x, y = 0.0, top + 8
    for entry in entries:
        words = f"{entry.label}: {entry.text}" if entry.text else entry.label
        wide = SWATCH + 6 + room_for(words) + 16
        if x and x + wide > canvas.width:
            x, y = 0.0, y + SWATCH + 6
        draw_swatch(canvas, entry, (x, y))
        canvas.text((x + SWATCH + 6, y + SIZE - 1), words, room=canvas.width - x - SWATCH - 6)
        x += wide
    return y + SWATCH + 4
