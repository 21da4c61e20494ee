"""How fast a list of leads is checked, imported and undone, and how much memory that takes.

    python -m benchmarks.imports [--rows 100000] [--sqlite] [--profile]

Every phase is done by the jobs themselves, in this process; rows a second are rows over wall time and, because the
machine is shared, over the processor time of this process too.
"""

import argparse
import contextlib
import cProfile
import os
import pstats
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.db import connection

from benchmarks.__main__ import DURABLE
from tests.servers import postgres


def resident() -> int:
    """Kilobytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


@contextlib.contextmanager
def database(*, sqlite: bool) -> Iterator[str]:
    """A throwaway database."""
    if sqlite:
        with tempfile.TemporaryDirectory() as place:
            yield f"sqlite:///{place}/bench.sqlite3"
        return
    with postgres(
        **{name: value for name, value in DURABLE.items() if name != "shared_preload_libraries"}
    ) as url:
        yield url


def phase(name: str, rows: int, act: Any) -> Any:
    """Do it, and say how fast it was."""
    wall, cpu, before = time.monotonic(), time.process_time(), resident()
    result = act()
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{name:<12}{rows / wall:>10,.0f} rows/s {rows / cpu:>10,.0f} rows/s of cpu {wall:>8.1f} s"
        f"   memory {before // 1024} -> {resident() // 1024} MB, highest {peak // 1024} MB",
        flush=True,
    )
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    with database(sqlite=asked.sqlite) as url, tempfile.TemporaryDirectory() as media:
        os.environ |= {
            "DATABASE_URL": url, "SECRET_KEY": secrets.token_hex(32), "HTTPS": "0", "MEDIA_ROOT": media,
            "DJANGO_SETTINGS_MODULE": "salesops.settings",
        }  # fmt: skip
        django.setup()
        profile = cProfile.Profile()
        if asked.profile:
            profile.enable()
        import_module("benchmarks.import_phases").everything(asked.rows)
        if asked.profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
