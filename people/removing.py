"""Deleting and restoring: a record leaves for the recycle bin whole, and comes back as it was."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel import history, outbox, snapshots
from kernel.errors import TransitionRefused
from kernel.files import forget
from kernel.models import Record, RemovedRecord, StoredFile
from kernel.writing import locked
from people.access import Scope, grant_for, kind_of, may, reach, require
from people.models import User


@transaction.atomic
def remove_record(record: Any, *, by: User, version: int | None = None) -> RemovedRecord:
    """Delete a record: it leaves for the bin with everything that hangs on it.

    Raises TransitionRefused with every reason why it has to stay, such as documents that follow from it.
    """
    record = locked(record, version=version)
    require(by, "delete", record)
    if blockers := record.kept_because():
        raise TransitionRefused(record, blockers)
    removed = snapshots.remove(record, by=by)
    outbox.publish(f"{kind_of(record)}.deleted", record, by=by)
    return removed


@transaction.atomic
def restore_record(removed: RemovedRecord, *, by: User) -> models.Model:
    """Put a deleted record back as it was; raises DomainError when something it needs is gone."""
    # The row is locked: of two who restore at once, the second finds the bin empty.
    removed = RemovedRecord.objects.select_for_update().get(pk=removed.pk)
    if not may_restore(by, removed):
        raise PermissionDenied(_("You may not do this."))
    record = snapshots.restore(removed, by=by)
    outbox.publish(f"{kind_of(record)}.restored", record, by=by)
    return record


@transaction.atomic
def purge_record(removed: RemovedRecord, *, by: User) -> None:
    """Delete a record for good, with the files that hung on it."""
    require(by, "purge", RemovedRecord)
    model = apps.get_model(removed.record_type)
    gone = model(pk=removed.record_id)
    history.record(gone, "purged", by=by, note=removed.title)
    _forget(removed)


def empty_bin() -> int:
    """Delete for good what was deleted longer ago than the bin keeps it."""
    until = timezone.now() - timedelta(days=settings.RECYCLE_BIN_DAYS)
    old = RemovedRecord.objects.filter(why=RemovedRecord.Why.DELETED, removed_at__lt=until).order_by("id")[
        :500
    ]
    for removed in old:
        _forget(removed)
    return len(old)


def _forget(removed: RemovedRecord) -> None:
    """The snapshot and the files that only it still names."""
    files = [key for kept in removed.rows["images"] for key in file_keys(kept)]
    removed.delete()
    forget(StoredFile.objects.filter(pk__in=files))


def file_keys(kept: dict[str, Any]) -> Iterator[int]:
    """The stored files that a row of a snapshot names."""
    for field in apps.get_model(kept["type"])._meta.concrete_fields:
        if field.is_relation and field.related_model is StoredFile and kept["columns"].get(field.attname):
            yield kept["columns"][field.attname]


@cache
def removable() -> dict[str, type[Record]]:
    """The kinds of records that can be deleted, by the name that grants speak of."""
    found: list[Any] = [model for model in apps.get_models() if getattr(model, "is_removable", False)]
    return {kind_of(model): model for model in found}


def bin_of(user: User) -> models.QuerySet[RemovedRecord]:
    """What this person may find in the bin: records they might have deleted, and those they did."""
    wanted = Q()
    for kind, model in removable().items():
        found = grant_for(user, kind)
        if found.allows("delete") and found.scope != Scope.NONE:
            mine = Q(removed_by=user) | reach(user, found.scope)
            wanted |= Q(record_type=model._meta.label_lower) & mine
    rows = (
        RemovedRecord.objects.filter(why=RemovedRecord.Why.DELETED).select_related("removed_by").defer("rows")
    )
    return rows.filter(wanted) if wanted else rows.none()


def may_restore(user: User, removed: RemovedRecord) -> bool:
    """Whether this person may put it back: whoever may delete such records, within their reach."""
    return bin_of(user).filter(pk=removed.pk).exists()


def may_remove(user: User, record: Any) -> bool:
    """Whether a page offers to delete the record; what stands in the way is said when it is tried."""
    return getattr(record, "is_removable", False) and may(user, "delete", record)


def removed_as(user: User, path: str) -> RemovedRecord | None:
    """The deleted record that a page address once named, if this person may know of it."""
    ref = path.strip("/").split("/")[1:2]
    if not ref or "\0" in path:
        return None  # PostgreSQL would not even compare it
    return bin_of(user).filter(ref=ref[0]).order_by("-id").first()
