"""Whether a connection may be called now: its state, its breaker, its limits."""

from datetime import datetime, timedelta

from django.utils import timezone

from integrations.adapters.protocol import RateLimited
from integrations.models import Connection, DeliveryAttempt
from kernel import relay
from kernel.models import OutboxMessage

WINDOW = 20
MINIMUM = 10
FAILURE_SHARE = 0.5
OPEN_FOR = timedelta(seconds=60)

FAILED = (DeliveryAttempt.Outcome.TRANSIENT, DeliveryAttempt.Outcome.AMBIGUOUS)


def is_open(connection: Connection) -> bool:
    """Whether one more message may be sent to the ERP now."""
    connection.refresh_from_db()
    now = timezone.now()
    if not connection.is_active or (connection.hold_until and connection.hold_until > now):
        return False
    in_flight = _in_flight(connection, now)
    if breaker_is_open(connection, now):
        return False
    if connection.breaker_opened_at and in_flight:
        return False  # Half open: one message at a time finds out whether the ERP is back.
    return in_flight < connection.max_concurrency and not _limit_reached(connection, now)


def breaker_is_open(connection: Connection, now: datetime) -> bool:
    opened = connection.breaker_opened_at
    return opened is not None and now < opened + relay.scaled(OPEN_FOR)


def note_success(connection: Connection) -> None:
    """The ERP answered: close the breaker, remember when."""
    Connection.objects.filter(pk=connection.pk).update(last_ok_at=timezone.now(), breaker_opened_at=None)


def note_failure(connection: Connection, text: str) -> None:
    """The ERP failed us: open the breaker when it fails more often than not."""
    now = timezone.now()
    columns: dict[str, object] = {"last_error_at": now, "last_error_text": text[:2000]}
    if connection.breaker_opened_at or _fails_mostly(connection):
        columns["breaker_opened_at"] = now
    Connection.objects.filter(pk=connection.pk).update(**columns)


def hold(connection: Connection, error: RateLimited) -> datetime:
    """Leave the ERP in peace for as long as it asked."""
    until = timezone.now() + relay.scaled(error.retry_after or timedelta(seconds=30))
    Connection.objects.filter(pk=connection.pk).update(hold_until=until)
    return until


def _in_flight(connection: Connection, now: datetime) -> int:
    leased = OutboxMessage.objects.filter(destination=connection.code, state=OutboxMessage.State.LEASED)
    return leased.filter(leased_until__gte=now).count()


def _limit_reached(connection: Connection, now: datetime) -> bool:
    last_minute = DeliveryAttempt.objects.filter(
        connection=connection, started_at__gt=now - timedelta(minutes=1)
    )
    return last_minute.count() >= connection.rate_limit_per_min


def _fails_mostly(connection: Connection) -> bool:
    finished = DeliveryAttempt.objects.filter(connection=connection).exclude(outcome="")
    last = list(finished.order_by("-id").values_list("outcome", flat=True)[:WINDOW])
    failed = sum(outcome in FAILED for outcome in last)
    return len(last) >= MINIMUM and failed >= FAILURE_SHARE * len(last)
