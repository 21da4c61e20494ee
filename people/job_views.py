"""Long work in the background: how far it is, what came of it, and the way to stop it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kernel import jobs
from kernel.files import as_download
from kernel.http import HtmxRequest, page
from kernel.models import Job
from kernel.tables import Column, StatusFilter, Table
from people.access import may
from people.models import User

STOP_POLLING = 286  # htmx: put this in place and ask no more
AT_WORK = "jobs_at_work"  # in the session of who asked: pages then look after them


class JobTable(Table):
    """Long work, the newest first."""

    title = gettext_lazy("Jobs")
    columns = (
        Column("title", gettext_lazy("What"), main=True),
        Column("asked_by", gettext_lazy("Asked by")),
        Column("created_at", gettext_lazy("Asked"), kind="datetime"),
        Column("done", gettext_lazy("Done"), kind="number"),
        Column("state", gettext_lazy("State"), kind="badge"),
    )
    filters = (StatusFilter(Job.State, name="state"),)
    default_order = "-id"
    searchable = False


def jobs_of(user: User) -> models.QuerySet[Job]:
    """The jobs one asked for; who looks after the installation sees all."""
    found = Job.objects.select_related("asked_by", "result")
    return found if may(user, "view", Job) else found.filter(asked_by=user)


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """What runs, waits and is done."""
    return page(request, "jobs/list.html", {"jobs": JobTable.page(request, jobs_of(request.user))})


@require_GET
def detail(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """One job; while it runs, its progress is read again every other second."""
    job = job_of(request, public_id)
    if not job.is_over and job.asked_by_id == request.user.pk:
        request.session[AT_WORK] = True
    over = job.is_over and request.headers.get("HX-Target") == "progress"
    return page(
        request, "jobs/detail.html", {"job": job}, part="progress", status=STOP_POLLING if over else 200
    )


@require_GET
def tray(request: HtmxRequest) -> HttpResponse:
    """The jobs of this person that are not over yet, for the top bar; the last answer ends the asking."""
    running = list(
        Job.objects.filter(asked_by=request.user, state__in=[Job.State.QUEUED, Job.State.RUNNING]).order_by(
            "-id"
        )[:5]
    )
    if not running:
        request.session.pop(AT_WORK, None)
    return page(
        request, "jobs/tray.html", {"running": running}, part="tray", status=200 if running else STOP_POLLING
    )


@require_POST
def cancel(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Stop a job at its next safe point; what it has done stays done."""
    job = job_of(request, public_id)
    jobs.cancel(job)
    messages.success(request, _("%(job)s is being stopped. What is done stays done.") % {"job": job})
    return redirect(job)


@require_GET
def result(request: HtmxRequest, public_id: UUID) -> FileResponse:
    """The file a job made, for who asked for it."""
    job = job_of(request, public_id)
    if job.result is None:
        raise Http404
    return as_download(job.result)


def job_of(request: HtmxRequest, public_id: UUID) -> Job:
    job: Any = get_object_or_404(jobs_of(request.user), public_id=public_id)
    found: Job = job
    return found
