"""What stands in a report that is printed or sent: texts and figures, as one person sees them now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import formats
from kernel.charts.kinds import Chart


@dataclass(frozen=True)
class Figure:
    """One figure with its words."""

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: its columns by name, and values as they are (amounts, days, texts)."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    # The same rows as people read them, where they are written otherwise than their values.
    shown: Sequence[Sequence[str]] | None = None

    def texts(self, most: int | None = None) -> list[list[str]]:
        """The rows as they stand on paper, or the first of them."""
        rows = self.rows if self.shown is None else self.shown
        return [[told(value) for value in row] for row in rows[:most]]

    def is_figure(self, column: int) -> bool:
        """Whether a column holds numbers, which stand at its end."""
        values = [row[column] for row in self.rows if row[column] not in (None, "")]
        return bool(values) and all(
            isinstance(one, Decimal | int) and not isinstance(one, bool) for one in values
        )


@dataclass(frozen=True)
class Content:
    """A report as it goes out."""

    title: str
    name: str  # of its files
    filters: Sequence[tuple[str, str]] = ()
    figures: Sequence[Figure] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Grid] = ()
    notes: Sequence[str] = ()
    made_at: dt.datetime = field(default_factory=timezone.now)
    url: str = ""

    @property
    def moment(self) -> str:
        """When it was made, in the reader's own time."""
        local = timezone.localtime(self.made_at)
        return f"{formats.day_text(local.date())} {local:%H:%M} {local.tzname()}"


def told(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{formats.day_text(local.date())} {local:%H:%M}"
    if isinstance(value, dt.date):
        return formats.day_text(value)
    if isinstance(value, Decimal | int):
        return formats.number(value)
    return str(value)


class Unseen(Exception):
    """This person may not see what was asked for; the words say what."""
