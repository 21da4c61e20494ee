"""An import from beginning to end, as tests need it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from imports import actions, runners  # noqa: F401 - the runners make themselves known
from imports.kinds import KINDS
from imports.models import ImportRun
from kernel import jobs


def bring(content, *, by, kind="leads", name="list.csv"):
    """Bring a file."""
    return actions.bring_file(KINDS[kind], SimpleUploadedFile(name, content), by=by)


def work(run):
    """Do the job of an import to its end, as a worker would."""
    run = ImportRun.objects.select_related("job").get(pk=run.pk)
    while jobs.run(str(run.job.public_id)):
        pass
    run.job.refresh_from_db()
    assert run.job.error == ""
    return ImportRun.objects.select_related("job").get(pk=run.pk)


def check(run, *, by, **said):
    """Match as guessed, unless said otherwise, and check."""
    columns = said.pop("columns", run.columns)
    run = actions.match_columns(run, by=by, columns=columns, **said)
    return work(actions.check_import(run, by=by))


def imported(content, *, by, **said):
    """Bring, match, check and run."""
    named = {name: said.pop(name) for name in ("kind", "name") if name in said}
    run = check(bring(content, by=by, **named), by=by, **said)
    return work(actions.run_import(run, by=by))


def undone(run, *, by, **said):
    return work(actions.undo_import(run, by=by, **said))


def findings(run, what):
    """What was found, as (row, field or code, text)."""
    return [
        (one.row, one.field or one.code, one.text)
        for one in run.findings.filter(what=what).order_by("row", "id")
    ]
