"""What a record and the rows that belong to it were, exactly, and putting that back."""

import json
import zlib
from typing import Any

from django.apps import apps
from django.db import models

from kernel.snapshots import Image, image, insert, put_back

# Rows of their own that an action changes along with its record, by record type: (model, column that points at it).
PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "customers.account": (("customers.ContactPoint", "account_id"), ("customers.BookAddress", "account_id")),
    "customers.contact": (("customers.ContactPoint", "contact_id"), ("customers.BookAddress", "contact_id")),
    "orders.order": (("orders.OrderLine", "order_id"),),
}
# Rows that hang on it by type and key, and are derived from it.
DERIVED = ("duplicates.MatchKey",)


def state_of(record: models.Model) -> int:
    """What tells whether somebody changed the record since: its version, or a fingerprint where it has none."""
    version = getattr(record, "version", None)
    if version is not None:
        return int(version)
    return zlib.crc32(json.dumps(image(record), sort_keys=True, default=str).encode()) >> 1


def images_of(record: models.Model) -> list[Image]:
    """The record as it stands in its table now, its parts, and the keys derived from it."""
    stored = type(record)._base_manager.get(pk=record.pk)
    return [image(stored), *(image(row) for row in parts_of(record._meta.label_lower, record.pk))]


def parts_of(record_type: str, pk: int) -> list[models.Model]:
    found: list[models.Model] = []
    for label, column in PARTS.get(record_type, ()):
        found += apps.get_model(label)._base_manager.filter(**{column: pk}).order_by("pk")
    for label in DERIVED:
        found += (
            apps.get_model(label)._base_manager.filter(record_type=record_type, record_id=pk).order_by("pk")
        )
    return found


def put_family_back(images: list[Image]) -> bool:
    """Write the record and its parts as they were; False when the record is gone."""
    first, rest = images[0], images[1:]
    if not put_back(first):
        return False
    wanted: dict[tuple[str, Any], Image] = {(one["type"], one["pk"]): one for one in rest}
    for row in parts_of(first["type"], first["pk"]):
        if (kept := wanted.pop((row._meta.label_lower, row.pk), None)) is None:
            type(row)._base_manager.filter(pk=row.pk).delete()
        elif image(row) != kept:
            put_back(kept)
    insert(wanted.values())
    return True
