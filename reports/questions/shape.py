"""What a report is: a question, and an answer of figures, pictures and tables, each leading to its records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kernel.charts import Chart
from kernel.formats import money, number
from people.models import User
from reports.questions.asked import Asked

Text = Any  # str or lazy translation


@dataclass(frozen=True)
class Figure:
    """One number that matters, as people read it and as it is, with the records that make it."""

    label: Text
    text: Text
    value: Decimal | int | None = None
    url: str = ""
    note: Text = ""
    tone: str = ""


@dataclass(frozen=True)
class Cell:
    """One place of a table: what people read, what a spreadsheet takes, and where it leads."""

    text: Text
    value: Any = None
    url: str = ""
    note: Text = ""

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, Decimal | int) and not isinstance(self.value, bool)

    @property
    def plain(self) -> Any:
        """What goes to a file: the exact value, or the words where there is none."""
        return str(self.text) if self.value is None else self.value


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first cell of a row says what it is of. ``name`` is how addresses call it."""

    name: str
    title: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    empty: Text = ""
    note: Text = ""

    def holds_numbers(self, column: int) -> bool:
        """Whether the figures of a column stand at its end."""
        return any(row[column].is_number for row in self.rows if column < len(row))


@dataclass(frozen=True)
class Answer:
    """What a report found: for pages, files, letters and the API alike."""

    figures: Sequence[Figure] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[Text] = ()  # how it was counted, what was left out, which currencies have no rate


@dataclass(frozen=True)
class Report:
    """One question; ``takes`` names the filters that it listens to."""

    slug: str
    title: Text
    question: Text
    answer: Callable[[User, Asked], Answer]
    takes: frozenset[str] = field(default_factory=frozenset)  # period, pipeline, owner, team
    is_for: Callable[[User], bool] = lambda user: True

    def __str__(self) -> str:
        return str(self.title)


def amount(value: Decimal, base: str, *, url: str = "", note: Text = "") -> Cell:
    """An amount in base currency."""
    return Cell(money(value, base), value, url, note)


def count(value: int, *, url: str = "") -> Cell:
    return Cell(number(value), value, url)


def share(value: Decimal | None, *, url: str = "", note: Text = "") -> Cell:
    """A rate in percent, or nothing where there is nothing to take it of."""
    return Cell("–", None, url) if value is None else Cell(percent_text(value), value, url, note)


def days(value: Decimal | None, *, url: str = "", note: Text = "") -> Cell:
    return Cell("–", None, url) if value is None else Cell(number(value), value, url, note)


def percent_text(value: Decimal | int) -> str:
    """40%: a rate that needs no digits behind the point."""
    return f"{number(value, decimals=0)}%"


def rate_of(part: int, whole: int) -> Decimal | None:
    """How many of a hundred."""
    return Decimal(100 * part) / whole if whole else None
