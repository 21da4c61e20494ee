"""Settings of the stages of a pipeline."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel import history
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from opportunities import settings_actions as actions
from opportunities.links import deals_url
from opportunities.models import Pipeline, Stage
from opportunities.settings_counts import open_in, standing_of
from opportunities.settings_forms import StageForm, WhereToForm
from opportunities.settings_views import usable_stages
from people.access import require


def new(request: HtmxRequest, pk: int) -> HttpResponse:
    """Add a stage to a pipeline."""
    require(request.user, "add", Stage)
    way = get_object_or_404(Pipeline, pk=pk)
    form = StageForm(posted(request))
    if form.is_valid():
        made = attempt(form, lambda: actions.create_stage(way, by=request.user, **said(form)))
        if made:
            messages.success(request, _("%(stage)s was added at the end.") % {"stage": made})
            return redirect(place_of(made))
    context: dict[str, Any] = {"form": form, "stage": None, "pipeline": way, "standing": None, "entries": []}
    return page(request, "opportunities/settings/stage.html", context, status=status_of(form))


def edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change what a stage means; open deals that have its own values follow if one says so."""
    require(request.user, "change", Stage)
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    standing = standing_of(stage)
    form = StageForm(posted(request), instance=stage, standing=standing)
    if form.is_valid():
        follow = form.cleaned_data.get("follow")
        done = attempt(
            form, lambda: actions.change_stage(stage, by=request.user, follow=follow, **said(form))
        )
        if done:
            messages.success(request, _("%(stage)s was saved.") % {"stage": done.row})
            return redirect(done.job or place_of(done.row))
    context = {
        "form": form,
        "stage": stage,
        "pipeline": stage.pipeline,
        "standing": standing,
        "entries": list(history.of(stage)[:20]),
    }
    return page(request, "opportunities/settings/stage.html", context, status=status_of(form))


def said(form: StageForm) -> dict[str, Any]:
    """What the actions take."""
    return {name: form.cleaned_data[name] for name in actions.STAGE}


@require_POST
def place(request: HtmxRequest, pk: int) -> HttpResponse:
    """One place earlier or later."""
    require(request.user, "change", Stage)
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    actions.move_stage(stage, by=request.user, up=request.POST.get("to") == "up")
    return redirect(place_of(stage))


def retire(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a stage out of use and say where its open deals go."""
    require(request.user, "change", Stage)
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    deals = open_in(stage=stage)
    form = WhereToForm(posted(request), stages=usable_stages().exclude(pk=pk), deals=deals)
    if form.is_valid():
        to = form.cleaned_data.get("to")
        done = attempt(form, lambda: actions.retire_stage(stage, by=request.user, to=to))
        if done and done.job:
            return redirect(done.job)
        if done:
            messages.success(request, _("%(name)s is retired.") % {"name": stage})
            return redirect("pipeline-settings:pipeline", stage.pipeline_id)
    context = {"form": form, "row": stage, "deals": deals, "name": f"{stage.pipeline}: {stage}",
               "url_of_deals": deals_url(status="open", stage=stage), "pipeline": stage.pipeline}  # fmt: skip
    return page(request, "opportunities/settings/retire.html", context, status=status_of(form))


@require_POST
def restore(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a stage into use again."""
    require(request.user, "change", Stage)
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    stage = actions.restore_stage(stage, by=request.user)
    messages.success(request, _("%(name)s is in use again, as the last stage.") % {"name": stage})
    return redirect(place_of(stage))


def place_of(stage: Stage) -> str:
    """Its row on the page of its pipeline, so that the keyboard goes on from there."""
    return f"{url('pipeline-settings:pipeline', stage.pipeline_id)}#stage-{stage.pk}"
