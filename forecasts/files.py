"""The table of a forecast as a file, with the same rows and exact amounts."""

import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from forecasts.figures import Forecast, Row
from forecasts.shown import FIGURES, LABELS, OMITTED, OVERDUE, UNDATED, amount_of
from kernel.pricing import round_half_up
from kernel.tables.sheets import SHEETS

COLUMNS = (*FIGURES, OMITTED, OVERDUE, UNDATED)
PLACES = 4


def as_file(forecast: Forecast, kind: str) -> HttpResponse:
    """All rows of the forecast, folded ones too, for a spreadsheet or a machine."""
    names = [
        "row",
        "name",
        "depth",
        "currency",
        "target",
        *COLUMNS,
        "call",
        "note",
        "change",
        "gap",
        "deals",
        "unrated",
    ]
    labels = [
        _("Row"), _("Who"), _("Level"), _("Currency"), _("Target"), *(str(LABELS[name]) for name in COLUMNS), _("Call"),
        _("Why"), _("7 days"), _("Gap"), _("Deals"), _("Unrated"),
    ]  # fmt: skip
    sheet = SHEETS[kind](names, labels, mark=True)
    rows = [line(row, forecast) for row in rows_of(forecast)]
    out = io.BytesIO()
    sheet.wrap([sheet.head(), sheet.rows(rows, first=True), sheet.tail()], out)
    answer = HttpResponse(out.getvalue(), content_type=sheet.media_type)
    name = f"forecast-{forecast.period.key}-{forecast.day.isoformat()}.{sheet.ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def rows_of(forecast: Forecast) -> Iterator[Row]:
    yield from forecast.total.walk()


def line(row: Row, forecast: Forecast) -> list[Any]:
    """One row, exactly."""
    amounts = [amount_of(row.figures, name) for name in COLUMNS]
    said = row.call
    values = [row.target, *amounts, row.call_total]
    return [
        row.key, row.label, row.depth, forecast.base, *(exactly(value) for value in values),
        said.note if said and said.amount is not None else "", exactly(row.delta), exactly(row.gap), row.figures.deals,
        ", ".join(sorted(row.figures.unrated)),
    ]  # fmt: skip


def exactly(amount: Any) -> Any:
    """An amount with the places that columns have."""
    return None if amount is None else round_half_up(amount, PLACES)
