"""Who follows what, and what people are told."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models.about import About


class Follow(About):
    """Somebody wants to hear of a record; or, muted, its owner does not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_muted = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "user"], name="one_follow_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.record_type} {self.record_id}"


class Notification(models.Model):
    """Something a person is told: in the bell, and perhaps by e-mail."""

    class Kind(models.TextChoices):
        MENTION = "mention", _("Somebody mentions me")
        ASSIGNED = "assigned", _("Something is given to me")
        FOLLOWED = "followed", _("Something I follow changed")
        APPROVAL = "approval", _("An approval waits for me")
        DUE = "due", _("Something of mine is due")
        JOB = "job", _("A long job of mine has ended")

    class Mail(models.TextChoices):
        OFF = "off", _("No e-mail")
        INSTANT = "instant", _("At once")
        DAILY = "daily", _("Once a day")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.CharField(_("text"), max_length=300)
    record_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    record_id = models.PositiveBigIntegerField(null=True, blank=True)
    record = GenericForeignKey("record_type", "record_id")
    anchor = models.CharField(max_length=40, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    times = models.PositiveIntegerField(default=1)  # the same news, told again before it was read
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    in_bell = models.BooleanField(default=True)
    mail = models.CharField(_("e-mail"), max_length=10, choices=Mail, default=Mail.OFF)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user"],
                condition=models.Q(read_at__isnull=True, in_bell=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["mail", "at"], condition=models.Q(mailed_at__isnull=True), name="notification_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("activities:notification", args=[self.public_id])


class NotificationSetting(models.Model):
    """How somebody wants to hear of one kind of news."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Notification.Kind)
    bell = models.BooleanField(_("in the bell"), default=True)
    mail = models.CharField(
        _("e-mail"), max_length=10, choices=Notification.Mail, default=Notification.Mail.OFF
    )

    class Meta:
        verbose_name = _("notification setting")
        verbose_name_plural = _("notification settings")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_setting_a_kind_of_news"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind}"

    @classmethod
    def of(cls, users: list[Any], kind: str) -> dict[int, "NotificationSetting"]:
        """How each of these people wants to hear of this kind; the usual way for who never said."""
        said = {one.user_id: one for one in cls.objects.filter(user__in=users, kind=kind)}
        return {user.pk: said.get(user.pk) or cls(user=user, kind=kind) for user in users}
