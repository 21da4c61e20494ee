"""The pages of an import: four steps, each with an address of its own, to be left and come back to at any time."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from imports import actions
from imports.kinds import KINDS, Kind, kind_named
from imports.models import ImportRun
from imports.reading import LARGEST_FILE
from imports.results import RESULTS, result_file, template_file
from imports.selectors import (
    columns_shown,
    fields_of,
    findings_shown,
    fixable,
    kinds_for,
    runs_of,
    told_counts,
)
from imports.tables import ImportTable
from kernel import history
from kernel.errors import DomainError
from kernel.http import HtmxRequest, page
from kernel.writing import stated_version, whole_number
from people.access import may, most_import_rows, require

STOP_POLLING = 286
ENCODINGS = (
    ("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("iso-8859-15", "ISO 8859-15"), ("iso-8859-2", "ISO 8859-2"),
    ("cp1250", "Windows-1250"), ("cp1251", "Windows-1251"), ("cp437", "DOS 437"), ("mac-roman", "Mac Roman"),
)  # fmt: skip
SIGNS = (
    (",", gettext_lazy("comma")),
    (";", gettext_lazy("semicolon")),
    ("\t", gettext_lazy("tabulator")),
    ("|", "|"),
)


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """What was imported, and what can be."""
    kinds = kinds_for(request.user)
    if not kinds:
        raise PermissionDenied(_("You may not import."))
    runs = ImportTable.page(request, runs_of(request.user))
    return page(request, "imports/list.html", {"imports": runs, "kinds": kinds})


def new(request: HtmxRequest, records: str) -> HttpResponse:
    """Step 1: bring a file."""
    wanted = allowed_kind(request, records)
    refusal = None
    if request.method == "POST":
        if (upload := request.FILES.get("file")) is None:
            refusal = DomainError(_("Choose a file."), code="no_file", field="file")
        else:
            try:
                return redirect(
                    "imports:match", actions.bring_file(wanted, upload, by=request.user).public_id
                )
            except DomainError as error:
                refusal = error
    context = {
        "kind": wanted, "kinds": kinds_for(request.user), "refusal": refusal,
        "most_rows": most_import_rows(request.user), "most_bytes": LARGEST_FILE >> 20,
    }  # fmt: skip
    return page(request, "imports/new.html", context, status=422 if refusal else 200)


@require_GET
def template(request: HtmxRequest, records: str) -> HttpResponseBase:
    """An empty list to fill in."""
    return template_file(allowed_kind(request, records), request.user)


def file(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Step 1 once more: how the file is read."""
    run, refusal = run_of(request, ref), None
    if request.method == "POST":
        require(request.user, "change", run)
        said = {name: request.POST.get(name, "") for name in ("encoding", "delimiter", "sheet")}
        try:
            actions.read_otherwise(run, by=request.user, **said)
            return redirect("imports:match", run.public_id)
        except DomainError as error:
            refusal = error
    context = shown(request, run, "file") | {"encodings": ENCODINGS, "signs": SIGNS, "refusal": refusal}
    return page(request, "imports/file.html", context, status=422 if refusal else 200)


