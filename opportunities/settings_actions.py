"""What administrators decide about pipelines: one function, one transaction and one entry in the history each."""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kernel import history, jobs
from kernel.errors import Blocker, DomainError
from kernel.models import Job
from kernel.writing import assign, locked
from opportunities.links import deals_url
from opportunities.models import Pipeline, Stage
from opportunities.settings_counts import Standing, open_in, standing_of
from people.access import require
from people.models import User

STAGE = frozenset({
    "name", "probability", "forecast", "required_fields", "advised_fields", "rots_after_days",
})  # fmt: skip
AWAY = 10_000  # where positions wait while they change places: no two may stand at the same one


@dataclass(frozen=True)
class Settled:
    """What was written, and the job that brings its deals after it."""

    row: Any
    job: Job | None = None


# --- pipelines ---------------------------------------------------------------------------------------------------


@transaction.atomic
def create_pipeline(*, by: User, name: str, like: Pipeline | None = None) -> Pipeline:
    """Open another way from interest to order, with the stages of one that there is."""
    require(by, "add", Pipeline)
    pipeline = Pipeline(position=next_position(Pipeline.objects.all()))
    assign(pipeline, {"name": name}, allowed={"name"})
    refuse_second_name(pipeline, Pipeline.objects.all())
    pipeline.save()
    for position, stage in enumerate(active_stages(like) if like else [], 1):
        stage.pk, stage.pipeline, stage.position = None, pipeline, position
        stage._state.adding = True
        stage.save()
    history.record(pipeline, "created", by=by, note=str(like or ""))
    return pipeline


@transaction.atomic
def rename_pipeline(pipeline: Pipeline, *, by: User, name: str) -> Pipeline:
    """Call it something else."""
    require(by, "change", pipeline)
    pipeline = locked(pipeline)
    changes = assign(pipeline, {"name": name}, allowed={"name"})
    refuse_second_name(pipeline, Pipeline.objects.all())
    pipeline.save()
    if changes:
        history.record(pipeline, "changed", by=by, changes=changes)
    return pipeline


@transaction.atomic
def make_default(pipeline: Pipeline, *, by: User) -> Pipeline:
    """New deals start here, unless somebody says otherwise."""
    require(by, "change", pipeline)
    list(Pipeline.objects.select_for_update().order_by("pk"))  # whoever else does this waits
    pipeline = Pipeline.objects.get(pk=pipeline.pk)
    if not pipeline.is_active:
        raise DomainError(_("It is retired; restore it first."), code="pipeline_retired")
    if not active_stages(pipeline):
        raise DomainError(_("It has no stages yet, so no deal could start in it."), code="no_stages")
    if pipeline.is_default:
        return pipeline
    Pipeline.objects.filter(is_default=True).update(is_default=False)
    pipeline.is_default = True
    pipeline.save()
    history.record(pipeline, "made_default", by=by)
    return pipeline


@transaction.atomic
def move_pipeline(pipeline: Pipeline, *, by: User, up: bool) -> None:
    """One place up or down; the default one stays on top."""
    require(by, "change", pipeline)
    rows = list(Pipeline.objects.select_for_update().filter(is_active=True, is_default=False))
    if swapped(rows, pipeline, up=up):
        for position, row in enumerate(rows, 1):
            row.position = position
        Pipeline.objects.bulk_update(rows, ["position"])
        history.record(pipeline, "moved_up" if up else "moved_down", by=by)


