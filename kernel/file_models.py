"""Files that people bring or that jobs make. Re-exported by ``kernel.models``; kept by ``kernel.files``."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def random_place(stored: "StoredFile", filename: str) -> str:
    """Where the bytes lie: a name nobody can guess or steer, spread over folders."""
    name = uuid.uuid4().hex
    return f"files/{name[:2]}/{name}"


class StoredFile(models.Model):
    """The bytes of a file and what they are; who may have them is decided by the feature that keeps it."""

    class Purpose(models.TextChoices):
        ATTACHMENT = "attachment", _("Attachment")
        IMPORT = "import", _("Import")
        RESULT = "result", _("Result")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("kind of file"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to=random_place, max_length=100)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        app_label = "kernel"
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["expires_at"], name="file_expires")]

    def __str__(self) -> str:
        return self.name
