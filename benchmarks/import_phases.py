"""The phases of an import, each measured; run by ``benchmarks.imports`` once Django is set up."""

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command

from benchmarks.imports import phase, resident
from imports import actions, runners  # noqa: F401 - the runners make themselves known
from imports.kinds import KINDS
from kernel import jobs
from people.models import Role, Team, User
from tests.imports.people import as_csv, leads


def everything(rows: int) -> None:
    """Bring, check, run, check and run again, undo."""
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
