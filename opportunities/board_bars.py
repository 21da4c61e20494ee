"""The bar of a column: how many of its deals have their next step late, today, later, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.tables.asked import text_of
from kernel.tables.conditions import PARAMETER
from kernel.tables.days import start_of


@dataclass(frozen=True)
class Part:
    """A part of a bar, and the board of these deals alone."""

    state: str
    label: Any
    deals: int
    url: str
    is_asked: bool
    start: int = 0  # where it begins and how long it is, in hundredths of the bar
    width: int = 0


STATES = (
    ("late", _("late"), "next_due_at:lt:today"),
    ("today", _("today"), "next_due_at:is:today"),
    ("planned", _("planned"), "next_due_at:gt:today"),
    ("none", _("no next step"), "next_due_at:empty"),
)


def due_states() -> dict[str, Q]:
    """When a next step is late, today, or planned, in the zone of the reader: as the filters of the list have it."""
    today = start_of(timezone.localdate())
    tomorrow = start_of(timezone.localdate() + timedelta(days=1))
    return {
        "late": Q(next_due_at__lt=today),
        "today": Q(next_due_at__gte=today, next_due_at__lt=tomorrow),
        "planned": Q(next_due_at__gte=tomorrow),
        "none": Q(next_due_at__isnull=True),
    }


def counts_of(deals: QuerySet[Any]) -> dict[Any, dict[str, int]]:
    """How many of these deals have their next step late, today, later, or none, by their stage: one query."""
    counted = {state: Count("pk", filter=asked) for state, asked in due_states().items()}
    rows: Any = deals.order_by().values("stage_id").annotate(**counted)
    return {row["stage_id"]: row for row in rows}


def bars_of(board: Any) -> list[tuple[str, list[Part]]]:
    """The bar of every stage of this board, by the key of its column."""
    counts = board.counts
    return [(str(stage.pk), bar_of(board, counts.get(stage.pk, {}))) for stage in board.stages]


def bar_of(board: Any, counts: Mapping[str, int]) -> list[Part]:
    """The bar of one column of this board."""
    whole = sum(counts.get(state, 0) for state, _label, _text in STATES) or 1
    asked = {text_of(group) for group in board.asked.groups}
    start, found = 0, []
    for state, label, text in STATES:
        deals = counts.get(state, 0)
        width = max(1, round(100 * deals / whole)) if deals else 0
        url = _toggled(board, text, is_on=text in asked)
        found.append(Part(state, label, deals, url, text in asked, start, width))
        start += width
    return found


def _toggled(board: Any, text: str, *, is_on: bool) -> str:
    """The board with one of the four questions asked instead of any other; asked already, it is taken back."""
    others = {(PARAMETER, known) for _state, _label, known in STATES}
    kept = [pair for pair in board.pairs if pair not in others]
    return str(board.address.of(kept if is_on else [*kept, (PARAMETER, text)]))
