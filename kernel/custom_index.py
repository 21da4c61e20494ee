"""A migration step: on PostgreSQL the custom fields of a record are found by value; other databases scan."""

from typing import Any

from django.db.migrations.operations.base import Operation


class AddCustomIndex(Operation):
    """Index ``custom`` of a model, so that asking a million records for a value of any added field stays quick."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model itself does not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
            # Without the list of pending entries a write costs a little more, and no search ever pays for many writes.
            schema_editor.execute(
                f'CREATE INDEX IF NOT EXISTS "{table}_custom" ON "{table}"'
                " USING gin (custom jsonb_path_ops) WITH (fastupdate = off)"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
            schema_editor.execute(f'DROP INDEX IF EXISTS "{table}_custom"')

    def describe(self) -> str:
        return f"Index the custom fields of {self.model_name}"
