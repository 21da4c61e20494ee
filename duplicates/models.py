"""What records are found by, which pairs may be the same, and what was merged into what.

Knows no kind of record by name: leads, accounts and contacts say with ``Matchable`` what they are matched by.
"""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import StateField, StatefulModel


class MatchKey(models.Model):
    """One normalized value that a record is found by; records that share one may be the same."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        DOMAIN = "domain", _("domain")
        TAX = "tax", _("tax number")
        NAME = "name", _("company name")
        PERSON = "person", _("person's name")
        ADDRESS = "address", _("address")
        SOUND = "sound", _("sound of the name")

    LONGEST = 120

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=LONGEST)

    class Meta:
        verbose_name = _("match key")
        verbose_name_plural = _("match keys")
        indexes = [
            # With the record's id, so that who holds a key is read from the index alone.
            models.Index(fields=["record_type", "kind", "value", "record_id"], name="match_key_holder"),
            models.Index(fields=["record_type", "record_id"], name="match_key_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}: {self.kind} {self.value}"


class KeyState(models.Model):
    """How far the existing records of one type have got their keys, and by which recipe."""

    record_type = models.CharField(max_length=60, unique=True)
    recipe = models.PositiveSmallIntegerField(default=0)
    reached_id = models.BigIntegerField(default=0)
    is_complete = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("state of match keys")
        verbose_name_plural = _("states of match keys")

    def __str__(self) -> str:
        return f"{self.record_type} {self.reached_id}"


class DuplicateRule(models.Model):
    """Which signs say, and how loudly, that a record of one type is one of another."""

    class Response(models.TextChoices):
        HINT = "hint", _("Show them beside the form")
        ASK = "ask", _("Ask before a certain one is made again")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_type = models.CharField(_("record"), max_length=60)
    against = models.CharField(_("compared with"), max_length=60)
    name = models.CharField(_("name"), max_length=100)
    signs = models.JSONField(_("signs"), default=dict)
    threshold = models.DecimalField(
        _("found from"),
        max_digits=3,
        decimal_places=2,
        default="0.60",
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    response = models.CharField(_("when found"), max_length=10, choices=Response, default=Response.ASK)
    is_active = models.BooleanField(_("in use"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("duplicate rule")
        verbose_name_plural = _("duplicate rules")
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "against"],
                condition=models.Q(is_active=True),
                name="one_duplicate_rule_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=0, threshold__lte=1),
                name="duplicate_rule_threshold_is_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DuplicatePair(StatefulModel, models.Model):
    """Two records that may be the same, as the sweep or a person found them; what was decided is remembered."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        IGNORED = "ignored", _("Not a duplicate")
        MERGED = "merged", _("Merged")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_type = models.CharField(max_length=60)
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    status = StateField(_("status"), choices=Status.choices, default=Status.OPEN)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        indexes = [
            models.Index(fields=["record_type", "status", "-score", "-id"], name="pair_open_likeliest"),
            models.Index(fields=["record_type", "second_id"], name="pair_second"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["record_type", "first_id", "second_id"], name="pair_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "ignored", "merged"]), name="pair_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(first_id__lt=models.F("second_id")), name="pair_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.first_id} = {self.second_id}"

    @transition(
        field=status, source=Status.OPEN, target=Status.IGNORED, custom={"label": _("Not a duplicate")}
    )
    def ignore(self) -> None:
        """Somebody looked and says that these are two."""

    @transition(field=status, source=Status.IGNORED, target=Status.OPEN, custom={"label": _("Look again")})
    def reopen(self) -> None:
        """The decision is taken back."""

    @transition(
        field=status, source=[Status.OPEN, Status.IGNORED], target=Status.MERGED, custom={"hidden": True}
    )
    def settle(self) -> None:
        """The two are one record now."""


class Merge(models.Model):
    """Records that became one, with everything it takes to part them again."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_type = models.CharField(max_length=60)
    survivor_id = models.BigIntegerField()
    survivor_ref = models.CharField(max_length=60)
    survivor_label = models.CharField(max_length=250)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    before = models.JSONField(default=dict)  # the survivor's row as it was
    changes = models.JSONField(default=dict)  # {field: [before, after]} of the survivor, plain
    counts = models.JSONField(default=dict)  # what was repointed, in words of the trade: {kind: number}
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        indexes = [models.Index(fields=["record_type", "survivor_id"], name="merge_survivor")]

    def __str__(self) -> str:
        return self.survivor_label


class MergedRecord(models.Model):
    """A record that went into another: its names lead to the survivor from now on."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="losers")
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    public_id = models.UUIDField()
    ref = models.CharField(max_length=60)
    label = models.CharField(max_length=250)
    image = models.JSONField(default=dict)  # its row as it was, before anything was repointed
    removed_id = models.BigIntegerField(null=True)  # its entry among the removed records

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        indexes = [
            models.Index(fields=["record_type", "public_id"], name="merged_by_public_id"),
            models.Index(fields=["record_type", "ref"], name="merged_by_ref"),
            models.Index(fields=["record_type", "record_id"], name="merged_by_id"),
        ]

    def __str__(self) -> str:
        return self.label


class MovedLink(models.Model):
    """A row that pointed at a merged record: which column said what, or the whole row where it had to go."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="links")
    loser_id = models.BigIntegerField()
    model = models.CharField(max_length=80)
    row_id = models.CharField(max_length=40)
    column = models.CharField(max_length=60)
    was = models.CharField(max_length=60)
    now = models.CharField(max_length=60)
    image = models.JSONField(null=True)

    class Meta:
        verbose_name = _("moved link")
        verbose_name_plural = _("moved links")
        indexes = [models.Index(fields=["merge", "model", "column"], name="moved_link_of_merge")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}.{self.column}"


def type_of(record_or_model: Any) -> str:
    """The record type as keys, pairs and merges write it."""
    return str(record_or_model._meta.label_lower)