@transaction.atomic
def retire_pipeline(pipeline: Pipeline, *, by: User, to: Stage | None = None) -> Settled:
    """Take it out of use; its open deals, if there are any, go to a stage of another one first, by a job."""
    require(by, "change", pipeline)
    pipeline = locked(pipeline)
    if pipeline.is_default:
        raise DomainError(
            _("New deals start in it; make another pipeline the default first."), code="is_default"
        )
    if not pipeline.is_active:
        raise DomainError(_("It is retired already."), code="pipeline_retired")
    count = open_in(pipeline=pipeline)
    if not count:
        return Settled(end_pipeline(pipeline, by=by))
    refuse_left_behind(count, to, url=deals_url(status="open", pipeline=pipeline))
    if to is None or to.pipeline_id == pipeline.pk or not is_usable(to):
        raise DomainError(_("Choose a stage of another pipeline."), code="unfit_stage", field="to")
    stages = list(pipeline.stages.values_list("pk", flat=True))
    return Settled(pipeline, start_moving(stages, to, by=by, count=count, pipeline=pipeline.pk))


def end_pipeline(pipeline: Pipeline, *, by: User) -> Pipeline:
    """Nothing is in it any more; part of a larger action, which has locked it."""
    pipeline.is_active = False
    pipeline.save()
    history.record(pipeline, "retired", by=by)
    return pipeline


@transaction.atomic
def restore_pipeline(pipeline: Pipeline, *, by: User) -> Pipeline:
    """Take it into use again, with its stages."""
    require(by, "change", pipeline)
    pipeline = locked(pipeline)
    if not pipeline.is_active:
        pipeline.is_active, pipeline.position = True, next_position(Pipeline.objects.all())
        pipeline.save()
        history.record(pipeline, "restored", by=by)
    return pipeline


# --- stages ------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_stage(pipeline: Pipeline, *, by: User, **values: Any) -> Stage:
    """Add a stage at the end of the way."""
    require(by, "add", Stage)
    pipeline = locked(pipeline)
    stage = Stage(pipeline=pipeline, position=next_position(pipeline.stages.filter(is_active=True)))
    assign(stage, values, allowed=STAGE)
    refuse_unfit(stage)
    stage.save()
    history.record(stage, "created", by=by, note=str(pipeline))
    return stage


@transaction.atomic
def change_stage(stage: Stage, *, by: User, follow: bool | None = None, **values: Any) -> Settled:
    """Change what a stage means; ``follow`` says whether open deals that have its own values get the new ones."""
    require(by, "change", stage)
    stage = locked(stage)
    standing = standing_of(stage)
    before = {"probability": stage.probability, "forecast": stage.forecast}
    changes = assign(stage, values, allowed=STAGE)
    refuse_unfit(stage)
    if not changes:
        return Settled(stage)
    stage.save()
    history.record(stage, "changed", by=by, changes=changes)
    moved = {name: [old, getattr(stage, name)] for name, old in before.items() if name in changes}
    count = concerned(standing, moved)
    if count and follow is None:
        text = _("Say whether the %(count)s open deals that have the stage's own values follow.")
        raise DomainError(text % {"count": count}, code="follow_unsaid", field="follow")
    if not (count and follow):
        return Settled(stage)
    title = _("%(count)s deals follow the stage %(stage)s") % {"count": count, "stage": stage}
    leads_to = deals_url(status="open", stage=stage)
    job = jobs.start("opportunities.follow_stage", by=by, title=title, total=count, leads_to=leads_to,
                     arguments={"stage": stage.pk, **moved})  # fmt: skip
    return Settled(stage, job)


def concerned(standing: Standing, moved: dict[str, Any]) -> int:
    """How many open deals have the stage's own value of what changes."""
    if len(moved) > 1:
        return standing.follow_either
    if "probability" in moved:
        return standing.follow_probability
    return standing.follow_forecast if "forecast" in moved else 0


@transaction.atomic
def move_stage(stage: Stage, *, by: User, up: bool) -> None:
    """One place earlier or later on the way."""
    require(by, "change", stage)
    locked(stage.pipeline)
    rows = active_stages(stage.pipeline)
    if not swapped(rows, stage, up=up):
        return
    stage.pipeline.stages.filter(is_active=True).update(position=F("position") + AWAY)
    for position, row in enumerate(rows, 1):
        row.position = position
    Stage.objects.bulk_update(rows, ["position"])
    history.record(stage, "moved_up" if up else "moved_down", by=by)


