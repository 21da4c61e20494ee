"""How many statements a call sends, from the database's own statistics."""

from collections.abc import Callable
from typing import Any

import psycopg2

# Nobody sent them, or they are no work on data: the foreign keys that PostgreSQL checks at commit, transactions,
# settings, and our own look at the statistics.
LEFT_OUT = r"FROM ONLY|^\s*(BEGIN|COMMIT|ROLLBACK|SET|SHOW|START)|pg_stat_statements"
QUESTION = """
    SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query !~* %s
"""


class Statements:
    """Counts over a connection of its own; without pg_stat_statements there is no count, and none is made up."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True
        self.can_count = True
        try:
            self._execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            self.count()
        except psycopg2.Error as error:
            print(f"bench: statements are not counted: {str(error).splitlines()[0]}", flush=True)
            self.can_count = False

    def _execute(self, statement: str, *params: Any) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchone() if cursor.description else None

    def count(self) -> int:
        return int(self._execute(QUESTION, LEFT_OUT)[0])

    def sent_by(self, call: Callable[[], Any]) -> int | None:
        """Makes the call and says how many statements reached the database meanwhile."""
        before = self.count() if self.can_count else 0
        call()
        return self.count() - before if self.can_count else None
