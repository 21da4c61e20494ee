"""What tests of pages share."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def queries(act: Callable[[], Any]) -> list[str]:
    """The statements that ``act`` sends to the database, without those that only begin and end transactions."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return [one["sql"] for one in seen.captured_queries if not one["sql"].startswith(BOOKKEEPING)]
