"""The sweep as a job: a chunk at a time, so that it can be stopped, and taken up again after a crash."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duplicates import sweep
from duplicates.keys import RECIPE, sync_records
from duplicates.matchable import Matchable, matchable_models
from duplicates.models import KeyState, type_of
from kernel import jobs
from kernel.models import Job
from people.models import User

SWEEP = "duplicates.sweep"
ROWS = 500


@transaction.atomic
def start_sweep(*, by: User) -> Job:
    """Look through all records for duplicates in the background; the one that is under way is not begun again."""
    running = Job.objects.filter(kind=SWEEP, state__in=[Job.State.QUEUED, Job.State.RUNNING]).first()
    return running or jobs.start(SWEEP, by=by, title=_("Look for duplicates"), leads_to="/duplicates/")


def sweep_all(job: Job) -> Iterator[None]:
    """Keys that are missing, then pairs that share one, then pairs that are no longer alike; type by type."""
    position = dict(job.position or {})
    models = list(matchable_models().values())
    for at in range(position.get("type", 0), len(models)):
        if at != position.get("type", 0):
            position = {}
        position["type"] = at
        yield from keep_keys(job, models[at], position)
        yield from find_pairs(job, models[at], position)
        yield from forget_pairs(job, models[at], position)


def keep_keys(job: Job, model: type[Matchable], position: dict[str, Any]) -> Iterator[None]:
    """Give keys to records that have none yet, or have them by an older recipe."""
    while not position.get("keyed"):
        with transaction.atomic():
            position["keyed"] = key_some(model)
            job.reached(dict(position), done=job.done + ROWS)
        yield


def key_some(model: type[Matchable]) -> bool:
    """Key the next records of a type; True when all have their keys."""
    state, _made = KeyState.objects.select_for_update().get_or_create(record_type=type_of(model))
    if state.recipe != RECIPE:
        state.recipe, state.reached_id, state.is_complete = RECIPE, 0, False
    if not state.is_complete:
        rows = model._default_manager.filter(pk__gt=state.reached_id).order_by("pk")
        records = list(model.with_match_values(rows)[:ROWS])
        sync_records(records)
        state.reached_id = records[-1].pk if records else state.reached_id
        state.is_complete = len(records) < ROWS
        state.save()
    return state.is_complete


def find_pairs(job: Job, model: type[Matchable], position: dict[str, Any]) -> Iterator[None]:
    """Walk along the values that several records share."""
    rule = sweep.rule_among(model)
    kinds = sorted(rule.sources)
    while (at := position.get("kind", 0)) < len(kinds):
        with transaction.atomic():
            values = sweep.groups_after(type_of(model), kinds[at], position.get("after", ""))
            new = (
                sweep.write_pairs(type_of(model), sweep.pairs_of(model, kinds[at], values, rule))
                if values
                else 0
            )
            if len(values) < sweep.GROUPS:
                position |= {"kind": at + 1, "after": ""}
            else:
                position["after"] = values[-1]
            outcome = {**job.outcome, "found": job.outcome.get("found", 0) + new}
            job.reached(dict(position), done=job.done + len(values), outcome=outcome)
        yield


def forget_pairs(job: Job, model: type[Matchable], position: dict[str, Any]) -> Iterator[None]:
    """Look again at the pairs nobody has decided about."""
    rule = sweep.rule_among(model)
    while position.get("pair", 0) is not None:
        with transaction.atomic():
            position["pair"], gone = sweep.look_again(type_of(model), rule, position.get("pair", 0))
            outcome = {**job.outcome, "no_longer": job.outcome.get("no_longer", 0) + gone}
            job.reached(dict(position), done=job.done + gone, outcome=outcome)
        yield
