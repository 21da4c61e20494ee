"""Workbooks: which sheets they have, and one of them as plain rows. Read in a process of its own."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from imports.reading.sources import Unreadable
from imports.reading.workbook_process import TYPED

__all__ = ["TYPED", "sheet_as_text", "sheets_of"]

PROCESS = Path(__file__).with_name("workbook_process.py")
SECONDS = 90
REFUSALS = {
    "too_many_columns": _("The sheet has too many columns; at most 500 can be read."),
    "too_many_rows": _("The sheet has more rows than you may import at once."),
    "too_large": _("The workbook is too large once unpacked. Save the sheet as .csv."),
    "password": _("The workbook has a password. Save it without one, then bring it again."),
    "damaged": _("The workbook is damaged."),
}


def sheets_of(file: IO[bytes]) -> list[dict[str, Any]]:
    """The sheets of a workbook: name, and whether it is hidden."""
    refuse_entities(file)
    with on_disk(file) as path:
        found: list[dict[str, Any]] = ask("sheets", path)["sheets"]
    if not found:
        raise Unreadable(_("The workbook has no sheet with cells."), code="no_table")
    return found


@contextmanager
def sheet_as_text(file: IO[bytes], sheet: str, *, most_rows: int) -> Iterator[IO[bytes]]:
    """One sheet as UTF-8 CSV with commas; gone when the caller is done."""
    with on_disk(file) as path, tempfile.NamedTemporaryFile(suffix=".csv") as target:
        ask("rows", path, sheet, target.name, str(most_rows))
        with open(target.name, "rb") as rows:
            yield rows


@contextmanager
def on_disk(file: IO[bytes]) -> Iterator[str]:
    """The workbook as a file that another process can open."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        file.seek(0)
        while chunk := file.read(1 << 20):
            copy.write(chunk)
        copy.flush()
        yield copy.name


def ask(*words: str) -> dict[str, Any]:
    """What the process tells; raises Unreadable when it refuses, dies or takes too long."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROCESS), *words], capture_output=True, timeout=SECONDS, check=False
        )
        told: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"error": "too_large"}
    except (subprocess.TimeoutExpired, ValueError):
        told = {"error": "too_large"}
    if error := told.get("error"):
        raise Unreadable(REFUSALS[error], code=error)
    return told


def refuse_entities(file: IO[bytes]) -> None:
    """No part of an honest workbook declares entities, which is how a small file grows without end."""
    file.seek(0)
    try:
        suspicious = declares_entities(file)
    except Exception as error:  # zipfile, zlib, bz2 and lzma each have errors of their own
        raise Unreadable(REFUSALS["damaged"], code="damaged") from error
    if suspicious:
        raise Unreadable(_("The workbook declares entities; that is how bombs are made."), code="zip_bomb")


def declares_entities(file: IO[bytes]) -> bool:
    """Whether any part begins with a document type of its own."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.filename.lower().endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    head = part.read(4096)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    return True
    return False
