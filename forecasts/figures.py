"""What a forecast says: figures, rows and the tree they stand in. Knows no database."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from kernel.periods import Period
from opportunities.measures import Worth

WON, COMMIT, BEST_CASE, PIPELINE, OMITTED = "won", "commit", "best_case", "pipeline", "omitted"
OVERDUE, UNDATED = "overdue", "undated"
# How the categories of open deals are called on the deals themselves.
COLUMN_OF: Final = {"committed": COMMIT, "best_case": BEST_CASE, "pipeline": PIPELINE, "omitted": OMITTED}
CATEGORY_OF: Final = {column: category for category, column in COLUMN_OF.items()}
IN_PERIOD: Final = (WON, COMMIT, BEST_CASE, PIPELINE, OMITTED)
BESIDE: Final = (OVERDUE, UNDATED)
COLUMNS: Final = (*IN_PERIOD, *BESIDE)
ANYBODY: Final = -1


@dataclass(frozen=True)
class Figures:
    """What was won and what may be won; each deal counts in exactly one of the columns, in base currency."""

    won: Worth = field(default_factory=Worth)
    commit: Worth = field(default_factory=Worth)  # committed only
    best_case: Worth = field(default_factory=Worth)
    pipeline: Worth = field(default_factory=Worth)
    omitted: Worth = field(default_factory=Worth)  # in the period, but left out of every total
    overdue: Worth = field(default_factory=Worth)  # open and due before the period (and before today): apart
    undated: Worth = field(default_factory=Worth)  # open without a close date: apart, never lost

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in COLUMNS))

    def plus(self, column: str, worth: Worth) -> "Figures":
        """The same with more in one column."""
        return replace(self, **{column: getattr(self, column) + worth})

    @property
    def commit_total(self) -> Decimal:
        """Won and committed."""
        return self.won.amount + self.commit.amount

    @property
    def best_total(self) -> Decimal:
        """Won, committed and best case."""
        return self.commit_total + self.best_case.amount

    @property
    def pipeline_total(self) -> Decimal:
        """Everything but what is omitted."""
        return self.best_total + self.pipeline.amount

    @property
    def weighted(self) -> Decimal:
        """The open deals of the period by their chance, without those omitted."""
        return self.commit.weighted + self.best_case.weighted + self.pipeline.weighted

    @property
    def weighted_total(self) -> Decimal:
        """Won, and the open deals by their chance."""
        return self.won.amount + self.weighted

    @property
    def open_deals(self) -> int:
        """How many open deals may still be won in the period."""
        return self.commit.deals + self.best_case.deals + self.pipeline.deals

    @property
    def deals(self) -> int:
        """How many deals make the figures of the period, omitted ones too."""
        return self.won.deals + self.open_deals + self.omitted.deals

    @property
    def unrated(self) -> frozenset[str]:
        """Currencies that the day has no rate for: valued at the rates of their deals."""
        return frozenset().union(*(getattr(self, name).unrated for name in COLUMNS))


def together(found: Sequence[Figures]) -> Figures:
    """All of them in one."""
    total = Figures()
    for one in found:
        total = total + one
    return total


@dataclass(frozen=True)
class Part:
    """Whose deals a row is made of: those of these teams (None: of any), of this owner (None: of nobody)."""

    teams: frozenset[int] | None = None
    owner: int | None = ANYBODY
    beside: frozenset[int] = frozenset()  # not those of these teams


@dataclass(frozen=True)
class Said:
    """What somebody called, or the goal that was set: an amount with its author; ``pk`` is the row it stands in."""

    pk: int
    public_id: Any
    amount: Decimal | None
    note: str
    by: str
    at: dt.datetime
    commit: Decimal = Decimal(0)  # won and committed, as the system saw it then; of calls only


@dataclass(frozen=True)
class Row:
    """A team, a person, or the deals that nobody owns: its figures and what was said of them."""

    key: str  # "all", "team-3", "person-7", "nobody-3": the same in every forecast
    kind: str  # "all", "team", "person", "nobody"
    label: str
    part: Part
    figures: Figures
    months: tuple[Figures, ...]  # the same by month of the period; what is overdue or undated is in none
    children: tuple["Row", ...] = ()
    depth: int = 0
    team_id: int | None = None  # of a team: itself; of a person: the team the row stands under
    user_id: int | None = None
    own_target: Decimal | None = None  # set for exactly this row
    target: Decimal | None = None  # that, or the sum of the rows below it
    month_targets: tuple[Decimal | None, ...] = ()
    call: Said | None = None  # the newest of exactly this row; with amount None it was taken back
    call_total: Decimal | None = None  # that, or the sum of the rows below it
    uncalled: int = 0  # people below (or this one) who called nothing, so that call_total lacks them
    before: Figures | None = None  # what was won and committed seven days earlier
    may_set_goal: bool = False
    may_call: bool = False

    @property
    def delta(self) -> Decimal | None:
        """How won and committed together changed in seven days; None where no snapshot tells."""
        return None if self.before is None else self.figures.commit_total - self.before.commit_total

    @property
    def gap(self) -> Decimal | None:
        """How much won and committed lie above (or, negative, below) the target."""
        return None if self.target is None else self.figures.commit_total - self.target

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of it."""
        return self.figures == Figures() and self.target is None and self.call is None

    def walk(self) -> Iterator["Row"]:
        """This row and all below it, as a table lists them."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, key: str) -> "Row | None":
        """The row of that key, here or below."""
        return next((row for row in self.walk() if row.key == key), None)


@dataclass(frozen=True)
class Forecast:
    """The forecast of a period as one person may see it, now or as of a snapshot."""

    period: Period
    metric: str
    total: Row  # everything the asker may see; its children are the roots of the tree
    day: dt.date  # whose rates hold: today, or that of the snapshot
    taken_at: dt.datetime | None  # of the snapshot; None: now
    is_final: bool  # False for now and for a snapshot of a day that is not over
    base: str  # code of the base currency
    rates: dict[str, Decimal]
    compared_with: dt.date | None  # the snapshot that the deltas are against

    @property
    def roots(self) -> tuple[Row, ...]:
        return self.total.children

    @property
    def rows(self) -> list[Row]:
        """All rows below the total, as a table lists them; ``depth`` says how far to indent."""
        return [row for root in self.roots for row in root.walk()]

    @property
    def unrated(self) -> frozenset[str]:
        return self.total.figures.unrated

    def find(self, key: str) -> Row | None:
        return self.total.find(key)
