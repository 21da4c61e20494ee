"""Reading what people bring: which kind of file it is, how it is written, and its rows, one at a time."""

from imports.reading.rows import Dialect, Row, read_rows
from imports.reading.sources import LARGEST_FILE, Unreadable, sniff

__all__ = ["LARGEST_FILE", "Dialect", "Row", "Unreadable", "read_rows", "sniff"]
