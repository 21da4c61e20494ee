"""Carrying the lines of one document over to the next by one statement, however many there are."""

from typing import Any

from django.db import connection, models
from django.db.models import Func, QuerySet, Value

from catalog.documents import PricedLine


class NewKey(Func):
    """A fresh random UUID for each row."""

    function = "gen_random_uuid"
    arity = 0
    output_field = models.UUIDField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Version 4 as Python makes it: 48 random bits, 4 and 12 bits, 8 to b and 12 bits, 48 bits.
        tail = "substr(hex(randomblob(2)), 2)"
        variant = "substr('89ab', 1 + (random() & 3), 1)"
        template = f"lower(hex(randomblob(6)) || '4' || {tail} || {variant} || {tail} || hex(randomblob(6)))"
        return super().as_sql(compiler, connection, template=template, **context)


def carry_over(lines: QuerySet[Any], model: type[PricedLine], **columns: Any) -> None:
    """Make a line of ``model`` for each of the lines, amounts included; keys are new, lineage is the caller's.

    Columns are given by attribute name, as a value or an expression over the old line; what is neither given nor
    copied starts at its default. One INSERT ... SELECT, so that 1,000 lines cost the database's time only.
    """
    targets, expressions = [], {}
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        targets.append(str(field.column))
        expressions[f"new_{field.attname}"] = _expression(field, columns)
    # Ordered, so that the new keys rise as the old ones did.
    chosen = lines.order_by("position", "id").annotate(**expressions).values_list(*expressions)
    text, params = chosen.query.sql_with_params()
    quote = connection.ops.quote_name
    into = ", ".join(quote(column) for column in targets)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({into}) {text}", params)


def _expression(field: Any, columns: dict[str, Any]) -> Any:
    """Where the new line's column comes from."""
    if field.attname in columns:
        given = columns[field.attname]
        return given if hasattr(given, "resolve_expression") else Value(given, output_field=field)
    if field.attname == "key":
        return NewKey()
    if field.attname in PricedLine.COPIED:
        return models.F(field.attname)
    return Value(field.get_default(), output_field=field)
