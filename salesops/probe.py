"""What a container's health check runs: `python -m salesops.probe web`, or worker, or scheduler."""

import os
import socket
import sys
import time
import urllib.request
from pathlib import Path

from salesops.celery import app

# beat writes its memory to the file whenever something was due, which is every few seconds.
SCHEDULER_SILENCE = 240


def web() -> bool:
    """The pages answer and so does their database."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    request = urllib.request.Request("http://127.0.0.1:8000/health/ready", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=4) as answer:
        return answer.status == 200


def worker() -> bool:
    """The worker of this very container answers over the broker."""
    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=10))


def scheduler() -> bool:
    """The clock has ticked lately."""
    written = Path(app.conf.beat_schedule_filename).stat().st_mtime
    return time.time() - written < SCHEDULER_SILENCE


PROBES = {"web": web, "worker": worker, "scheduler": scheduler}

if __name__ == "__main__":
    try:
        sys.exit(0 if PROBES[sys.argv[1]]() else 1)
    except OSError as broken:
        sys.exit(f"unhealthy: {broken}")
