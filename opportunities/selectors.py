"""What is read about opportunities across their pipeline."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from opportunities.models import Opportunity, Stage


def first_stage() -> Stage:
    """Where a new opportunity starts: the first stage of the default pipeline."""
    stage = Stage.objects.filter(pipeline__is_default=True).order_by("position").first()
    if stage is None:
        raise DomainError(_("No pipeline is set up yet."), code="no_pipeline", field="stage")
    return stage


def stages_of(opportunity: Opportunity) -> list[Stage]:
    """The way of this opportunity, in order."""
    return list(Stage.objects.filter(pipeline_id=opportunity.stage.pipeline_id).order_by("position"))


@dataclass(frozen=True)
class Milestone:
    """A stage as seen from one opportunity."""

    stage: Stage
    state: str  # "done", "current" or "ahead"
    days: int | None = None


def way_of(opportunity: Opportunity) -> list[Milestone]:
    """The stages of this opportunity, how long it spent in each, and where it stands, in two queries."""
    now = timezone.now()
    spent: dict[int, float] = {}
    for visit in opportunity.stage_visits.all():
        time = (visit.left_at or now) - visit.entered_at
        spent[visit.stage_id] = spent.get(visit.stage_id, 0) + time.total_seconds() / 86400
    here = opportunity.stage.position
    return [
        Milestone(
            stage,
            "current" if stage.position == here else "done" if stage.position < here else "ahead",
            int(spent[stage.pk]) if stage.pk in spent else None,
        )
        for stage in stages_of(opportunity)
    ]
