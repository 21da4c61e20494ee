"""Which of Tryton's records make up a stream, and how to read on from a cursor."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from integrations.adapters.protocol import Certainty, Cursor, NotFound
from integrations.adapters.tryton import invoices, mapping
from integrations.adapters.tryton.client import Domain

STREAMS: dict[str, tuple[str, Sequence[str], list[Any], list[Any]]] = {
    # stream: model, fields, which records belong to it, which of them are open
    "orders": (
        "sale.sale",
        mapping.SALE,
        [["reference", "!=", None]],
        [["state", "in", ["confirmed", "processing"]]],
    ),
    "invoices": (
        "account.invoice",
        invoices.INVOICE,
        [["type", "=", "out"], ["state", "in", ["posted", "paid", "cancelled"]], ["number", "!=", None]],
        [["state", "=", "posted"]],
    ),
}


def after(cursor: Cursor) -> Domain:
    """The condition for rows beyond a cursor; without an id, rows of exactly its time belong to it."""
    moment = cursor.modified_at
    if moment is None:
        return []
    if not cursor.last_id:
        return [["last_modified_at", ">=", moment.astimezone(UTC)]]
    same = [["last_modified_at", "=", moment], ["id", ">", record_id(cursor.last_id)]]
    return [["OR", [["last_modified_at", ">", moment]], same]]


def stream_of(stream: str) -> tuple[str, Sequence[str], list[Any], list[Any]]:
    """Where a stream lives; raises `NotFound` for one that Tryton does not have."""
    try:
        return STREAMS[stream]
    except KeyError:
        raise NotFound(f"Tryton has no stream {stream}.", certainty=Certainty.NOT_SENT) from None


def record_id(remote_id: str) -> int:
    """An id as Tryton counts; raises `NotFound` for anything else."""
    if not remote_id.isascii() or not remote_id.isdigit():
        raise NotFound(f"{remote_id!r} is not an id of Tryton.", certainty=Certainty.NOT_SENT)
    return int(remote_id)
