"""The ERP's own books: one SQLite file, documents as JSON beside the columns they are searched by."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, external_id TEXT NOT NULL UNIQUE, stage TEXT NOT
    NULL,
    next_at TEXT, modified TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS orders_modified ON orders (modified, id);
CREATE TABLE IF NOT EXISTS invoices (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, order_id INTEGER NOT NULL, status TEXT NOT NULL,
    modified TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS invoices_modified ON invoices (modified, id);
CREATE TABLE IF NOT EXISTS payments (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, invoice_id INTEGER NOT NULL,
    modified TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payments_modified ON payments (modified, id);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, order_id INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY, external_id TEXT NOT NULL, order_id INTEGER NOT NULL, idempotency_key TEXT
    NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    kind TEXT NOT NULL, code TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, code));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS events_due ON events (state, due);
"""
TABLES = ("orders", "invoices", "payments", "idempotency", "ledger", "codes", "events")


def moment(value: datetime) -> str:
    """A moment as text that sorts like time."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Store:
    """One connection and one lock: whoever holds a transaction is alone with the books."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            directory / "demo_erp.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self._last = datetime(1970, 1, 1, tzinfo=UTC)
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction within a transaction belongs to the outer one."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._db.execute("BEGIN IMMEDIATE")
                yield
                if self._depth == 1:
                    self._db.execute("COMMIT")
            except BaseException:
                if self._depth == 1 and self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def now(self) -> datetime:
        """The ERP's clock; no two moments of one run are equal, so changes have an order."""
        with self._lock:
            self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
            return self._last

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Every row of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query."""
        with self._lock:
            found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return found

    def run(self, sql: str, *values: object) -> int:
        """Change something; the id of a row that was added."""
        with self._lock:
            return self._db.execute(sql, values).lastrowid or 0

    def document(self, table: str, key: int) -> Document | None:
        """One document by its id."""
        row = self.row(f"SELECT body FROM {table} WHERE id = ?", key)
        return json.loads(row["body"]) if row else None

    def next_id(self, table: str) -> int:
        """The id the next document of a table will get."""
        row = self.row(f"SELECT coalesce(max(id), 0) + 1 AS id FROM {table}")
        return int(row["id"]) if row else 1

    def setting(self, name: str, default: str = "") -> str:
        """A value that survives a restart."""
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return str(row["value"]) if row else default

    def set_setting(self, name: str, value: str) -> None:
        """Remember a value over restarts."""
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def clear(self) -> None:
        """Forget every document, keep the settings."""
        with self.transaction():
            for table in TABLES:
                self._db.execute(f"DELETE FROM {table}")


def dumps(document: object) -> str:
    """JSON with decimals as strings, as the contract writes them."""
    return json.dumps(document, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"no JSON for {value!r}")
