"""Long work of added fields: indexes, words to search by, and taking values away for good."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Func, JSONField, Value

from kernel import history
from kernel.custom_models import CustomField, UniqueValue
from kernel.customfields import indexes
from kernel.customfields.definitions import changed, definition_of
from kernel.jobs import runner
from kernel.models import Job

CHUNK = 2000


def field_of(job: Job) -> CustomField | None:
    return CustomField.objects.filter(pk=job.arguments["field"]).first()


def with_values(row: CustomField) -> models.QuerySet[Any]:
    """The records that have a value of the field, removed or not."""
    found: models.QuerySet[Any] = apps.get_model(row.record_type)._base_manager.filter(
        custom__has_key=row.name
    )
    return found


@runner("custom_fields.index")
def index(job: Job) -> Iterator[None]:
    """Make lists quick to sort by a new field."""
    row = field_of(job)
    if row is None or not row.is_active or not indexes.are_needed(definition_of(row)):
        return
    for done, name in enumerate(indexes.build(definition_of(row)), start=1):
        with transaction.atomic():
            job.reached({"built": name}, done=done, outcome={"indexes": done}, total=2)
        yield


@runner("custom_fields.search")
def refresh_search(job: Job) -> Iterator[None]:
    """Let search find records by a field, or no longer: their words are put together anew."""
    row = field_of(job)
    if row is None:
        return
    after, done = job.position.get("after", 0), job.done
    while rows := list(with_values(row).filter(pk__gt=after).order_by("pk")[:CHUNK]):
        with transaction.atomic():
            for record in rows:
                words = record.text_to_search()
                if words != record.search_text:
                    type(record)._base_manager.filter(pk=record.pk, version=record.version).update(
                        search_text=words
                    )
            after, done = rows[-1].pk, done + len(rows)
            job.reached({"after": after}, done=done, outcome={"records": done})
        yield


@runner("custom_fields.purge")
def purge(job: Job) -> Iterator[None]:
    """Take the values of a removed field out of every record, then forget the field."""
    row = field_of(job)
    if row is None or row.is_active:
        return
    done = job.done
    while pks := list(with_values(row).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            done += with_values(row).filter(pk__in=pks).update(custom=without(row.name))
            job.reached({}, done=done, outcome={"records": done})
        yield
    indexes.drop(definition_of(row))
    with transaction.atomic():
        UniqueValue.objects.filter(field=row).delete()
        history.record(row, "purged", by=job.asked_by, note=f"{row.label} ({row.record_type}.{row.name})")
        row.delete()
        changed()
        job.reached({}, done=done, outcome={"records": done})
    yield


def without(name: str) -> Func:
    """What is left of ``custom`` without one field."""
    if connection.vendor == "postgresql":
        return Func(
            "custom", Value(name), template="(%(expressions)s)", arg_joiner=" - ", output_field=JSONField()
        )
    return Func("custom", Value(f"$.{name}"), function="json_remove", output_field=JSONField())


__all__ = ["index", "purge", "refresh_search", "with_values", "without"]
