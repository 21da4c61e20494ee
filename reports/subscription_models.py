"""What is sent regularly: which report, how often, in which form and to whom. Re-exported by ``reports.models``."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.models import SavedView

LONGEST_QUERY = 4000


class Subscription(models.Model):
    """A report that colleagues get by e-mail again and again, each of them as they would see it themselves."""

    class About(models.TextChoices):
        REPORT = "report", _("Report")
        FORECAST = "forecast", _("Forecast")
        VIEW = "view", _("View of a list")

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    class Format(models.TextChoices):
        PDF = "pdf", _("PDF")
        CSV = "csv", _("CSV")
        BOTH = "both", _("PDF and CSV")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    about = models.CharField(_("what"), max_length=10, choices=About, default=About.REPORT)
    slug = models.CharField(_("report"), max_length=60, blank=True, default="")
    view = models.ForeignKey(
        SavedView, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("view")
    )
    name = models.CharField(_("name"), max_length=100)
    query = models.TextField(_("filters"), max_length=LONGEST_QUERY, blank=True, default="")
    every = models.CharField(_("how often"), max_length=10, choices=Every, default=Every.WEEK)
    weekday = models.PositiveSmallIntegerField(_("on"), choices=Weekday, default=Weekday.MONDAY)
    month_day = models.PositiveSmallIntegerField(_("on day"), default=1)
    hour = models.PositiveSmallIntegerField(_("at"), default=7)
    format = models.CharField(_("as"), max_length=10, choices=Format, default=Format.PDF)
    is_active = models.BooleanField(_("in use"), default=True)
    next_at = models.DateTimeField(_("next"), null=True, blank=True)
    last_sent_at = models.DateTimeField(_("last sent"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failed in a row"), default=0)
    last_problem = models.CharField(_("last problem"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        indexes = [
            models.Index(fields=["next_at"], name="subscription_due", condition=Q(is_active=True)),
            models.Index(fields=["owner", "-id"], name="subscription_of_owner"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="subscription_hour_of_a_day"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="subscription_day_of_a_week"),
            models.CheckConstraint(
                condition=Q(month_day__gte=1, month_day__lte=31), name="subscription_day_of_a_month"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(next_at__isnull=False),
                name="subscription_in_use_has_a_next_time",
            ),
            models.CheckConstraint(
                condition=~Q(about="report") | ~Q(slug=""), name="subscription_of_a_report_names_it"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:subscription", args=[self.public_id])

    @property
    def clock(self) -> dt.time:
        """The hour at which it goes out."""
        return dt.time(self.hour)


class Recipient(models.Model):
    """A colleague who gets it; who has unsubscribed stays known, so that nobody signs them up again."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    left_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True)

    class Meta:
        verbose_name = _("recipient of subscription")
        verbose_name_plural = _("recipients of subscriptions")
        indexes = [models.Index(fields=["user", "subscription"], name="recipient_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "user"], name="one_recipient_a_subscription"),
        ]

    def __str__(self) -> str:
        return f"{self.user}"
