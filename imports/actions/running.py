"""Running an import: chunk by chunk, each one transaction; and stopping it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.actions.checking import chunks, fingerprint, place_after, rows_of, work_of
from imports.actions.dispatch import judge, write
from imports.engine.planning import read_chunk
from imports.engine.work import Work
from imports.kinds import KINDS
from imports.models import Finding, ImportRun
from imports.reading import Row
from kernel import history, jobs
from kernel.customfields.definitions import piece_of_work
from kernel.errors import TransitionRefused
from kernel.lifecycle import advance
from kernel.models import Job
from kernel.writing import locked
from people.access import require
from people.models import User

UNDO_FOR = timedelta(days=7)


@transaction.atomic
def run_import(run: ImportRun, *, by: User) -> ImportRun:
    """Have every sound row written in the background; one that was stopped goes on where it stopped."""
    run = locked(run)
    require(by, "import", KINDS[run.kind].model)
    if run.checked_as and run.checked_as != fingerprint(run):
        run.checked_as = ""
    before, position = run.status, dict(run.outcome.get("position", {}))
    advance(run.start, by=by)
    if not position:
        Finding.objects.filter(run=run).delete()
    run.job = jobs.start(
        "imports.run", by=by, title=_("Import %(file)s") % {"file": run.file_name},
        arguments={"run": run.pk, "counts": run.outcome.get("counts", {})}, total=run.source.get("rows"),
        leads_to=run.get_absolute_url(),
    )  # fmt: skip
    Job.objects.filter(pk=run.job.pk).update(position=position)
    run.version += 1
    run.save()
    history.record(run, "started", by=by, from_status=before)
    return run


def run_rows(job: Job) -> Iterator[None]:
    """The job: chunk by chunk until the file ends."""
    work = work_of(job)
    with rows_of(work) as file:
        for chunk in chunks(work, file, job.position):
            with piece_of_work():
                run_chunk(job, work, chunk)
            yield
    finish(job, work)


@transaction.atomic
def run_chunk(job: Job, work: Work, chunk: list[Row]) -> None:
    """Write the rows of a chunk; should the worker die here, none of them was written."""
    work.now = timezone.now()
    plans = read_chunk(work, chunk)
    judge(work, plans)
    counts = dict(job.outcome or job.arguments.get("counts", {}))
    for name, count in write(work, plans).items():
        counts[name] = counts.get(name, 0) + count
    counts["rows"] = counts.get("rows", 0) + len(plans)
    position = place_after(work, chunk, job.position)
    ImportRun.objects.filter(pk=work.run.pk).update(outcome={"counts": counts, "position": position})
    job.reached(position, done=counts["rows"], outcome=counts)


@transaction.atomic
def finish(job: Job, work: Work) -> None:
    """Every row was dealt with: from now on the import can be undone for a week."""
    run = ImportRun.objects.select_for_update().get(pk=work.run.pk)
    if run.status == ImportRun.Status.RUNNING:
        advance(run.finish, by=job.asked_by)
        end(run, job)


def end(run: ImportRun, job: Job) -> None:
    """Write down when it ended and how."""
    run.finished_at = timezone.now()
    run.undo_until = run.finished_at + UNDO_FOR
    run.version += 1
    run.save()
    counts: dict[str, Any] = run.outcome.get("counts", {})
    told = ", ".join(
        f"{name} {counts[name]}" for name in ("created", "updated", "skipped", "failed") if counts.get(name)
    )
    history.record(run, run.status, by=job.asked_by, note=told)


@transaction.atomic
def note_the_end(job: Job) -> None:
    """A job that did not come to its end leaves its import stopped, ready to go on or to be undone."""
    run = ImportRun.objects.select_for_update().filter(pk=job.arguments.get("run")).first()
    if (
        run is None
        or run.job_id != job.pk
        or run.status not in (ImportRun.Status.RUNNING, ImportRun.Status.UNDOING)
    ):
        return
    advance(run.stop, by=job.asked_by)
    end(run, job)


@transaction.atomic
def cancel_import(run: ImportRun, *, by: User) -> ImportRun:
    """Stop what works on it at its next safe point; what is written stays, and can be undone."""
    run = locked(run)
    require(by, "run", run)
    if run.job is None or run.job.is_over:
        raise TransitionRefused(run, [], step="cancel")
    jobs.cancel(run.job)
    run.job.refresh_from_db()
    if run.job.is_over:
        note_the_end(run.job)
    return ImportRun.objects.select_related("job").get(pk=run.pk)


@transaction.atomic
def delete_import(run: ImportRun, *, by: User) -> None:
    """Throw an import away that was never run."""
    run = locked(run)
    require(by, "delete", run)
    advance(run.prepare, by=by)
    files = [run.file, run.rows_file]
    run.delete()
    for stored in files:
        if stored is not None:
            expire(stored)


def expire(stored: Any) -> None:
    """Let the tidying up take the bytes; a transaction that is rolled back must find them still there."""
    stored.expires_at = timezone.now()
    stored.save(update_fields=["expires_at"])
