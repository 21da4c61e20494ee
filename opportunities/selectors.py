"""What is read about opportunities across their pipeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from opportunities.models import Opportunity, Pipeline, Stage


def first_stage(pipeline: Pipeline | None = None) -> Stage:
    """Where a new opportunity starts: the first stage of the pipeline, or of the default one."""
    way = Q(pipeline__is_default=True) if pipeline is None else Q(pipeline=pipeline)
    stage = Stage.objects.filter(way, is_active=True).order_by("position").first()
    if stage is None:
        text = _("No pipeline is set up yet.") if pipeline is None else _("This pipeline has no stages yet.")
        raise DomainError(text, code="no_pipeline", field="stage" if pipeline is None else "pipeline")
    return stage


def stages_of(opportunity: Opportunity) -> list[Stage]:
    """The way of this opportunity, in order; a stage that was retired is part of it while the deal stands there."""
    of_its_own = Q(is_active=True) | Q(pk=opportunity.stage_id)
    found = Stage.objects.filter(of_its_own, pipeline_id=opportunity.stage.pipeline_id)
    return list(found.order_by("position", "pk"))


def stages_to_go_to(opportunity: Opportunity) -> list[Stage]:
    """Where the deal may be moved: the other stages in use of its own pipeline first, then those of other ones."""
    found = Stage.objects.filter(is_active=True, pipeline__is_active=True).exclude(pk=opportunity.stage_id)
    own = opportunity.stage.pipeline_id
    rows = found.select_related("pipeline").order_by(
        "-pipeline__is_default", "pipeline__position", "pipeline__name", "position"
    )
    return sorted(rows, key=lambda stage: stage.pipeline_id != own)


@dataclass(frozen=True)
class Milestone:
    """A stage as seen from one opportunity."""

    stage: Stage
    state: str  # "done", "current" or "ahead"
    days: int | None = None


def way_of(opportunity: Opportunity, *, visits: Iterable[Any] | None = None) -> list[Milestone]:
    """The stages of this opportunity, how long it spent in each, and where it stands, in two queries.

    One query for who has read its ``visits`` already.
    """
    now = timezone.now()
    spent: dict[int, float] = {}
    for visit in opportunity.stage_visits.all() if visits is None else visits:
        time = (visit.left_at or now) - visit.entered_at
        spent[visit.stage_id] = spent.get(visit.stage_id, 0) + time.total_seconds() / 86400
    here = opportunity.stage.position
    return [
        Milestone(
            stage,
            "current" if stage.pk == opportunity.stage_id else "done" if stage.position < here else "ahead",
            int(spent[stage.pk]) if stage.pk in spent else None,
        )
        for stage in stages_of(opportunity)
    ]
