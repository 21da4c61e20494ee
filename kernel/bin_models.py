"""The recycle bin: records taken out of the tables, whole. See ``kernel.snapshots``."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.owned import Owned


class RemovedRecord(Owned):
    """A record and all rows that hung on it, exactly as they were; ``owner`` and ``team`` are the record's."""

    class Why(models.TextChoices):
        DELETED = "deleted", _("Deleted")
        MERGED = "merged", _("Merged")
        IMPORT = "import", _("Import undone")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_type = models.CharField(_("kind"), max_length=60)
    record_id = models.BigIntegerField()
    record_public_id = models.UUIDField(null=True, blank=True)
    ref = models.CharField(_("number"), max_length=60, blank=True, default="")
    title = models.CharField(_("name"), max_length=300)
    why = models.CharField(_("why"), max_length=10, choices=Why, default=Why.DELETED)
    rows = models.JSONField(default=dict)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    removed_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        app_label = "kernel"
        verbose_name = _("removed record")
        verbose_name_plural = _("removed records")
        indexes = [
            models.Index(fields=["record_type", "record_id"], name="removed_of_record"),
            models.Index(fields=["record_public_id"], name="removed_public_id"),
            models.Index(fields=["ref"], name="removed_ref"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("people:removed", args=[self.public_id])

    def __str__(self) -> str:
        return self.title
