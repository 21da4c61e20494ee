"""What ERPs call us about: checked on its raw bytes, kept once, acted on by reading the document again."""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import Q
from django.utils import timezone

from integrations import gate, writeback
from integrations.adapters.protocol import (
    AuthFailed,
    ErpAdapter,
    ErpError,
    InvoiceDoc,
    NotFound,
    OrderState,
    PaymentDoc,
    RemoteRef,
)
from integrations.dialects import open_adapter
from integrations.models import Connection, InboxMessage
from kernel import relay
from people.service import service_user

logger = logging.getLogger(__name__)

State = InboxMessage.State

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
BODY_LIMIT = 1024 * 1024


def receive(connection: Connection, headers: Mapping[str, str], body: bytes) -> int:
    """Keep what a signed call says; returns how many hints were new. Raises AuthFailed on any doubt."""
    now = timezone.now()
    secrets = connection.webhook_secrets(now)
    if not secrets:
        raise AuthFailed("This connection takes no calls.")
    with open_adapter(connection) as adapter:
        hints = adapter.verify_notification(headers, body, secrets, now)
    rows = [
        InboxMessage(
            connection=connection,
            source=InboxMessage.Source.WEBHOOK,
            message_id=hint.message_id if len(hints) == 1 else f"{hint.message_id}/{place}"[:120],
            stream=hint.stream[:40],
            remote_id=(hint.remote_id or "")[:120],
            change=hint.change[:40],
            occurred_at=hint.occurred_at,
            body=body,
            body_hash=hashlib.sha256(body).hexdigest(),
        )
        for place, hint in enumerate(hints)
    ]
    return sum(_keep(row) for row in rows)


def _keep(row: InboxMessage) -> bool:
    known = {"connection": row.connection, "source": row.source, "message_id": row.message_id}
    rest = ["stream", "remote_id", "change", "occurred_at", "body", "body_hash", "available_at", "error_text"]
    defaults = {name: getattr(row, name) for name in rest}
    _row, new = InboxMessage.objects.get_or_create(**known, defaults=defaults)
    return new


def park(connection: Connection, stream: str, ref: RemoteRef, *, reason: str) -> None:
    """Put aside a document that could not be taken over; it is read again later."""
    stamp = ref.version or (ref.modified_at.isoformat() if ref.modified_at else "")
    _keep(
        InboxMessage(
            connection=connection,
            source=InboxMessage.Source.POLL,
            message_id=hashlib.sha256(f"{stream}|{ref.id}|{stamp}".encode()).hexdigest(),
            stream=stream,
            remote_id=ref.id,
            available_at=timezone.now() + relay.backoff(3),
            error_text=reason[:2000],
        )
    )


def process(connection: Connection, *, limit: int = 100) -> int:
    """Act on what was received; returns how many messages were finished."""
    if not gate.is_open(connection) or not due(connection).exists():
        return 0
    finished = 0
    with open_adapter(connection) as adapter:
        for _turn in range(limit):
            message = claim(connection)
            if message is None:
                break
            finished += process_one(connection, adapter, message)
    return finished


def process_one(connection: Connection, adapter: ErpAdapter, message: InboxMessage) -> bool:
    """Read the document again and take it over; done and effect are one commit."""
    try:
        document = current_document(adapter, message)
    except NotFound:
        writeback.bury_reference(connection, message.stream, message.remote_id)
        return close(message, State.DONE)
    except Exception as failure:
        error = failure if isinstance(failure, ErpError) else adapter.classify(failure)
        gate.note_failure(connection, str(error))
        return put_back(message, error)
    try:
        with transaction.atomic():
            news = document is not None and writeback.apply(
                connection, document, by=service_user("integration")
            )
            return close(message, State.DONE if news else State.IGNORED_STALE)
    except (OperationalError, InterfaceError):
        raise  # The database is in trouble, not the document.
    except Exception as error:
        logger.warning("Could not take over %s %s", message.stream, message.remote_id, exc_info=True)
        return put_back(message, error)


def current_document(adapter: ErpAdapter, message: InboxMessage) -> OrderState | InvoiceDoc | None:
    """The document a hint is about, as the ERP has it now; the body itself is never believed."""
    if message.stream not in ("orders", "invoices", "payments") or not message.remote_id:
        return None
    document = adapter.read(message.stream, message.remote_id)
    if isinstance(document, PaymentDoc):
        document = adapter.read("invoices", document.invoice_id)
    return None if isinstance(document, PaymentDoc) else document


def due(connection: Connection) -> models.QuerySet[InboxMessage]:
    """Messages to act on now, those of a dead worker included."""
    now = timezone.now()
    return InboxMessage.objects.filter(
        Q(state=State.RECEIVED, available_at__lte=now) | Q(state=State.PROCESSING, leased_until__lt=now),
        connection=connection,
    )


def claim(connection: Connection) -> InboxMessage | None:
    """The next message for this worker alone."""
    with transaction.atomic():
        message = due(connection).select_for_update(skip_locked=True).order_by("available_at", "id").first()
        if message is None:
            return None
        message.state = State.PROCESSING
        message.attempts += 1
        message.lease_token = uuid.uuid4()
        message.leased_until = timezone.now() + relay.scaled(LEASE)
        message.save()
    return message


def close(message: InboxMessage, state: str) -> bool:
    mine = InboxMessage.objects.filter(pk=message.pk, lease_token=message.lease_token)
    return bool(mine.update(state=state, done_at=timezone.now(), lease_token=None, leased_until=None))


def put_back(message: InboxMessage, error: Exception) -> bool:
    """Try later, or leave it to a person after many times."""
    given_up = message.attempts >= MAX_ATTEMPTS
    mine = InboxMessage.objects.filter(pk=message.pk, lease_token=message.lease_token)
    mine.update(
        state=State.DEAD if given_up else State.RECEIVED,
        available_at=timezone.now() + relay.backoff(message.attempts),
        error_text=f"{type(error).__name__}: {error}"[:2000],
        lease_token=None,
        leased_until=None,
    )
    return False
