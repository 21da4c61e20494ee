"""E-mails that wait, are on their way, or went out. Re-exported by ``kernel.models``."""

import uuid
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MailQuerySet(models.QuerySet["OutgoingMail"]):
    def about(self, record: models.Model) -> "MailQuerySet":
        """The e-mails about one record, the latest first."""
        return self.filter(record_type=record._meta.label_lower, record_id=record.pk).order_by("-id")

    def due(self, now: datetime) -> "MailQuerySet":
        """What a worker may take now: due, or abandoned by a worker that died."""
        waiting = Q(state__in=WAITING, due_at__lte=now)
        abandoned = Q(state=OutgoingMail.State.SENDING, leased_until__lt=now)
        return self.filter(waiting | abandoned).order_by("due_at", "id")


class OutgoingMail(models.Model):
    """One e-mail about one record; the row is the truth, the queue only rings."""

    class State(models.TextChoices):
        HELD = "held", _("About to be sent")
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_id = models.CharField(max_length=150, unique=True, editable=False)
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    record_ref = models.CharField(max_length=60, blank=True, default="")
    to = models.CharField(_("to"), max_length=1000)
    reply_to = models.CharField(_("answers to"), max_length=254, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    attachments = models.JSONField(_("attachments"), default=list, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    hold_until = models.DateTimeField(_("held until"))
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    attempts_since_again = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        app_label = "kernel"
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_token__isnull=False, leased_until__isnull=False),
                name="mail_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="mail_sent_has_moment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["held", "queued", "sending"]),
                name="mail_due",
            ),
            models.Index(fields=["record_type", "record_id", "-id"], name="mail_of_record"),
            models.Index(fields=["state", "-id"], name="mail_by_state"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("people:mail", args=[self.public_id])

    @property
    def record(self) -> Any:
        """The document it is about; nothing once that is deleted."""
        model = apps.get_model(self.record_type)
        return model._default_manager.filter(pk=self.record_id).first()

    @property
    def can_be_canceled(self) -> bool:
        """Whether nobody has taken it to the post yet."""
        return self.state in WAITING

    @property
    def seconds_left(self) -> int:
        """How long it is still held, for people who watch."""
        left = (self.hold_until - timezone.now()).total_seconds()
        return max(0, round(left)) if self.state == self.State.HELD else 0


WAITING = (OutgoingMail.State.HELD, OutgoingMail.State.QUEUED)
