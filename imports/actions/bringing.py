"""Bringing a file: kept as it is, looked at whole, and its columns guessed."""

import tempfile
from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.actions.preparing import forget_check, remembered
from imports.kinds import KINDS, Kind
from imports.models import ImportRun
from imports.reading import LARGEST_FILE, Unreadable, sniff
from imports.reading.overview import look_over
from imports.reading.sources import Source, plain_copy
from imports.reading.workbooks import sheet_as_text, sheets_of
from kernel.files import keep_file
from kernel.lifecycle import advance
from kernel.models import StoredFile
from kernel.writing import locked
from people.access import most_import_rows, require
from people.models import User

KEPT_FOR = timedelta(days=30)


def bring_file(kind: Kind, upload: Any, *, by: User) -> ImportRun:
    """Keep a file that somebody brought and look it over; raises Unreadable with the reason."""
    require(by, "import", kind.model)
    most = most_import_rows(by)
    if not most:
        raise PermissionDenied(_("You may not import."))
    if upload.size > LARGEST_FILE:
        raise Unreadable(
            _("The file is larger than %(most)s MB.") % {"most": LARGEST_FILE >> 20}, code="too_large"
        )
    source = sniff(upload)
    kept = keep_file(
        upload.name or "file", upload, by=by, purpose=StoredFile.Purpose.IMPORT, expires_at=until()
    )
    run = ImportRun(kind=kind.name, owner=by, team=by.team, file=kept, file_name=kept.name)
    try:
        read_source(run, source, by=by)
        return enter(run, kind, by=by)
    except BaseException:
        kept.content.delete(save=False)
        kept.delete()
        raise


def read_otherwise(
    run: ImportRun, *, by: User, encoding: str = "", delimiter: str = "", sheet: str = ""
) -> ImportRun:
    """Read the same file in another encoding, parted by another sign, or from another of its sheets."""
    with run.file.content.open("rb") as file:  # type: ignore[union-attr]
        source = sniff(file, encoding=encoding, delimiter=delimiter)
        read_source(run, source, by=by, sheet=sheet)
    return reread(run, by=by)


def read_source(run: ImportRun, source: Source, *, by: User, sheet: str = "") -> None:
    """Find out header, samples and number of rows; a workbook becomes plain rows first."""
    most = most_import_rows(by)
    with run.file.content.open("rb") as file:  # type: ignore[union-attr]
        if source.kind == "xlsx":
            read_workbook(run, file, by=by, sheet=sheet, most=most)
        elif source.needs_copy:
            with tempfile.TemporaryFile() as copy:
                dialect = plain_copy(file, source.dialect, copy)
                run.rows_file = keep_rows(copy, by)
                take_over(run, copy, dialect.__dict__ | {"kind": "csv"}, most)
            run.source["written_in"] = source.dialect.encoding
        else:
            run.rows_file = None
            take_over(run, file, source.dialect.__dict__ | {"kind": "csv"}, most)
    run.source["guessed_encoding"] = source.guessed_encoding


def read_workbook(run: ImportRun, file: IO[bytes], *, by: User, sheet: str, most: int) -> None:
    """One sheet of a workbook: the chosen one, else the first that is not hidden."""
    sheets = sheets_of(file)
    names = [one["name"] for one in sheets]
    shown = [one["name"] for one in sheets if not one["hidden"]] or names
    chosen = sheet if sheet in names else shown[0]
    with sheet_as_text(file, chosen, most_rows=most) as rows:
        run.rows_file = keep_rows(rows, by)
        plain = {"encoding": "utf-8", "delimiter": ",", "start": 0, "skipped": 0}
        take_over(run, rows, {**plain, "kind": "xlsx", "sheet": chosen, "sheets": sheets}, most)


def keep_rows(rows: IO[bytes], by: User) -> StoredFile:
    return keep_file("rows.csv", rows, by=by, purpose=StoredFile.Purpose.IMPORT, expires_at=until())


def until() -> Any:
    return timezone.now() + KEPT_FOR


def take_over(run: ImportRun, file: IO[bytes], source: Mapping[str, Any], most: int) -> None:
    """What one look over the rows tells: header, samples, how many."""
    run.source = dict(source)
    seen = look_over(file, run.source)
    if seen.rows > most:
        text = _("The file has %(count)s rows; you may import %(most)s at once.")
        raise Unreadable(text % {"count": seen.rows, "most": most}, code="too_many_rows")
    run.header, run.samples = seen.header, seen.samples
    run.header_offset, run.header_row = seen.header_end, seen.header_row
    run.source["rows"] = seen.rows


@transaction.atomic
def enter(run: ImportRun, kind: Kind, *, by: User) -> ImportRun:
    """The import exists from now on, its columns as they were last time or as their heads suggest."""
    remembered(run, kind, by)
    require(by, "add", run)
    run.save(force_insert=True)
    return run


@transaction.atomic
def reread(run: ImportRun, *, by: User) -> ImportRun:
    """Another reading of the file: columns, corrections and what was checked are begun anew."""
    advance(run.prepare, by=by)
    locked(ImportRun(pk=run.pk))
    run.corrections.all().delete()
    remembered(run, KINDS[run.kind], by)
    forget_check(run)
    return run
