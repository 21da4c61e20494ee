"""The rows of a CSV file, one at a time, from any place in it; a broken row spoils no other.

A quote that is never closed would swallow the rest of the file. A record that grows too long, meets the end of the file
in the middle of a cell, or goes on in a way that no program writes, is therefore taken back: its first line is the
broken row, and reading goes on with the second.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple

MOST_BYTES = 128 * 1024  # of one row: no field of ours is longer, and csv itself stops there
MOST_LINES = 1000  # of one row, in cells with line breaks


@dataclass(frozen=True)
class Dialect:
    """How the text of a file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    start: int = 0  # where the header begins, behind a byte order mark
    skipped: int = 0  # rows before the header that are no rows: Excel's sep=;


class Row(NamedTuple):
    """A row as a spreadsheet counts it, where it begins and ends, and what is broken about it."""

    number: int
    offset: int
    end: int
    cells: list[str]
    problem: str = ""  # open_quote, too_long, encoding, broken


@dataclass
class Lines:
    """The lines of a file as csv asks for them; knows which it took for the present record."""

    file: IO[bytes]
    encoding: str
    taken: list[bytes] = field(default_factory=list)
    back: list[bytes] = field(default_factory=list)
    size: int = 0
    problem: str = ""

    def __iter__(self) -> "Lines":
        return self

    def begin(self) -> None:
        """A new record begins."""
        self.taken, self.size, self.problem = [], 0, ""

    def __next__(self) -> str:
        if self.taken and (len(self.taken) >= MOST_LINES or self.size > MOST_BYTES):
            self.problem = "open_quote"
            raise StopIteration
        raw = self.back.pop() if self.back else self.file.readline(MOST_BYTES)
        if not raw:
            if self.taken:
                self.problem = "open_quote"
            raise StopIteration
        self.taken.append(raw)
        self.size += len(raw)
        if len(raw) >= MOST_BYTES and not raw.endswith(b"\n"):
            self.skip_rest()
            return ""
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError:
            self.problem = self.problem or "encoding"
            return raw.decode(self.encoding, "replace")

    def skip_rest(self) -> None:
        """Pass over the rest of a line that is too long to be a row."""
        self.problem = "too_long"
        while rest := self.file.readline(MOST_BYTES):
            self.size += len(rest)
            if rest.endswith(b"\n"):
                break

    def take_back(self) -> None:
        """Only the first line belongs to the record after all."""
        self.back.extend(reversed(self.taken[1:]))
        self.taken = self.taken[:1]
        self.size = len(self.taken[0])


def read_rows(
    file: IO[bytes], dialect: Dialect, *, offset: int | None = None, number: int | None = None
) -> Iterator[Row]:
    """Every row from this place on, empty ones left out; ``number`` is that of the row before."""
    place = dialect.start if offset is None else offset
    number = dialect.skipped if number is None else number
    file.seek(place)
    lines = Lines(file, dialect.encoding)
    reader = csv.reader(lines, delimiter=dialect.delimiter)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            if not lines.taken:
                return
            cells = []
        except csv.Error:
            cells, lines.problem = [], lines.problem or "broken"
        number += 1
        if lines.problem or len(lines.taken) > 1:
            cells = mended(lines, cells, dialect)
        end = place + lines.size
        if cells or lines.problem:
            yield Row(number, place, end, cells, lines.problem)
        place = end


def mended(lines: Lines, cells: list[str], dialect: Dialect) -> list[str]:
    """The cells of a record that is more than one plain line: as read, or those of its first line alone."""
    if len(lines.taken) > 1 and not lines.problem and is_well_formed(lines, dialect):
        return cells
    if lines.problem in ("too_long", "encoding") and len(lines.taken) == 1:
        return cells
    lines.problem = "open_quote" if lines.problem != "broken" else "broken"
    lines.take_back()
    plain = lines.taken[0].decode(lines.encoding, "replace").strip("\r\n")
    return [cell.strip('"') for cell in plain.split(dialect.delimiter)]


def is_well_formed(lines: Lines, dialect: Dialect) -> bool:
    """Whether a record of several lines is written as programs write it, so that its line breaks are meant."""
    text = [raw.decode(lines.encoding, "replace") for raw in lines.taken]
    try:
        return len(list(csv.reader(text, delimiter=dialect.delimiter, strict=True))) == 1
    except csv.Error:
        return False
