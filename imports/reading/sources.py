"""What kind of file somebody brought, and how its text is written; refused with words where it cannot be read."""

import codecs
import csv
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from imports.reading.rows import Dialect
from kernel.errors import DomainError

LARGEST_FILE = 256 * 1024 * 1024
MOST_ENTRIES = 2000
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_TIMES = 100  # a spreadsheet shrinks five to thirty times; a bomb more than this
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER = (
    (b"%PDF-", _("PDF document")),
    (b"\x89PNG", _("picture")),
    (b"\xff\xd8\xff", _("picture")),
    (b"GIF8", _("picture")),
    (b"\x1f\x8b", _("compressed file")),
    (b"Rar!", _("compressed file")),
    (b"7z\xbc\xaf", _("compressed file")),
)


class Unreadable(DomainError):
    """This file cannot be read, and why."""

    default_code = "unreadable_file"


@dataclass(frozen=True)
class Source:
    """A file as it is to be read: text with its dialect, or a workbook with sheets to choose from."""

    kind: str  # csv, xlsx
    dialect: Dialect = field(default_factory=Dialect)
    needs_copy: bool = False  # written in a way that only a copy can be read row by row
    guessed_encoding: bool = False


def sniff(file: IO[bytes], *, encoding: str = "", delimiter: str = "") -> Source:
    """What the file is by its bytes, whatever its name says; raises Unreadable with the reason."""
    file.seek(0)
    head = file.read(SAMPLE)
    if not head.strip(b"\0\r\n\t ,;"):
        raise Unreadable(_("The file is empty."), code="empty_file")
    if head.startswith(b"PK\x03\x04"):
        refuse_bomb(file)
        return Source("xlsx")
    refuse_other(file, head)
    encoding, start, is_guessed = encoding_of(file, head, encoding)
    text = head[start:].decode(encoding, "replace").replace("\0", "")
    only_returns = "\r" in text and "\n" not in text
    told, skipped = told_delimiter(text)
    dialect = Dialect(encoding, delimiter or told or delimiter_of(text), start + skipped, 1 if skipped else 0)
    return Source("csv", dialect, encoding.startswith("utf-16") or only_returns, is_guessed)


def refuse_other(file: IO[bytes], head: bytes) -> None:
    """Refuse what is neither text nor a workbook, in words that say what to do."""
    if head.startswith(OLE):
        file.seek(0)
        everything = file.read(8 * 1024 * 1024)
        if "EncryptedPackage".encode("utf-16-le") in everything:
            raise Unreadable(
                _("The workbook has a password. Save it without one, then bring it again."), code="password"
            )
        raise Unreadable(_("This is an old Excel file (.xls). Save it as .xlsx or .csv."), code="old_excel")
    for signature, what in OTHER:
        if head.startswith(signature):
            raise Unreadable(_("This is no table but a %(what)s.") % {"what": what}, code="no_table")
    if (
        head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml", b"<table"))
    ):
        raise Unreadable(_("This is a web page or XML, no table. Save it as .xlsx or .csv."), code="no_table")


def refuse_bomb(file: IO[bytes]) -> None:
    """Look at the directory of a workbook before anything in it is unpacked."""
    try:
        file.seek(0)
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError) as error:
        raise Unreadable(_("The workbook is damaged."), code="damaged") from error
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(_("The workbook has too many parts."), code="zip_bomb")
    unpacked, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if unpacked > LARGEST_UNPACKED or unpacked > MOST_TIMES * max(packed, 10_000):
        raise Unreadable(
            _("The workbook is too large once unpacked. Save the sheet as .csv."), code="zip_bomb"
        )
    if any(one.flag_bits & 1 for one in entries):
        raise Unreadable(
            _("The workbook has a password. Save it without one, then bring it again."), code="password"
        )
    names = {one.filename.lower() for one in entries}
    if not any(name.endswith("workbook.xml") for name in names):
        raise Unreadable(_("This is a compressed file, no workbook."), code="no_table")
    file.seek(0)


def encoding_of(file: IO[bytes], head: bytes, wanted: str) -> tuple[str, int, bool]:
    """The encoding, where the text begins, and whether that is only the likeliest."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return name, len(mark), False
    if wanted:
        return wanted, 0, False
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    if odd > len(head[:2000]) // 4 and not even:
        return "utf-16-le", 0, True
    if even > len(head[:2000]) // 4 and not odd:
        return "utf-16-be", 0, True
    return ("utf-8", 0, False) if is_utf8(file) else ("cp1252", 0, True)


def is_utf8(file: IO[bytes]) -> bool:
    """Whether all of the file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def told_delimiter(text: str) -> tuple[str, int]:
    """Excel's own line ``sep=;`` before the header, and how long it is."""
    line, newline, _rest = text.partition("\n")
    told = line.strip("\r\"' ")
    if told.lower().startswith("sep=") and len(told) == 5:
        return told[4], len((line + newline).encode("ascii", "replace"))
    return "", 0


def delimiter_of(text: str) -> str:
    """The sign that parts the text into the most even columns."""
    lines = text.splitlines(keepends=True)[:60]
    best, best_score = ",", 0.0
    for sign in DELIMITERS:
        widths = Counter(len(row) for row in lenient(lines, sign) if row)
        if not widths:
            continue
        width, rows = widths.most_common(1)[0]
        score = rows / widths.total() * (1 + width / 100) if width > 1 else 0.0
        if score > best_score:
            best, best_score = sign, score
    return best


def lenient(lines: list[str], sign: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=sign)
    except csv.Error:
        return


def plain_copy(file: IO[bytes], dialect: Dialect, target: IO[Any]) -> Dialect:
    """Write the text as UTF-8 with line feeds, which can be read from any row on."""
    decoder = codecs.getincrementaldecoder(dialect.encoding)("replace")
    file.seek(dialect.start)
    while chunk := file.read(1 << 20):
        text = decoder.decode(chunk)
        target.write(text.replace("\r\n", "\n").replace("\r", "\n").encode())
    target.write(decoder.decode(b"", final=True).encode())
    return Dialect("utf-8", dialect.delimiter, 0, dialect.skipped)
