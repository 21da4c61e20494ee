"""All lists by name, so that views, exports, bulk actions and cells find the declaration again."""

from typing import TYPE_CHECKING, Any

from django.utils.module_loading import autodiscover_modules, import_string

from kernel.hooks import column_functions
from kernel.tables.columns import Column

if TYPE_CHECKING:
    from kernel.tables.page import Table

_tables: dict[str, "type[Table]"] = {}


def enter(table: "type[Table]") -> None:
    """Remember a list under its name; the last declaration of a name counts."""
    _tables[table.name] = table


def table_named(name: str) -> "type[Table] | None":
    """The list of that name, or nothing."""
    if name not in _tables:
        autodiscover_modules("tables")
    return _tables.get(name)


def tables() -> "dict[str, type[Table]]":
    """Every list there is, by name."""
    autodiscover_modules("tables")
    return dict(_tables)


def table_of(model: Any) -> "type[Table] | None":
    """The list of a kind of record, or nothing."""
    autodiscover_modules("tables")
    return next((table for table in _tables.values() if table.model is model), None)


def added_columns(model: Any, user: Any) -> list[Column]:
    """The columns of a kind of record that an organization has added."""
    if model is None:
        return []
    return [column for function in column_functions() for column in import_string(function)(model, user)]
