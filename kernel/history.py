"""The memory of every record: one entry for each thing that was done, written by the action that did it."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from kernel.hanging import absorbed
from kernel.models import HistoryEntry


def record(
    document: models.Model,
    verb: str,
    *,
    by: Any,
    from_status: str = "",
    note: str = "",
    changes: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    """Remember that ``by`` did ``verb`` to the document; changes are {field: [old, new]}."""
    return HistoryEntry.objects.create(**entry(document, verb, by, from_status, note, changes))


def record_all(documents: list[Any], verb: str, *, by: Any, from_status: str = "", note: str = "") -> None:
    """The same entry for many documents with one statement."""
    HistoryEntry.objects.bulk_create(
        HistoryEntry(**entry(document, verb, by, from_status, note, None)) for document in documents
    )


def entry(
    document: Any, verb: str, by: Any, from_status: str, note: str, changes: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "record_type": document._meta.label_lower,
        "record_id": document.pk,
        "verb": verb,
        "actor": by,
        "from_status": from_status,
        "to_status": getattr(document, "status", "") if from_status else "",
        "reason": getattr(document, "status_reason", "") if from_status else "",
        "note": note,
        "changes": dict(changes or {}),
    }


def of(document: models.Model) -> models.QuerySet[HistoryEntry]:
    """Everything that happened to the document, and to what went into it, newest first."""
    ids = [document.pk, *absorbed(document)]
    return (
        HistoryEntry.objects.filter(record_type=document._meta.label_lower, record_id__in=ids)
        .select_related("actor")
        .order_by("-id")
    )


def changes_of(document: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What assigning ``values`` would change, as {field: [old, new]} in plain JSON."""
    found: dict[str, list[Any]] = {}
    for name, new in values.items():
        old = getattr(document, name)
        if name == "custom":
            found |= changes_of_custom(old or {}, new or {})
        elif old != new:
            found[name] = [plain(old), plain(new)]
    return found


def changes_of_custom(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The added fields that differ, one by one; their values are plain already."""
    return {
        f"custom.{name}": [old.get(name), new.get(name)]
        for name in [*old, *(name for name in new if name not in old)]
        if old.get(name) != new.get(name)
    }


def plain(value: Any) -> Any:
    """A value as the history keeps it: numbers, texts and nothing else."""
    return value if value is None or isinstance(value, bool | int) else str(value)
