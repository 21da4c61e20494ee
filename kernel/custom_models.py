"""Fields that an organization adds to its records. The logic is in ``kernel.customfields``."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomField(models.Model):
    """One field added to one kind of record; its values stand in ``record.custom`` under ``name``."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        CHOICES = "choices", _("Several choices")
        BOOLEAN = "boolean", _("Yes or no")
        URL = "url", _("Web address")
        REFERENCE = "reference", _("Another record")

    record_type = models.CharField(_("kind of record"), max_length=60)
    name = models.CharField(
        _("name"), max_length=40,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Lower-case letters, digits and _, a letter first."))],
    )  # fmt: skip
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    help_text = models.CharField(_("hint"), max_length=200, blank=True, default="")
    is_required = models.BooleanField(_("required"), default=False)
    is_unique = models.BooleanField(_("no two alike"), default=False)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    default = models.JSONField(_("default"), null=True, blank=True)
    refers_to = models.CharField(_("refers to"), max_length=60, blank=True, default="")
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    position = models.PositiveIntegerField(_("position"), default=0)
    in_list = models.BooleanField(_("column of lists"), default=False)
    in_search = models.BooleanField(_("found by search"), default=False)
    in_pdf = models.BooleanField(_("printed on documents"), default=False)
    in_erp = models.BooleanField(_("sent to the ERP"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        app_label = "kernel"
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ["record_type", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["record_type", "name"], name="one_custom_field_of_a_name"),
            models.CheckConstraint(
                condition=models.Q(is_active=True, removed_at__isnull=True)
                | models.Q(is_active=False, removed_at__isnull=False),
                name="custom_field_removed_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class UniqueValue(models.Model):
    """What makes two equal values of a unique field impossible: written beside the record."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="unique_values")
    value = models.CharField(max_length=500)
    record_id = models.BigIntegerField()

    class Meta:
        app_label = "kernel"
        constraints = [
            models.UniqueConstraint(fields=["field", "value"], name="custom_value_is_unique"),
            models.UniqueConstraint(fields=["field", "record_id"], name="one_unique_value_a_record"),
        ]

    def __str__(self) -> str:
        return self.value
