"""The results for people, and for machines."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.measure import Result

HEAD = f"{'row':<34}{'floor ms':>9}{'ours ms':>9}{'p95':>8}{'ratio':>8}{'target':>8}{'SQL':>5}{'most':>6}{'CPU ms':>8}"
PACKAGES = ("Django", "djangorestframework", "psycopg2-binary", "gunicorn", "Jinja2")


def line(result: Result) -> str:
    """One row of the table."""
    if result.missing:
        return f"{result.name:<34}  missing: {result.missing}"
    ours, floor, targets = result.ours, result.floor, result.targets
    figures = f"{floor['median_ms']:>9.2f}{ours['median_ms']:>9.2f}{ours['p95_ms']:>8.1f}{result.ratio:>8.2f}"
    queries = "-" if ours["queries"] is None else str(ours["queries"])
    most = f"+{targets['extra_queries']}" if "extra_queries" in targets else targets.get("queries", "")
    limits = f"{_target(targets):>8}{queries:>5}{most:>6}"
    return f"{result.name:<34}{figures}{limits}{ours['cpu_ms']:>8.2f}  {'; '.join(result.misses) or 'ok'}"


def _target(targets: dict[str, float]) -> str:
    if "ratio" in targets:
        return f"{targets['ratio']:g}"
    if "cpu_ms" in targets:
        return f"{targets['cpu_ms']:g}cpu"
    return f"{targets['milliseconds']:g}ms" if "milliseconds" in targets else ""


def closing(results: Sequence[Result]) -> tuple[str, int]:
    """The verdict and the exit status: 0 every target holds, 1 some are missed, 2 some could not be measured."""
    missed = [result.name for result in results if result.misses]
    missing = [result.name for result in results if result.missing]
    words = f"{len(results)} rows, {len(results) - len(missed) - len(missing)} within their targets"
    if missed:
        words += f"; missed: {', '.join(missed)}"
    if missing:
        words += f"; not measured: {', '.join(missing)}"
    return words, 2 if missing else 1 if missed else 0


def write(path: Path, results: Sequence[Result], about: dict[str, Any]) -> None:
    path.write_text(json.dumps({**about, "rows": [result.as_json() for result in results]}, indent=1) + "\n")


def surroundings(size: int) -> dict[str, Any]:
    """On what it was measured: the figures mean nothing without."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), current_setting('fsync')")
        database, fsync = cursor.fetchone()
    git = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "at": timezone.now().isoformat(timespec="seconds"),
        "commit": git.stdout.strip(),
        "size": size,
        "python": platform.python_version(),
        "database": database,
        "fsync": fsync,
        "packages": {name: version(name) for name in PACKAGES},
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "load_average": os.getloadavg(),
    }
