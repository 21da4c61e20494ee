"""How the bridge is doing, and what needs a person: the reads of the sync page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from django.apps import apps as django_apps
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations import gate
from integrations.models import Connection, DeliveryAttempt, ExternalReference, InboxMessage, SyncCursor
from kernel.formats import locale
from kernel.models import OutboxMessage
from kernel.outbox_models import UNFINISHED, WAITING

State = OutboxMessage.State
LATE = timedelta(minutes=2)
TONES: dict[str, str] = {
    State.PENDING: "info",
    State.LEASED: "info",
    State.AMBIGUOUS: "attention",
    State.DONE: "success",
    State.SUPERSEDED: "done",
    State.DEAD: "danger",
    State.SKIPPED: "done",
}


def destinations_with_work(now: datetime) -> list[str]:
    """Active connections for which a message is due or abandoned."""
    active = Connection.objects.active().values("code")
    due = Q(state__in=WAITING, available_at__lte=now) | Q(state=State.LEASED, leased_until__lt=now)
    found = OutboxMessage.objects.filter(due, destination__in=active)
    return list(found.values_list("destination", flat=True).distinct().order_by("destination"))


def connections_with_post(now: datetime) -> list[str]:
    """Active connections with hints to act on."""
    due = Q(state=InboxMessage.State.RECEIVED, available_at__lte=now) | Q(
        state=InboxMessage.State.PROCESSING, leased_until__lt=now
    )
    found = InboxMessage.objects.filter(due, connection__state=Connection.State.ACTIVE)
    return list(found.values_list("connection__code", flat=True).distinct().order_by("connection__code"))


@dataclass(frozen=True)
class Health:
    """One connection in figures."""

    connection: Connection
    waiting: int
    dead: int
    delivered_today: int
    oldest_waiting: timedelta | None
    read_lag: timedelta | None
    breaker_open: bool

    @property
    def tone(self) -> str:
        """How bad it is, as badges say it."""
        if self.connection.state == Connection.State.BROKEN:
            return "danger"
        late = self.oldest_waiting is not None and self.oldest_waiting > LATE
        return "attention" if late or self.breaker_open or not self.connection.is_active else "success"

    @property
    def oldest_in_words(self) -> str:
        return in_words(self.oldest_waiting)

    @property
    def read_in_words(self) -> str:
        return in_words(self.read_lag)


def connections() -> list[Health]:
    """Every connection, in three queries however many there are."""
    now = timezone.now()
    told = {row["destination"]: row for row in _outbox_figures(now)}
    read = dict(
        SyncCursor.objects.values_list("connection_id").annotate(Min("last_ok_at")).order_by()
    )  # fmt: skip
    return [_health(one, told.get(one.code, {}), read.get(one.pk), now) for one in Connection.objects.all()]


def _outbox_figures(now: datetime) -> Any:
    day = now - timedelta(hours=24)
    return (
        OutboxMessage.objects.exclude(destination="")
        .values("destination")
        .annotate(
            waiting=Count("id", filter=Q(state__in=UNFINISHED)),
            dead=Count("id", filter=Q(state=State.DEAD)),
            delivered=Count("id", filter=Q(state=State.DONE, done_at__gte=day)),
            oldest=Min("created_at", filter=Q(state__in=UNFINISHED)),
        )
        .order_by()
    )


def _health(connection: Connection, told: dict[str, Any], read: datetime | None, now: datetime) -> Health:
    oldest = told.get("oldest")
    return Health(
        connection=connection,
        waiting=told.get("waiting", 0),
        dead=told.get("dead", 0),
        delivered_today=told.get("delivered", 0),
        oldest_waiting=now - oldest if oldest else None,
        read_lag=now - read if read else None,
        breaker_open=gate.breaker_is_open(connection, now),
    )


def needs_a_person() -> list[dict[str, Any]]:
    """Dead messages grouped by their cause, the largest group first."""
    dead = OutboxMessage.objects.filter(state=State.DEAD).exclude(destination="")
    causes = list(
        dead.values("destination", "error_class", "error_code", "error_text")
        .annotate(count=Count("id"), since=Min("created_at"), latest=Max("id"))
        .order_by("-count", "-latest")[:50]
    )
    samples = dict(dead.filter(id__in=[c["latest"] for c in causes]).values_list("id", "message_id"))
    return [{**cause, "message_id": samples[cause["latest"]]} for cause in causes]


TOPICS = {
    "order.submitted": _("New order"),
    "order.changed": _("Changed order"),
    "order.confirmed_in_erp": _("Confirm the order"),
    "order.canceled": _("Canceled order"),
}


def subject_of(message: OutboxMessage) -> str:
    """What a message is about, as people say it."""
    return str(TOPICS.get(message.topic, message.topic))


def in_words(time: timedelta | None) -> str:
    """A length of time as a person says it."""
    return format_timedelta(time, locale=locale()) if time is not None else ""


def attempts_of(message: OutboxMessage) -> QuerySet[DeliveryAttempt]:
    """Every step ever taken for a message, in order."""
    return DeliveryAttempt.objects.filter(message=message).order_by("id")


@dataclass(frozen=True)
class RecordSync:
    """What a rep needs to know of one record: where it stands in the ERP, in one look."""

    connection: Connection
    reference: ExternalReference | None
    latest: OutboxMessage | None
    messages: int

    @property
    def words(self) -> str:
        """The state of the latest message as a rep would say it."""
        if self.latest is None:
            return ""
        if self.latest.state == State.PENDING and self.latest.attempts:
            return gettext("Trying again")
        if self.latest.state == State.DEAD and self.latest.error_class != "budget_spent":
            return gettext("Refused by the ERP")
        return str(self.latest.get_state_display())

    @property
    def tone(self) -> str:
        return TONES[self.latest.state] if self.latest else "neutral"


def of_record(record: Any) -> list[RecordSync]:
    """One entry a connection that knows of the record or is about to."""
    references = {
        one.connection_id: one
        for one in ExternalReference.objects.filter(
            local_type=record._meta.label_lower, local_id=record.public_id
        )
    }
    messages = list(OutboxMessage.objects.of(record).exclude(destination=""))
    found = []
    for connection in Connection.objects.all():
        own = [message for message in messages if message.destination == connection.code]
        reference = references.get(connection.pk)
        if own or reference:
            found.append(RecordSync(connection, reference, own[0] if own else None, len(own)))
    return found


def url_of(message: OutboxMessage) -> str:
    """The page of the record a message is about, if it has one."""
    model = django_apps.get_model(message.aggregate_type)
    record = model._default_manager.filter(public_id=message.aggregate_id).first()
    return str(record.get_absolute_url()) if hasattr(record, "get_absolute_url") else ""
