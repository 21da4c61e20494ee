"""What is one person's own: the secret address of their calendar, and what they do not want to see before a moment."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.models.about import About


class CalendarFeed(models.Model):
    """The address under which a calendar program reads somebody's appointments; only a digest of it is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.user)

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(token: str) -> str:
        """What is kept of a token; it is long and random, so a plain hash is enough."""
        return hashlib.sha256(token.encode()).hexdigest()


class Snooze(About):
    """Somebody does not want to be shown a record on their day before a moment."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("snoozed record")
        verbose_name_plural = _("snoozed records")
        constraints = [
            models.UniqueConstraint(fields=["user", "record_type", "record_id"], name="one_snooze_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.record_type} {self.record_id}"
