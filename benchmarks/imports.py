"""How fast a list of leads is checked, imported and undone, and how much memory that takes.

    python -m benchmarks.imports [--rows 100000] [--sqlite] [--profile]

Every phase is done by the jobs themselves, in this process; rows a second are rows over wall time and, because the machine
is shared, over the processor time of this process too.
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
from pathlib import Path
from typing import Any

import django

from benchmarks.__main__ import DURABLE
from tests.imports.people import as_csv, leads
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
    with postgres(**{name: value for name, value in DURABLE.items() if name != "shared_preload_libraries"}) as url:
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


def everything(rows: int) -> None:
    from django.core.files.uploadedfile import TemporaryUploadedFile
    from django.core.management import call_command

    from imports import actions, runners  # noqa: F401
    from imports.kinds import KINDS
    from kernel import jobs
    from people.models import Role, Team, User

    call_command("migrate", verbosity=0)
    boss = User.objects.create(username="boss", role=Role.ADMINISTRATOR, team=Team.objects.create(name="All"))

    def done(run: Any) -> Any:
        while jobs.run(str(run.job.public_id)):
            pass
        run = type(run).objects.select_related("job").get(pk=run.pk)
        assert run.job.state == "done", run.job.error
        return run

    def brought() -> Any:
        upload = TemporaryUploadedFile("list.csv", "text/csv", 0, "utf-8")
        for start in range(0, rows, 10_000):
            part = as_csv(leads(min(10_000, rows - start), seed=start + 1, first=start))
            upload.write(part if start == 0 else part.partition(b"\n")[2])
        upload.size = upload.tell()
        return upload

    upload = brought()
    print(f"{rows:,} rows, {upload.size >> 20} MB, idle {resident() // 1024} MB")
    run = phase("look over", rows, lambda: actions.bring_file(KINDS["leads"], upload, by=boss))
    run = actions.match_columns(run, by=boss, columns=run.columns)
    run = phase("check", rows, lambda: done(actions.check_import(run, by=boss)))
    print("            ", run.counts)
    run = phase("run", rows, lambda: done(actions.run_import(run, by=boss)))
    print("            ", run.outcome["counts"])
    second = actions.bring_file(KINDS["leads"], upload, by=boss)
    second = actions.match_columns(second, by=boss, columns=second.columns)
    second = phase("check again", rows, lambda: done(actions.check_import(second, by=boss)))
    second = phase("run again", rows, lambda: done(actions.run_import(second, by=boss)))
    print("            ", second.outcome["counts"])
    phase("undo", rows, lambda: done(actions.undo_import(run, by=boss)))


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
        everything(asked.rows)
        if asked.profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        from django.db import connection

        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
