"""INSERT ... SELECT for a model: columns by expression, every other column by the model's own default."""

import datetime as dt
import uuid
from typing import Any

from django.db import connection, models
from django.utils import timezone

Statement = tuple[str, list[Any]]

WRITTEN_AS = {uuid.uuid4: "gen_random_uuid()", timezone.now: "now()", timezone.localdate: "CURRENT_DATE"}


def insert_select(model: type[models.Model], source: str, *params: Any, **columns: str) -> Statement:
    """The statement that makes one row of the model for each row of ``source``, which is what follows FROM."""
    names, expressions, values = [], [], []
    for field in model._meta.concrete_fields:
        expression, value = _expression(field, columns)
        if expression:
            names.append(f'"{field.column}"')
            expressions.append(expression)
            values.extend(value)
    if unknown := set(columns) - {field.column for field in model._meta.concrete_fields}:
        raise LookupError(f"{model.__name__} has no {unknown}")
    text = f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) SELECT {", ".join(expressions)} FROM {source}'
    return text, [*values, *params]


def _expression(field: Any, columns: dict[str, str]) -> tuple[str, list[Any]]:
    if field.column in columns:
        return columns[field.column].replace("%", "%%"), []
    if field.primary_key:
        return "", []
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "now()", []
    if callable(field.default) and field.default in WRITTEN_AS:
        return WRITTEN_AS[field.default], []
    return "%s", [field.get_db_prep_save(field.get_default(), connection)]


def same(source: str, model: type[models.Model], *others: str) -> dict[str, str]:
    """The model's columns taken over from a table of the same columns, as far as they are named."""
    known = {field.column for field in model._meta.concrete_fields}
    return {name: f"{source}.{name}" for name in others if name in known}


def fill(model: type[models.Model], source: str, *params: Any, **columns: str) -> None:
    """Make the rows now, and let the key go on counting behind them."""
    text, values = insert_select(model, source, *params, **columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM \"{table}\"))"
        )


def row_of(instance: models.Model) -> dict[str, Any]:
    """An instance as the columns an INSERT would be given."""
    made = {}
    for field in instance._meta.concrete_fields:
        if not field.primary_key:
            made[field.column] = field.get_db_prep_save(field.pre_save(instance, True), connection)
    return made


def today(days: int = 0) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)
