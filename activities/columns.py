"""What lists of other records show of activities: the next step of each row, looked up once a page."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from activities.selectors import next_steps
from kernel.formats import day_text


def look_up_next_steps(rows: Sequence[Any]) -> None:
    """The next step of every row, in one query."""
    found = next_steps(rows)
    for row in rows:
        row.__dict__["next_activity"] = found.get((row._meta.label_lower, row.pk))


def told_next(row: Any) -> Any:
    """What is to be done next, and when."""
    step = row.__dict__.get("next_activity")
    if step is None or not step.due_at:
        return "" if step is None else step.subject
    return f"{step.subject} · {day_text(timezone.localdate(step.due_at))}"
