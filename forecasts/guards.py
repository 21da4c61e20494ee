"""What was cannot be changed: triggers by which the database itself refuses to touch pictures of days that are over.

Rows of ``DealAsOf`` and ``SumAsOf`` are added and ended, never otherwise changed, and nothing that a final snapshot is
told by is added, ended, changed or deleted afterwards. On SQLite a migration that alters one of the tables makes it
anew without its triggers: such a migration ends with ``guards_in_place()``.
"""

from typing import Any, Final

from django.db.migrations import RunPython

DEALS, DAYS, SUMS = "forecasts_dealasof", "forecasts_snapshot", "forecasts_sumasof"
FIXED: Final = (
    "id", "from_on", "opportunity_id", "number", "name", "owner_id", "team_id", "stage_id", "status", "forecast",
    "amount", "currency", "rate", "probability", "close_on",
)  # fmt: skip
FIXED_SUMS: Final = (
    "id", "from_on", "owner_id", "team_id", "status", "forecast", "currency", "rate", "month", "is_late", "deals",
    "amount", "percents",
)  # fmt: skip
WHY: Final = "what was cannot be changed"
LAST: Final = f"(SELECT taken_on FROM {DAYS} WHERE is_final ORDER BY taken_on DESC LIMIT 1)"
TRIGGERS: Final = {
    f"{DAYS}_added": DAYS,
    f"{DAYS}_changed": DAYS,
    f"{DAYS}_removed": DAYS,
    **{
        f"{table}_{event}": table
        for table in (DEALS, SUMS)
        for event in ("facts", "added", "ended", "removed")
    },
}
DAY_ADDED, DAY_CHANGED, DAY_REMOVED = list(TRIGGERS)[:3]

# --- PostgreSQL: what many rows are asked is asked once a statement ---------------------------------------------

_RAISE = f"RAISE EXCEPTION '{WHY}' USING ERRCODE = 'integrity_constraint_violation'"
_HEAD = "RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$"
_REFUSE = f"FOR EACH ROW WHEN ({{when}}) EXECUTE FUNCTION {DEALS}_refuse()"
_ASK = f"FOR EACH STATEMENT EXECUTE FUNCTION {DEALS}_keep()"


def _span_guards(table: str, fixed: tuple[str, ...]) -> tuple[str, ...]:
    """Rows of spans of days: added and ended, nothing else, and not for days that are over."""
    old, new = (", ".join(f"{row}.{name}" for name in fixed) for row in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER {table}_facts BEFORE UPDATE ON {table} "
        + _REFUSE.format(when=f"({old}) IS DISTINCT FROM ({new})"),
        f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS is_now {_ASK}",
        f"CREATE TRIGGER {table}_ended AFTER UPDATE ON {table}"
        f" REFERENCING OLD TABLE AS was NEW TABLE AS is_now {_ASK}",
        f"CREATE TRIGGER {table}_removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS was {_ASK}",
    )


POSTGRESQL: Final = (
    f"CREATE OR REPLACE FUNCTION {DEALS}_refuse() {_HEAD} BEGIN {_RAISE}; END $$",
    f"""CREATE OR REPLACE FUNCTION {DEALS}_keep() {_HEAD}
    DECLARE last date := {LAST}; harm boolean := false;
    BEGIN
      IF TG_OP = 'INSERT' THEN harm := EXISTS (SELECT 1 FROM is_now WHERE from_on <= last);
      ELSIF TG_OP = 'DELETE' THEN harm := EXISTS (SELECT 1 FROM was WHERE from_on <= last);
      ELSE
        harm := EXISTS (SELECT 1 FROM was WHERE until_on <= last)
          OR EXISTS (SELECT 1 FROM is_now WHERE until_on <= last);
      END IF;
      IF harm THEN {_RAISE}; END IF;
      RETURN NULL;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION {DAYS}_keep() {_HEAD}
    BEGIN IF NEW.taken_on <= {LAST} THEN {_RAISE}; END IF; RETURN NEW; END $$""",
    *_span_guards(DEALS, FIXED),
    f"CREATE TRIGGER {DAY_ADDED} BEFORE INSERT ON {DAYS} FOR EACH ROW EXECUTE FUNCTION {DAYS}_keep()",
    f"CREATE TRIGGER {DAY_CHANGED} BEFORE UPDATE ON {DAYS} {_REFUSE.format(when='OLD.is_final')}",
    f"CREATE TRIGGER {DAY_REMOVED} BEFORE DELETE ON {DAYS} {_REFUSE.format(when='OLD.is_final')}",
)

# --- SQLite: row by row ------------------------------------------------------------------------------------------

_ABORT = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"


def _row_guards(table: str, fixed: tuple[str, ...]) -> tuple[str, ...]:
    """The same of each row."""
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in fixed)
    return (
        f"CREATE TRIGGER {table}_facts BEFORE UPDATE ON {table} WHEN {differs} {_ABORT}",
        f"CREATE TRIGGER {table}_added BEFORE INSERT ON {table} WHEN NEW.from_on <= {LAST} {_ABORT}",
        f"CREATE TRIGGER {table}_ended BEFORE UPDATE ON {table}"
        f" WHEN OLD.until_on <= {LAST} OR NEW.until_on <= {LAST} {_ABORT}",
        f"CREATE TRIGGER {table}_removed BEFORE DELETE ON {table} WHEN OLD.from_on <= {LAST} {_ABORT}",
    )


SQLITE: Final = (
    *_row_guards(DEALS, FIXED),
    f"CREATE TRIGGER {DAY_ADDED} BEFORE INSERT ON {DAYS} WHEN NEW.taken_on <= {LAST} {_ABORT}",
    f"CREATE TRIGGER {DAY_CHANGED} BEFORE UPDATE ON {DAYS} WHEN OLD.is_final {_ABORT}",
    f"CREATE TRIGGER {DAY_REMOVED} BEFORE DELETE ON {DAYS} WHEN OLD.is_final {_ABORT}",
)

# --- putting them in place -----------------------------------------------------------------------------------------


def install(connection: Any) -> None:
    """Put the triggers in place, anew. Inside of a transaction."""
    remove(connection)
    is_server = connection.vendor == "postgresql"
    statements = POSTGRESQL if is_server else SQLITE
    # The migration that first put these in place came before the sums.
    if SUMS in connection.introspection.table_names():
        statements += _span_guards(SUMS, FIXED_SUMS) if is_server else _row_guards(SUMS, FIXED_SUMS)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away. Inside of a transaction."""
    is_server = connection.vendor == "postgresql"
    there = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for name, table in TRIGGERS.items():
            if table in there:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if is_server else ""))


def guards_in_place() -> RunPython:
    """The step of a migration after which the past is safe."""

    def forwards(_apps: Any, schema_editor: Any) -> None:
        install(schema_editor.connection)

    def backwards(_apps: Any, schema_editor: Any) -> None:
        remove(schema_editor.connection)

    return RunPython(forwards, backwards)
