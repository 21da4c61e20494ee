"""Undoing a merge: every record as it was, with its links, except what people have changed since."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duplicates import links
from duplicates.keys import sync_records
from duplicates.matchable import matchable_models
from duplicates.models import Merge, MergedRecord, MovedLink
from kernel import customfields, history, outbox, snapshots
from kernel.errors import Blocker, Conflict, DomainError
from kernel.models import RemovedRecord
from people.access import may
from people.models import User

KEEP, RESTORE = "keep", "restore"
EVERY_SAVE = frozenset(["version", "updated_at", "search_text"])
CREATED, WHOLE = "+", "="  # rows that the merge made; rows that are put back whole


class ChangedSince(DomainError):
    """Somebody changed fields of the survivor after the merge: say for each whether it stays so."""

    status = 409
    default_code = "changed_since"

    def __init__(self, fields: Mapping[str, list[Any]]) -> None:
        self.fields = fields
        blockers = [
            Blocker("changed_since", _("%(field)s was changed after the merge") % {"field": name}, name)
            for name in fields
        ]
        super().__init__(
            _("Fields were changed after the merge. Say what becomes of each."), blockers=blockers
        )


@transaction.atomic
def unmerge(merge: Merge, *, by: User, decided: Mapping[str, str] | None = None) -> Merge:
    """Part what was merged: the losers are back byte for byte, the survivor has its own values and links again.

    ``decided`` says "keep" or "restore" for fields that were changed since; raises ChangedSince naming them all when it
    leaves one out. Links that stand elsewhere by now stay there.
    """
    made = Merge.objects.select_for_update().get(pk=merge.pk)
    if made.undone_at is not None:
        raise Conflict(_("This merge was undone already."), code="already_undone")
    model = matchable_models()[made.record_type]
    survivor = model._base_manager.select_for_update().filter(pk=made.survivor_id).first()
    if survivor is None:
        raise Conflict(where_it_went(made), code="survivor_gone")
    if not may(by, "merge", survivor):
        raise PermissionDenied(_("You may not do this."))
    gone = list(made.losers.order_by("id"))
    values = returning(made, survivor, decided or {})
    undo_created(made)
    if values is None:
        snapshots.put_back(made.before)
    back = [bring_back(one, by) for one in gone]
    links.move_back(made.links.exclude(column__in=[CREATED, WHOLE]))
    put_back_whole(made)
    survivor = parted(survivor, values)
    settle_values([survivor, *back])
    made.undone_at, made.undone_by = timezone.now(), by
    made.save(update_fields=["undone_at", "undone_by"])
    return told(made, survivor, back, by)


def where_it_went(made: Merge) -> str:
    """Why the survivor is not there: what has to be undone first."""
    later = MergedRecord.objects.filter(
        record_type=made.record_type, record_id=made.survivor_id, merge__undone_at__isnull=True
    ).select_related("merge")
    if (one := later.order_by("-id").first()) is not None:
        return _("%(this)s went into %(that)s later. Undo that merge first.") % {
            "this": made.survivor_label, "that": one.merge.survivor_label,
        }  # fmt: skip
    return _("%(this)s was deleted. Restore it first.") % {"this": made.survivor_label}


def changed_since(made: Merge, survivor: models.Model) -> dict[str, list[Any]]:
    """Fields that the merge set and somebody changed after it: {field: [before the merge, by the merge, now]}."""
    now = snapshots.image(survivor)["columns"]
    custom = now.get("custom") or {}
    found = {}
    for name, (old, new) in made.changes.items():
        present = custom.get(name.removeprefix("custom.")) if name.startswith("custom.") else now[name]
        if present not in (new, old):
            found[name] = [old, new, present]
    return found


def is_untouched(made: Merge, survivor: models.Model) -> bool:
    """Whether the survivor is what the merge made of it: one version on, and no column different."""
    now, expected = snapshots.image(survivor)["columns"], dict(made.before["columns"])
    if now["version"] != expected["version"] + 1:
        return False
    custom = dict(expected.get("custom") or {})
    for name, (_old, new) in made.changes.items():
        if name.startswith("custom."):
            custom[name.removeprefix("custom.")] = new
        else:
            expected[name] = new
    if "custom" in expected:
        expected["custom"] = {name: value for name, value in custom.items() if value is not None}
        now["custom"] = {name: value for name, value in (now["custom"] or {}).items() if value is not None}
    return all(now[name] == expected[name] for name in now if name not in EVERY_SAVE)


def returning(made: Merge, survivor: Any, decided: Mapping[str, str]) -> dict[str, Any] | None:
    """The values that go back into the survivor; None when nobody touched it, so that all of it goes back."""
    if is_untouched(made, survivor):
        return None
    changed = changed_since(made, survivor)
    if open_ones := {
        name: values for name, values in changed.items() if decided.get(name) not in (KEEP, RESTORE)
    }:
        raise ChangedSince(open_ones)
    return {
        name: old
        for name, (old, _new) in made.changes.items()
        if name not in changed or decided[name] == RESTORE
    }


def undo_created(made: Merge) -> None:
    """Take out the rows that the merge made to keep values, unless somebody has changed them."""
    for one in made.links.filter(column=CREATED):
        row = apps.get_model(one.model)._base_manager.filter(pk=one.row_id).first()
        if row is not None and snapshots.image(row) == one.image:
            row.delete()


def bring_back(one: MergedRecord, by: User) -> Any:
    """A merged record as it was, with everything that left together with it."""
    removed = RemovedRecord.objects.select_for_update().filter(pk=one.removed_id or 0).first()
    if removed is None:
        raise Conflict(_("%(this)s is not kept any more.") % {"this": one.label}, code="not_kept")
    record = snapshots.restore(removed, by=by, tell=False)
    snapshots.put_back(one.image)
    record.refresh_from_db()
    return record


def put_back_whole(made: Merge) -> None:
    """Decisions about pairs are what they were."""
    for one in made.links.filter(column=WHOLE):
        snapshots.put_back(one.image or {})


def parted(survivor: Any, values: dict[str, Any] | None) -> Any:
    """The survivor with its own values again; saved anew only where somebody has worked on it since."""
    survivor.refresh_from_db()
    if values is not None:
        fill(survivor, values)
        survivor.save()
    else:
        sync_records([survivor])
    survivor.sync_dependents()
    return survivor


def fill(survivor: Any, values: Mapping[str, Any]) -> None:
    """Set columns from the plain values that an image keeps."""
    columns = {name: value for name, value in values.items() if not name.startswith("custom.")}
    image = snapshots.image(survivor)
    typed = snapshots.column_values({**image, "columns": {**image["columns"], **columns}})
    for name in columns:
        setattr(survivor, name, typed[name])
    custom = dict(getattr(survivor, "custom", None) or {})
    for name, value in values.items():
        if name.startswith("custom."):
            custom[name.removeprefix("custom.")] = value
            if value is None:
                del custom[name.removeprefix("custom.")]
    if custom != (getattr(survivor, "custom", None) or {}):
        survivor.custom = custom


def settle_values(records: Sequence[Any]) -> None:
    """Each holds its own unique values again, and those who work at a company are found by its name."""
    if hasattr(records[0], "custom"):
        customfields.claim_all(records)
    for one in records[1:]:
        one.sync_dependents()


def told(made: Merge, survivor: Any, back: Sequence[Any], by: User) -> Merge:
    """Write it into the history of all of them, and tell it."""
    names = ", ".join(str(one) for one in back)
    history.record(survivor, "unmerged", by=by, note=names)
    history.record_all(list(back), "unmerged", by=by, note=str(survivor))
    payload = {"merge": made.public_id, "restored": [one.public_id for one in back]}
    outbox.publish(f"{survivor._meta.model_name}.unmerged", survivor, by=by, payload=payload)
    return made


def kept_links(made: Merge) -> models.QuerySet[MovedLink]:
    """What would be pointed back."""
    return made.links.exclude(column__in=[CREATED, WHOLE])
