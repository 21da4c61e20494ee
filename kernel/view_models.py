"""Saved views of lists. Re-exported by ``kernel.models``; logic in ``kernel.tables``."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list as somebody likes it: filters, order and columns under a name."""

    class Audience(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("My team")
        ALL = "all", _("Everybody")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    table = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey("people.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    audience = models.CharField(_("for"), max_length=10, choices=Audience, default=Audience.PRIVATE)
    query = models.TextField(blank=True, default="")
    columns = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        app_label = "kernel"
        verbose_name = _("view")
        verbose_name_plural = _("views")
        indexes = [models.Index(fields=["table", "owner"], name="view_of_table")]
        constraints = [
            models.UniqueConstraint(fields=["table", "owner", "name"], name="one_view_of_a_name"),
            models.CheckConstraint(
                condition=~Q(audience="team") | Q(team__isnull=False), name="team_view_has_a_team"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ViewChoice(models.Model):
    """What a view is to one person: pinned beside the menu, or what the list opens with."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="choices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=60)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_default = models.BooleanField(_("opens first"), default=False)

    class Meta:
        app_label = "kernel"
        constraints = [
            models.UniqueConstraint(fields=["view", "user"], name="one_choice_of_a_view"),
            models.UniqueConstraint(
                fields=["user", "table"], condition=Q(is_default=True), name="one_default_view_of_a_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.view_id}"
