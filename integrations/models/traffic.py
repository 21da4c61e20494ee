import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models.connections import Connection
from kernel.models import OutboxMessage


class DeliveryAttempt(models.Model):
    """One step of one try to deliver a message; rows are added, finished once, and never removed.

    For a step that writes, the row with ``sent_at`` is committed before the first byte leaves: found later
    with ``sent_at`` and no outcome, the step may have had its effect.
    """

    class Step(models.TextChoices):
        SEARCH = "search", _("Look for it")
        CREATE = "create", _("Create")
        UPDATE = "update", _("Change")
        CONFIRM = "confirm", _("Confirm")
        CANCEL = "cancel", _("Cancel")
        READBACK = "readback", _("Read back")

    class Outcome(models.TextChoices):
        OPEN = "", _("Under way")
        OK = "ok", _("Done")
        PERMANENT = "permanent", _("Refused")
        TRANSIENT = "transient", _("Failed, will be tried again")
        AMBIGUOUS = "ambiguous", _("Unclear")
        REPLACED = "replaced", _("Too late: another worker took over")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="attempts")
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="attempt_log")
    attempt_no = models.PositiveIntegerField()
    step = models.CharField(max_length=10, choices=Step.choices)
    started_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    request_hash = models.CharField(max_length=64, blank=True)
    request_excerpt = models.TextField(blank=True)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    response_code = models.CharField(max_length=80, blank=True)
    response_excerpt = models.TextField(blank=True)
    remote_id = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        constraints = [
            models.UniqueConstraint(fields=["message", "attempt_no", "step"], name="attempt_step_once")
        ]
        indexes = [
            models.Index(fields=["connection", "-id"], name="attempt_recent"),
            models.Index(fields=["connection", "started_at"], name="attempt_per_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} #{self.attempt_no}"


class InboxMessage(models.Model):
    """A hint from an ERP that something changed; it is acted on by reading the document again."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSING = "processing", _("Being read")
        DONE = "done", _("Done")
        IGNORED_STALE = "ignored_stale", _("Already known")
        DEAD = "dead", _("Needs a person")

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        API = "api", _("API")
        POLL = "poll", _("Poll")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="inbox")
    source = models.CharField(max_length=8, choices=Source.choices)
    message_id = models.CharField(max_length=120)
    stream = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=120, blank=True)
    change = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    body_hash = models.CharField(max_length=64, blank=True)
    body = models.BinaryField(blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    available_at = models.DateTimeField(default=timezone.now)
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    error_text = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("incoming message")
        verbose_name_plural = _("incoming messages")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "source", "message_id"], name="inbox_each_message_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "available_at", "id"],
                condition=Q(state__in=["received", "processing"]),
                name="inbox_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.remote_id or _('(all)')}"


class SyncCursor(models.Model):
    """How far one stream of an ERP has been read; moved only in the transaction that stored the rows."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    stream = models.CharField(max_length=40)
    position_modified = models.DateTimeField(null=True, blank=True)
    position_id = models.CharField(max_length=120, blank=True)
    position_seq = models.BigIntegerField(null=True, blank=True)
    overlap_s = models.PositiveIntegerField(default=300)
    page_size = models.PositiveIntegerField(default=100)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_row_count = models.PositiveIntegerField(default=0)
    consecutive_failures = models.PositiveIntegerField(default=0)
    error_text = models.TextField(blank=True)
    lock_token = models.UUIDField(null=True, blank=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sync cursor")
        verbose_name_plural = _("sync cursors")
        constraints = [models.UniqueConstraint(fields=["connection", "stream"], name="cursor_one_per_stream")]

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.stream}"
