"""Pictures of figures, drawn on the server as SVG that needs no library and no script.

A report says *what* it found in the plain words of ``kernel.charts.kinds`` (bars, columns, a bridge, lines, dots,
strips, segments); ``kernel.charts.drawing`` draws it. Every picture has a title, one sentence that says what it shows,
the same figures as a table, and marks that lead to the records behind them.
"""

from kernel.charts.kinds import (
    BarRow,
    Bars,
    Bridge,
    Chart,
    Column,
    Columns,
    Dot,
    Line,
    Lines,
    Mark,
    Scatter,
    Segments,
    Strip,
    Strips,
)

__all__ = [
    "BarRow", "Bars", "Bridge", "Chart", "Column", "Columns", "Dot", "Line", "Lines", "Mark", "Scatter", "Segments",
    "Strip", "Strips",
]  # fmt: skip
