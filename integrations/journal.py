"""The attempt log: what was asked of an ERP, when the first byte left, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from integrations.adapters.protocol import Certainty, ErpError, RateLimited, Transient
from integrations.models import Connection, DeliveryAttempt
from kernel import relay
from kernel.models import OutboxMessage

Step = DeliveryAttempt.Step
Outcome = DeliveryAttempt.Outcome
EXCERPT = 2000


@dataclass(frozen=True)
class Request:
    """What is sent: its fingerprint, and its figures in a few words."""

    digest: str
    excerpt: str


def begin(
    connection: Connection,
    message: OutboxMessage,
    step: str,
    *,
    writes: bool = False,
    request: Request | None = None,
) -> DeliveryAttempt:
    """Write down a step before it is taken; for one that writes, the moment of sending is part of it."""
    now = timezone.now()
    attempt, _new = DeliveryAttempt.objects.update_or_create(
        message=message,
        attempt_no=message.attempts,
        step=step,
        defaults={
            "connection": connection,
            "started_at": now,
            "sent_at": now if writes else None,
            "finished_at": None,
            "outcome": Outcome.OPEN,
            "worker": relay.worker_name(),
            "lease_token": message.lease_token,
            "request_hash": request.digest if request else "",
            "request_excerpt": redacted(connection, request.excerpt) if request else "",
        },
    )
    return attempt


def succeed(attempt: DeliveryAttempt, *, remote_id: str = "", excerpt: str = "") -> None:
    """Close a step that did what it should."""
    attempt.outcome = Outcome.OK
    attempt.remote_id = remote_id[:120]
    attempt.response_excerpt = redacted(attempt.connection, excerpt)
    _close(attempt)


def fail(attempt: DeliveryAttempt, error: ErpError) -> None:
    """Close a step that failed, with the ERP's words."""
    attempt.outcome = outcome_of(error, writes=attempt.sent_at is not None)
    attempt.response_status = error.status or None
    attempt.response_code = error.remote_code[:80]
    attempt.response_excerpt = redacted(attempt.connection, error.text)
    _close(attempt)


def replaced(attempt: DeliveryAttempt, *, remote_id: str) -> None:
    """Close a step whose answer came after another worker had taken the message over."""
    attempt.outcome = Outcome.REPLACED
    attempt.remote_id = remote_id[:120]
    _close(attempt)


def outcome_of(error: ErpError, *, writes: bool) -> str:
    """What an error means for the log."""
    if writes and error.certainty is Certainty.UNKNOWN:
        return Outcome.AMBIGUOUS
    return Outcome.TRANSIENT if isinstance(error, Transient | RateLimited) else Outcome.PERMANENT


def close_interrupted(message: OutboxMessage) -> None:
    """Name what earlier workers left open when they died: unclear if it was sent, harmless if not."""
    left = DeliveryAttempt.objects.filter(
        message=message, outcome=Outcome.OPEN, attempt_no__lt=message.attempts
    )
    note = {"finished_at": timezone.now(), "response_excerpt": "The worker stopped before an answer came."}
    left.filter(sent_at__isnull=False).update(outcome=Outcome.AMBIGUOUS, **note)
    left.filter(sent_at__isnull=True).update(outcome=Outcome.TRANSIENT, **note)


def unclear_until(message: OutboxMessage, wait: timedelta) -> datetime | None:
    """Until when an earlier create may still appear in the ERP, by the log and nothing else."""
    last = _unclear_creates(message).first()
    return last.sent_at + wait if last and last.sent_at else None


def last_unclear_hash(message: OutboxMessage) -> str:
    """The content of the create whose effect is unclear: the same content may go out under the same key."""
    last = _unclear_creates(message).first()
    return last.request_hash if last else ""


def was_ever_sent(message: OutboxMessage) -> bool:
    """Whether a create of this record ever left the house with an effect we can't rule out."""
    return _unclear_creates(message).exists()


def _unclear_creates(message: OutboxMessage) -> models.QuerySet[DeliveryAttempt]:
    return DeliveryAttempt.objects.filter(
        message__aggregate_type=message.aggregate_type,
        message__aggregate_id=message.aggregate_id,
        message__destination=message.destination,
        step=Step.CREATE,
        outcome__in=[Outcome.AMBIGUOUS, Outcome.REPLACED, Outcome.OPEN],
        sent_at__isnull=False,
    ).order_by("-sent_at")


def redacted(connection: Connection, text: str) -> str:
    """An excerpt fit to be stored: short, printable, and without what we sign in with."""
    shown = text.replace("\x00", "")
    if len(connection.secret) >= 4:
        shown = shown.replace(connection.secret, "•••")
    return shown[:EXCERPT]


def _close(attempt: DeliveryAttempt) -> None:
    attempt.finished_at = timezone.now()
    attempt.latency_ms = int((attempt.finished_at - attempt.started_at).total_seconds() * 1000)
    attempt.save()
