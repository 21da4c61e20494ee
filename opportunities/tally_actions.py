"""What is done to the tally of open deals as a whole: put its triggers in place, add rows up, count anew."""

from typing import Any

from django.db import connection, connections, transaction

from opportunities import tally_triggers
from opportunities.tally_triggers import COLUMNS, INTO, LOCK, TALLY

KEY = "stage_id, COALESCE(owner_id, 0), COALESCE(team_id, 0), currency_id"
EMPTY = "deals = 0 AND amount = 0 AND percents = 0"
# What others are adding meanwhile is not seen and stays; what they hold is left for the next time. One statement: a
# reader sees the rows or their sum, never both and never neither.
ADD_UP = f"""
WITH crowded AS (
  SELECT {KEY} FROM {TALLY} GROUP BY {KEY} HAVING COUNT(*) > 1
), mine AS MATERIALIZED (
  SELECT id FROM {TALLY} WHERE ({KEY}) IN (SELECT * FROM crowded) FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM {TALLY} WHERE id IN (SELECT id FROM mine) RETURNING {COLUMNS}, deals, amount, percents
), added AS (
  {INTO} SELECT {COLUMNS}, SUM(deals), SUM(amount), SUM(percents) FROM gone GROUP BY {COLUMNS}
  HAVING SUM(deals) <> 0 OR SUM(amount) <> 0 OR SUM(percents) <> 0 RETURNING 1
)
SELECT (SELECT COUNT(*) FROM gone) - (SELECT COUNT(*) FROM added)
"""


@transaction.atomic
def compact() -> int:
    """Add up the rows of each stage, owner, team and currency; answers how many rows that saved."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return _compact_embedded(cursor)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(ADD_UP)
        return int(cursor.fetchone()[0])


def _compact_embedded(cursor: Any) -> int:
    """The same where there is one writer at a time anyway."""
    cursor.execute(f"SELECT COALESCE(MAX(id), 0), COUNT(*) FROM {TALLY}")
    newest, before = cursor.fetchone()
    cursor.execute(
        f"{INTO} SELECT {COLUMNS}, SUM(deals), SUM(amount), SUM(percents) FROM {TALLY}"
        f" GROUP BY {COLUMNS} HAVING COUNT(*) > 1"
    )
    cursor.execute(
        f"DELETE FROM {TALLY} WHERE id <= %s"
        f" AND ({KEY}) IN (SELECT {KEY} FROM {TALLY} WHERE id > %s) OR {EMPTY}",
        [newest, newest],
    )
    cursor.execute(f"SELECT COUNT(*) FROM {TALLY}")
    return int(before - cursor.fetchone()[0])


@transaction.atomic
def recount() -> None:
    """Count all open deals anew, while nobody writes any."""
    tally_triggers.recount(connection)


def ensure_triggers(using: str, **_signal: Any) -> None:
    """After migrating: a database that was made without migrations, or whose table was made anew, counts too."""
    if tally_triggers.are_missing(connections[using]):
        with transaction.atomic(using=using):
            tally_triggers.install(connections[using])
