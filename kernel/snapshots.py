"""Rows exactly as they are, to be put back byte for byte: for the recycle bin, merging and undoing imports.

An image is plain JSON of every column: versions, moments to the microsecond, search text. Writing it back goes around
``save`` on purpose, which would give the row a new version and a new moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, router, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils.translation import gettext_lazy as _

from kernel import history
from kernel.bin_models import RemovedRecord
from kernel.customfields import claim, takes_fields
from kernel.errors import Blocker, DomainError, TransitionRefused
from kernel.hanging import hanging, tell_rows_moved

Image = dict[str, Any]  # {"type": "leads.lead", "pk": 7, "columns": {attname: plain value}}
BATCH = 500
MOST_NAMED = 5


def image(row: models.Model) -> Image:
    """The row as plain JSON, exact to the last digit."""
    return {
        "type": row._meta.label_lower,
        "pk": row.pk,
        "columns": {field.attname: plain(field, row) for field in row._meta.concrete_fields},
    }


def plain(field: Any, row: models.Model) -> Any:
    """One column's value as JSON keeps it."""
    value = field.value_from_object(row)
    if value is None or isinstance(value, bool | int | dict | list):
        return value
    return field.value_to_string(row)


def column_values(kept: Image) -> dict[str, Any]:
    """The columns of an image as Python values."""
    model = apps.get_model(kept["type"])
    return {
        field.attname: field.to_python(kept["columns"][field.attname])
        if kept["columns"][field.attname] is not None and not field.is_relation
        else kept["columns"][field.attname]
        for field in model._meta.concrete_fields
        if field.attname in kept["columns"]
    }


def instance_of(kept: Image) -> models.Model:
    """The row of an image, in memory only."""
    model: type[models.Model] = apps.get_model(kept["type"])
    return model(**column_values(kept))


def put_back(kept: Image) -> bool:
    """Write an existing row as it was; False when it is gone."""
    values = column_values(kept)
    model = apps.get_model(kept["type"])
    values.pop(model._meta.pk.attname)
    is_there = bool(model._base_manager.filter(pk=kept["pk"]).update(**values))
    if is_there:
        hold_unique([kept])
    return is_there


def hold_unique(images: Iterable[Image]) -> None:
    """What no two records may share is theirs again; raises DomainError when somebody else has it meanwhile."""
    for kept in images:
        row = instance_of(kept)
        if takes_fields(type(row)):
            claim(row)


def insert(images: Iterable[Image]) -> None:
    """Write rows that are gone, with their old keys; foreign keys are looked at when the transaction ends."""
    by_type: dict[str, list[models.Model]] = defaultdict(list)
    for kept in images:
        by_type[kept["type"]].append(instance_of(kept))
    for label, rows in by_type.items():
        model = apps.get_model(label)
        fields = model._meta.local_concrete_fields
        using = router.db_for_write(model)
        for start in range(0, len(rows), BATCH):
            # Raw, as a deserializer does it: no automatic moments, no version, no search text made anew.
            for part in _parts(model, fields, rows[start : start + BATCH], using):
                model._base_manager._insert(part, fields=fields, using=using, raw=True)


def _parts(model: Any, fields: Any, rows: list[models.Model], using: str) -> Iterable[list[models.Model]]:
    """As many rows at once as the database takes parameters."""
    connection = transaction.get_connection(using)
    size = max(1, connection.ops.bulk_batch_size(fields, rows))
    return (rows[at : at + size] for at in range(0, len(rows), size))


def below(record: models.Model) -> tuple[list[models.Model], list[list[Any]]]:
    """The record with every row that would be deleted along, and the links that would be cut: [type, pk, column, old].

    Raises TransitionRefused naming documents that forbid deleting it.
    """
    rows: list[models.Model] = [record]
    collector = Collector(using=router.db_for_write(type(record)), origin=record)
    try:
        collector.collect([record])
        for model, type_column, id_column in hanging():
            collector.collect(list(hanging_on(record, model, type_column, id_column)))
    except (ProtectedError, RestrictedError) as error:
        raise refused(record, error) from error
    seen = {(record._meta.label_lower, record.pk)}
    fast: list[Any] = [row for queryset in collector.fast_deletes for row in queryset]
    for row in [*(each for rows_of in collector.data.values() for each in rows_of), *fast]:
        if (row._meta.label_lower, row.pk) not in seen:
            seen.add((row._meta.label_lower, row.pk))
            rows.append(row)
    cut_by: dict[Any, Any] = collector.field_updates
    cut = [
        [row._meta.label_lower, row.pk, field.attname, getattr(row, field.attname)]
        for (field, value), querysets in cut_by.items()
        for found in querysets
        for row in found
        if value is None and (row._meta.label_lower, row.pk) not in seen
    ]
    return rows, cut