def match(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Step 2: which column means what."""
    run, refusal = run_of(request, ref), None
    if request.method == "POST":
        require(request.user, "change", run)
        said = said_of_columns(run, request.POST)
        if "look" in request.POST:
            run.columns, run.fixed, run.options = said["columns"], said["fixed"], said["options"]
        else:
            try:
                run = actions.match_columns(
                    run, by=request.user, version=stated_version(request.POST), **said
                )
                actions.check_import(run, by=request.user)
                return redirect("imports:check", run.public_id)
            except DomainError as error:
                refusal = error
                run.columns, run.fixed, run.options = said["columns"], said["fixed"], said["options"]
    fields = fields_of(run, request.user)
    kind = KINDS[run.kind]
    chosen = {one["field"] for one in run.columns}
    context = shown(request, run, "match") | {
        "columns": columns_shown(run, fields), "fields": list(fields.values()), "refusal": refusal,
        "fixed": fixable(run, fields),
        "keys": [fields[name] for name in kind.keys if name in chosen and name in fields],
        "may_make": kind.name == "contacts" and "account" in chosen,
        "wrong": {one.field: one.text for one in refusal.blockers} if refusal else {},
    }  # fmt: skip
    return page(request, "imports/match.html", context, part="step", status=422 if refusal else 200)


def said_of_columns(run: ImportRun, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of the columns says."""
    columns = [
        {"field": data.get(f"column-{at}", ""), "way": data.get(f"way-{at}", "")}
        for at in range(len(run.header))
    ]
    fixed = {name.removeprefix("fixed-"): data[name] for name in data if name.startswith("fixed-")}
    options = {name: data.get(name, "") for name in ("key", "on_match", "owner", "blank")}
    return {
        "columns": columns,
        "fixed": fixed,
        "options": {**options, "create_missing": "create_missing" in data},
    }


def check(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Step 3: every row was tried; what is wrong is put right here."""
    run = run_of(request, ref)
    if request.method == "POST":
        require(request.user, "change", run)
        if on_match := request.POST.get("on_match"):
            run = actions.match_columns(
                run, by=request.user, columns=run.columns, options={"on_match": on_match}
            )
        actions.check_import(run, by=request.user)
        return redirect("imports:check", run.public_id)
    what = "duplicate" if request.GET.get("tab") == "duplicates" else "error"
    after = whole_number(request.GET.get("after", "")) or 0
    rows = findings_shown(run, request.user, what, after=after)
    context = shown(request, run, "check") | {
        "what": what, "findings": rows, "counts": told_counts(run.counts), "problems": run.counts.get("failed", 0),
        "doubles": run.counts.get("duplicates", 0), "more": rows[-1].finding.pk if len(rows) >= 50 else None,
        "may_run": may(request.user, "run", run) and run.is_checked and run.status == ImportRun.Status.DRAFT,
        "sound": sum(run.counts.get(name, 0) for name in ("created", "updated")),
    }  # fmt: skip
    return settled(request, run, page(request, "imports/check.html", context, part=("step", "progress")))


@require_POST
def correct(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Put one cell right, and try its row again."""
    run = run_of(request, ref)
    require(request.user, "change", run)
    row, column, offset = (whole_number(request.POST.get(name, "")) for name in ("row", "column", "offset"))
    if row is None or column is None or offset is None:
        raise DomainError(_("There is no such cell."), code="no_cell")
    actions.correct_cell(run, by=request.user, row=row, column=column, value=request.POST.get("value", ""))
    run = actions.recheck_row(run, by=request.user, row=row, offset=offset)
    left = run.findings.filter(what="error", row=row).first()
    text = (
        _("Row %(row)s: %(text)s") % {"row": row, "text": left.text}
        if left
        else _("Row %(row)s is sound now.") % {"row": row}
    )
    (messages.warning if left else messages.success)(request, text)
    return redirect("imports:check", run.public_id)


@require_POST
def run(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Step 4: write the sound rows."""
    found = run_of(request, ref)
    actions.run_import(found, by=request.user)
    return redirect(found)


@require_GET
def detail(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Step 4: how far it is, and what came of it; an import that was not run yet leads to where it stands."""
    found = run_of(request, ref)
    if found.status == ImportRun.Status.DRAFT:
        return redirect(
            "imports:check" if found.checked_as or found.is_at_work else "imports:match", found.public_id
        )
    counts = found.outcome.get("counts", {})
    context = shown(request, found, "run") | {
        "counts": told_counts(counts), "results": [what for what in RESULTS if counts.get(what)],
        "touched": findings_shown(found, request.user, "touched"), "undone": found.outcome.get("undone") or {},
        "entries": history.of(found)[:20], "may_undo": may(request.user, "undo", found),
        "may_run": may(request.user, "run", found),
    }  # fmt: skip
    return settled(request, found, page(request, "imports/detail.html", context, part=("progress", "step")))


@require_POST
def cancel(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Stop it at its next safe point."""
    found = run_of(request, ref)
    actions.cancel_import(found, by=request.user)
    messages.success(
        request, _("%(file)s is being stopped. What is written stays, and can be undone.") % {"file": found}
    )
    return redirect(found)


def undo(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Take everything back, after saying what that means."""
    found = run_of(request, ref)
    require(request.user, "undo", found)
    if request.method == "POST":
        also = [number for text in request.POST.getlist("also") if (number := whole_number(text)) is not None]
        actions.undo_import(found, by=request.user, also=also)
        return redirect(found)
    counts = {what: found.effects.filter(what=what).count() for what in ("created", "updated")}
    context = shown(request, found, "run") | {"effects": counts}
    return page(request, "imports/undo.html", context)


@require_POST
def delete(request: HtmxRequest, ref: UUID) -> HttpResponse:
    """Throw away an import that was never run."""
    actions.delete_import(run_of(request, ref), by=request.user)
    messages.success(request, _("The file is gone; nothing was imported."))
    return redirect("imports:list")


@require_GET
def result(request: HtmxRequest, ref: UUID, what: str) -> HttpResponseBase:
    """The rows of one sort, to be downloaded."""
    if what not in RESULTS:
        raise Http404
    return result_file(run_of(request, ref), what, request.user)


# --- what they share ------------------------------------------------------------------------------------------


def run_of(request: HtmxRequest, ref: UUID) -> ImportRun:
    """The import that the address names, if it exists for this person."""
    runs: Any = runs_of(request.user).select_related("job", "file", "rows_file", "owner")
    found: ImportRun = get_object_or_404(runs, public_id=ref)
    return found


def allowed_kind(request: HtmxRequest, name: str) -> Kind:
    kind = kind_named(name)
    if not kind.allowed(request.user):
        raise PermissionDenied(_("You may not import these."))
    return kind


def settled(request: HtmxRequest, run: ImportRun, answer: HttpResponse) -> HttpResponse:
    """Ends the asking once nothing is at work any more; the whole page comes anew, with what can be done next."""
    if request.headers.get("HX-Target") == "progress" and not run.is_at_work:
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true"
    return answer


def shown(request: HtmxRequest, run: ImportRun, step: str) -> dict[str, Any]:
    """What every page of an import shows."""
    may_change = may(request.user, "change", run) and run.status == ImportRun.Status.DRAFT
    return {"run": run, "kind": KINDS[run.kind], "step": step, "may_change": may_change}
