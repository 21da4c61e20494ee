"""What was cannot be changed: triggers by which the database itself refuses to touch pictures of days that are over.

Rows of ``DealAsOf`` are added and ended, never otherwise changed, and nothing that a final snapshot is told by is
added, ended, changed or deleted afterwards. On SQLite a migration that alters one of the two tables makes it anew
without its triggers: such a migration ends with ``guards_in_place()``.
"""

from typing import Any, Final

from django.db.migrations import RunPython

DEALS, DAYS = "forecasts_dealasof", "forecasts_snapshot"
FIXED: Final = (
    "id", "from_on", "opportunity_id", "number", "name", "owner_id", "team_id", "stage_id", "status", "forecast",
    "amount", "currency", "rate", "probability", "close_on",
)  # fmt: skip
WHY: Final = "what was cannot be changed"
LAST: Final = f"(SELECT taken_on FROM {DAYS} WHERE is_final ORDER BY taken_on DESC LIMIT 1)"
TRIGGERS: Final = {
    f"{DEALS}_facts": DEALS,
    f"{DEALS}_added": DEALS,
    f"{DEALS}_ended": DEALS,
    f"{DEALS}_removed": DEALS,
    f"{DAYS}_added": DAYS,
    f"{DAYS}_changed": DAYS,
    f"{DAYS}_removed": DAYS,
}
FACTS, ADDED, ENDED, REMOVED, DAY_ADDED, DAY_CHANGED, DAY_REMOVED = TRIGGERS

# --- PostgreSQL: what many rows are asked is asked once a statement ---------------------------------------------

_OLD = ", ".join(f"OLD.{name}" for name in FIXED)
_NEW = ", ".join(f"NEW.{name}" for name in FIXED)
_RAISE = f"RAISE EXCEPTION '{WHY}' USING ERRCODE = 'integrity_constraint_violation'"
_HEAD = "RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$"
_REFUSE = f"FOR EACH ROW WHEN ({{when}}) EXECUTE FUNCTION {DEALS}_refuse()"
_ASK = f"FOR EACH STATEMENT EXECUTE FUNCTION {DEALS}_keep()"
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
    f"CREATE TRIGGER {FACTS} BEFORE UPDATE ON {DEALS} "
    + _REFUSE.format(when=f"({_OLD}) IS DISTINCT FROM ({_NEW})"),
    f"CREATE TRIGGER {ADDED} AFTER INSERT ON {DEALS} REFERENCING NEW TABLE AS is_now {_ASK}",
    f"CREATE TRIGGER {ENDED} AFTER UPDATE ON {DEALS} REFERENCING OLD TABLE AS was NEW TABLE AS is_now {_ASK}",
    f"CREATE TRIGGER {REMOVED} AFTER DELETE ON {DEALS} REFERENCING OLD TABLE AS was {_ASK}",
    f"CREATE TRIGGER {DAY_ADDED} BEFORE INSERT ON {DAYS} FOR EACH ROW EXECUTE FUNCTION {DAYS}_keep()",
    f"CREATE TRIGGER {DAY_CHANGED} BEFORE UPDATE ON {DAYS} {_REFUSE.format(when='OLD.is_final')}",
    f"CREATE TRIGGER {DAY_REMOVED} BEFORE DELETE ON {DAYS} {_REFUSE.format(when='OLD.is_final')}",
)

# --- SQLite: row by row ------------------------------------------------------------------------------------------

_ABORT = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
_DIFFERS = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in FIXED)
SQLITE: Final = (
    f"CREATE TRIGGER {FACTS} BEFORE UPDATE ON {DEALS} WHEN {_DIFFERS} {_ABORT}",
    f"CREATE TRIGGER {ADDED} BEFORE INSERT ON {DEALS} WHEN NEW.from_on <= {LAST} {_ABORT}",
    f"CREATE TRIGGER {ENDED} BEFORE UPDATE ON {DEALS}"
    f" WHEN OLD.until_on <= {LAST} OR NEW.until_on <= {LAST} {_ABORT}",
    f"CREATE TRIGGER {REMOVED} BEFORE DELETE ON {DEALS} WHEN OLD.from_on <= {LAST} {_ABORT}",
    f"CREATE TRIGGER {DAY_ADDED} BEFORE INSERT ON {DAYS} WHEN NEW.taken_on <= {LAST} {_ABORT}",
    f"CREATE TRIGGER {DAY_CHANGED} BEFORE UPDATE ON {DAYS} WHEN OLD.is_final {_ABORT}",
    f"CREATE TRIGGER {DAY_REMOVED} BEFORE DELETE ON {DAYS} WHEN OLD.is_final {_ABORT}",
)

# --- putting them in place -----------------------------------------------------------------------------------------


def install(connection: Any) -> None:
    """Put the triggers in place, anew. Inside of a transaction."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away. Inside of a transaction."""
    is_server = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, table in TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if is_server else ""))


def guards_in_place() -> RunPython:
    """The step of a migration after which the past is safe."""

    def forwards(_apps: Any, schema_editor: Any) -> None:
        install(schema_editor.connection)

    def backwards(_apps: Any, schema_editor: Any) -> None:
        remove(schema_editor.connection)

    return RunPython(forwards, backwards)
