"""What came of an import, to be downloaded: the failed rows with their reasons can be put right and brought again."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from imports.actions.checking import rows_of
from imports.engine.work import Work, dialect_of
from imports.kinds import KINDS, Kind
from imports.models import Effect, Finding, ImportRun
from imports.reading import read_rows
from imports.reading.workbooks import TYPED

RESULTS = ("created", "updated", "unchanged", "skipped", "failed")
AT_ONCE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def result_file(run: ImportRun, what: str, user: Any) -> StreamingHttpResponse:
    """Rows of one sort as CSV, streamed."""
    lines = effect_rows(run, what) if what in Effect.What.values else finding_rows(run, what, user)
    response = StreamingHttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8")
    stem = run.file_name.rpartition(".")[0] or run.file_name
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_ ") else "_" for c in stem)
    response["Content-Disposition"] = f'attachment; filename="{plain}-{what}.csv"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def as_csv(rows: Iterator[list[str]]) -> Iterator[bytes]:
    """Rows as CSV that spreadsheets open well and take no formula from."""
    yield codecs.BOM_UTF8
    for row in rows:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow([safe(cell) for cell in row])
        yield text.getvalue().encode("utf-8", "replace")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; figures with a sign are figures."""
    plain = cell.replace("\0", "").removeprefix(TYPED)
    if not plain.startswith(FORMULA) or is_figure(plain):
        return plain
    return f"'{plain}"


def is_figure(text: str) -> bool:
    return text[0] in "+-" and text[1:].replace(".", "").replace(",", "").isdigit()


def effect_rows(run: ImportRun, what: str) -> Iterator[list[str]]:
    """What was made or changed: the row, and the record it became."""
    yield [_("Row"), _("Number"), _("Name"), "id"]
    effects = Effect.objects.filter(run=run, what=what).order_by("pk")
    last = 0
    while rows := list(effects.filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        wanted: dict[str, list[int]] = {}
        for one in rows:
            wanted.setdefault(one.record_type, []).append(one.record_id)
        found = {label: apps.get_model(label)._base_manager.in_bulk(ids) for label, ids in wanted.items()}
        for one in rows:
            if (record := found[one.record_type].get(one.record_id)) is not None:
                key = str(getattr(record, "public_id", record.pk))
                yield [str(one.row), str(getattr(record, "ref", "")), str(record), key]


def finding_rows(run: ImportRun, what: str, user: Any) -> Iterator[list[str]]:
    """The rows themselves as they were brought and put right, with the reason behind them."""
    yield [*run.header, _("Reason")]
    dialect = dialect_of(run.source)
    work = Work(run, user, KINDS[run.kind])
    findings = Finding.objects.filter(run=run, what=what).order_by("row", "pk")
    try:
        file = rows_of(work)
    except Exception:  # the bytes are kept for a month only; what was found is kept longer
        for one in findings.iterator(chunk_size=AT_ONCE):
            yield [one.value, *[""] * (len(run.header) - 1), one.text]
        return
    with file:
        for (number, offset), several in groupby(
            findings.iterator(AT_ONCE), key=lambda one: (one.row, one.offset)
        ):
            row = next(read_rows(file, dialect, offset=offset, number=number - 1), None)
            cells = (work.cells_of(row) if row is not None else [])[: len(run.header)]
            reasons = "; ".join(reason(one, run) for one in several)
            yield [*cells, *[""] * (len(run.header) - len(cells)), reasons]


def reason(one: Finding, run: ImportRun) -> str:
    head = run.header[one.column] if 0 <= one.column < len(run.header) else ""
    return f"{head}: {one.text}" if head else one.text


def template_file(kind: Kind, user: Any) -> StreamingHttpResponse:
    """An empty list with the heads that are known, and one row as an example."""
    fields = [one for one in kind.fields_for(user) if one.name not in ("full_name",)]
    heads = [str(one.label) for one in fields]
    example = [kind.examples.get(one.name, "") for one in fields]
    response = StreamingHttpResponse(as_csv(iter([heads, example])), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind.name}.csv"'
    return response
