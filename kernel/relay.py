"""How workers take messages out of the outbox and give them back.

A worker *claims* a message under a lease, works outside any transaction, and *finishes* it by its lease
token; a worker that lost its lease finishes nothing.
"""

import logging
import os
import random
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from kernel.outbox import ring_on_commit, subscribed_topics, subscribers
from kernel.outbox_models import OutboxMessage

logger = logging.getLogger(__name__)

State = OutboxMessage.State

BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(minutes=10)
KEEP_INTERNAL = timedelta(days=30)
BUDGET_ATTEMPTS = 12
BUDGET_TIME = timedelta(hours=24)
LEASE = timedelta(seconds=45)  # Connect 5 s, read 30 s, and time to write the answer down.


@dataclass(frozen=True)
class Fault:
    """Why a message was not delivered: a class for machines, a code, and the words for people."""

    kind: str
    code: str = ""
    text: str = ""

    def columns(self) -> dict[str, str]:
        return {
            "error_class": self.kind[:40],
            "error_code": self.code[:80],
            "error_text": self.text[:4000].replace("\x00", ""),
        }


_NO_ERROR = Fault("").columns()


def claim(destination: str, *, limit: int = 1, lease: timedelta = LEASE) -> list[OutboxMessage]:
    """Lease due messages to this worker and commit at once; a leased message is nobody else's."""
    now = timezone.now()
    if not OutboxMessage.objects.due(destination, now).exists():
        return []  # Looking takes no lock; on the embedded database a transaction would.
    try:
        with transaction.atomic():
            locked = OutboxMessage.objects.due(destination, now).select_for_update(skip_locked=True)
            chosen = list(locked.values_list("id", flat=True)[:limit])
            if not chosen:
                return []
            token = uuid.uuid4()
            OutboxMessage.objects.filter(id__in=chosen).update(
                state=State.LEASED,
                lease_token=token,
                lease_owner=worker_name(),
                leased_until=now + scaled(lease),
                attempts=F("attempts") + 1,
                attempts_since_replay=F("attempts_since_replay") + 1,
            )
    except IntegrityError:  # Another worker leased the same record first: the unique index spoke.
        return []
    return list(OutboxMessage.objects.filter(id__in=chosen, lease_token=token).order_by("priority", "id"))


def renew(message: OutboxMessage, *, lease: timedelta = LEASE) -> bool:
    """Extend the lease before the next slow step; False means another worker has the message."""
    return bool(_leased(message).update(leased_until=timezone.now() + scaled(lease)))


def finish(message: OutboxMessage) -> bool:
    """Record delivery; False means the lease was lost and nothing was changed."""
    return _close(message, State.DONE, done_at=timezone.now(), ambiguous_until=None, **_NO_ERROR)


def retry(message: OutboxMessage, *, error: Fault, at: datetime | None = None) -> bool:
    """Give the message back for a later attempt, or to a person once its budget is spent."""
    if budget_spent(message):
        spent = Fault("budget_spent", error.code, f"Given up after {message.attempts} attempts: {error.text}")
        return bury(message, error=spent)
    due = at or timezone.now() + backoff(message.attempts_since_replay)
    return _close(message, State.PENDING, available_at=due, ambiguous_until=None, **error.columns())


def release(message: OutboxMessage) -> bool:
    """Give the message back untried: the fault is the connection's, not the message's."""
    return _close(
        message,
        State.PENDING if message.ambiguous_until is None else State.AMBIGUOUS,
        available_at=timezone.now(),
        attempts_since_replay=max(message.attempts_since_replay - 1, 0),
    )


def quarantine(message: OutboxMessage, *, error: Fault, until: datetime, at: datetime) -> bool:
    """Hold a message whose effect is unknown: only looking is allowed before ``until``."""
    columns = error.columns()
    return _close(message, State.AMBIGUOUS, available_at=min(at, until), ambiguous_until=until, **columns)


def bury(message: OutboxMessage, *, error: Fault) -> bool:
    """Leave the message to a person, with the words that say why."""
    return _close(message, State.DEAD, **error.columns())


def replay(message: OutboxMessage) -> bool:
    """Send a dead or skipped message again, with a fresh budget; any other state is left alone."""
    now = timezone.now()
    again = OutboxMessage.objects.filter(pk=message.pk, state__in=[State.DEAD, State.SKIPPED])
    changed = again.update(state=State.PENDING, available_at=now, retry_since=now, attempts_since_replay=0)
    if changed:
        ring_on_commit(message.destination)
    return bool(changed)


def skip(message: OutboxMessage, *, reason: str) -> bool:
    """Decide that a message will not be sent; one in flight can't be skipped."""
    idle = OutboxMessage.objects.filter(pk=message.pk, state__in=[State.DEAD, State.PENDING])
    return bool(idle.update(state=State.SKIPPED, error_text=reason, done_at=timezone.now()))


def budget_spent(message: OutboxMessage) -> bool:
    """Whether both the attempts and the time of a message are used up."""
    waited = timezone.now() - message.retry_since
    return message.attempts_since_replay >= BUDGET_ATTEMPTS and waited >= scaled(BUDGET_TIME)


def backoff(attempt: int) -> timedelta:
    """A full-jitter wait before attempt number ``attempt + 1``."""
    longest = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(attempt, 20))
    return scaled(longest) * random.random()  # spreads load, guards nothing


def scaled(wait: timedelta) -> timedelta:
    """A wait as tests may shorten it, all by one factor."""
    return wait * getattr(settings, "SALESOPS_TIME_SCALE", 1.0)


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def _leased(message: OutboxMessage) -> models.QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(pk=message.pk, state=State.LEASED, lease_token=message.lease_token)


def _close(message: OutboxMessage, state: str, **columns: Any) -> bool:
    return bool(
        _leased(message).update(state=state, lease_token=None, lease_owner="", leased_until=None, **columns)
    )


def deliver_internal(*, limit: int = 100) -> int:
    """Tell our own subscribers what is due, one message at a time; returns how many were delivered."""
    delivered = _close_unheard()
    for _turn in range(limit):
        batch = claim("", limit=1)
        if not batch:
            break
        delivered += _tell_subscribers(batch[0])
    return delivered


def _close_unheard() -> int:
    """Finish in one statement what nobody listens to."""
    now = timezone.now()
    unheard = OutboxMessage.objects.filter(destination="", state=State.PENDING)
    return unheard.exclude(topic__in=subscribed_topics()).update(state=State.DONE, done_at=now)


def prune() -> int:
    """Forget internal news delivered long ago; messages to ERPs stay, with their attempts."""
    old = OutboxMessage.objects.filter(
        destination="", state=State.DONE, done_at__lt=timezone.now() - KEEP_INTERNAL
    )
    return old.delete()[0]


def _tell_subscribers(message: OutboxMessage) -> bool:
    for function in subscribers(message.topic):
        try:
            function(message)
        except Exception as error:
            # Any failure of a listener must cost this message a retry, never the others their turn.
            logger.exception("Subscriber %s failed on %s", function.__qualname__, message.message_id)
            retry(message, error=Fault("subscriber", type(error).__name__, str(error)))
            return False
    return finish(message)
