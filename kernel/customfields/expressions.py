"""Values of added fields as the database sees them: typed, comparable, the same text in queries and in indexes."""

import re
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Q
from django.db.models.fields import DecimalField, TextField
from django.db.models.lookups import Exact

from kernel.customfields.definitions import Definition, Kind
from kernel.customfields.kinds import LONGEST_TEXT, MOST_DECIMALS, MOST_DIGITS

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
A_NUMBER = r"^-?[0-9]{1,18}(\.[0-9]{1,9})?$"


class Stored(Func):
    """The value of one field of ``custom``; its name stands in the statement itself, so that its index is found."""

    postgresql = ""
    sqlite = ""

    def __init__(self, name: str, **options: Any) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(name)
        self.field_name = name
        super().__init__(F("custom"), **options)

    def as_sql(self, compiler: Any, connection: Any, **options: Any) -> tuple[str, Any]:  # type: ignore[override]
        column, params = compiler.compile(self.source_expressions[0])
        pattern = self.postgresql if connection.vendor == "postgresql" else self.sqlite
        # Percent signs would be taken for places of parameters.
        return self.sql_of(pattern, column).replace("%", "%%"), params

    def sql_of(self, pattern: str, column: str) -> str:
        found = pattern.replace("@json", f"json_extract({column}, '$.{self.field_name}')")
        return found.replace("@text", f"({column} ->> '{self.field_name}')")

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection)

    def index_sql(self) -> str:
        """As PostgreSQL wants it in an index of the table."""
        return f"({self.sql_of(self.postgresql, 'custom')})"


class StoredText(Stored):
    """A text, as far as an index takes it in."""

    postgresql = f"left(@text, {LONGEST_TEXT})"
    sqlite = f"substr(@json, 1, {LONGEST_TEXT})"
    output_field = TextField()


class StoredDay(Stored):
    """A day as its ISO text, which sorts as days do, whatever the language of the database."""

    postgresql = 'left(@text, 10) COLLATE "C"'
    sqlite = "substr(@json, 1, 10)"
    output_field = TextField()


class StoredNumber(Stored):
    """A number; what an earlier use of the name left behind is none."""

    postgresql = f"CASE WHEN @text ~ '{A_NUMBER}' THEN @text::numeric END"
    sqlite = "CAST(CASE WHEN @json GLOB '*[0-9]*' AND NOT @json GLOB '*[^-0-9.]*' THEN @json END AS NUMERIC)"
    output_field = DecimalField(max_digits=MOST_DIGITS + MOST_DECIMALS, decimal_places=MOST_DECIMALS)


EXPRESSIONS: dict[str, type[Stored]] = {Kind.NUMBER: StoredNumber, Kind.DATE: StoredDay}


def expression_of(definition: Definition) -> Stored:
    """What to compare and to sort by."""
    return EXPRESSIONS.get(definition.kind, StoredText)(definition.name)


def value_field(definition: Definition) -> models.Field[Any, Any]:
    """The column that its values would stand in."""
    return expression_of(definition).output_field


def holds(definition: Definition, value: Any) -> Q:
    """The rows with exactly this kept value; of several choices, those that have it among them."""
    if connection.vendor == "postgresql":
        kept = [value] if definition.kind == Kind.CHOICES else value
        return Q(custom__contains={definition.name: kept})
    if definition.kind == Kind.CHOICES:
        return Q(AmongJson(definition.name, value))
    if definition.kind == Kind.BOOLEAN:
        return Q(**{f"custom__{definition.name}": value})
    return Q(Exact(expression_of(definition), value))


def filled(definition: Definition) -> Q:
    """The rows that have any value."""
    return Q(custom__has_key=definition.name)


class AmongJson(Func):
    """Whether a value stands in the list of a field, for SQLite."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, name: str, value: str) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(name)
        self.field_name, self.value = name, value
        super().__init__(F("custom"))

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        sql = f"EXISTS (SELECT 1 FROM json_each({column}, '$.{self.field_name}') WHERE json_each.value = %s)"
        return sql, [*params, self.value]
