"""What is read about opportunities across their pipeline."""

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
