"""What is planned about a record changes: apps above that keep something of it hear so, in the same transaction.

They register by name in ``AppConfig.ready`` and are asked twice: ``hold`` before an activity is locked (a record is
locked before what is about it, so that nobody waits in a circle), ``follow`` after it was written.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

# The content type and the key of a record that something is planned about.
About = tuple[int | None, int | None]
_kept_by: list[str] = []


def keeps_of_plans(module: str) -> None:
    """Name a module with ``hold(records)`` and ``follow(records)``."""
    if module not in _kept_by:
        _kept_by.append(module)


def about(activity: Any) -> About:
    """What it is about."""
    return activity.regarding_type_id, activity.regarding_id


def hold(records: Iterable[About]) -> None:
    """What is planned about these records is going to change."""
    _tell("hold", records)


def follow(records: Iterable[About]) -> None:
    """What is planned about these records has changed."""
    _tell("follow", records)


def rows_moved(images: Iterable[dict[str, Any]]) -> None:
    """Rows left for the recycle bin or came back: activities among them were planned about something."""
    columns = [kept["columns"] for kept in images if kept["type"] == "activities.activity"]
    follow([(row["regarding_type_id"], row["regarding_id"]) for row in columns])


def _tell(what: str, records: Iterable[About]) -> None:
    named = {record for record in records if None not in record}
    for module in _kept_by if named else ():
        import_string(f"{module}.{what}")(named)
