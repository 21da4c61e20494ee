"""Activities: tasks, calls, appointments, e-mails and notes regarding any record."""

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import StateField, StatefulModel
from kernel.models import Owned, Record
from people.access import allows


class Activity(StatefulModel, Owned, Record):
    """Something to do or something that was done, about a record."""

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

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TASK)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
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
            models.Index(fields=["owner", "status", "due_at"], name="activity_owner_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="completed", done_at__isnull=False)
                | models.Q(status__in=["open", "canceled"], done_at__isnull=True),
                name="activity_done_exactly_when_completed",
            ),
            models.CheckConstraint(condition=~models.Q(subject=""), name="activity_has_subject"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("activities:detail", args=[self.ref])

    @classmethod
    def ref_filter(cls, ref: str) -> dict[str, Any]:
        return {"pk__in": []}  # an activity has no number; only its public id names it

    def searchable(self) -> list[Any]:
        return [self.subject]

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
        custom={"label": _("Done"), "primary": True},
    )
    def complete(self) -> None:
        self.done_at = timezone.now()

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.CANCELED,
        permission=allows("cancel"),
        custom={"label": _("Cancel"), "danger": True},
    )
    def cancel(self) -> None:
        """It will not be done."""
