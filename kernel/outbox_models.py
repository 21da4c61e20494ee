"""What waits to be told to others, and who keeps which component. Re-exported by ``kernel.models``."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def unfinished(self) -> "OutboxQuerySet":
        """Messages that still have an effect to come."""
        return self.filter(state__in=UNFINISHED)

    def due(self, destination: str, now: datetime) -> "OutboxQuerySet":
        """Messages a worker may take now: due or abandoned, and the eldest of their record."""
        elder = OutboxMessage.objects.filter(
            destination=OuterRef("destination"),
            aggregate_type=OuterRef("aggregate_type"),
            aggregate_id=OuterRef("aggregate_id"),
            id__lt=OuterRef("id"),
            state__in=UNFINISHED,
        )
        waiting = Q(state__in=WAITING, available_at__lte=now)
        abandoned = Q(state=OutboxMessage.State.LEASED, leased_until__lt=now)
        return self.filter(waiting | abandoned, ~Exists(elder), destination=destination).order_by(
            "priority", "available_at", "id"
        )

    def of(self, record: models.Model) -> "OutboxQuerySet":
        """Every message about one record, the latest first."""
        return self.filter(
            aggregate_type=record._meta.label_lower,
            aggregate_id=record.public_id,  # type: ignore[attr-defined]
        ).order_by("-id")


class OutboxMessage(models.Model):
    """One thing to tell the world about one version of one record; the row is the truth, Celery the bell."""

    class State(models.TextChoices):
        PENDING = "pending", _("Queued")
        LEASED = "leased", _("Sending")
        AMBIGUOUS = "ambiguous", _("Checking")
        DONE = "done", _("Delivered")
        SUPERSEDED = "superseded", _("Replaced by a newer one")
        DEAD = "dead", _("Needs a person")
        SKIPPED = "skipped", _("Skipped")

    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    destination = models.CharField(max_length=40, blank=True)
    component = models.CharField(max_length=40)
    topic = models.CharField(max_length=60)
    aggregate_type = models.CharField(max_length=80)
    aggregate_id = models.UUIDField()
    aggregate_ref = models.CharField(max_length=60, blank=True)
    aggregate_version = models.PositiveIntegerField()
    external_key = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    payload_hash = models.CharField(max_length=64)
    schema_version = models.PositiveSmallIntegerField(default=1)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    priority = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    available_at = models.DateTimeField(default=timezone.now)
    retry_since = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    attempts_since_replay = models.PositiveIntegerField(default=0)

    lease_token = models.UUIDField(null=True, blank=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    ambiguous_until = models.DateTimeField(null=True, blank=True)

    error_class = models.CharField(max_length=40, blank=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_text = models.TextField(blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        app_label = "kernel"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "aggregate_type", "aggregate_id", "topic", "aggregate_version"],
                condition=~Q(destination=""),
                name="outbox_one_intent_per_version",
            ),
            models.UniqueConstraint(
                fields=["destination", "aggregate_type", "aggregate_id"],
                condition=Q(state="leased"),
                name="outbox_one_in_flight_per_record",
            ),
            models.CheckConstraint(
                condition=~Q(state="leased") | Q(lease_token__isnull=False, leased_until__isnull=False),
                name="outbox_leased_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="ambiguous") | Q(ambiguous_until__isnull=False),
                name="outbox_ambiguous_has_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["destination", "priority", "available_at", "id"],
                condition=Q(state__in=["pending", "ambiguous", "leased"]),
                name="outbox_due",
            ),
            models.Index(fields=["aggregate_type", "aggregate_id", "id"], name="outbox_of_record"),
            models.Index(fields=["state", "-id"], name="outbox_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.aggregate_ref or self.aggregate_id}"

    def get_absolute_url(self) -> str:
        return reverse("integrations:message", args=[self.message_id])

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED


WAITING = (OutboxMessage.State.PENDING, OutboxMessage.State.AMBIGUOUS)
UNFINISHED = (*WAITING, OutboxMessage.State.LEASED)


class OwnershipQuerySet(models.QuerySet["ComponentOwnership"]):
    def current(self) -> "OwnershipQuerySet":
        """The rows in force; the others are history."""
        return self.filter(effective_until__isnull=True)


class ComponentOwnership(models.Model):
    """Who keeps a component of the chain, from a moment until another row takes over."""

    class Component(models.TextChoices):
        QUOTES = "quotes", _("Quotes")
        ORDERS = "orders", _("Orders")
        INVOICES = "invoices", _("Invoices")

    class Owner(models.TextChoices):
        CRM = "crm", _("This CRM")
        ERP = "erp", _("The ERP")

    connection_code = models.CharField(max_length=40)
    component = models.CharField(max_length=12, choices=Component.choices)
    owner = models.CharField(max_length=3, choices=Owner.choices)
    push = models.BooleanField(default=False)
    pull = models.BooleanField(default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    effective_until = models.DateTimeField(null=True, blank=True)

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        app_label = "kernel"
        verbose_name = _("component ownership")
        verbose_name_plural = _("component ownerships")
        constraints = [
            models.UniqueConstraint(
                fields=["connection_code", "component"],
                condition=Q(effective_until__isnull=True),
                name="ownership_one_current_row",
            ),
            models.UniqueConstraint(
                fields=["component"],
                condition=Q(effective_until__isnull=True, owner="erp"),
                name="ownership_one_erp_owner",
            ),
            models.UniqueConstraint(
                fields=["component"],
                condition=Q(effective_until__isnull=True, push=True),
                name="ownership_one_destination",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gte=F("changed_at")),
                name="ownership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_component_display()}: {self.get_owner_display()} ({self.connection_code})"
