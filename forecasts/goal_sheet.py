"""The sheet of targets: a row for each person and team, a cell for each metric, with what was typed into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import DecimalField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecasts.figures import Row
from forecasts.models import Goal
from forecasts.said import Targets, sum_of, target_in, targets_of
from forecasts.selectors import forecast
from kernel import formats
from kernel.forms import plain
from kernel.periods import Period
from people.models import User


@dataclass(frozen=True)
class Metric:
    """What is counted, and in what."""

    name: str
    label: Any
    is_money: bool

    @property
    def field(self) -> DecimalField:
        """What a cell takes."""
        places = 4 if self.is_money else 0
        return DecimalField(required=False, min_value=Decimal(0), max_digits=15, decimal_places=places)


METRICS = [
    Metric(Goal.Metric.REVENUE, gettext_lazy("Revenue won"), is_money=True),
    Metric(Goal.Metric.ORDERS, gettext_lazy("Order value"), is_money=True),
    Metric(Goal.Metric.DEALS, gettext_lazy("Deals won"), is_money=False),
]


@dataclass(frozen=True)
class GoalCell:
    """One target: what is set for exactly this period, what was typed, what the rows below come to."""

    name: str
    label: Any
    metric: str
    may: bool
    own: Decimal | None
    said: Decimal | None
    value: str
    note: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class GoalRow:
    """A person or a team."""

    key: str
    label: str
    kind: str
    depth: int
    user_id: int | None
    team_id: int | None
    cells: list[GoalCell]


@dataclass(frozen=True)
class Sheet:
    """All rows, and what is wrong with what was typed: (id of the field, words)."""

    period: Period
    rows: list[GoalRow]
    wrong: list[tuple[str, str]] = field(default_factory=list)


def sheet_of(user: User, period: Period, *, said: Mapping[str, str] | None = None) -> Sheet:
    """The targets that this person sees, with what was typed over them."""
    tree = forecast(user, period)
    targets = {m.name: targets_of(period, m.name, until=timezone.now()) for m in METRICS}
    sheet = Sheet(period, [])
    for row in tree.rows:
        if row.kind in ("team", "person") and (row.may_set_goal or _has_own(row, targets, period)):
            sheet.rows.append(_row(row, sheet, targets, said))
    return sheet


def _who(row: Row) -> tuple[str, int]:
    return ("person", row.user_id) if row.user_id else ("team", row.team_id or 0)


def _is_home(row: Row) -> bool:
    """What is set for a person stands under their own team only."""
    return row.kind == "team" or row.key == f"person-{row.user_id}"


def _has_own(row: Row, targets: Mapping[str, Targets], period: Period) -> bool:
    return _is_home(row) and any(
        target_in(found, _who(row), period) is not None for found in targets.values()
    )


def _row(row: Row, sheet: Sheet, targets: Mapping[str, Targets], said: Mapping[str, str] | None) -> GoalRow:
    cells = [_cell(row, metric, sheet, targets[metric.name], said) for metric in METRICS]
    return GoalRow(row.key, row.label, row.kind, row.depth, row.user_id, row.team_id, cells)


def _cell(
    row: Row, metric: Metric, sheet: Sheet, targets: Targets, said: Mapping[str, str] | None
) -> GoalCell:
    name = f"{row.key}-{metric.name}"
    own = targets.get((_who(row), sheet.period.key))
    value = plain(own) if own is not None else ""
    typed, wrong = own, ""
    if said is not None and row.may_set_goal and name in said:
        value = said[name]
        try:
            typed = metric.field.clean(value)
        except ValidationError as error:
            wrong = " ".join(error.messages)
            sheet.wrong.append((f"id_{name}", f"{row.label}, {metric.label}: {wrong}"))
    note = _note(row, metric, sheet.period, targets, own)
    return GoalCell(name, metric.label, metric.name, row.may_set_goal, own, typed, value, note, wrong)


def _note(row: Row, metric: Metric, period: Period, targets: Targets, own: Decimal | None) -> str:
    """What the parts of the period, or the rows below, come to."""
    say = formats.number
    parts = target_in(
        {key: value for key, value in targets.items() if key[1] != period.key}, _who(row), period
    )
    below = rolled_up(row, period, targets) if row.children else None
    words = []
    if parts is not None:
        words.append(_("parts: %(amount)s") % {"amount": say(parts)})
    if below is not None:
        words.append(_("below: %(amount)s") % {"amount": say(below)})
    if own is not None and below is not None and below != own:
        words.append(f"{'+' if below > own else ''}{say(below - own)}")
    return " · ".join(words)


def rolled_up(row: Row, period: Period, targets: Targets) -> Decimal | None:
    """What the people and teams below a team are to reach together."""
    return sum_of(_whole(child, period, targets) for child in row.children)


def _whole(row: Row, period: Period, targets: Targets) -> Decimal | None:
    own = target_in(targets, _who(row), period) if _is_home(row) and row.kind != "nobody" else None
    return own if own is not None else rolled_up(row, period, targets)
