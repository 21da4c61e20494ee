"""The transactional outbox: news is a row of the same transaction, Celery is only the bell.

Messages with no destination are for the apps above, which listen with ``@subscribe`` in their
``subscribers.py`` and must survive being told twice. ``kernel.relay`` is how workers take them.
"""

import hashlib
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from kernel.outbox_models import OutboxMessage

logger = logging.getLogger(__name__)

Subscriber = Callable[[OutboxMessage], None]
State = OutboxMessage.State

_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def publish(
    topic: str,
    record: models.Model,
    *,
    by: Any,
    destination: str = "",
    payload: Mapping[str, Any] | None = None,
) -> OutboxMessage:
    """Promise to tell ``destination`` (or, without one, our own subscribers) once this transaction commits.

    The same news of the same version for the same destination is one promise, however often it is made.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("News is published in the transaction that makes it.")
    body = json.loads(json.dumps(payload or {}, cls=DjangoJSONEncoder))
    message = OutboxMessage(
        destination=destination,
        topic=topic,
        component=record._meta.app_label,
        aggregate_type=record._meta.label_lower,
        aggregate_id=record.public_id,  # type: ignore[attr-defined]
        aggregate_ref=str(getattr(record, "ref", "")),
        aggregate_version=record.version,  # type: ignore[attr-defined]
        external_key=external_key(record) if destination else "",
        payload=body,
        payload_hash=payload_hash(body),
        actor=by,
    )
    if destination and (promised := _same_intent(message)):
        return promised
    message.save(force_insert=True)
    if destination:
        _supersede_unsent(message)
    if destination or subscribers(topic):
        ring_on_commit(destination)
    return message


def external_key(record: models.Model) -> str:
    """The key an ERP knows the record by: readable, and never used for anything else, in any database."""
    public_id: uuid.UUID = record.public_id  # type: ignore[attr-defined]
    return f"{getattr(record, 'ref', record._meta.model_name)}-{public_id.hex[:8]}"


def payload_hash(payload: Any) -> str:
    """A fingerprint of canonical JSON, equal for equal content."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def subscribe(topic: str) -> Callable[[Subscriber], Subscriber]:
    """Hear every internal message of a topic, at least once."""

    def register(function: Subscriber) -> Subscriber:
        if function not in _subscribers[topic]:
            _subscribers[topic].append(function)
        return function

    return register


def subscribed_topics() -> list[str]:
    """The topics that somebody listens to."""
    return [topic for topic, listening in _subscribers.items() if listening]


def subscribers(topic: str) -> list[Subscriber]:
    """Who listens to a topic."""
    return list(_subscribers.get(topic, []))


@dataclass(frozen=True)
class Bell:
    """Wake a worker; a lost ring costs seconds, because the sweeper looks anyway."""

    destination: str

    def __call__(self) -> None:
        try:
            current_app.send_task("outbox.deliver", args=[self.destination], retry=False, ignore_result=True)
        except Exception:
            # Whatever ails the broker: what the person saved is saved, and the sweeper will find it.
            logger.warning("No bell for %s: the broker can't be reached", self.destination, exc_info=True)


def ring_on_commit(destination: str) -> None:
    """Ring once after this transaction, however much it published."""
    bell = Bell(destination)
    already_hung = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if bell not in already_hung:
        transaction.on_commit(bell)


def _same_intent(message: OutboxMessage) -> OutboxMessage | None:
    return OutboxMessage.objects.filter(
        destination=message.destination,
        aggregate_type=message.aggregate_type,
        aggregate_id=message.aggregate_id,
        topic=message.topic,
        aggregate_version=message.aggregate_version,
    ).first()


def _supersede_unsent(message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(
        destination=message.destination,
        aggregate_type=message.aggregate_type,
        aggregate_id=message.aggregate_id,
        topic=message.topic,
        state=State.PENDING,
        attempts=0,
    ).exclude(pk=message.pk).update(state=State.SUPERSEDED, superseded_by=message, done_at=timezone.now())
