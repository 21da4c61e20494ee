"""An import from the file to its undoing: what was brought, how it is read, what is wrong, what it did."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import Guard, StateField, StatefulModel
from kernel.models import Job, Owned, StoredFile
from people.access import allows

was_checked = Guard("not_checked", _("it was not checked yet as it stands now"), lambda run: run.is_checked)
is_idle = Guard("at_work", _("a job still works on it"), lambda run: not run.is_at_work)


class ImportRun(StatefulModel, Owned):
    """One file on its way into the records of one kind."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped half-way")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    kind = models.CharField(_("kind of record"), max_length=30)
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("file")
    )
    rows_file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("file name"), max_length=200)
    source = models.JSONField(default=dict)  # kind, encoding, delimiter, start, skipped, sheet, sheets
    header = models.JSONField(default=list)
    header_offset = models.PositiveBigIntegerField(default=0)  # where the first row below the header begins
    header_row = models.PositiveIntegerField(default=0)
    samples = models.JSONField(default=list)  # some cells of each column
    columns = models.JSONField(default=list)  # for each column {"field": …, "way": …}
    fixed = models.JSONField(default=dict)  # what every row gets: {field: text}
    options = models.JSONField(default=dict)  # key, on_match, create_missing, owner, blank
    status = StateField(_("status"), choices=Status.choices, default=Status.DRAFT)
    counts = models.JSONField(default=dict)  # what the check found
    outcome = models.JSONField(default=dict)  # what the run did
    checked_as = models.CharField(
        max_length=64, blank=True, default=""
    )  # the fingerprint it was checked under
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")  # the latest one
    created_at = models.DateTimeField(_("brought"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    undo_until = models.DateTimeField(_("can be undone until"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["owner", "-id"], name="import_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "running", "done", "stopped", "undoing", "undone"]),
                name="import_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.public_id])

    @property
    def ref(self) -> str:
        return str(self.public_id)

    @property
    def is_at_work(self) -> bool:
        """Whether a job is busy with it."""
        return self.job is not None and not self.job.is_over

    @property
    def is_checked(self) -> bool:
        """Whether every row was tried with the columns, corrections and choices as they are now."""
        return bool(self.checked_as) and not self.is_at_work

    @transition(field=status, source=Status.DRAFT, target=Status.DRAFT, permission=allows("change"),
                conditions=[is_idle], custom={"hidden": True})  # fmt: skip
    def prepare(self) -> None:
        """Columns, corrections and choices may be changed now."""

    @transition(field=status, source=[Status.DRAFT, Status.STOPPED, Status.RUNNING], target=Status.RUNNING,
                permission=allows("run"), conditions=[was_checked, is_idle],
                custom={"label": _("Run import"), "primary": True, "verb": "run"})  # fmt: skip
    def start(self) -> None:
        """Rows are written from now on."""

    @transition(field=status, source=Status.RUNNING, target=Status.DONE, custom={"hidden": True})
    def finish(self) -> None:
        """Every row was dealt with."""

    @transition(
        field=status, source=[Status.RUNNING, Status.UNDOING], target=Status.STOPPED, custom={"hidden": True}
    )
    def stop(self) -> None:
        """Somebody stopped it, or it could not go on."""

    @transition(field=status, source=[Status.DONE, Status.STOPPED, Status.RUNNING, Status.UNDOING],
                target=Status.UNDOING, permission=allows("undo"), conditions=[is_idle],
                custom={"label": _("Undo import"), "danger": True, "asks": True})  # fmt: skip
    def undo(self) -> None:
        """What it wrote is taken back from now on."""

    @transition(field=status, source=Status.UNDOING, target=Status.UNDONE, custom={"hidden": True})
    def finish_undo(self) -> None:
        """What could be taken back is."""


class Finding(models.Model):
    """Something about one row that a person should know: an error, a duplicate, a row that was changed since."""

    class What(models.TextChoices):
        ERROR = "error", _("Error")
        DUPLICATE = "duplicate", _("Duplicate")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Skipped")
        TOUCHED = "touched", _("Changed since")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="findings")
    what = models.CharField(max_length=10, choices=What)
    row = models.PositiveIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    column = models.SmallIntegerField(default=-1)  # of the cell, -1 where the whole row is meant
    field = models.CharField(max_length=60, blank=True, default="")
    value = models.CharField(max_length=500, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    text = models.TextField()
    record_type = models.CharField(max_length=60, blank=True, default="")
    record_id = models.BigIntegerField(null=True)
    score = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [models.Index(fields=["run", "what", "row", "id"], name="finding_of_run")]

    def __str__(self) -> str:
        return f"{self.row}: {self.text}"


class Correction(models.Model):
    """A cell as somebody put it right; the file stays as it was brought."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="corrections")
    row = models.PositiveIntegerField()
    column = models.SmallIntegerField()
    value = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(fields=["run", "row", "column"], name="one_correction_a_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.row}/{self.column}: {self.value}"


class Effect(models.Model):
    """What a row did to a record, with everything it takes to undo it."""

    class What(models.TextChoices):
        CREATED = "created", _("Created")
        UPDATED = "updated", _("Updated")
        UNCHANGED = "unchanged", _("Unchanged")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="effects")
    what = models.CharField(max_length=10, choices=What)
    row = models.PositiveIntegerField()
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    row_hash = models.BigIntegerField(default=0)
    before = models.JSONField(null=True)  # images of the record and what hangs on it, as they were
    after_version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        indexes = [
            models.Index(fields=["run", "id"], name="effect_of_run"),
            models.Index(fields=["record_type", "row_hash"], name="effect_row_hash"),
            models.Index(fields=["record_type", "record_id"], name="effect_record"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.record_type} {self.record_id} {self.what}"


class Mapping(models.Model):
    """How files with this header were read last time."""

    kind = models.CharField(max_length=30)
    header_hash = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    fixed = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(fields=["used_by", "kind", "header_hash"], name="one_mapping_a_header"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.header_hash[:8]}"


class ExternalKey(models.Model):
    """What a record is called in the system that its rows come from."""

    record_type = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    record_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("external key")
        verbose_name_plural = _("external keys")
        indexes = [models.Index(fields=["record_type", "record_id"], name="external_key_record")]
        constraints = [
            models.UniqueConstraint(fields=["record_type", "key"], name="one_record_an_external_key"),
        ]

    def __str__(self) -> str:
        return self.key


def fields_of_run(run: ImportRun) -> dict[str, Any]:
    """What decides how its rows are read: two checks under the same are the same check."""
    return {
        "columns": run.columns,
        "fixed": run.fixed,
        "options": run.options,
        "source": run.source,
        "kind": run.kind,
    }
