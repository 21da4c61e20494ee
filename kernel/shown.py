"""What several parts of one page ask about a record is found once; actions always ask the database themselves."""

from collections.abc import Callable
from typing import Any


def show(record: Any, **facts: Any) -> None:
    """From here on the record is only shown: what is asked of it may be answered from what was found before."""
    record.__dict__["_shown"] = facts


def found_once(record: Any, name: str, find: Callable[[], Any]) -> Any:
    """The fact of that name: found anew each time, or once where the record is only shown."""
    facts = record.__dict__.get("_shown")
    if facts is None:
        return find()
    if name not in facts:
        facts[name] = find()
    return facts[name]
