"""What a picture shows, before it is drawn: titles, marks and where each leads."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Text = Any  # str or lazy translation
Value = Decimal | int


@dataclass(frozen=True)
class Mark:
    """One figure: what it is of, how much, the same as people read it, and the records that make it."""

    label: Text
    value: Value
    text: Text = ""  # "48,000.00 EUR"; empty: the value as a plain number
    url: str = ""
    note: Text = ""  # said beside it and to screen readers: "usual 12 days", "n = 4: too few to judge"
    is_faint: bool = False  # too little to judge by: drawn grey and hatched


@dataclass(frozen=True)
class Chart:
    """A picture of figures: its title, one sentence that says what it shows, and what is said where there are none."""

    title: Text
    finding: Text
    empty: Text

    @property
    def kind(self) -> str:
        """Which picture it is, for styles and tests."""
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Bars(Chart):
    """Horizontal bars, one below the other: a funnel, a ranking, reasons. A row may have several parts in one bar."""

    rows: Sequence["BarRow"] = ()
    parts: Sequence[Text] = ()  # names of the parts of a bar, for the legend; one part needs none


@dataclass(frozen=True)
class BarRow:
    """One bar: its marks stand one after the other; ``url`` is where its label leads."""

    label: Text
    marks: Sequence[Mark]
    url: str = ""
    note: Text = ""  # at its end: "62 % go on · 9 days"


@dataclass(frozen=True)
class Columns(Chart):
    """Columns over time, each a stack of parts, with a target line and dots beside them where there are any."""

    columns: Sequence["Column"] = ()
    parts: Sequence[Text] = ()


@dataclass(frozen=True)
class Column:
    """One column: a stack of marks from below, the target to reach and a dot (the weighted figure)."""

    label: Text
    marks: Sequence[Mark]
    target: Mark | None = None
    dot: Mark | None = None


@dataclass(frozen=True)
class Bridge(Chart):
    """From one figure to another by the steps between: what came, grew, shrank, went."""

    start: Mark | None = None
    steps: Sequence[Mark] = ()
    end: Mark | None = None


@dataclass(frozen=True)
class Lines(Chart):
    """Lines over equal steps of time; ``labels`` name the steps."""

    labels: Sequence[Text] = ()
    lines: Sequence["Line"] = ()
    unit: Text = ""


@dataclass(frozen=True)
class Line:
    """One line: a mark for each step, None where there is no figure."""

    label: Text
    marks: Sequence[Mark | None]


@dataclass(frozen=True)
class Scatter(Chart):
    """Dots over a day and a number; the size of a dot is an amount."""

    dots: Sequence["Dot"] = ()
    across: Text = ""  # what the days are
    up: Text = ""  # what the numbers are


@dataclass(frozen=True)
class Dot:
    """One record."""

    label: Text
    on: dt.date
    height: Value
    size: Value
    text: Text = ""
    url: str = ""
    tone: str = ""  # "danger", "attention" or nothing


@dataclass(frozen=True)
class Strips(Chart):
    """A strip of dots for each group, with its median and the band in which four of five lie."""

    strips: Sequence["Strip"] = ()
    unit: Text = ""


@dataclass(frozen=True)
class Strip:
    """One group: every value, the median and the band."""

    label: Text
    values: Sequence[Value]
    median: Value
    low: Value
    high: Value
    url: str = ""
    is_faint: bool = False


@dataclass(frozen=True)
class Segments(Chart):
    """One bar cut into the steps of a way: order to cash; a whisker says how long the slow ones take."""

    parts: Sequence[Mark] = ()
    whisker: Mark | None = None