@transaction.atomic
def retire_stage(stage: Stage, *, by: User, to: Stage | None = None) -> Settled:
    """Take it out of use; its open deals go where ``to`` says, by a job, and then it is retired."""
    require(by, "change", stage)
    locked(stage.pipeline)
    stage = locked(stage)
    if not stage.is_active:
        raise DomainError(_("It is retired already."), code="stage_retired")
    if len(active_stages(stage.pipeline)) == 1:
        raise DomainError(
            _("It is the only stage of its pipeline; retire the pipeline instead."), code="only_stage"
        )
    count = open_in(stage=stage)
    if not count:
        return Settled(end_stage(stage, by=by))
    refuse_left_behind(count, to, url=deals_url(status="open", stage=stage))
    if to is None or to.pk == stage.pk or not is_usable(to):
        raise DomainError(_("Choose another stage that is in use."), code="unfit_stage", field="to")
    return Settled(stage, start_moving([stage.pk], to, by=by, count=count, stage=stage.pk))


def end_stage(stage: Stage, *, by: User) -> Stage:
    """Nothing stands in it any more; part of a larger action, which has locked it."""
    stage.is_active = False
    stage.save()
    history.record(stage, "retired", by=by)
    return stage


@transaction.atomic
def restore_stage(stage: Stage, *, by: User) -> Stage:
    """Take it into use again, at the end of the way."""
    require(by, "change", stage)
    locked(stage.pipeline)
    stage = locked(stage)
    if not stage.is_active:
        stage.position = next_position(stage.pipeline.stages.filter(is_active=True))
        stage.is_active = True
        refuse_unfit(stage)
        stage.save()
        history.record(stage, "restored", by=by)
    return stage


def start_moving(stages: list[int], to: Stage, *, by: User, count: int, **retired: int) -> Job:
    """Bring all open deals of these stages to another one and retire what they have left; part of an action."""
    title = _("Move %(count)s deals to %(stage)s") % {"count": count, "stage": f"{to.pipeline}: {to}"}
    leads_to = deals_url(status="open", stage=to)
    return jobs.start("opportunities.move_all", by=by, title=title, total=count, leads_to=leads_to,
                      arguments={"stages": stages, "to": to.pk, "retire": retired})  # fmt: skip


def refuse_left_behind(count: int, to: Stage | None, *, url: str) -> None:
    """Open deals are never left in what is retired."""
    if to is not None:
        return
    text = _("%(count)s open deals are in it; say where they go.") % {"count": count}
    raise DomainError(text, code="has_open_deals", field="to", blockers=[
        Blocker("has_open_deals", text, field="to", fix_url=url)
    ])  # fmt: skip


def refuse_unfit(stage: Stage) -> None:
    """A name of its own on this way, and a chance that can be."""
    refuse_second_name(stage, Stage.objects.filter(pipeline=stage.pipeline_id, is_active=True))
    if stage.probability > 100:
        raise DomainError(_("A probability is from 0 to 100."), code="unfit_probability", field="probability")


def refuse_second_name(row: Any, others: models.QuerySet[Any]) -> None:
    if others.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise DomainError(_("There is one of this name already."), code="name_taken", field="name")


def active_stages(pipeline: Pipeline) -> list[Stage]:
    return list(pipeline.stages.filter(is_active=True).order_by("position"))


def is_usable(stage: Stage) -> bool:
    return stage.is_active and stage.pipeline.is_active


def next_position(rows: models.QuerySet[Any]) -> int:
    return (rows.aggregate(last=models.Max("position"))["last"] or 0) + 1


def swapped(rows: list[Any], row: Any, *, up: bool) -> bool:
    """Change places with the neighbor, in memory; False at the end of the list."""
    here = next((place for place, one in enumerate(rows) if one.pk == row.pk), None)
    there = None if here is None else here - 1 if up else here + 1
    if here is None or there is None or not 0 <= there < len(rows):
        return False
    rows[here], rows[there] = rows[there], rows[here]
    return True
