"""Indexes that keep sorting by an added field quick at any size; built while people go on working (PostgreSQL).

Every field is found by value through the index on ``custom`` as a whole (``kernel.custom_index``). Order and ranges
need one of their own: upward, and downward with the empty ones last, as lists show them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from kernel.customfields import kinds
from kernel.customfields.definitions import Definition
from kernel.customfields.expressions import expression_of

LOCKS = (
    71_193  # the first half of the key under which builders of the same index keep out of each other's way
)


def are_needed(definition: Definition) -> bool:
    """Whether the field is one that lists are sorted by, and the database one that has such indexes."""
    return connection.vendor == "postgresql" and definition.kind in kinds.SORTED


def statements(definition: Definition) -> dict[str, str]:
    """The indexes of a field by name, each with how it is made."""
    table = apps.get_model(definition.record_type)._meta.db_table
    value = expression_of(definition).index_sql()
    up, down = (f"custom_{definition.pk}_{way}" for way in ("up", "down"))
    make = 'CREATE INDEX CONCURRENTLY "{}" ON "{}" ({})'
    return {
        up: make.format(up, table, f"{value}, id"),
        down: make.format(down, table, f"{value} DESC NULLS LAST, id DESC"),
    }


def build(definition: Definition) -> Iterator[str]:
    """Make the indexes that are missing or were left unfinished; says each by name. Not inside of a transaction."""
    with alone(definition) as is_alone, patient():
        if not is_alone:
            return
        for name, statement in statements(definition).items():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [f'"{name}"']
                )
                found = cursor.fetchone()
                if found is None or not found[0]:
                    cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
                    cursor.execute(statement)
            yield name


def drop(definition: Definition) -> None:
    """Take the indexes away. Not inside of a transaction."""
    if connection.vendor != "postgresql":
        return
    with alone(definition) as is_alone, patient(), connection.cursor() as cursor:
        for name in statements(definition) if is_alone else ():
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')


@contextmanager
def alone(definition: Definition) -> Iterator[bool]:
    """Nobody else builds or drops the same indexes meanwhile; False when somebody does already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, definition.pk])
        (got,) = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, definition.pk])


@contextmanager
def patient() -> Iterator[None]:
    """An index takes as long as it takes, whatever else the connection allows a statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        statement, lock = cursor.fetchone()
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)",
                [statement, lock],
            )
