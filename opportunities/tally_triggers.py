"""How the database itself keeps the tally of open deals: triggers that append what every statement changed.

Whatever writes deals (actions, imports, the recycle bin, raw SQL), the sum of all rows of the tally is the sum of all
open deals. Nothing is ever updated there, so no writer waits for another. ``docs/architecture.md`` tells more.
"""

from typing import Any

DEALS, TALLY = "opportunities_opportunity", "opportunities_tally"
COLUMNS = "stage_id, owner_id, team_id, currency_id"
INTO = f"INSERT INTO {TALLY} ({COLUMNS}, deals, amount, percents)"
NAMES = tuple(f"{TALLY}_{event}" for event in ("added", "changed", "removed", "emptied"))
ADDED, CHANGED, REMOVED, EMPTIED = NAMES

# One at a time adds rows up or counts anew.
LOCK = 7_119_405

# --- PostgreSQL: once a statement, so that a thousand deals handed over write a few rows -----------------------

OF_TABLE = f"""SELECT {COLUMNS}, {{sign}}COUNT(*), {{sign}}SUM(estimated_revenue * 10000),
    {{sign}}SUM(estimated_revenue * 10000 * probability) FROM {{table}} WHERE status = 'open' GROUP BY {COLUMNS}"""
FUNCTION = f"""
CREATE OR REPLACE FUNCTION {TALLY}_keep() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {INTO} {OF_TABLE.format(sign="", table="is_now")};
  ELSIF TG_OP = 'DELETE' THEN
    {INTO} {OF_TABLE.format(sign="-", table="was")};
  ELSIF TG_OP = 'UPDATE' THEN
    {INTO} SELECT {COLUMNS}, SUM(deals), SUM(amount), SUM(percents)
    FROM ({OF_TABLE.format(sign="", table="is_now")} UNION ALL {OF_TABLE.format(sign="-", table="was")})
      AS moved ({COLUMNS}, deals, amount, percents)
    GROUP BY {COLUMNS} HAVING SUM(deals) <> 0 OR SUM(amount) <> 0 OR SUM(percents) <> 0;
  ELSE
    DELETE FROM {TALLY};
  END IF;
  RETURN NULL;
END $$
"""
_KEEPS = f"FOR EACH STATEMENT EXECUTE FUNCTION {TALLY}_keep()"
POSTGRESQL = (
    FUNCTION,
    f"CREATE TRIGGER {ADDED} AFTER INSERT ON {DEALS} REFERENCING NEW TABLE AS is_now {_KEEPS}",
    f"CREATE TRIGGER {CHANGED} AFTER UPDATE ON {DEALS}"
    f" REFERENCING OLD TABLE AS was NEW TABLE AS is_now {_KEEPS}",
    f"CREATE TRIGGER {REMOVED} AFTER DELETE ON {DEALS} REFERENCING OLD TABLE AS was {_KEEPS}",
    f"CREATE TRIGGER {EMPTIED} AFTER TRUNCATE ON {DEALS} {_KEEPS}",
)

# --- SQLite: once a row; decimals are floats there, ten-thousandths are whole numbers ---------------------------

_WATCHED = (
    "status", "stage_id", "owner_id", "team_id", "currency_id", "estimated_revenue", "probability",
)  # fmt: skip


def _of_row(row: str, sign: str) -> str:
    keys = ", ".join(f"{row}.{column.strip()}" for column in COLUMNS.split(","))
    amount = f"CAST(ROUND({row}.estimated_revenue * 10000) AS INTEGER)"
    return (
        f"{INTO} SELECT {keys}, {sign}1, {sign}{amount}, {sign}{amount} * {row}.probability"
        f" WHERE {row}.status = 'open';"
    )


_DIFFERS = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _WATCHED)
_ANY = f"EXISTS (SELECT 1 FROM {DEALS})"
SQLITE = (
    f"CREATE TRIGGER {ADDED} AFTER INSERT ON {DEALS} WHEN NEW.status = 'open' BEGIN {_of_row('NEW', '')} END",
    f"CREATE TRIGGER {CHANGED} AFTER UPDATE ON {DEALS}"
    f" WHEN 'open' IN (OLD.status, NEW.status) AND ({_DIFFERS})"
    f" BEGIN {_of_row('OLD', '-')} {_of_row('NEW', '')} END",
    f"CREATE TRIGGER {REMOVED} AFTER DELETE ON {DEALS} WHEN OLD.status = 'open' AND {_ANY}"
    f" BEGIN {_of_row('OLD', '-')} END",
    # No deals, no sums: whichever of the two tables somebody empties first.
    f"CREATE TRIGGER {EMPTIED} AFTER DELETE ON {DEALS} WHEN NOT {_ANY} BEGIN DELETE FROM {TALLY}; END",
)


# --- putting them in place ------------------------------------------------------------------------------------


def install(connection: Any) -> None:
    """Put the triggers in place, anew, and count what is there. Inside of a transaction."""
    is_server = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {DEALS}" if is_server else ""))
        for statement in POSTGRESQL if is_server else SQLITE:
            cursor.execute(statement)
    recount(connection)


def remove(connection: Any) -> None:
    """Take the triggers away. Inside of a transaction."""
    is_server = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {DEALS}" if is_server else ""))
        if is_server:
            cursor.execute(f"DROP FUNCTION IF EXISTS {TALLY}_keep()")


def recount(connection: Any) -> None:
    """Count all deals anew; nobody writes deals meanwhile. Inside of a transaction."""
    is_server = connection.vendor == "postgresql"
    amount = "estimated_revenue * 10000" if is_server else "CAST(ROUND(estimated_revenue * 10000) AS INTEGER)"
    with connection.cursor() as cursor:
        if is_server:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute(f"LOCK TABLE {DEALS} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {TALLY}")
        cursor.execute(
            f"{INTO} SELECT {COLUMNS}, COUNT(*), SUM({amount}), SUM({amount} * probability)"
            f" FROM {DEALS} WHERE status = 'open' GROUP BY {COLUMNS}"
        )


def are_missing(connection: Any) -> bool:
    """Whether both tables exist, and not all triggers do."""
    tables, triggers = _MISSING_ON[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(tables, [DEALS, TALLY])
        if cursor.fetchone()[0] < 2:
            return False
        cursor.execute(triggers, list(NAMES))
        return bool(cursor.fetchone()[0] < len(NAMES))


_MISSING_ON = {
    "postgresql": (
        "SELECT COUNT(to_regclass(name)) FROM (VALUES (%s), (%s)) AS wanted (name)",
        "SELECT COUNT(*) FROM pg_trigger WHERE tgname IN (%s, %s, %s, %s)",
    ),
    "sqlite": (
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN (%s, %s)",
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s, %s)",
    ),
}
