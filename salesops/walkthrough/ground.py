"""Where the walkthrough plays when it has no installation to play in: everything in one directory that goes away.

Imported by manage.py before there are settings, and therefore knows no Django.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MARK = "SALESOPS_WALKTHROUGH"
FOREIGN = ("REDIS_URL", "CACHE_URL", "SALESOPS_SECRET_KEYS", "SALESOPS_ERP_NETWORKS", "SALESOPS_TIME_SCALE")


@contextmanager
def own_ground(arguments: Sequence[str]) -> Iterator[None]:
    """Give the walkthrough settings of its own, whatever the environment says; other commands notice nothing."""
    if arguments[1:2] != ["walkthrough"]:
        yield
        return
    place = Path(tempfile.mkdtemp(prefix="salesops-walkthrough-"))
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ |= {
        MARK: str(place),
        "DEBUG": "1",
        "HTTPS": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": f"sqlite:///{place / 'walkthrough.sqlite3'}",
        "SALESOPS_ALLOW_LOCAL_ERP": "1",
        "LOG_LEVEL": "ERROR",
    }
    try:
        yield
    finally:
        shutil.rmtree(place, ignore_errors=True)


def place() -> Path | None:
    """The directory of this walkthrough; nothing when somebody calls it in an installation."""
    return Path(os.environ[MARK]) if os.environ.get(MARK) else None
