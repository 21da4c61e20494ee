"""Pages of pictures that people put together from reports. Re-exported by ``reports.models``."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import Team

LONGEST_QUERY = 4000


class Dashboard(models.Model):
    """Reports side by side: somebody's own, a team's, or everybody's. Who looks sees their own figures."""

    class Audience(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("My team")
        ALL = "all", _("Everybody")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    audience = models.CharField(_("for"), max_length=10, choices=Audience, default=Audience.PRIVATE)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        indexes = [models.Index(fields=["audience", "name"], name="dashboard_audience")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_dashboard_of_a_name"),
            models.CheckConstraint(
                condition=~Q(audience="team") | Q(team__isnull=False), name="team_dashboard_has_a_team"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:dashboard", args=[self.public_id])


class Tile(models.Model):
    """One report on a dashboard, with its filters."""

    class Size(models.TextChoices):
        SMALL = "small", _("Half as wide")
        WIDE = "wide", _("Full width")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="tiles")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    slug = models.CharField(_("report"), max_length=60)
    query = models.TextField(_("filters"), max_length=LONGEST_QUERY, blank=True, default="")
    size = models.CharField(_("size"), max_length=10, choices=Size, default=Size.SMALL)

    class Meta:
        verbose_name = _("tile of dashboard")
        verbose_name_plural = _("tiles of dashboards")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["dashboard", "position"], name="tile_of_dashboard")]

    def __str__(self) -> str:
        return self.slug


class Home(models.Model):
    """The dashboard with which somebody's day begins."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="homes")

    class Meta:
        verbose_name = _("home")
        verbose_name_plural = _("homes")

    def __str__(self) -> str:
        return f"{self.user}: {self.dashboard}"
