"""Rows that hang on records by type and id, without a foreign key. Knows no model: ``apps.py`` registers here."""

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

_hanging: list[tuple[str, str, str]] = []
_absorbed: list[str] = []
_watching: list[str] = []


def register_hanging(model: str, type_column: str, id_column: str) -> None:
    """Say that rows of a model hang on records, so that they leave, return and are merged with them.

    ``type_column`` names a foreign key to ContentType, or a text column holding ``app.model``.
    Called from ``AppConfig.ready``: ``register_hanging("activities.Activity", "regarding_type", "regarding_id")``.
    """
    if (model, type_column, id_column) not in _hanging:
        _hanging.append((model, type_column, id_column))


def register_absorbed(function: str) -> None:
    """Say who knows which records went into one: the path of ``absorbed(record)``, which answers their ids."""
    if function not in _absorbed:
        _absorbed.append(function)


def absorbed(record: Any) -> list[int]:
    """The records that went into this one: what happened to them is told with it."""
    return [pk for function in _absorbed for pk in import_string(function)(record)]


def hanging() -> list[tuple[str, str, str]]:
    """What hangs on records: (model, column of the type, column of the id)."""
    return list(_hanging)


def watches_rows(function: str) -> None:
    """Say who hears of rows that leave for the bin or come back from it: the path of ``moved(images)``."""
    if function not in _watching:
        _watching.append(function)


def tell_rows_moved(images: Iterable[dict[str, Any]]) -> None:
    """Rows left, or came back."""
    for function in _watching:
        import_string(function)(images)
