"""Reading from an ERP: every change of a stream, from where we left off, seen at least once.

A position moves only in the transaction that stored the rows, is the ERP's time and never ours, and is
re-read with an overlap, because a row may appear behind the newest one. A row that can't be taken over is
parked in the inbox and tried again from there, so that one bad document never blocks its stream.
"""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from integrations import actions, gate, inbox, writeback
from integrations.adapters.protocol import (
    AuthFailed,
    ChangePage,
    Cursor,
    ErpAdapter,
    ErpError,
    InvoiceDoc,
    NotFound,
    OrderState,
    PaymentDoc,
    RateLimited,
    RemoteDocument,
    Transient,
)
from integrations.dialects import open_adapter
from integrations.models import Connection, ExternalReference, SyncCursor
from kernel import ownership, relay
from kernel.errors import DomainError
from people.service import service_user

logger = logging.getLogger(__name__)

STREAMS = {"orders": "orders", "invoices": "invoices", "payments": "invoices"}
LOCK = timedelta(seconds=120)
SETTLED = ("done", "canceled", "paid", "credited")
REREAD_AT_ONCE = 200


@dataclass(frozen=True)
class Reader:
    """One connection being read."""

    connection: Connection
    adapter: ErpAdapter


def pull(connection: Connection) -> int:
    """Read every wanted stream of one connection to its end; returns how many documents brought news."""
    if not connection.is_active or gate.breaker_is_open(connection, timezone.now()):
        return 0
    with open_adapter(connection) as adapter:
        reader = Reader(connection, adapter)
        return sum(pull_stream(reader, stream) for stream in wanted_streams(reader))


def wanted_streams(reader: Reader) -> list[str]:
    """The streams the ERP offers and some component asks for."""
    offered = reader.adapter.capabilities.streams
    code = reader.connection.code
    return [
        stream
        for stream, component in STREAMS.items()
        if stream in offered and ownership.pulls(component, code)
    ]


def pull_stream(reader: Reader, stream: str) -> int:
    """Read one stream from its position to the ERP's now; one reader at a time."""
    position = lock(reader.connection, stream)
    if position is None:
        return 0
    try:
        news = read_pages(reader, position)
    except (ErpError, DomainError) as error:
        note_failure(reader, position, error)
        return 0
    except Exception as error:
        note_failure(reader, position, reader.adapter.classify(error))
        return 0
    SyncCursor.objects.filter(pk=position.pk, lock_token=position.lock_token).update(
        lock_token=None, locked_until=None, last_ok_at=timezone.now(), consecutive_failures=0, error_text=""
    )
    gate.note_success(reader.connection)
    return news


def read_pages(reader: Reader, position: SyncCursor) -> int:
    """Page by page: rows and position in one commit."""
    until = reader.adapter.server_time()
    cursor, news = start_of(position), 0
    while True:
        page = reader.adapter.list_changes(position.stream, cursor, until=until, limit=position.page_size)
        documents = [resolved for row in page.rows if (resolved := resolve(reader, row)) is not None]
        news += store(reader, position, documents, page, until)
        if not page.has_more:
            return news
        if page.next_cursor == cursor:
            raise Transient("The ERP says there is more, but its position does not move.")
        cursor = page.next_cursor


def start_of(position: SyncCursor) -> Cursor:
    """Where to start: a little before where we left off, whole seconds of equal rows included."""
    since = position.position_modified
    back = timedelta(seconds=position.overlap_s)
    return Cursor(modified_at=since - back if since else None, sequence=position.position_seq)


def resolve(reader: Reader, row: RemoteDocument) -> OrderState | InvoiceDoc | None:
    """A payment is news about its invoice, which is read again; everything else speaks for itself."""
    if not isinstance(row, PaymentDoc):
        return row
    try:
        document = reader.adapter.read("invoices", row.invoice_id)
    except NotFound:
        return None
    return document if isinstance(document, InvoiceDoc) else None


def store(
    reader: Reader,
    position: SyncCursor,
    documents: list[OrderState | InvoiceDoc],
    page: ChangePage,
    until: datetime,
) -> int:
    """Take over the documents of a page and move the position, in one commit."""
    with transaction.atomic():
        news = sum(take(reader.connection, document) for document in documents)
        moved = advanced(position, page.next_cursor, until)
        held = SyncCursor.objects.filter(pk=position.pk, lock_token=position.lock_token)
        if not held.update(
            **moved, last_row_count=len(page.rows), locked_until=timezone.now() + relay.scaled(LOCK)
        ):
            raise Transient("Another worker reads this stream now.")
    return news


