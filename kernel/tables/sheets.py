"""Tables as files: CSV, XLSX and JSON, written piece by piece so that memory stays flat however many rows there are.

A writer turns rows into bytes; bytes of one piece follow those of the piece before, so that a job can go on after a
restart. A spreadsheet finds no formula in any of them.
"""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any, ClassVar

from django.utils.translation import gettext as _

# What makes a spreadsheet take a text for a formula or a command; wide forms are taken for narrow ones.
DANGEROUS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")
EPOCH = dt.date(1899, 12, 30)
MOST_XLSX_ROWS = 1_048_575
LONGEST_CELL = 32_767
SHEET = "xl/worksheets/sheet1.xml"


def harmless(text: str) -> str:
    """A text that no spreadsheet calculates: an apostrophe stands before what would begin a formula."""
    return f"'{text}" if text[:1] in DANGEROUS and text else text


class Sheet:
    """A kind of file. ``head``, then ``rows`` any number of times, then ``tail``."""

    name: ClassVar[str] = ""
    ending: ClassVar[str] = ""
    media_type: ClassVar[str] = ""

    def __init__(self, names: Sequence[str], labels: Sequence[str], *, mark: bool = False) -> None:
        self.names, self.labels, self.mark = names, labels, mark

    def head(self) -> bytes:
        return b""

    def rows(self, rows: Iterable[Sequence[Any]], *, first: bool) -> bytes:
        raise NotImplementedError

    def tail(self) -> bytes:
        return b""

    def wrap(self, body: Iterable[bytes], out: IO[bytes]) -> None:
        """The finished file from everything that was written."""
        for piece in body:
            out.write(piece)


class Csv(Sheet):
    """Comma-separated values in UTF-8; with ``mark`` as Excel wants to be told that it is."""

    name, ending, media_type = "csv", "csv", "text/csv; charset=utf-8"

    def head(self) -> bytes:
        return (b"\xef\xbb\xbf" if self.mark else b"") + self._written(
            [[harmless(one) for one in self.labels]]
        )

    def rows(self, rows: Iterable[Sequence[Any]], *, first: bool) -> bytes:
        columns = [self._column(column) for column in zip(*rows, strict=True)]
        return self._written(zip(*columns, strict=True)) if columns else b""

    def _column(self, values: Sequence[Any]) -> Iterable[Any]:
        """One column at a time: its values are of one type, and a decision for each of them would cost most."""
        kind: Any = next((type(value) for value in values if value is not None), str)
        if kind is str:
            return [f"'{v}" if v and v[0] in DANGEROUS else v for v in values]
        if kind is Decimal:
            return ["" if v is None else plain(v) for v in values]
        if kind is bool:
            yes, no = str(_("Yes")), str(_("No"))
            return ["" if v is None else yes if v else no for v in values]
        if kind is dt.datetime:
            return ["" if v is None else v.isoformat(" ", "seconds")[:19] for v in values]
        return values

    def _written(self, rows: Iterable[Iterable[Any]]) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue().encode("utf-8", "replace")


class Json(Sheet):
    """A list of objects; amounts are texts, so that none is rounded."""

    name, ending, media_type = "json", "json", "application/json"

    def head(self) -> bytes:
        return b"["

    def rows(self, rows: Iterable[Sequence[Any]], *, first: bool) -> bytes:
        texts = [json.dumps(dict(zip(self.names, row, strict=True)), default=_json) for row in rows]
        glue = "\n" if first else ",\n"
        return (glue + ",\n".join(texts)).encode() if texts else b""

    def tail(self) -> bytes:
        return b"\n]\n"


class Xlsx(Sheet):
    """A workbook of one sheet. Written by hand: texts stand in their cells as texts and never as formulas, and rows
    follow each other as they come, which no library does across a restart."""

    name, ending = "xlsx", "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def head(self) -> bytes:
        cells = "".join(_text_cell(label, 3) for label in self.labels)
        return f"{SHEET_HEAD}<row>{cells}</row>".encode()

    def rows(self, rows: Iterable[Sequence[Any]], *, first: bool) -> bytes:
        return "".join([f"<row>{''.join(map(_cell, row))}</row>" for row in rows]).encode("utf-8", "replace")

    def tail(self) -> bytes:
        return b"</sheetData></worksheet>"

    def wrap(self, body: Iterable[bytes], out: IO[bytes]) -> None:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
            for place, content in BOOK.items():
                book.writestr(place, content)
            with book.open(SHEET, "w", force_zip64=True) as sheet:
                for piece in body:
                    sheet.write(piece)


SHEETS: dict[str, type[Sheet]] = {kind.name: kind for kind in (Csv, Xlsx, Json)}


def plain(number: Decimal) -> str:
    """A number without idle zeros and without an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json(value: Any) -> str:
    return (
        plain(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
    )


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return _text_cell(value)
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Decimal | int | float):
        return f"<c><v>{plain(value) if isinstance(value, Decimal) else value}</v></c>"
    if isinstance(value, dt.datetime):
        # Spreadsheets know no zones: the reader's own clock counts.
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f'<c s="2"><v>{(value.date() - EPOCH).days + seconds / 86400:.6f}</v></c>'
    if isinstance(value, dt.date):
        return f'<c s="1"><v>{(value - EPOCH).days}</v></c>'
    return _text_cell(str(value))


def _text_cell(text: str, style: int = 0) -> str:
    clean = (
        NO_XML.sub("", text)[:LONGEST_CELL].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    mark = f' s="{style}"' if style else ""
    return f'<c{mark} t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
    ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"'
    ' baseColWidth="14"/><sheetData>'
)
BOOK = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_BOOK}.styles+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_BOOK}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">'
    '<sheets><sheet name="Salesops" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>',
}
