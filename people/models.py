"""The people who work here, the teams they form, and the machines that act in their own name."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

from kernel.customfields.definitions import seen, stamp_of_all


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

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """One user, with the news whether custom fields have changed: every request reads its user, so this is free."""
        user = (
            self.get_queryset()
            .select_related("team")
            .annotate(fields_stamp=stamp_of_all())
            .get(*args, **kwargs)
        )
        seen(user.fields_stamp)
        return user

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


class TokenManager(AuthTokenManager):
    """Tokens come with the news whether custom fields have changed, as users do."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().annotate(fields_stamp=stamp_of_all())  # type: ignore[no-any-return]


class ApiToken(AbstractAuthToken):
    """What a machine signs in with; only a digest of it is kept."""

    objects = TokenManager()

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"


def usual_language() -> str:
    """The language of documents until the organization says another one."""
    return str(settings.LANGUAGE_CODE).partition("-")[0]


class Organization(models.Model):
    """Who sells: what stands on the letterhead of every document. There is exactly one."""

    ONLY = 1

    class Paper(models.TextChoices):
        A4 = "a4", _("A4")
        LETTER = "us-letter", _("US Letter")

    name = models.CharField(_("name"), max_length=200, default="Salesops")
    street = models.CharField(_("street"), max_length=200, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    region = models.CharField(_("region"), max_length=60, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    website = models.CharField(_("website"), max_length=200, blank=True, default="")
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True, default="")
    register_entry = models.CharField(_("register entry"), max_length=200, blank=True, default="")
    bank_details = models.TextField(_("bank details"), blank=True, default="", max_length=500)
    logo = models.BinaryField(_("logo"), blank=True, default=b"", editable=False)
    logo_type = models.CharField(max_length=20, blank=True, default="", editable=False)
    accent = models.CharField(
        _("accent color"),
        max_length=7,
        default="#1D5FBF",
        validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$", _("A color such as #1D5FBF."))],
    )
    quote_terms = models.TextField(_("terms of quotes"), blank=True, default="", max_length=20_000)
    order_terms = models.TextField(
        _("terms of order confirmations"), blank=True, default="", max_length=20_000
    )
    invoice_terms = models.TextField(_("terms of invoices"), blank=True, default="", max_length=20_000)
    footer_line = models.CharField(_("last line of every page"), max_length=200, blank=True, default="")
    language = models.CharField(_("language of documents"), max_length=10, default=usual_language)
    paper = models.CharField(_("paper"), max_length=10, choices=Paper, default=Paper.A4)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organization")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_organization"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Organization":
        """The one there is; until somebody has described it, one with usual values that is not stored yet."""
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)

    @property
    def address_lines(self) -> list[str]:
        """The address as it stands on an envelope, without the country."""
        town = " ".join(part for part in [self.postcode, self.city] if part)
        return [part for part in [self.street, town, self.region] if part]
