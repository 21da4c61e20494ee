"""The keys of records, kept true: written when they changed, for one record or for a chunk of an import."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from duplicates.models import MatchKey, type_of
from duplicates.values import Key, MatchValues, keys_of
from people.models import Organization

CHUNK = 1000
RECIPE = 1  # raise it when a normal form changes: the sweep then gives all records their keys anew


def home_region() -> str:
    """The country that phone numbers without one are dialed in: the organization's own."""
    found = Organization.objects.filter(pk=Organization.ONLY).values_list("country", flat=True).first()
    return found or ""


def keys_for(
    rows: Iterable[tuple[int, MatchValues]], *, region: str | None = None
) -> dict[int, frozenset[Key]]:
    """The keys of many rows, by their id; one query at most, for the home country."""
    every = list(rows)
    if region is None:
        region = home_region() if any(asks_for_home(values) for _id, values in every) else ""
    return {row_id: keys_of(values, region=region) for row_id, values in every}


def asks_for_home(values: MatchValues) -> bool:
    """Whether a phone number can only be read by knowing where we are."""
    return not values.country and any(phone and not phone.strip().startswith("+") for phone in values.phones)


def sync_keys(
    record_type: str,
    rows: Iterable[tuple[int, MatchValues]],
    *,
    are_new: bool = False,
    region: str | None = None,
) -> int:
    """Make the keys of these rows what their values say, in four statements at most; says how many were written.

    Rows that were just inserted have none yet (``are_new``), which saves the look.
    """
    wanted = keys_for(rows, region=region)
    stored = defaultdict(dict) if are_new else stored_keys(record_type, wanted)
    gone = [pk for row_id, known in stored.items() for key, pk in known.items() if key not in wanted[row_id]]
    added = [
        (row_id, kind, value)
        for row_id, keys in wanted.items()
        for kind, value in keys
        if (kind, value) not in stored[row_id]
    ]
    for start in range(0, len(gone), CHUNK):
        MatchKey.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    insert_keys(record_type, added)
    return len(added) + len(gone)


def stored_keys(record_type: str, ids: Iterable[int]) -> dict[int, dict[Key, int]]:
    """The keys that stand in the table, with their row numbers, by record."""
    found: dict[int, dict[Key, int]] = defaultdict(dict)
    every = list(ids)
    for start in range(0, len(every), CHUNK):
        rows = MatchKey.objects.filter(record_type=record_type, record_id__in=every[start : start + CHUNK])
        for pk, record_id, kind, value in rows.values_list("pk", "record_id", "kind", "value"):
            found[record_id][kind, value] = pk
    return found


def insert_keys(record_type: str, keys: list[tuple[int, str, str]]) -> None:
    """Insert (record id, kind, value) by the thousand as fast as the database takes them."""
    if not keys:
        return
    table = connection.ops.quote_name(MatchKey._meta.db_table)
    into = f"INSERT INTO {table} (record_type, record_id, kind, value)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ids, kinds, values = (list(column) for column in zip(*keys, strict=True))
            cursor.execute(
                f"{into} SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[])",
                [record_type, ids, kinds, values],
            )
        else:
            cursor.executemany(f"{into} VALUES (%s, %s, %s, %s)", [(record_type, *key) for key in keys])


def forget_keys(record_type: str, ids: Iterable[int]) -> None:
    """Records that are gone are found no more."""
    MatchKey.objects.filter(record_type=record_type, record_id__in=list(ids)).delete()


def values_by_id(records: Iterable[Any]) -> list[tuple[int, MatchValues]]:
    """Records as the functions above take them."""
    return [(record.pk, record.match_values()) for record in records]


def sync_records(records: Iterable[Any], *, are_new: bool = False) -> int:
    """The same for records of one type that are at hand."""
    rows = list(records)
    return sync_keys(type_of(rows[0]), values_by_id(rows), are_new=are_new) if rows else 0


def grouped(keys: Iterable[Key]) -> Mapping[str, set[str]]:
    """Keys by their kind, as they are compared."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, value in keys:
        found[kind].add(value)
    return found
