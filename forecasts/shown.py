"""The forecast as its page shows it: rows of figures, each leading to the deals that make it."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forecasts import asked as addresses
from forecasts.asked import Asked
from forecasts.figures import (
    BEST_CASE,
    COMMIT,
    OMITTED,
    OVERDUE,
    PIPELINE,
    UNDATED,
    WON,
    Figures,
    Forecast,
    Row,
)
from opportunities.measures import Worth, total

WEIGHTED = "weighted"
# The figures of the table and the columns of deals that make each: what is won counts in all that follow.
BEHIND: Final = {
    WON: (WON,),
    COMMIT: (WON, COMMIT),
    BEST_CASE: (WON, COMMIT, BEST_CASE),
    PIPELINE: (WON, COMMIT, BEST_CASE, PIPELINE),
    WEIGHTED: (WON, COMMIT, BEST_CASE, PIPELINE),
    OMITTED: (OMITTED,),
    OVERDUE: (OVERDUE,),
    UNDATED: (UNDATED,),
    "committed_only": (COMMIT,),
    "best_case_only": (BEST_CASE,),
    "pipeline_only": (PIPELINE,),
}
# The figure that holds the deals of one column and no others.
ONLY: Final = {columns[0]: kind for kind, columns in BEHIND.items() if len(columns) == 1}
LABELS: dict[str, Any] = {
    WON: _("Won"), COMMIT: _("Commit"), BEST_CASE: _("Best case"), PIPELINE: _("Pipeline"),
    WEIGHTED: _("Weighted"), OMITTED: _("Omitted"), OVERDUE: _("Overdue"), UNDATED: _("Without a close date"),
}  # fmt: skip
# What single deals count as, beside the sums above.
COLUMN_LABELS: Final = {**LABELS, COMMIT: _("Committed")}
LABELS |= {ONLY[column]: COLUMN_LABELS[column] for column in (COMMIT, BEST_CASE, PIPELINE)}
BESIDE: Final = {
    OVERDUE: _("open, though their close date lies before this period: in none of its figures"),
    UNDATED: _("open without a close date: in no period"),
    OMITTED: _("left out of every figure by their category"),
}


@dataclass(frozen=True)
class Head:
    """The head of a column, and what it means."""

    label: Any
    note: Any = ""


@dataclass(frozen=True)
class Cell:
    """One figure of a row; None is no figure at all."""

    kind: str
    label: Any
    amount: Decimal | None
    url: str = ""
    tone: str = ""
    note: str = ""
    opens_pane: bool = False
    is_change: bool = False
    is_mine: bool = False


@dataclass(frozen=True)
class Shown:
    """One row of the table."""

    row: Row
    cells: list[Cell]
    depth: int
    fold_url: str = ""
    is_folded: bool = False

    @property
    def unrated(self) -> list[str]:
        return sorted(self.row.figures.unrated)


@dataclass(frozen=True)
class Loose:
    """Deals that stand beside the figures of the period."""

    label: Any
    note: Any
    worth: Worth
    url: str


@dataclass(frozen=True)
class Table:
    """Everything above the deals."""

    forecast: Forecast
    heads: list[Head]
    rows: list[Shown]
    loose: list[Loose]


def amount_of(figures: Figures, kind: str) -> Decimal:
    """The figure of a cell."""
    return {
        WON: figures.won.amount, COMMIT: figures.commit_total, BEST_CASE: figures.best_total,
        PIPELINE: figures.pipeline_total, WEIGHTED: figures.weighted_total, OMITTED: figures.omitted.amount,
        OVERDUE: figures.overdue.amount, UNDATED: figures.undated.amount,
    }[kind]  # fmt: skip


def worth_of(figures: Figures, kind: str) -> Worth:
    """The deals behind a cell, together."""
    return total(getattr(figures, column) for column in BEHIND[kind])


def heads() -> list[Head]:
    return [
        Head(_("Target")),
        Head(LABELS[WON]),
        Head(LABELS[COMMIT], _("Won and committed")),
        Head(LABELS[BEST_CASE], _("Won, committed and best case")),
        Head(LABELS[PIPELINE], _("Won and everything open, without what is omitted")),
        Head(LABELS[WEIGHTED], _("Won, and what is open times its probability")),
        Head(_("Call"), _("What the person or their manager says will be won")),
        Head(_("7 days"), _("How the commit has changed since seven days ago")),
        Head(_("Gap"), _("Commit above or below the target")),
    ]


def table(forecast: Forecast, asked: Asked, reader: Any) -> Table:
    """The rows that are not folded away, with their links."""
    own = own_row(forecast, reader)
    several = len(forecast.roots) != 1
    shown = list(_unfolded(forecast.roots, asked, own, deeper=int(several), since=forecast.compared_with))
    if several:
        shown.insert(
            0,
            Shown(
                forecast.total,
                cells(forecast.total, asked, is_own=False, compared_with=forecast.compared_with),
                0,
            ),
        )
    return Table(forecast, heads(), shown, loose(forecast, asked))


def own_row(forecast: Forecast, reader: Any) -> str:
    """The key of the row that this person calls: the team that they lead, else their own."""
    rows = [row for row in forecast.total.walk() if row.may_call]
    led = next((row for row in rows if row.kind == "team"), None)
    found = led or next((row for row in rows if row.user_id == reader.pk), None)
    return found.key if found else ""


def _unfolded(
    rows: Iterable[Row], asked: Asked, own: str, *, deeper: int, since: dt.date | None
) -> Iterator[Shown]:  # fmt: skip
    for row in rows:
        is_folded = row.key in asked.folded
        folds = bool(row.children) and row.kind == "team"
        fold_url = asked.folding(row.key) if folds else ""
        yield Shown(
            row,
            cells(row, asked, is_own=row.key == own, compared_with=since),
            row.depth + deeper,
            fold_url,
            is_folded,
        )
        if folds and not is_folded:
            yield from _unfolded(row.children, asked, own, deeper=deeper, since=since)


def cells(row: Row, asked: Asked, *, is_own: bool, compared_with: dt.date | None) -> list[Cell]:
    """The figures of one row in the order of the table."""
    said = row.call
    call_amount = said.amount if said and said.amount is not None else row.call_total
    may_call = row.may_call and asked.as_of is None
    goal_url = f"{reverse('forecasts:goals')}?period={asked.period.key}#goal-{row.key}"
    of_row = addresses.Cell(row.key, "")
    since = asked.url(page="forecasts:changes", cell=of_row, since=compared_with) if compared_with else ""
    return [
        Cell("target", _("Target"), row.target, goal_url if row.may_set_goal and asked.as_of is None else ""),
        *(_figure(row, kind, asked) for kind in FIGURES),
        Cell(
            "call", _("Call"), call_amount, call_url(row, asked) if may_call else "",
            note=said.note if said and said.amount is not None else "", is_mine=is_own,
        ),
        Cell("delta", _("7 days"), row.delta, since if row.delta else "", _tone(row.delta), is_change=True),
        Cell("gap", _("Gap"), row.gap, "", _tone(row.gap), is_change=True),
    ]  # fmt: skip


def _figure(row: Row, kind: str, asked: Asked) -> Cell:
    return Cell(kind, LABELS[kind], amount_of(row.figures, kind), asked.into(row.key, kind), opens_pane=True)


FIGURES: Final = (WON, COMMIT, BEST_CASE, PIPELINE, WEIGHTED)


def call_url(row: Row, asked: Asked) -> str:
    """The address of the form for a call of this row."""
    return asked.url(page="forecasts:call", cell=addresses.Cell(row.key, "call"))


def _tone(change: Decimal | None) -> str:
    return "" if not change else "danger" if change < 0 else "success"


def loose(forecast: Forecast, asked: Asked) -> list[Loose]:
    """What stands beside the figures of the period, where there is some."""
    found = forecast.total.figures
    return [
        Loose(LABELS[kind], note, getattr(found, kind), asked.into(forecast.total.key, kind))
        for kind, note in BESIDE.items()
        if getattr(found, kind).deals
    ]
