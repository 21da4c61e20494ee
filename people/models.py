"""The people who work here, the teams they form, and the machines that act in their own name."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class Role(models.TextChoices):
    """What somebody is here for; rights and record scope follow from it (people.access)."""

    SALESPERSON = "salesperson", _("Salesperson")
    SALES_MANAGER = "sales_manager", _("Sales manager")
    FINANCE = "finance", _("Finance")
    ADMINISTRATOR = "administrator", _("Administrator")
    INTEGRATION = "integration", _("Integration")


class Team(models.Model):
    """A group of people; a team sees what its sub-teams see."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent team"),
    )
    path = models.CharField(max_length=200, default="", editable=False, db_index=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the path of ancestors true, for this team and for those below it."""
        self.clean()
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            self.path = path
            super().save(update_fields=["path"])
            for child in self.children.all():
                child.save()

    def clean(self) -> None:
        """Refuse a parent that is the team itself or lies below it: scope would go round in circles."""
        if self.pk and self.parent and f"/{self.pk}/" in self.parent.path:
            raise ValidationError({"parent": _("A team cannot be its own ancestor.")})


class UserManager(BaseUserManager["User"]):
    """Whoever is made a superuser from the command line is an administrator here too."""

    def create_superuser(self, *args: Any, **fields: Any) -> Any:
        fields.setdefault("role", Role.ADMINISTRATOR)
        return super().create_superuser(*args, **fields)


class User(AbstractUser):
    """Somebody who signs in, or a service user that acts for a machine."""

    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.SALESPERSON)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    is_service = models.BooleanField(_("service user"), default=False, editable=False)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    theme = models.CharField(
        _("theme"),
        max_length=10,
        default="system",
        choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(name="user_role_is_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The person's team and all teams below it."""
        if self.team_id is None:
            return frozenset()
        # The path of a team names all teams above it, so one question finds those below.
        below = Team.objects.filter(path__contains=f"/{self.team_id}/")
        return frozenset(below.values_list("pk", flat=True))


class ApiToken(AbstractAuthToken):
    """What a machine signs in with; only a digest of it is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"
