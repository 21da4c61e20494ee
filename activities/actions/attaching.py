"""Attaching files to records, and taking them off again."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.actions.following import tell_followers
from activities.models import Attachment
from activities.uploads import checked
from kernel import history
from kernel.errors import Conflict, DomainError
from kernel.files import keep_file
from kernel.models import RemovedRecord, StoredFile
from kernel.snapshots import remove, restore
from people.access import require
from people.models import User

MOST_AT_ONCE = 20
MOST_OF_A_RECORD = 500


@transaction.atomic
def attach_files(record: models.Model, files: Sequence["UploadedFile[Any]"], *, by: User) -> list[Attachment]:
    """Keep the files with the record: all of them, or none and the reason why."""
    require(by, "change", record)
    if not files:
        raise DomainError(_("Choose a file."), code="no_file", field="files")
    if len(files) > MOST_AT_ONCE or Attachment.objects.about(record).count() + len(files) > MOST_OF_A_RECORD:
        raise DomainError(_("These are too many files."), code="too_many", field="files")
    sound = [(one, *checked(str(one.name), one, one.size or 0)) for one in files]
    kept: list[StoredFile] = []
    try:
        for one, name, kind in sound:
            kept.append(keep_file(name, one, by=by, purpose=StoredFile.Purpose.ATTACHMENT, media_type=kind))
        return attached(record, kept, by=by)
    except BaseException:
        # The rows go back with the transaction; the bytes would stay behind.
        for stored in kept:
            stored.content.delete(save=False)
        raise


def attached(record: models.Model, kept: Sequence[StoredFile], *, by: User) -> list[Attachment]:
    """The rows that say whose files they are."""
    now = timezone.now()
    made = Attachment.objects.bulk_create(
        Attachment(record=record, file=stored, name=stored.name, by=by, at=now) for stored in kept
    )
    names = ", ".join(one.name for one in made)
    history.record(record, "attached", by=by, note=names)
    tell_followers(record, text=_("attached %(names)s") % {"names": names}, by=by, anchor=f"e-f{made[0].pk}")
    return made


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: User) -> RemovedRecord:
    """Take a file off its record; it lies in the bin until somebody wants it back."""
    record: Any = attachment.record
    require(by, "change", record)
    if not Attachment.objects.select_for_update().filter(pk=attachment.pk).exists():
        raise Conflict(_("Somebody deleted this meanwhile."), code="deleted")
    kept = remove(attachment, by=by, tell=False)
    history.record(record, "detached", by=by, note=attachment.name)
    return kept


@transaction.atomic
def restore_attachment(removed: RemovedRecord, *, by: User) -> Any:
    """Put a file back where it was."""
    attachment: Any = restore(removed, by=by, tell=False)
    require(by, "change", attachment.record)
    history.record(attachment.record, "attached_again", by=by, note=attachment.name)
    return attachment
