"""What upper apps say about merging, from their ``AppConfig.ready``; knows no model."""

from functools import cache
from typing import Any

from django.utils.module_loading import import_string

_by_public_id: list[tuple[str, str, str]] = []
_guards: list[str] = []


def register_link(model: str, type_column: str, id_column: str) -> None:
    """Say that rows name records by type and public id; of two that exclude each other both stay as they are.

    ``register_link("integrations.ExternalReference", "local_type", "local_id")``.
    """
    if (model, type_column, id_column) not in _by_public_id:
        _by_public_id.append((model, type_column, id_column))


def register_guard(function: str) -> None:
    """Say who knows why records may not be merged: the path of ``guard(survivor, losers)``, which answers blockers."""
    if function not in _guards:
        _guards.append(function)


def links_by_public_id() -> list[tuple[str, str, str]]:
    """What names records by their public id: (model, column of the type, column of the id)."""
    return list(_by_public_id)


def guards() -> list[Any]:
    """Everybody who is asked before records are merged."""
    return [_imported(path) for path in _guards]


@cache
def _imported(path: str) -> Any:
    return import_string(path)
