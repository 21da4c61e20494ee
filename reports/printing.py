"""Reports as files: a PDF with figures, pictures and tables, and CSV of the tables."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.attachments import Attachment
from kernel.charts.kinds import Chart
from kernel.charts.printing import svg_for_print
from kernel.printing import Words, printable, render
from kernel.tables.sheets import harmless, plain
from people.models import Organization
from people.printing import letterhead
from reports.contents import Content, Grid

MOST_PRINTED = 2_000  # rows of a table on paper; the CSV has them all
WIDE = 7  # columns for which the paper is turned
# What the letterhead asks of documents that go to somebody.
NO_LETTER: dict[str, Any] = {"to": [], "facts": [], "number": "", "date": "", "mark": "", "subject": ""}
CSV_TYPE = "text/csv; charset=utf-8"


def pdf_of(content: Content) -> bytes:
    """The report on the organization's paper, in the language of who reads now."""
    return render("report.typ", printed(content))


def printed(content: Content) -> dict[str, Any]:
    """All that the template needs, as texts."""
    organization = Organization.current()
    language = get_language() or organization.language
    words = Words(language)
    seller = letterhead(organization, words)
    day = timezone.localtime(content.made_at)
    widest = max((len(grid.columns) for grid in content.tables), default=0)
    return {
        **words.setting(), "rtl": False, **NO_LETTER, "seller": seller,
        "title": printable(content.title), "moment": _("As of %(moment)s") % {"moment": content.moment},
        "made": {"year": day.year, "month": day.month, "day": day.day},
        "landscape": widest >= WIDE,
        "filters": [[printable(label), printable(value)] for label, value in content.filters],
        "figures": [
            {"label": printable(one.label), "text": printable(one.text), "note": printable(one.note)}
            for one in content.figures
        ],
        "charts": [drawn(chart) for chart in content.charts],
        "tables": [grid_of(grid) for grid in content.tables],
        "notes": [printable(note) for note in [*content.notes, *cuts(content.tables)]],
        "words": {
            "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
            "nothing": _("Nothing."),
        },
    }  # fmt: skip


def drawn(chart: Chart) -> dict[str, str]:
    """A picture with its title and its sentence; the words alone where there is nothing to draw."""
    svg = svg_for_print(chart)
    said = chart.finding if svg else chart.empty
    return {"title": printable(chart.title), "finding": printable(said), "svg": svg}


def grid_of(grid: Grid) -> dict[str, Any]:
    columns = [{"title": printable(name), "end": grid.is_figure(at)} for at, name in enumerate(grid.columns)]
    rows = [[printable(text) for text in row] for row in grid.texts(MOST_PRINTED)]
    return {"title": printable(grid.title), "columns": columns, "rows": rows}


def cuts(tables: Sequence[Grid]) -> list[str]:
    """What paper leaves out, said."""
    return [
        _("%(table)s: the first %(n)s of %(all)s rows are printed.")
        % {"table": grid.title, "n": f"{MOST_PRINTED:,}", "all": f"{len(grid.rows):,}"}
        for grid in tables
        if len(grid.rows) > MOST_PRINTED
    ]


# --- CSV ------------------------------------------------------------------------------------------------------


def csv_of(grid: Grid) -> bytes:
    """One table as Excel wants to be told that it is UTF-8; no text of it is a formula."""
    out = io.StringIO(newline="")
    rows = ([cell(value) for value in row] for row in grid.rows)
    csv.writer(out).writerows([[harmless(str(name)) for name in grid.columns], *rows])
    return out.getvalue().encode("utf-8-sig", "replace")


def cell(value: Any) -> Any:
    """A value as a spreadsheet takes it: moments by the reader's own clock, numbers without idle zeros."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.isoformat(" ", "seconds")[:19]
    return value


def csv_files(content: Content) -> list[Attachment]:
    """A file for each table; a report without tables says its figures."""
    tables = list(content.tables) or [figures_as_table(content)]
    several = len(tables) > 1
    return [
        Attachment(
            f"{stem(content)}{f'-{at}-{slugify(grid.title)[:40]}' if several else ''}.csv",
            csv_of(grid),
            CSV_TYPE,
        )
        for at, grid in enumerate(tables, 1)
    ]


def figures_as_table(content: Content) -> Grid:
    rows = [(one.label, one.text, one.note) for one in content.figures]
    return Grid(content.title, [_("Figure"), _("Value"), _("Note")], rows)


def csv_download(content: Content) -> Attachment:
    """The tables as one file to take away: the table itself, or several in a ZIP."""
    files = csv_files(content)
    if len(files) == 1:
        return files[0]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(one.name, one.content)
    return Attachment(f"{stem(content)}.zip", out.getvalue(), "application/zip")


def stem(content: Content) -> str:
    """The beginning of the names of its files: what it is and of which day."""
    day = timezone.localtime(content.made_at).date().isoformat()
    return f"{slugify(content.name)[:60] or 'report'}-{day}"


def pdf_file(content: Content) -> Attachment:
    """The report as a PDF file."""
    return Attachment(f"{stem(content)}.pdf", pdf_of(content))


def files_of(content: Content, form: str) -> list[Attachment]:
    """What goes along with an e-mail: PDF, CSV or both."""
    found = [pdf_file(content)] if form in ("pdf", "both") else []
    return [*found, *(csv_files(content) if form in ("csv", "both") else [])]