def hanging_on(
    record: models.Model, model: str, type_column: str, id_column: str
) -> models.QuerySet[models.Model]:
    """The rows of a model that hang on the record."""
    found: Any = apps.get_model(model)
    if found._meta.get_field(type_column).is_relation:
        app_label, name = record._meta.label_lower.split(".")
        kind = {f"{type_column}__app_label": app_label, f"{type_column}__model": name}
    else:
        kind = {type_column: record._meta.label_lower}
    rows: models.QuerySet[models.Model] = found._base_manager.filter(**kind, **{id_column: record.pk})
    return rows


def refused(record: models.Model, error: Any) -> TransitionRefused:
    """Which rows forbid deleting the record, in words."""
    found = sorted(getattr(error, "protected_objects", None) or error.restricted_objects, key=str)
    blockers = [
        Blocker("has_downstream", _("%(what)s %(this)s follows from it") % {
            "what": str(one._meta.verbose_name), "this": one,
        })
        for one in found[:MOST_NAMED]
    ]  # fmt: skip
    return TransitionRefused(record, blockers, step="delete")


def remove(
    record: models.Model, *, by: Any, why: str = RemovedRecord.Why.DELETED, note: str = "", tell: bool = True
) -> RemovedRecord:
    """Take the record and what hangs on it out of the tables into the bin; call it in the action's transaction.

    Raises TransitionRefused when documents follow from it. ``tell`` writes the history entry.
    """
    rows, cut = below(record)
    kept = RemovedRecord.objects.create(
        record_type=record._meta.label_lower,
        record_id=record.pk,
        record_public_id=getattr(record, "public_id", None),
        ref=str(getattr(record, "ref", ""))[:60],
        title=str(record)[:300],
        owner_id=getattr(record, "owner_id", None),
        team_id=getattr(record, "team_id", None),
        why=why,
        rows={"images": [image(row) for row in rows], "cut": cut},
        removed_by=by,
    )
    if tell:
        history.record(record, "deleted", by=by, note=note or str(record))
    for label, pk, column, _old in cut:
        apps.get_model(label)._base_manager.filter(pk=pk).update(**{column: None})
    keys: dict[type[models.Model], list[Any]] = defaultdict(list)
    for row in rows:
        keys[type(row)].append(row.pk)
    # One statement a table; foreign keys among the rows are looked at when the transaction ends.
    for model, pks in keys.items():
        model._base_manager.filter(pk__in=pks)._raw_delete(router.db_for_write(model))
    tell_rows_moved(kept.rows["images"])
    return kept


def restore(removed: RemovedRecord, *, by: Any, tell: bool = True) -> models.Model:
    """Put a record back as it was, links and all; call it in the action's transaction.

    Raises DomainError with every reason when something it needs is gone or something new stands in its place.
    """
    images: list[Image] = removed.rows["images"]
    if missing := list(missing_for(images)):
        text = _("%(this)s cannot come back: something it needs is gone.") % {"this": removed}
        raise DomainError(text, code="parent_gone", blockers=missing)
    try:
        with transaction.atomic():
            insert(images)
    except IntegrityError as error:
        text = _("%(this)s cannot come back: something else has taken its place.") % {"this": removed}
        raise DomainError(text, code="place_taken") from error
    for label, pk, column, old in removed.rows["cut"]:
        apps.get_model(label)._base_manager.filter(pk=pk, **{f"{column}__isnull": True}).update(
            **{column: old}
        )
    hold_unique(images)
    tell_rows_moved(images)
    record: models.Model = apps.get_model(removed.record_type)._base_manager.get(pk=removed.record_id)
    if tell:
        history.record(record, "restored", by=by)
    removed.delete()
    return record


def missing_for(images: Iterable[Mapping[str, Any]]) -> Iterable[Blocker]:
    """The rows that images point at and that exist neither among them nor in the tables."""
    among: set[tuple[str, Any]] = set()
    wanted: dict[str, set[Any]] = defaultdict(set)
    for kept in images:
        among.add((kept["type"], kept["pk"]))
        for field in apps.get_model(kept["type"])._meta.concrete_fields:
            if field.is_relation and (key := kept["columns"].get(field.attname)) is not None:
                wanted[field.related_model._meta.label_lower].add(key)
    for label, keys in wanted.items():
        asked = {key for key in keys if (label, key) not in among}
        model = apps.get_model(label)
        there = set(model._base_manager.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
        for _key in asked - there:
            what = str(model._meta.verbose_name)
            yield Blocker("parent_gone", _("the %(what)s it belongs to is gone") % {"what": what})
