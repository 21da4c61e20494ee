"""Reads a workbook in a process of its own, with limits on memory and time; run by ``imports.reading.workbooks``.

Knows nothing of Django. What it says on its standard output is one line of JSON.
"""

import csv
import datetime as dt
import json
import resource
import sys
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY = 1500 * 1024 * 1024
SECONDS = 60
TYPED = "\ue000"  # stands before a figure that the workbook keeps as a number, so that no one reads it twice
MOST_COLUMNS = 500


def cell(value: Any) -> str:
    """A cell as text that means one thing only: days as ISO, figures marked as such."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return f"{TYPED}{value:.15g}" if abs(value) < 1e15 else f"{TYPED}{value:.0f}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def sheets(path: str) -> dict[str, Any]:
    """The sheets there are, hidden ones marked."""
    book = CalamineWorkbook.from_path(path)
    found = [
        {"name": sheet.name, "hidden": sheet.visible != SheetVisibleEnum.Visible}
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    return {"sheets": found}


def rows(path: str, sheet: str, target: str, most_rows: int) -> dict[str, Any]:
    """Write a sheet as plain CSV, so that it can be read row by row from any place."""
    table = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet)
    if table.width > MOST_COLUMNS:
        return {"error": "too_many_columns", "count": table.width}
    if table.height > most_rows + 1:
        return {"error": "too_many_rows", "count": table.height}
    # Rows are counted as the spreadsheet shows them, also where its first rows are empty.
    first = table.start[0] if table.start else 0
    with open(target, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        for _empty in range(first):
            out.write("\n")
        for row in table.iter_rows():
            writer.writerow([cell(value).encode("utf-8", "replace").decode() for value in row])
    return {"rows": table.height, "first": first}


def main(job: str, *arguments: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        if job == "sheets":
            told = sheets(arguments[0])
        else:
            told = rows(arguments[0], arguments[1], arguments[2], int(arguments[3]))
    except MemoryError:
        told = {"error": "too_large"}
    except Exception as error:
        told = {
            "error": "password" if type(error).__name__ == "PasswordError" else "damaged",
            "text": str(error)[:200],
        }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
