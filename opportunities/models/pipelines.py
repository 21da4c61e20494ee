"""The ways that opportunities go, and why they end."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pipeline(models.Model):
    """An ordered way from interest to order."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    # What the cards of its board tell, in this order; empty: the usual.
    card_fields = models.JSONField(_("fields on cards"), default=list, blank=True)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ["-is_default", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_pipeline"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A step of a pipeline with its usual chance of winning."""

    class Forecast(models.TextChoices):
        PIPELINE = "pipeline", _("Pipeline")
        BEST_CASE = "best_case", _("Best case")
        COMMITTED = "committed", _("Committed")
        OMITTED = "omitted", _("Omitted")

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"))
    probability = models.PositiveSmallIntegerField(_("probability %"))
    forecast = models.CharField(
        _("forecast category"), max_length=20, choices=Forecast, default=Forecast.PIPELINE
    )
    required_fields = models.JSONField(_("required fields"), default=list, blank=True)
    advised_fields = models.JSONField(_("advised fields"), default=list, blank=True)
    rots_after_days = models.PositiveSmallIntegerField(_("rots after days"), null=True, blank=True)
    # A stage that deals have stood in is never deleted: it is no longer in use, and its visits stay.
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["pipeline", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "position"],
                condition=models.Q(is_active=True),
                name="one_active_stage_a_position",
            ),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="stage_probability_up_to_100"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LossReason(models.Model):
    """Why deals are lost, in the organisation's own words; falls under one of the two fixed reasons."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    status_reason = models.CharField(
        max_length=20, choices=[("canceled", _("Canceled")), ("out_sold", _("Out-sold"))], default="out_sold"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("loss reason")
        verbose_name_plural = _("loss reasons")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Competitor(models.Model):
    """Somebody else who wants the same deals."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    website = models.URLField(_("website"), max_length=200, blank=True, default="")
    strengths = models.TextField(_("strengths"), blank=True, default="")
    weaknesses = models.TextField(_("weaknesses"), blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
