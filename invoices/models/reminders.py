"""Reminders: how customers are asked for what is overdue, level by level."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models.invoice import Invoice


class ReminderLevel(models.Model):
    """How one reminds: from how many days late on, in which words."""

    level = models.PositiveSmallIntegerField(_("level"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    days_overdue = models.PositiveSmallIntegerField(_("days overdue"))
    subject = models.CharField(
        _("subject"), max_length=200,
        help_text=_("{number}, {customer}, {amount}, {due} and {days} are filled in."),
    )  # fmt: skip
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("reminder level")
        verbose_name_plural = _("reminder levels")
        ordering = ["level"]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """One reminder of one invoice: proposed by the clock or sent at once, then sent or left out by a person."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="reminders")
    level = models.ForeignKey(ReminderLevel, on_delete=models.PROTECT, related_name="reminders")
    due_on = models.DateField(_("due on"))
    amount = models.DecimalField(_("overdue"), max_digits=15, decimal_places=4)
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    dismissed_at = models.DateTimeField(_("left out"), null=True, blank=True)
    to = models.CharField(_("to"), max_length=1000, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "level", "due_on"], name="one_reminder_a_level_and_due_day"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(dismissed_at__isnull=True),
                name="reminder_sent_or_left_out",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(sent_at=None, dismissed_at=None), name="reminder_proposed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} · {self.invoice}"
