"""What every record shares: an identity, a version, an owner, a history. Knows no document by name."""

import unicodedata
import uuid
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.bin_models import RemovedRecord
from kernel.custom_models import CustomField, UniqueValue
from kernel.customfields import claim, searched
from kernel.errors import Blocker
from kernel.file_models import StoredFile
from kernel.idempotency import IdempotencyRecord
from kernel.job_models import Job
from kernel.mail_models import OutgoingMail
from kernel.outbox_models import ComponentOwnership, OutboxMessage
from kernel.owned import Owned
from kernel.searching import phone_asked, phone_digits
from kernel.view_models import SavedView, ViewChoice

__all__ = [
    "ComponentOwnership", "CustomField", "HistoryEntry", "IdempotencyRecord", "Job", "NumberSeries", "OutboxMessage",
    "OutgoingMail", "Owned", "Record", "RemovedRecord", "SavedView", "StoredFile", "UniqueValue", "ViewChoice", "fold",
]  # fmt: skip


LONGEST_SEARCH = 200
MOST_WORDS = 12


def fold(text: str) -> str:
    """Text as search sees it: lower case, accents stripped, so that 'muller' finds 'Müller'; NUL is no text."""
    if text.isascii():
        return text.lower().replace("\0", "")  # most texts have nothing to strip
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\0", ""))
    # No mark stands below U+0300: most letters need no question.
    return "".join([c for c in decomposed if c < "\u0300" or not unicodedata.combining(c)])


RecordType = TypeVar("RecordType", bound=models.Model, covariant=True)


class RecordQuerySet(models.QuerySet[RecordType]):
    """Reads that every record offers."""

    def by_ref(self, ref: str) -> Self:
        """The record that a page address names: by number, or by public id while it has no number."""
        if "\0" in ref:
            return self.none()  # PostgreSQL would not even compare it
        try:
            return self.filter(public_id=uuid.UUID(ref))
        except ValueError:
            return self.filter(**self.model.ref_filter(ref))  # type: ignore[attr-defined]

    def matching(self, text: str) -> Self:
        """Records whose search text holds every word, accents and case ignored; what nobody types is cut off."""
        found = self
        words = Q()
        for word in fold(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]:
            words &= Q(search_text__contains=word)
        if digits := phone_asked(text[:LONGEST_SEARCH]):
            words |= Q(search_text__contains=digits)
        return found.filter(words) if words else found


RecordManager = models.Manager.from_queryset(RecordQuerySet)


class Record(models.Model):
    """Anything people work with: public id for machines, a version against lost updates, a search text."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search_text = models.TextField(default="", blank=True, editable=False)
    custom = models.JSONField(_("custom fields"), default=dict, blank=True)

    objects = RecordManager()

    takes_custom_fields = True  # whether an organization may add fields to such records
    is_removable = False  # whether people delete such records; they leave for the recycle bin

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep version and search text true whichever way the record is saved."""
        self.search_text = self.text_to_search()
        if not self._state.adding:
            self.version += 1
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "version", "search_text", "updated_at"}
        super().save(*args, **kwargs)
        if fields is None or "custom" in fields:
            claim(self)

    def kept_because(self) -> list[Blocker]:
        """What stands in the way of deleting it, besides documents that follow from it."""
        return []

    def text_to_search(self) -> str:
        """What search finds the record by: its own parts and those of the fields that were added to it."""
        parts = [str(part) for part in [*self.searchable(), *searched(self)] if part]
        bare = [digits for part in parts if (digits := phone_digits(part)) and digits != part]
        return fold(" ".join([*parts, *bare]))

    def searchable(self) -> list[Any]:
        """The parts of the record that search looks at."""
        return [getattr(self, "number", None), getattr(self, "name", None)]

    @property
    def ref(self) -> str:
        """What page addresses and people call the record."""
        return str(getattr(self, "number", None) or self.public_id)

    @classmethod
    def ref_filter(cls, ref: str) -> dict[str, Any]:
        """What finds a record by its name; what has no number is named by its public id only."""
        return {"number": ref} if hasattr(cls, "number") else {"pk__in": []}


class HistoryEntry(models.Model):
    """Who did what to which record, and when. Only ever added to."""

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    from_status = models.CharField(max_length=20, blank=True, default="")
    to_status = models.CharField(max_length=20, blank=True, default="")
    reason = models.CharField(max_length=40, blank=True, default="")
    note = models.TextField(blank=True, default="")
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = _("history entries")
        indexes = [models.Index(fields=["record_type", "record_id", "-id"], name="history_of_record")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id} {self.verb}"


class NumberSeries(models.Model):
    """How documents of one kind are numbered, and where the counter stands."""

    kind = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField()
    pattern = models.CharField(max_length=60)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_series_a_kind_and_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"
