"""What qualifying a lead did, kept so that it can be taken back while nobody has touched it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models import Lead

UNDO_WITHIN = timedelta(days=7)


class LeadQualification(models.Model):
    """One time a lead was qualified: what was made, what was filled in, and what went along.

    Records are named by key; whatever their history says after the entry ``mark`` happened later.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="qualifications")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason_before = models.CharField(max_length=30)
    lead_before = models.JSONField(default=dict)
    lead_version = models.PositiveIntegerField(default=0)
    mark = models.BigIntegerField(default=0)
    became = models.JSONField(default=dict)
    made = models.JSONField(default=list)
    filled = models.JSONField(default=dict)
    linked = models.BooleanField(default=False)
    moved = models.JSONField(default=dict)
    copied = models.JSONField(default=list)
    files = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        indexes = [models.Index(fields=["lead", "-id"], name="qualification_of_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.at:%Y-%m-%d}"

    @property
    def undo_until(self) -> object:
        """Up to when it can be taken back."""
        return self.at + UNDO_WITHIN
