"""The floors of writing: the same rows in the same tables by plain SQL, one transaction, nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2
from django.db import connection
from psycopg2.extras import execute_values

from benchmarks.copying import Statement, insert_select
from catalog.documents import HEADER_COPIED, Addressed, PricedLine
from invoices.models import Invoice, InvoiceLine
from orders.models import Order, OrderLine
from quotes.models import Quote, QuoteLine

KEPT = ("name", "opportunity_id", "payment_terms_id", *HEADER_COPIED, *Addressed.ADDRESS_FIELDS)
A_NUMBER = "left(gen_random_uuid()::text, 30)"


def plain_connection() -> Any:
    """A connection without Django, to the same database."""
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(name, None)
    return psycopg2.connect(**params)


class Copying:
    """A header and its lines copied to the next document by two INSERT ... SELECT and a commit."""

    def __init__(self, header: Statement, lines: Statement) -> None:
        self.connection = plain_connection()
        self.header, self.lines = header, lines

    def __call__(self, source: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"{self.header[0]} RETURNING id", [*self.header[1], source])
            made = cursor.fetchone()[0]
            cursor.execute(self.lines[0].replace("MADE", str(made)), [*self.lines[1], source])
        self.connection.commit()


def order_from_quote() -> Copying:
    kept = {name: f"q.{name}" for name in KEPT}
    header = insert_select(Order, "quotes_quote q WHERE q.id = %s", **kept, quote_id="q.id", number=A_NUMBER)
    taken = {name: f"l.{name}" for name in PricedLine.COPIED}
    lines = insert_select(
        OrderLine, "quotes_quoteline l WHERE l.quote_id = %s", **taken, quote_line_id="l.id", order_id="MADE"
    )
    return Copying(header, lines)


def invoice_from_order() -> Copying:
    kept = {name: f"o.{name}" for name in KEPT}
    header = insert_select(Invoice, "orders_order o WHERE o.id = %s", **kept, order_id="o.id")
    taken = {name: f"l.{name}" for name in PricedLine.COPIED}
    lines = insert_select(
        InvoiceLine,
        "orders_orderline l WHERE l.order_id = %s",
        **taken,
        order_line_id="l.id",
        invoice_id="MADE",
    )
    return Copying(header, lines)


class Inserting:
    """A header and its lines by one INSERT and one execute_values, and a commit."""

    def __init__(self, header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
        self.connection = plain_connection()
        self.header = _insert(Quote, header)
        self.lines = _insert(QuoteLine, lines[0])
        self.rows = [dict(line) for line in lines]

    def __call__(self, header: Mapping[str, Any], keys: Sequence[Any]) -> None:
        with self.connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(header))
            cursor.execute(f"{self.header} ({marks}) RETURNING id", list(header.values()))
            made = cursor.fetchone()[0]
            rows = [
                tuple({**row, "quote_id": made, "key": key}.values())
                for row, key in zip(self.rows, keys, strict=True)
            ]
            execute_values(cursor, f"{self.lines} %s", rows, page_size=len(rows))
        self.connection.commit()


def _insert(model: Any, columns: Mapping[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES'
