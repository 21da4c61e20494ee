"""How an organization rates its leads and who gets them. Re-exported by ``leads.models``."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField

MOST_POINTS = 100


class ScoreRule(models.Model):
    """What speaks for a lead, or against it, and how much: one fact, one test, points."""

    class Test(models.TextChoices):
        GIVEN = "given", _("is given")
        MISSING = "missing", _("is missing")
        IS = "is", _("is one of")
        CONTAINS = "contains", _("contains one of")
        AT_LEAST = "at_least", _("is at least")
        WITHIN = "within", _("lies no more days back than")
        LONGER_AGO = "longer_ago", _("lies more days back than")

    name = models.CharField(_("reason"), max_length=80, unique=True)
    fact = models.CharField(_("fact"), max_length=60)
    test = models.CharField(_("test"), max_length=20, choices=Test, default=Test.GIVEN)
    value = models.CharField(_("value"), max_length=200, blank=True, default="")
    points = models.SmallIntegerField(
        _("points"), validators=[MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS)]
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("score rule")
        verbose_name_plural = _("score rules")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(points__gte=-MOST_POINTS, points__lte=MOST_POINTS),
                name="score_rule_points_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AssignmentRule(models.Model):
    """Who gets the leads for which every condition holds; a condition left empty holds for all."""

    class Target(models.TextChoices):
        USER = "user", _("One person")
        TEAM = "team", _("The queue of a team")
        ROUND_ROBIN = "round_robin", _("The members of a team in turn")

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    countries = models.JSONField(_("countries"), default=list, blank=True)
    regions = models.JSONField(_("regions"), default=list, blank=True)
    postcodes = models.JSONField(_("postcodes"), default=list, blank=True)
    industries = models.JSONField(_("industries"), default=list, blank=True)
    value_from = AmountField(_("value from"), null=True, blank=True)
    value_up_to = AmountField(_("value up to"), null=True, blank=True)
    custom_name = models.CharField(_("custom field"), max_length=40, blank=True, default="")
    custom_value = models.CharField(_("its value"), max_length=200, blank=True, default="")
    target = models.CharField(_("gives to"), max_length=20, choices=Target, default=Target.ROUND_ROBIN)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip
    team = models.ForeignKey(
        "people.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )  # fmt: skip
    left_out = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("get none for now")
    )
    last_given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(target="user", user__isnull=False)
                | models.Q(target__in=["team", "round_robin"], team__isnull=False),
                name="assignment_rule_has_a_target",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The target that is meant is named."""
        errors: dict[str, Any] = {}
        if self.target == self.Target.USER and self.user_id is None:
            errors["user"] = _("Say who gets them.")
        if self.target != self.Target.USER and self.team_id is None:
            errors["team"] = _("Say which team gets them.")
        if (
            self.value_from is not None
            and self.value_up_to is not None
            and self.value_up_to < self.value_from
        ):
            errors["value_up_to"] = _("This is less than where it starts.")
        if self.custom_value and not self.custom_name:
            errors["custom_name"] = _("Say which field.")
        if errors:
            raise ValidationError(errors)
