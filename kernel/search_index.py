"""A migration step: on PostgreSQL the search text of a record gets a trigram index; other databases scan."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

from kernel.searching import phone_digits

CHUNK = 1000


class AddSearchIndex(Operation):
    """Index ``search_text`` of a model so that searching a million records stays quick."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model itself does not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute(
                f'CREATE INDEX IF NOT EXISTS "{table}_search" ON "{table}" USING gin (search_text gin_trgm_ops)'
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
            schema_editor.execute(f'DROP INDEX IF EXISTS "{table}_search"')

    def describe(self) -> str:
        return f"Index the search text of {self.model_name}"


def adds_phone_digits(app_label: str, model_name: str, columns: Sequence[str]) -> RunPython:
    """The step that lets records of before be found by phone however it is written, as saving them would."""

    def add(apps: Any, schema_editor: Any) -> None:
        model = apps.get_model(app_label, model_name)
        rows, changed = model.objects.only("pk", "search_text", *columns).order_by("pk"), []
        for row in rows.iterator(chunk_size=CHUNK):
            told = [phone_digits(getattr(row, column)) for column in columns]
            if missing := [digits for digits in told if digits and digits not in row.search_text.split()]:
                row.search_text = " ".join([row.search_text, *missing])
                changed.append(row)
            if len(changed) == CHUNK:
                model.objects.bulk_update(changed, ["search_text"])
                changed = []
        model.objects.bulk_update(changed, ["search_text"])

    return RunPython(add, RunPython.noop)
