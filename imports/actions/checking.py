"""Trying every row of an import without writing any: what each would do, and what is wrong with it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from duplicates.values import keys_of
from imports.actions.dispatch import judge
from imports.actions.writing import note_findings
from imports.engine.drafts import draft_of
from imports.engine.planning import CREATES, FAILS, Plan, read_chunk
from imports.engine.seen import SeenRows
from imports.engine.work import CHUNK, Work
from imports.kinds import KINDS
from imports.models import Finding, ImportRun
from imports.reading import Row, read_rows
from kernel import jobs
from kernel.customfields.definitions import piece_of_work
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.models import Job
from kernel.writing import locked
from people.access import require
from people.models import User

GROUPS = 20  # orders at once: each is an action of its own
MOST_FINDINGS = 5000  # of each sort, for people to look at; all of them are counted


@transaction.atomic
def check_import(run: ImportRun, *, by: User) -> ImportRun:
    """Have every row tried in the background."""
    run = locked(run)
    advance(run.prepare, by=by)
    require(by, "import", KINDS[run.kind].model)
    run.checked_as = ""
    run.job = jobs.start(
        "imports.check", by=by, title=_("Check %(file)s") % {"file": run.file_name}, arguments={"run": run.pk},
        total=run.source.get("rows"), leads_to=f"{run.get_absolute_url()}check/",
    )  # fmt: skip
    run.version += 1
    run.save()
    return run


def fingerprint(run: ImportRun) -> str:
    """What a check holds for: the same columns, choices and file."""
    said = [run.kind, run.columns, run.fixed, run.options, run.source, run.header]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def work_of(job: Job) -> Work:
    """The import that a job is about, for who asked for it."""
    run = ImportRun.objects.select_related("file", "rows_file", "owner", "team").get(pk=job.arguments["run"])
    return Work(run, job.asked_by, KINDS[run.kind])


def rows_of(work: Work) -> IO[bytes]:
    """The file with the rows, opened anew."""
    stored = work.run.rows_file or work.run.file
    if stored is None:
        raise DomainError(_("The file is no longer kept."), code="file_gone")
    opened: IO[bytes] = stored.content.storage.open(stored.content.name, "rb")  # each time a file of its own
    return opened


def chunks(work: Work, file: IO[bytes], position: dict[str, Any]) -> Iterator[list[Row]]:
    """The rows from where the job got to, by the chunk; rows that hang together come together."""
    if work.kind.grouped_by:
        yield from grouped_chunks(work, file, int(position.get("group", 0)))
        return
    offset = int(position.get("offset", work.run.header_offset))
    number = int(position.get("row", work.run.header_row))
    rows = read_rows(file, work.dialect, offset=offset, number=number)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def grouped_chunks(work: Work, file: IO[bytes], done: int) -> Iterator[list[Row]]:
    """Whole orders, wherever in the file their rows stand, in the order of their first rows."""
    at = next((column.index for column in work.columns if column.field.name == work.kind.grouped_by), -1)
    groups: dict[str, list[Row]] = {}
    for row in read_rows(file, work.dialect, offset=work.run.header_offset, number=work.run.header_row):
        cells = work.cells_of(row)
        key = cells[at].strip() if 0 <= at < len(cells) else ""
        groups.setdefault(key or f"\0{row.number}", []).append(row)
    several = list(groups.values())[done:]
    for start in range(0, len(several), GROUPS):
        yield [row for group in several[start : start + GROUPS] for row in group]


def place_after(work: Work, chunk: list[Row], position: dict[str, Any]) -> dict[str, int]:
    """Where reading goes on after these rows."""
    if work.kind.grouped_by:
        return {"group": int(position.get("group", 0)) + GROUPS}
    return {"offset": chunk[-1].end, "row": chunk[-1].number}


def seen_so_far(work: Work, file: IO[bytes], position: dict[str, Any]) -> SeenRows:
    """What the check has gone over before this turn, in short."""
    again = rows_of(work)

    def keys_of_row(offset: int) -> tuple[int, Any] | None:
        row = next(read_rows(again, work.dialect, offset=offset, number=0), None)
        plan = read_chunk(work, [row])[0] if row is not None else None
        if plan is None or plan.does == FAILS:
            return None
        return plan.number, keys_of(draft_of(work, plan).match_values(), region=work.region)

    seen = SeenRows(keys_of_row)
    if (end := int(position.get("offset", 0))) and not work.kind.grouped_by:
        for chunk in chunks(work, file, {}):
            before = [row for row in chunk if row.offset < end]
            plans = read_chunk(work, before)
            for plan in plans:
                if plan.does != FAILS and work.kind.has_duplicates:
                    plan.keys = keys_of(draft_of(work, plan).match_values(), region=work.region)
            see(work, seen, plans)
            if len(before) < len(chunk):
                break
    return seen


def see(work: Work, seen: SeenRows, plans: list[Plan]) -> None:
    for plan in plans:
        if plan.does == CREATES and not work.kind.grouped_by:
            key = str(plan.values.get(work.key, "")).casefold() if work.key else ""
            seen.add(plan.number, plan.offset, plan.row_hash, plan.keys, key)


def check_rows(job: Job) -> Iterator[None]:
    """The job: chunk by chunk until the file ends."""
    work = work_of(job)
    with rows_of(work) as file:
        with piece_of_work():
            seen = seen_so_far(work, file, job.position)
        for chunk in chunks(work, file, job.position):
            with piece_of_work():
                check_chunk(job, work, chunk, seen)
            yield
    conclude(job, work)


@transaction.atomic
def check_chunk(job: Job, work: Work, chunk: list[Row], seen: SeenRows) -> None:
    """Try the rows of a chunk and note what is to be said about them."""
    if not job.position:
        Finding.objects.filter(run=work.run).delete()
    plans = read_chunk(work, chunk)
    judge(work, plans, seen)
    see(work, seen, plans)
    counts: dict[str, int] = {**job.outcome}
    noted = [plan for plan in plans if plan.does == FAILS or plan.why]
    for plan in plans:
        counts[plan.does] = counts.get(plan.does, 0) + 1
        if plan.why and plan.does != FAILS:
            counts["duplicates"] = counts.get("duplicates", 0) + 1
    counts["rows"] = counts.get("rows", 0) + len(plans)
    if counts.get("noted", 0) < MOST_FINDINGS:
        counts["noted"] = counts.get("noted", 0) + note_findings(
            work, noted, Finding.What.ERROR, Finding.What.DUPLICATE
        )
    job.reached(place_after(work, chunk, job.position), done=counts["rows"], outcome=counts)


@transaction.atomic
def conclude(job: Job, work: Work) -> None:
    """The check holds, unless something was changed meanwhile."""
    run = ImportRun.objects.select_for_update().get(pk=work.run.pk)
    if fingerprint(run) == fingerprint(work.run) and run.job_id == job.pk:
        run.checked_as, run.counts = fingerprint(run), job.outcome
        run.save(update_fields=["checked_as", "counts"])


# --- one row again --------------------------------------------------------------------------------------------


@transaction.atomic
def recheck_row(run: ImportRun, *, by: User, row: int, offset: int) -> ImportRun:
    """Try one row again after a cell of it was put right; the rest of the check holds on."""
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file", "rows_file").get(pk=run.pk)
    work = Work(run, by, KINDS[run.kind])
    if work.kind.grouped_by:
        return check_import(run, by=by)  # one row decides about the whole order
    with rows_of(work) as file:
        again = next(read_rows(file, work.dialect, offset=offset, number=row - 1), None)
    if again is None:
        return run
    old = Finding.objects.filter(run=run, row=row, what__in=(Finding.What.ERROR, Finding.What.DUPLICATE))
    before = "duplicate" if old.filter(what="duplicate").exists() else FAILS
    old.delete()
    plans = read_chunk(work, [again])
    judge(work, plans)
    note_findings(work, plans, Finding.What.ERROR, Finding.What.DUPLICATE)
    with suppress(KeyError):
        run.counts[FAILS if before == FAILS else "skipped"] -= 1
    run.counts[plans[0].does] = run.counts.get(plans[0].does, 0) + 1
    run.save(update_fields=["counts"])
    return run
