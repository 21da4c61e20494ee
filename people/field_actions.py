"""What administrators do to the fields that the organization adds to its records."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import history, jobs
from kernel.customfields import defining, indexes, uniqueness
from kernel.customfields.definitions import changed, definition_of
from kernel.customfields.runners import with_values
from kernel.errors import DomainError
from kernel.models import CustomField, Job
from kernel.writing import locked
from people.access import require
from people.models import User


@transaction.atomic
def create_field(*, by: User, record_type: str, name: str, kind: str, **values: Any) -> CustomField:
    """Add a field to a kind of record; from the next request on it is everywhere."""
    require(by, "add", CustomField)
    field = CustomField(record_type=record_type, name=name, kind=kind, refers_to=values.pop("refers_to", ""))
    take(field, values)
    field.position = defining.next_position(record_type)
    field.save(force_insert=True)
    if field.is_unique:
        defining.hold_unique(field)
    history.record(field, "created", by=by)
    changed()
    start_index(field, by)
    # Records may have values under this name from before there was a field.
    if field.in_search and with_values(field).exists():
        refresh_search(field, by)
    return field


@transaction.atomic
def change_field(
    field: CustomField, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> CustomField:
    """Change how a field is called, what it asks and where it appears; its kind stays, because values go by it."""
    field = locked(field, version=version)
    require(by, "change", field)
    refuse_removed(field)
    before = {name: getattr(field, name) for name in values}
    was_unique, was_searched = field.is_unique, field.in_search
    take(field, values)
    changes = defining.differences(field, before)
    if not changes:
        return field
    keep(field)
    if field.is_unique and not was_unique:
        defining.hold_unique(field)
    elif was_unique and not field.is_unique:
        uniqueness.let_go(definition_of(field))
    history.record(field, "changed", by=by, changes=changes, note=note)
    if field.in_search != was_searched:
        refresh_search(field, by)
    return field


@transaction.atomic
def move_field(field: CustomField, *, by: User, places: int) -> CustomField:
    """Bring a field up (fewer) or down (more) among those of its kind of record."""
    field = locked(field)
    require(by, "change", field)
    rows = list(
        CustomField.objects.select_for_update().filter(record_type=field.record_type, is_active=True)
        .order_by("position", "id")
    )  # fmt: skip
    here = next((n for n, row in enumerate(rows) if row.pk == field.pk), None)
    if here is None:
        return field
    moved = rows.pop(here)
    rows.insert(max(0, min(len(rows), here + places)), moved)
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            keep(row)
    history.record(moved, "moved_place", by=by)
    return moved


@transaction.atomic
def remove_field(field: CustomField, *, by: User, version: int | None = None) -> CustomField:
    """Take a field out of use: it is seen nowhere any more, and its values stay until it is purged."""
    field = locked(field, version=version)
    require(by, "delete", field)
    refuse_removed(field)
    field.is_active, field.removed_at = False, timezone.now()
    uniqueness.let_go(definition_of(field))
    keep(field)
    history.record(field, "removed", by=by)
    if field.in_search:
        refresh_search(field, by)
    return field


@transaction.atomic
def restore_field(field: CustomField, *, by: User, version: int | None = None) -> CustomField:
    """Bring a removed field back, with the values it had."""
    field = locked(field, version=version)
    require(by, "change", field)
    if field.is_active:
        raise DomainError(_("It is in use."), code="in_use")
    field.is_active, field.removed_at = True, None
    keep(field)
    if field.is_unique:
        defining.hold_unique(field)
    history.record(field, "restored", by=by)
    if field.in_search:
        refresh_search(field, by)
    return field


@transaction.atomic
def purge_field(field: CustomField, *, by: User, confirmation: str) -> Job:
    """Take a removed field's values out of every record for good; the name is typed to confirm it."""
    field = locked(field)
    require(by, "delete", field)
    if field.is_active:
        raise DomainError(_("Remove it first; its values stay until it is purged."), code="in_use")
    if confirmation.strip() != field.name:
        raise DomainError(_("Type its name to confirm: %(name)s") % {"name": field.name}, code="not_confirmed",
                          field="confirmation")  # fmt: skip
    history.record(field, "purge_asked", by=by)
    title = _("Purge the field %(label)s") % {"label": field.label}
    total = with_values(field).count()
    return jobs.start("custom_fields.purge", by=by, title=title, arguments={"field": field.pk}, total=total)


def take(field: CustomField, values: dict[str, Any]) -> None:
    """Take values over in memory, or refuse with everything that is wrong."""
    if unknown := sorted(set(values) - set(defining.CHANGEABLE)):
        text = _("This cannot be changed: %(fields)s") % {"fields": ", ".join(unknown)}
        raise DomainError(text, code="read_only_field", field=unknown[0])
    for name, value in values.items():
        setattr(field, name, value)
    defining.plain(field)
    defining.refuse_misfits(field)


def keep(field: CustomField) -> None:
    """Save a change, so that every process sees it at its next request."""
    field.version += 1
    field.save()
    changed()


def refuse_removed(field: CustomField) -> None:
    if not field.is_active:
        raise DomainError(_("It was removed; restore it first."), code="removed")


def start_index(field: CustomField, by: User) -> None:
    """Let lists be sorted by it quickly, however many records there are."""
    if indexes.are_needed(definition_of(field)):
        title = _("Make lists quick to sort by %(label)s") % {"label": field.label}
        jobs.start("custom_fields.index", by=by, title=title, arguments={"field": field.pk}, total=2)


def refresh_search(field: CustomField, by: User) -> None:
    title = _("Search by %(label)s") % {"label": field.label}
    jobs.start("custom_fields.search", by=by, title=title, arguments={"field": field.pk})
