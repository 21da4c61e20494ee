"""A migration step: on PostgreSQL the search text of a record gets a trigram index; other databases scan."""

from typing import Any

from django.db.migrations.operations.base import Operation


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
