"""Many deals at once, after a stage or a pipeline has changed: a chunk is one transaction, a deal one entry."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kernel import history, outbox
from kernel.lifecycle import advance
from kernel.models import Job
from kernel.writing import locked
from opportunities.deals import enter_stage
from opportunities.models import Opportunity, Pipeline, Stage
from opportunities.settings_actions import end_pipeline, end_stage
from people.access import require
from people.models import User

AT_ONCE = 100


@transaction.atomic
def follow_some(job: Job) -> bool:
    """The next deals take over the new values of their stage; False when there are no more."""
    stage = Stage.objects.get(pk=job.arguments["stage"])
    require(job.asked_by, "change", stage)
    moved = {name: job.arguments[name] for name in ("probability", "forecast") if name in job.arguments}
    deals = open_deals([stage.pk]).filter(pk__gt=int(job.position.get("after", 0))).filter(having(moved))
    rows = list(deals[:AT_ONCE])
    if not rows:
        return False
    for deal in rows:
        changes = taken_over(deal, moved)
        deal.save()
        history.record(deal, "changed", by=job.asked_by, changes=changes, note=str(stage))
    job.reached({"after": rows[-1].pk}, done=job.done + len(rows))
    return True


def having(moved: dict[str, Any]) -> Q:
    """Deals that still have what the stage had; one's own probability and one's own judgement stay."""
    wanted = Q()
    if "probability" in moved:
        wanted |= Q(probability=moved["probability"][0])
    if "forecast" in moved:
        wanted |= Q(is_judged=False, forecast=moved["forecast"][0])
    return wanted


def taken_over(deal: Opportunity, moved: dict[str, Any]) -> dict[str, list[Any]]:
    """Give the deal the new values in memory, and say what changed."""
    changes: dict[str, list[Any]] = {}
    for name, (old, new) in moved.items():
        if getattr(deal, name) == old and not (name == "forecast" and deal.is_judged):
            changes[name] = [old, new]
            setattr(deal, name, new)
    return changes


@transaction.atomic
def move_some(job: Job) -> bool:
    """The next deals go to their new stage; when the last one has left, what they stood in is retired."""
    to = Stage.objects.select_related("pipeline").get(pk=job.arguments["to"])
    require(job.asked_by, "change", to)
    rows = list(open_deals(job.arguments["stages"])[:AT_ONCE])
    for deal in rows:
        carry(deal, to, by=job.asked_by)
    job.reached(job.position, done=job.done + len(rows))
    if not rows:
        retire_what_is_empty(job.arguments["retire"], by=job.asked_by)
    return bool(rows)


def carry(deal: Opportunity, to: Stage, *, by: User) -> None:
    """Bring one deal to a stage whatever that asks for; a probability of its own stays its own."""
    left = deal.stage
    own = deal.probability if deal.probability != left.probability else None
    advance(deal.move, by=by, stage=to)
    if own is not None:
        deal.probability = own
    deal.save()
    enter_stage(deal)
    history.record(deal, "moved", by=by, changes={"stage": [str(left), str(to)]}, note=str(to.pipeline))
    outbox.publish("opportunity.moved", deal, by=by, payload={"from": left.name, "to": to.name})


def retire_what_is_empty(what: dict[str, int], *, by: User) -> None:
    """What was to be retired is empty now; part of a larger action."""
    if "stage" in what:
        stage = locked(Stage(pk=what["stage"]))
        if stage.is_active:
            end_stage(stage, by=by)
    if "pipeline" in what:
        pipeline = locked(Pipeline(pk=what["pipeline"]))
        if pipeline.is_active and not pipeline.is_default:
            end_pipeline(pipeline, by=by)


def open_deals(stages: list[int]) -> QuerySet[Opportunity]:
    """The open deals of these stages, held until the transaction ends."""
    found = Opportunity.objects.filter(status=Opportunity.Status.OPEN, stage__in=stages)
    related = ("stage", "account", "contact")
    return found.select_for_update(of=("self",)).select_related(*related).order_by("pk")
