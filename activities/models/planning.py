"""Activities: tasks, calls, appointments, e-mails and notes regarding any record."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import StateField, StatefulModel
from kernel.models import Owned, Record
from people.access import allows

USUAL_LENGTH = dt.timedelta(minutes=30)


class Activity(StatefulModel, Owned, Record):
    """Something to do or something that was done, about a record."""

    is_removable = True

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        CALL = "call", _("Phone call")
        APPOINTMENT = "appointment", _("Appointment")
        EMAIL = "email", _("E-mail")
        NOTE = "note", _("Note")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        COMPLETED = "completed", _("Completed")
        CANCELED = "canceled", _("Canceled")

    class Direction(models.TextChoices):
        OUT = "out", _("Outgoing")
        IN = "in", _("Incoming")

    class Priority(models.TextChoices):
        HIGH = "high", _("High")
        NORMAL = "normal", _("Normal")
        LOW = "low", _("Low")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NOT_REACHED = "not_reached", _("Not reached")
        LEFT_MESSAGE = "left_message", _("Left a message")
        HELD = "held", _("Took place")
        DID_NOT_COME = "did_not_come", _("They did not come")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TASK)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.NORMAL)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, blank=True, default="")
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    sender = models.CharField(_("from"), max_length=254, blank=True, default="")
    recipients = models.CharField(_("to"), max_length=1000, blank=True, default="")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True, default="")
    result = models.TextField(_("result"), blank=True, default="", max_length=5000)
    snoozed = models.PositiveSmallIntegerField(_("put off"), default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    regarding_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    regarding_id = models.PositiveBigIntegerField(null=True, blank=True)
    regarding = GenericForeignKey("regarding_type", "regarding_id")
    status = StateField(_("status"), choices=Status.choices, default=Status.OPEN)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["regarding_type", "regarding_id", "-id"], name="activity_regarding"),
            models.Index(fields=["due_at", "id"], name="activity_due"),
            models.Index(fields=["subject", "id"], name="activity_subject"),
            models.Index(fields=["owner", "status", "due_at"], name="activity_owner_due"),
            models.Index(
                fields=["regarding_type", "regarding_id", "due_at"],
                condition=models.Q(status="open"),
                name="activity_next_step",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(status="open", reminded_at__isnull=True),
                name="activity_to_remind",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="completed", done_at__isnull=False)
                | models.Q(status__in=["open", "canceled"], done_at__isnull=True),
                name="activity_done_exactly_when_completed",
            ),
            models.CheckConstraint(condition=~models.Q(subject=""), name="activity_has_subject"),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("due_at")),
                name="activity_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("activities:detail", args=[self.ref])

    @classmethod
    def ref_filter(cls, ref: str) -> dict[str, Any]:
        return {"pk__in": []}  # an activity has no number; only its public id names it

    def searchable(self) -> list[Any]:
        return [self.subject, self.place]

    def clean(self) -> None:
        """What ends has a beginning, and an earlier one."""
        if self.ends_at and not self.due_at:
            raise ValidationError({"due_at": _("Say when it begins.")}, code="no_beginning")
        if self.ends_at and self.due_at and self.ends_at <= self.due_at:
            raise ValidationError({"ends_at": _("It ends before it begins.")}, code="ends_early")

    @property
    def is_late(self) -> bool:
        """Its time has come and gone, and it is still to do."""
        return self.status == self.Status.OPEN and self.due_at is not None and self.due_at < timezone.now()

    @property
    def until(self) -> dt.datetime | None:
        """When it is over, as calendars want to know it."""
        if self.due_at is None or self.ends_at is not None:
            return self.ends_at
        return self.due_at + (dt.timedelta(minutes=self.minutes) if self.minutes else USUAL_LENGTH)

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("change"),
        custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is open."""

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.COMPLETED,
        permission=allows("complete"),
        custom={"label": _("Done"), "primary": True, "asks": True},
    )
    def complete(self) -> None:
        self.done_at = timezone.now()

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("change"),
        custom={"label": _("Put off"), "asks": True, "order": 20},
    )
    def snooze(self, *, until: dt.datetime) -> None:
        """Not now: its time moves, and so does its end."""
        if self.ends_at and self.due_at:
            self.ends_at += until - self.due_at
        self.due_at, self.reminded_at = until, None
        self.snoozed += 1

    @transition(
        field=status,
        source=[Status.COMPLETED, Status.CANCELED],
        target=Status.OPEN,
        permission=allows("reopen"),
        custom={"label": _("Reopen"), "order": 30},
    )
    def reopen(self) -> None:
        """It is to be done after all."""
        self.done_at = None

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.CANCELED,
        permission=allows("cancel"),
        custom={"label": _("Cancel"), "danger": True},
    )
    def cancel(self) -> None:
        """It will not be done."""

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.CANCELED,
        custom={"hidden": True},
    )
    def call_off(self) -> None:
        """What it was planned for is gone; the right to decide that is asked of the record it is about."""


class Participant(models.Model):
    """Somebody who takes part: a colleague, a contact, or just an address."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    contact = models.ForeignKey(
        "customers.Contact", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    address = models.CharField(_("e-mail"), max_length=254, blank=True, default="")

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, contact__isnull=True, address="")
                | models.Q(user__isnull=True, contact__isnull=False, address="")
                | (models.Q(user__isnull=True, contact__isnull=True) & ~models.Q(address="")),
                name="participant_is_one_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.contact or self.address)

    @property
    def email(self) -> str:
        return str(self.user.email if self.user else self.contact.email if self.contact else self.address)

    @property
    def said(self) -> str:
        """How one types them."""
        return f"@{self.user.username}" if self.user else self.email or str(self)
