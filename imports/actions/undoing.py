"""Taking a whole import back: what it made goes, what it changed is as it was, byte for byte.

What somebody changed since is not overwritten in silence: it is listed, and left as it is unless it was named.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.engine.images import PARTS, put_family_back, state_of
from imports.models import Effect, ExternalKey, Finding, ImportRun
from kernel import history, jobs
from kernel.custom_models import UniqueValue
from kernel.errors import DomainError
from kernel.hanging import hanging
from kernel.lifecycle import advance
from kernel.models import Job, RemovedRecord
from kernel.snapshots import image, remove
from kernel.writing import locked
from people.models import User

AT_ONCE = 500


@transaction.atomic
def undo_import(run: ImportRun, *, by: User, also: Collection[int] = ()) -> ImportRun:
    """Have everything taken back in the background; ``also`` names effects on records that were changed since."""
    run = locked(run)
    if run.undo_until is None or run.undo_until < timezone.now():
        raise DomainError(_("An import can be undone for 7 days; these are over."), code="too_late")
    before = run.status
    advance(run.undo, by=by)
    Finding.objects.filter(run=run, what=Finding.What.TOUCHED).delete()
    run.job = jobs.start(
        "imports.undo", by=by, title=_("Undo the import of %(file)s") % {"file": run.file_name},
        arguments={"run": run.pk, "also": sorted(set(also))}, total=run.effects.exclude(what="unchanged").count(),
        leads_to=run.get_absolute_url(),
    )  # fmt: skip
    run.version += 1
    run.save()
    history.record(run, "undo_started", by=by, from_status=before)
    return run


def undo_rows(job: Job) -> Iterator[None]:
    """The job: the latest effects first, so that what came of an earlier row is there until its own turn."""
    while undo_chunk(job):
        yield
    finish_undo(job)


@transaction.atomic
def undo_chunk(job: Job) -> bool:
    """Take back the next effects; False when there are no more."""
    effects = Effect.objects.filter(run_id=job.arguments["run"]).exclude(what=Effect.What.UNCHANGED)
    if before := job.position.get("before"):
        effects = effects.filter(pk__lt=before)
    rows = list(effects.order_by("-pk")[:AT_ONCE])
    if not rows:
        return False
    counts = dict(job.outcome)
    also = set(job.arguments.get("also", ()))
    for what, record_type, several in runs_of(rows):
        undone = (undo_created if what == Effect.What.CREATED else undo_updated)(
            record_type, several, also, job
        )
        counts["undone"] = counts.get("undone", 0) + len(undone)
        counts["kept"] = counts.get("kept", 0) + len(several) - len(undone)
        Effect.objects.filter(pk__in=undone).delete()
    job.reached({"before": rows[-1].pk}, done=job.done + len(rows), outcome=counts)
    return True


def runs_of(rows: Sequence[Effect]) -> Iterator[tuple[str, str, list[Effect]]]:
    """Neighbours of one sort together, in their order."""
    group: list[Effect] = []
    for row in rows:
        if group and (group[0].what, group[0].record_type) != (row.what, row.record_type):
            yield group[0].what, group[0].record_type, group
            group = []
        group.append(row)
    if group:
        yield group[0].what, group[0].record_type, group


# --- what was made --------------------------------------------------------------------------------------------


def undo_created(record_type: str, effects: list[Effect], also: set[int], job: Job) -> list[int]:
    """Take records that were made out of the tables, into the recycle bin."""
    model = apps.get_model(record_type)
    records = model._base_manager.select_for_update().in_bulk([one.record_id for one in effects])
    used = needed_elsewhere(model, list(records))
    undone, plain = [], []
    for one in effects:
        record = records.get(one.record_id)
        if record is None:
            undone.append(one.pk)  # somebody deleted it already
        elif record.pk in used or state_of(record) != one.after_version:
            if one.pk in also and took_out(record, job):
                undone.append(one.pk)
            else:
                touched(one, record, job, _("It was changed or used since."))
        else:
            plain.append(record)
            undone.append(one.pk)
    remove_together(model, plain, job)
    return undone


def took_out(record: Any, job: Job) -> bool:
    """Whether a record with everything that hangs on it could be taken out."""
    try:
        with transaction.atomic():
            remove(record, by=job.asked_by, why=RemovedRecord.Why.IMPORT, note=job.title)
    except DomainError:
        return False
    ExternalKey.objects.filter(record_type=record._meta.label_lower, record_id=record.pk).delete()
    return True


def touched(effect: Effect, record: Any, job: Job, why: str) -> None:
    """A person is to decide about this one."""
    Finding.objects.create(
        run_id=effect.run_id, what=Finding.What.TOUCHED, row=effect.row, offset=effect.pk, code=effect.what, text=why,
        value=str(record)[:500], record_type=effect.record_type, record_id=effect.record_id,
    )  # fmt: skip


def needed_elsewhere(model: Any, ids: list[int]) -> set[int]:
    """Which of these records something points at or hangs on that did not come with them."""
    used: set[int] = set()
    parts = {label.lower() for label, _column in PARTS.get(model._meta.label_lower, ())}
    for relation in model._meta.related_objects:
        other = relation.related_model
        if other._meta.label_lower in parts or not ids:
            continue
        name = relation.field.name
        used |= set(other._base_manager.filter(**{f"{name}__in": ids}).values_list(f"{name}_id", flat=True))
    for label, type_column, id_column in hanging():
        if label.lower() != "duplicates.matchkey" and ids:
            used |= set(
                hanging_rows(label, type_column, id_column, model, ids).values_list(id_column, flat=True)
            )
    return used


def hanging_rows(
    label: str, type_column: str, id_column: str, model: Any, ids: Collection[int]
) -> models.QuerySet[Any]:
    """Rows that hang on these records by type and key."""
    found = apps.get_model(label)
    if found._meta.get_field(type_column).is_relation:
        kind = {
            f"{type_column}__app_label": model._meta.app_label,
            f"{type_column}__model": model._meta.model_name,
        }
    else:
        kind = {type_column: model._meta.label_lower}
    rows: models.QuerySet[Any] = found._base_manager.filter(**kind, **{f"{id_column}__in": list(ids)})
    return rows


def remove_together(model: Any, records: list[Any], job: Job) -> None:
    """The same as taking each of them out, in a few statements: nothing but their keys and parts hangs on them."""
    if not records:
        return
    ids, record_type = [record.pk for record in records], model._meta.label_lower
    rows, parts = belongings(model, ids)
    RemovedRecord.objects.bulk_create(
        [
            RemovedRecord(
                record_type=record_type, record_id=record.pk, record_public_id=getattr(record, "public_id", None),
                ref=str(getattr(record, "ref", ""))[:60], title=str(record)[:300],
                owner_id=getattr(record, "owner_id", None), team_id=getattr(record, "team_id", None),
                why=RemovedRecord.Why.IMPORT, rows={"images": [image(record), *rows[record.pk]], "cut": []},
                removed_by=job.asked_by,
            )
            for record in records
        ],
        batch_size=100,
    )  # fmt: skip
    history.record_all(records, "deleted", by=job.asked_by, note=job.title)
    for found in parts:
        found._raw_delete(found.db)
    UniqueValue.objects.filter(field__record_type=record_type, record_id__in=ids).delete()
    ExternalKey.objects.filter(record_type=record_type, record_id__in=ids).delete()
    model._base_manager.filter(pk__in=ids)._raw_delete(model._base_manager.db)


def belongings(model: Any, ids: list[int]) -> tuple[dict[int, list[Any]], list[models.QuerySet[Any]]]:
    """The rows that hang on records or are parts of them: their images by record, and the rows themselves."""
    images: dict[int, list[Any]] = defaultdict(list)
    found = [(hanging_rows(label, kind, key, model, ids), key) for label, kind, key in hanging()]
    for label, column in PARTS.get(model._meta.label_lower, ()):
        found.append((apps.get_model(label)._base_manager.filter(**{f"{column}__in": ids}), column))
    for rows, column in found:
        for row in rows:
            images[getattr(row, column)].append(image(row))
    return images, [rows for rows, _column in found]


# --- what was changed -----------------------------------------------------------------------------------------


def undo_updated(record_type: str, effects: list[Effect], also: set[int], job: Job) -> list[int]:
    """Write records as they were before the import changed them."""
    model = apps.get_model(record_type)
    undone = []
    for one in effects:
        record = model._base_manager.select_for_update().filter(pk=one.record_id).first()
        if record is None:
            undone.append(one.pk)
        elif state_of(record) != one.after_version and one.pk not in also:
            touched(one, record, job, _("It was changed since; undoing would overwrite that."))
        else:
            put_family_back(one.before or [])
            history.record(record, "restored", by=job.asked_by, note=job.title)
            undone.append(one.pk)
    return undone


@transaction.atomic
def finish_undo(job: Job) -> None:
    """Everything that could be taken back is; records that were changed since are listed, if there are any."""
    run = ImportRun.objects.select_for_update().get(pk=job.arguments["run"])
    if run.status != ImportRun.Status.UNDOING:
        return
    Effect.objects.filter(run=run, what=Effect.What.UNCHANGED).delete()
    left = run.effects.exists()
    advance(run.stop if left else run.finish_undo, by=job.asked_by)
    run.outcome = {
        **run.outcome,
        "undone": job.outcome,
        "position": None if not left else run.outcome.get("position"),
    }
    run.version += 1
    run.save()
    history.record(run, "undone", by=job.asked_by)