def take(connection: Connection, document: OrderState | InvoiceDoc) -> bool:
    """Take over one document; one that resists is parked, and the others go on."""
    try:
        with transaction.atomic():
            return writeback.apply(connection, document, by=service_user("integration"))
    except (OperationalError, InterfaceError):
        raise  # The database is in trouble, not the document.
    except Exception as error:
        logger.warning("Parked %s %s", stream_of(document), document.ref.id, exc_info=True)
        inbox.park(connection, stream_of(document), document.ref, reason=f"{type(error).__name__}: {error}")
        return False


def advanced(position: SyncCursor, cursor: Cursor, until: datetime) -> dict[str, object]:
    """The new position: never backward, never past the ERP's own clock at the start."""
    moved: dict[str, object] = {}
    if cursor.modified_at:
        reached = min(cursor.modified_at, until)
        if position.position_modified is None or reached >= position.position_modified:
            position.position_modified, position.position_id = reached, cursor.last_id
            moved |= {"position_modified": reached, "position_id": cursor.last_id[:120]}
    if cursor.sequence is not None and cursor.sequence >= (position.position_seq or 0):
        position.position_seq = cursor.sequence
        moved["position_seq"] = cursor.sequence
    return moved


def lock(connection: Connection, stream: str) -> SyncCursor | None:
    """This stream for this worker alone, or nothing when another reads it."""
    position, _new = SyncCursor.objects.get_or_create(connection=connection, stream=stream)
    now, token = timezone.now(), uuid.uuid4()
    free = SyncCursor.objects.filter(Q(locked_until__isnull=True) | Q(locked_until__lt=now), pk=position.pk)
    taken = free.update(lock_token=token, locked_until=now + relay.scaled(LOCK), last_started_at=now)
    if not taken:
        return None
    position.refresh_from_db()
    return position


def note_failure(reader: Reader, position: SyncCursor, error: ErpError | DomainError) -> None:
    """Remember why a stream could not be read, and what that means for the connection."""
    held = SyncCursor.objects.filter(pk=position.pk, lock_token=position.lock_token)
    held.update(
        lock_token=None,
        locked_until=None,
        consecutive_failures=position.consecutive_failures + 1,
        error_text=str(error)[:2000],
    )
    note_trouble(reader.connection, error)


def note_trouble(connection: Connection, error: Exception) -> None:
    """What a failed read means for the connection."""
    if isinstance(error, AuthFailed):
        actions.break_connection(connection, reason=str(error))
    elif isinstance(error, RateLimited):
        gate.hold(connection, error)
    elif isinstance(error, ErpError):
        gate.note_failure(connection, str(error))


# Documents that a watermark can't show


def sweep_open_documents(connection: Connection) -> int:
    """Compare all open documents with the ERP, whatever its time stamps say; returns how many were news."""
    if not connection.is_active or gate.breaker_is_open(connection, timezone.now()):
        return 0
    started, news = timezone.now(), 0
    with open_adapter(connection) as adapter:
        reader = Reader(connection, adapter)
        streams = [stream for stream in wanted_streams(reader) if stream != "payments"]
        try:
            for stream in streams:
                seen = set()
                for document in adapter.iter_open(stream):
                    seen.add(document.ref.id)
                    news += take_alone(reader, document)
                news += sum(take_alone(reader, one) for one in reread(reader, stream, seen, started))
        except ErpError as error:
            note_trouble(connection, error)
    return news


def take_alone(reader: Reader, row: RemoteDocument) -> bool:
    document = resolve(reader, row)
    return document is not None and take(reader.connection, document)


def reread(reader: Reader, stream: str, seen: set[str], started: datetime) -> Iterable[RemoteDocument]:
    """Documents that were open for us and no longer are for the ERP: how did they end?"""
    open_here = ExternalReference.objects.filter(
        Q(last_pulled_at__lt=started) | Q(last_pulled_at__isnull=True),
        connection=reader.connection,
        component=stream,
        state=ExternalReference.State.LINKED,
    ).exclude(remote_state__in=SETTLED)
    for remote_id in open_here.order_by("last_pulled_at").values_list("remote_id", flat=True)[
        :REREAD_AT_ONCE
    ]:
        if remote_id in seen:
            continue
        try:
            yield reader.adapter.read(stream, remote_id)
        except NotFound:
            writeback.bury_reference(reader.connection, stream, remote_id)


def stream_of(document: OrderState | InvoiceDoc) -> str:
    return "orders" if isinstance(document, OrderState) else "invoices"
