from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.models.connections import Connection


class ExternalReference(models.Model):
    """The bond between one record here and one document in an ERP."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("Key reserved")
        CREATING = "creating", _("Being created")
        LINKED = "linked", _("Linked")
        AMBIGUOUS = "ambiguous", _("Unclear")
        CONFLICT = "conflict", _("In conflict")
        ARCHIVED = "archived", _("Archived in the ERP")
        TOMBSTONED = "tombstoned", _("Deleted in the ERP")
        UNLINKED = "unlinked", _("Unlinked")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="references")
    component = models.CharField(max_length=12)
    local_type = models.CharField(max_length=80)
    local_id = models.UUIDField()
    external_key = models.CharField(max_length=80, blank=True)
    remote_type = models.CharField(max_length=60, blank=True)
    remote_id = models.CharField(max_length=120, blank=True)
    remote_number = models.CharField(max_length=80, blank=True)
    remote_state = models.CharField(max_length=40, blank=True)
    remote_version = models.CharField(max_length=120, blank=True)
    remote_modified_at = models.DateTimeField(null=True, blank=True)
    local_version_pushed = models.PositiveIntegerField(null=True, blank=True)
    pushed_hash = models.CharField(max_length=64, blank=True)
    pulled_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RESERVED)
    lifecycle = models.CharField(max_length=12, default="managed")
    reserved_at = models.DateTimeField(auto_now_add=True)
    first_send_at = models.DateTimeField(null=True, blank=True)
    last_pushed_at = models.DateTimeField(null=True, blank=True)
    last_pulled_at = models.DateTimeField(null=True, blank=True)
    tombstoned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ERP reference")
        verbose_name_plural = _("ERP references")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "local_type", "local_id"],
                condition=~Q(state="unlinked"),
                name="reference_one_per_record",
            ),
            models.UniqueConstraint(
                fields=["connection", "remote_type", "remote_id"],
                condition=~Q(remote_id="") & ~Q(state="unlinked"),
                name="reference_one_per_document",
            ),
            models.UniqueConstraint(
                fields=["connection", "external_key"],
                condition=~Q(external_key=""),
                name="reference_key_never_reused",
            ),
            models.CheckConstraint(
                condition=~Q(state="linked") | ~Q(remote_id=""), name="reference_linked_has_document"
            ),
        ]
        indexes = [models.Index(fields=["local_type", "local_id"], name="reference_of_record")]

    def __str__(self) -> str:
        return f"{self.external_key or self.remote_number} at {self.connection_id}"
