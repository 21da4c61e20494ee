"""Settings of pipelines: which ways there are from interest to order."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel import history
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from opportunities import settings_actions as actions
from opportunities.links import deals_url
from opportunities.models import Pipeline, Stage
from opportunities.settings_counts import open_by_pipeline, open_by_stage, open_in
from opportunities.settings_forms import PipelineForm, WhereToForm
from opportunities.settings_words import fields_in_words
from people.access import may, require


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """All pipelines in their order, and those that were retired."""
    require(request.user, "view", Pipeline)
    counts = open_by_pipeline()
    rows = [
        (one, one.stages.all(), counts.get(one.pk, 0), deals_url(status="open", pipeline=one))
        for one in Pipeline.objects.prefetch_related("stages")
    ]
    context = {
        "rows": [row for row in rows if row[0].is_active],
        "retired": [row[0] for row in rows if not row[0].is_active],
        "may_change": may(request.user, "change", Pipeline),
    }
    return page(request, "opportunities/settings/pipelines.html", context)


def new(request: HtmxRequest) -> HttpResponse:
    """Open another pipeline."""
    require(request.user, "add", Pipeline)
    form = PipelineForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        made = attempt(
            form, lambda: actions.create_pipeline(by=request.user, name=said["name"], like=said["like"])
        )
        if made:
            messages.success(request, _("%(name)s was added.") % {"name": made})
            return redirect("pipeline-settings:pipeline", made.pk)
    context = {"form": form, "pipeline": None}
    return page(request, "opportunities/settings/pipeline_form.html", context, status=status_of(form))


@require_GET
def detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """The stages of a pipeline, in order."""
    require(request.user, "view", Pipeline)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    counts = open_by_stage(pipeline=pipeline)
    rows = [
        (one, counts.get(one.pk, 0), deals_url(status="open", stage=one), *fields_in_words(one))
        for one in pipeline.stages.order_by("position", "pk")
    ]
    context = {
        "pipeline": pipeline,
        "rows": [row for row in rows if row[0].is_active],
        "retired": [row for row in rows if not row[0].is_active],
        "may_change": may(request.user, "change", Pipeline),
        "entries": list(history.of(pipeline)[:20]),
    }
    return page(request, "opportunities/settings/pipeline.html", context)


def rename(request: HtmxRequest, pk: int) -> HttpResponse:
    """Call a pipeline something else."""
    require(request.user, "change", Pipeline)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    form = PipelineForm(posted(request), instance=pipeline)
    if form.is_valid():
        name = form.cleaned_data["name"]
        if attempt(form, lambda: actions.rename_pipeline(pipeline, by=request.user, name=name)):
            messages.success(request, _("Saved."))
            return redirect("pipeline-settings:pipeline", pk)
    context = {"form": form, "pipeline": pipeline}
    return page(request, "opportunities/settings/pipeline_form.html", context, status=status_of(form))


@require_POST
def default(request: HtmxRequest, pk: int) -> HttpResponse:
    """Let new deals start here."""
    require(request.user, "change", Pipeline)
    pipeline = actions.make_default(get_object_or_404(Pipeline, pk=pk), by=request.user)
    messages.success(request, _("New deals start in %(name)s from now on.") % {"name": pipeline})
    return redirect("pipeline-settings:pipelines")


@require_POST
def place(request: HtmxRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    require(request.user, "change", Pipeline)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    actions.move_pipeline(pipeline, by=request.user, up=request.POST.get("to") == "up")
    return redirect("pipeline-settings:pipelines")


def retire(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a pipeline out of use; its open deals go somewhere else first."""
    require(request.user, "change", Pipeline)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    deals = open_in(pipeline=pipeline)
    elsewhere = usable_stages().exclude(pipeline=pipeline)
    form = WhereToForm(posted(request), stages=elsewhere, deals=deals)
    if form.is_valid():
        to = form.cleaned_data.get("to")
        done = attempt(form, lambda: actions.retire_pipeline(pipeline, by=request.user, to=to))
        if done and done.job:
            return redirect(done.job)
        if done:
            messages.success(request, _("%(name)s is retired.") % {"name": pipeline})
            return redirect("pipeline-settings:pipelines")
    context = {"form": form, "row": pipeline, "deals": deals, "name": str(pipeline),
               "url_of_deals": deals_url(status="open", pipeline=pipeline), "pipeline": pipeline}  # fmt: skip
    return page(request, "opportunities/settings/retire.html", context, status=status_of(form))


@require_POST
def restore(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a pipeline into use again."""
    require(request.user, "change", Pipeline)
    pipeline = actions.restore_pipeline(get_object_or_404(Pipeline, pk=pk), by=request.user)
    messages.success(request, _("%(name)s is in use again.") % {"name": pipeline})
    return redirect("pipeline-settings:pipeline", pk)


def usable_stages() -> QuerySet[Stage]:
    """Stages that deals may go to, with their pipelines, in order."""
    found = Stage.objects.filter(is_active=True, pipeline__is_active=True).select_related("pipeline")
    return found.order_by("-pipeline__is_default", "pipeline__position", "pipeline__name", "position")
