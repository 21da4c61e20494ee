"""Values that no two records share, held by the database: one row of UniqueValue for each.

Asked for before the record is saved, so that every mistake is told at once; claimed after it was saved, in the same
transaction, so that of two who come together one is refused.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, models
from django.db.models import Q
from django.utils.translation import gettext as _

from kernel.custom_models import UniqueValue
from kernel.customfields import kinds
from kernel.customfields.definitions import Definition, Kind, fields_of
from kernel.errors import Blocker, DomainError

LONGEST = 500
BATCH = 1000
MOST_DOUBLES = 20
PATIENCE = "1500ms"

Taken = dict[tuple[int, str], int]  # (field, spelling) -> record


def spelling(definition: Definition, value: Any) -> str:
    """What must not be there twice: texts are compared whatever their case."""
    text = kinds.machine_text(definition, value)
    text = text.casefold() if definition.kind == Kind.TEXT else text
    return text if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest()


def spellings(definitions: Iterable[Definition], values: Mapping[str, Any]) -> dict[int, str]:
    """The unique values of a record, by field."""
    return {
        one.pk: spelling(one, values[one.name])
        for one in definitions
        if one.is_unique and one.is_active and values.get(one.name) not in kinds.EMPTY
    }


def doubles(
    definitions: Iterable[Definition], values: Mapping[str, Any], *, record_type: str, record_id: int | None
) -> list[Blocker]:
    """Which of the values another record has already."""
    fields = {one.pk: one for one in definitions}
    wanted = spellings(fields.values(), values)
    if not wanted:
        return []
    return [
        refusal(fields[field])
        for (field, _value), other in taken(wanted.items()).items()
        if other != record_id and has_it(record_type, other, fields[field], wanted[field])
    ]


def refusal(definition: Definition) -> Blocker:
    text = _("Another record has this value already, and no two may.")
    return Blocker("not_unique", f"{definition.label}: {text}", definition.key)


def taken(pairs: Iterable[tuple[int, str]]) -> Taken:
    """Who has these values."""
    asked = Q(pk__in=[])
    by_field: dict[int, set[str]] = defaultdict(set)
    for field, value in pairs:
        by_field[field].add(value)
    for field, values in by_field.items():
        asked |= Q(field_id=field, value__in=values)
    rows = UniqueValue.objects.filter(asked).values_list("field_id", "value", "record_id")
    return {(field, value): record for field, value, record in rows}


def has_it(record_type: str, pk: int, definition: Definition, value: str) -> bool:
    """Whether the record is still there and still has the value: a row may outlive a record that was removed."""
    found = apps.get_model(record_type)._base_manager.filter(pk=pk).values_list("custom", flat=True).first()
    return found is not None and spellings([definition], found).get(definition.pk) == value


def claim(record: models.Model) -> None:
    """Hold the unique values of a record that was just saved, and let go of those it had; raises when one is taken.

    The definitions are read anew: a field may have become unique since this work began, and the saved row kept that
    change waiting until then.
    """
    # Without values and without a change of them there is nothing to hold or to let go, and nothing is asked.
    if record.custom or record.__dict__.pop("custom_was_set", False):  # type: ignore[attr-defined]
        claim_all([record])


def claim_all(records: Iterable[Any]) -> None:
    """The same for many records of one kind that were written in this transaction."""
    rows = list(records)
    fields = [one for one in fields_of(rows[0], afresh=True) if one.is_unique] if rows else []
    if not fields:
        return
    for start in range(0, len(rows), BATCH):
        _claim_part(
            fields, {row.pk: spellings(fields, row.custom or {}) for row in rows[start : start + BATCH]}
        )


def _claim_part(fields: list[Definition], wanted: Mapping[int, Mapping[int, str]]) -> None:
    pks = [one.pk for one in fields]
    held = UniqueValue.objects.filter(field__in=pks, record_id__in=wanted.keys())
    there = {(row.field_id, row.record_id): row for row in held}
    gone = [row.pk for (field, record), row in there.items() if wanted[record].get(field) != row.value]
    if gone:
        UniqueValue.objects.filter(pk__in=gone).delete()
    new = [
        UniqueValue(field_id=field, value=value, record_id=record)
        for record, values in wanted.items()
        for field, value in values.items()
        if (row := there.get((field, record))) is None or row.value != value
    ]
    if new:
        _insert({one.pk: one for one in fields}, new)


def _insert(fields: Mapping[int, Definition], new: list[UniqueValue]) -> None:
    """Whoever comes second waits here for the first one to commit, and is refused then."""
    UniqueValue.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    holders = taken((row.field_id, row.value) for row in new)
    blockers = []
    for row in new:
        definition, holder = fields[row.field_id], holders.get((row.field_id, row.value))
        if holder == row.record_id:
            continue
        if holder is None or has_it(definition.record_type, holder, definition, row.value):
            blockers.append(refusal(definition))
            continue
        left = UniqueValue.objects.filter(field_id=row.field_id, value=row.value, record_id=holder)
        if not left.update(record_id=row.record_id):
            blockers.append(refusal(definition))
    if blockers:
        first = blockers[0]
        raise DomainError(first.text, code=first.code, field=first.field, blockers=blockers)


# --- a field becomes unique -------------------------------------------------------


def hold_existing(definition: Definition) -> list[tuple[str, list[int]]]:
    """Claim the values of all records there are, which nobody writes meanwhile; the doubles, if there are any."""
    model = apps.get_model(definition.record_type)
    stop_writers(model)
    UniqueValue.objects.filter(field_id=definition.pk).delete()
    first: dict[str, int] = {}
    more: dict[str, list[int]] = {}
    batch: list[UniqueValue] = []
    for pk, value in values_of(model, definition):
        if value in first:
            more.setdefault(value, [first[value]]).append(pk)
            if len(more) >= MOST_DOUBLES:
                break
            continue
        first[value] = pk
        batch.append(UniqueValue(field_id=definition.pk, value=value, record_id=pk))
        if len(batch) >= BATCH and not more:
            UniqueValue.objects.bulk_create(batch)
            batch = []
    if not more:
        UniqueValue.objects.bulk_create(batch)
    return list(more.items())


def stop_writers(model: type[models.Model]) -> None:
    """Until this transaction ends nobody writes records of this kind; on SQLite nobody writes anything anyway.

    Whoever wants to write waits behind this, so it does not wait long itself.
    """
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            (usual,) = cursor.fetchone()
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f'LOCK TABLE "{model._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    except OperationalError as error:
        text = _("People are writing these records just now. Try again in a moment.")
        raise DomainError(text, code="busy", field="is_unique") from error


def values_of(model: Any, definition: Definition) -> Iterator[tuple[int, str]]:
    rows = model._base_manager.filter(custom__has_key=definition.name).order_by("pk")
    unique = [definition]
    for pk, custom in rows.values_list("pk", "custom").iterator(chunk_size=2000):
        found = spellings(unique, custom)
        if definition.pk in found:
            yield pk, found[definition.pk]


def let_go(definition: Definition) -> None:
    """The values may be there twice from now on."""
    UniqueValue.objects.filter(field_id=definition.pk).delete()
