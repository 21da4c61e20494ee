"""How many open deals stand where, for whoever changes the way they go."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from opportunities.models import Opportunity, Pipeline, Stage

OPEN = Q(opportunities__status=Opportunity.Status.OPEN)


@dataclass(frozen=True)
class Standing:
    """The open deals of a stage: all of them, and those that have its own values."""

    deals: int
    follow_probability: int
    follow_forecast: int
    follow_either: int

    @property
    def own_probability(self) -> int:
        """Those that somebody gave another probability: they keep it."""
        return self.deals - self.follow_probability

    @property
    def own_forecast(self) -> int:
        """Those that somebody judged for themselves: they keep that."""
        return self.deals - self.follow_forecast


def standing_of(stage: Stage) -> Standing:
    """The open deals of a stage and how many have its values, in one query."""
    usual = Q(probability=stage.probability)
    unjudged = Q(is_judged=False, forecast=stage.forecast)
    found = Opportunity.objects.filter(status=Opportunity.Status.OPEN, stage=stage).aggregate(
        deals=Count("pk"),
        usual=Count("pk", filter=usual),
        unjudged=Count("pk", filter=unjudged),
        either=Count("pk", filter=usual | unjudged),
    )
    return Standing(found["deals"], found["usual"], found["unjudged"], found["either"])


def open_in(*, stage: Stage | None = None, pipeline: Pipeline | None = None) -> int:
    """How many open deals are in a stage, or in all stages of a pipeline."""
    deals = Opportunity.objects.filter(status=Opportunity.Status.OPEN)
    return deals.filter(stage=stage).count() if stage else deals.filter(stage__pipeline=pipeline).count()


def open_by_stage(**where: Any) -> dict[int, int]:
    """The number of open deals by key of the stage, in one query."""
    rows = (
        Stage.objects.filter(**where)
        .order_by()
        .values_list("pk")
        .annotate(n=Count("opportunities", filter=OPEN))
    )
    return dict(rows)


def open_by_pipeline() -> dict[int, int]:
    """The number of open deals by key of the pipeline, in one query."""
    deals = Opportunity.objects.filter(status=Opportunity.Status.OPEN).order_by()
    return dict(deals.values_list("stage__pipeline").annotate(n=Count("pk")))
