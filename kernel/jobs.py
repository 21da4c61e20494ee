"""Long work in chunks: each chunk is one transaction, a killed worker loses at most the chunk it was in.

A runner is a generator: it does a chunk in a transaction that ends with ``job.reached(...)``, then yields. There it may
be stopped, because somebody canceled or its turn is over; it is asked again later and begins at ``job.position``.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from kernel.errors import DomainError
from kernel.job_models import Job, LeaseLost
from kernel.relay import scaled

logger = logging.getLogger(__name__)

State = Job.State
Runner = Callable[[Job], Iterator[None]]
Ending = Callable[[Job], None]

TURN = 40.0  # seconds a job works before others get their turn; well below the time limit of a task
# Without a sign of life for so long, the worker counts as dead; if it was only slow, its chunk rolls back (LeaseLost).
SILENCE = timedelta(seconds=60)
MOST_ATTEMPTS = 5  # turns that died without reaching anything new
MOST_PROBLEMS = 200
KEEP = timedelta(days=30)

_runners: dict[str, Runner] = {}


def runner(kind: str) -> Callable[[Runner], Runner]:
    """Say who does jobs of a kind; workers import the module ``runners`` of every app before the first job."""

    def register(function: Runner) -> Runner:
        _runners[kind] = function
        return function

    return register


def start(
    kind: str, *, by: Any, title: Any, arguments: Mapping[str, Any] | None = None, total: int | None = None,
    leads_to: str = "",
) -> Job:  # fmt: skip
    """Ask for a job in the transaction that needs it; a worker begins once that has committed.

    ``leads_to`` is the address a person wants to see when it is done.
    """
    job = Job.objects.create(
        kind=kind, title=str(title)[:200], asked_by=by, arguments=dict(arguments or {}), total=total, leads_to=leads_to
    )  # fmt: skip
    ring(job)
    return job


def ring(job: Job) -> None:
    """Wake a worker after the commit; a lost ring costs seconds, because the sweeper looks anyway."""
    public_id = str(job.public_id)
    transaction.on_commit(lambda: _send(public_id))


def _send(public_id: str) -> None:
    try:
        current_app.send_task("jobs.run", args=[public_id], retry=False, ignore_result=True)
    except Exception:
        logger.warning("The broker is away; job %s waits for the sweeper.", public_id)


def cancel(job: Job) -> None:
    """Ask a job to stop: at once if it waits, at its next safe point if it runs."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    if not waiting.update(state=State.CANCELED, ended_at=now, cancel_asked=True):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_asked=True)


def run(public_id: str, *, turn: float = TURN) -> bool:
    """Do one turn of a job if it is free; True when there is more to do."""
    job = claim(public_id)
    if job is None:
        return False
    until = time.monotonic() + turn
    try:
        for _chunk in runner_of(job.kind)(job):
            if _is_canceled(job):
                end(job, State.CANCELED)
                return False
            if time.monotonic() > until:
                return give_back(job)
    except LeaseLost:
        return False
    except DomainError as refusal:
        end(job, State.FAILED, error=str(refusal))
        return False
    except Exception as error:
        logger.exception("Job %s (%s) failed", job.public_id, job.kind)
        end(job, State.FAILED, error=f"{type(error).__name__}: {error}"[:1000])
        return False
    end(job, State.DONE)
    return False


def runner_of(kind: str) -> Runner:
    """Who does jobs of this kind."""
    if kind not in _runners:
        autodiscover_modules("runners")
    return _runners[kind]


def claim(public_id: str) -> Job | None:
    """Take a waiting or abandoned job; one statement, so that only one worker gets it."""
    token, now = uuid.uuid4(), timezone.now()
    taken = free(now).filter(public_id=public_id).update(
        state=State.RUNNING, lease_token=token, heartbeat_at=now, attempts=F("attempts") + 1,
    )  # fmt: skip
    if not taken:
        return None
    Job.objects.filter(lease_token=token, started_at__isnull=True).update(started_at=now)
    job = Job.objects.select_related("asked_by", "result").get(lease_token=token)
    if job.attempts > MOST_ATTEMPTS:
        end(job, State.FAILED, error="The worker died again and again at the same place.")
        return None
    return job


def free(now: Any) -> Any:
    """Jobs that a worker may take: waiting, or left behind by a worker that died."""
    return Job.objects.filter(
        Q(state=State.QUEUED) | Q(state=State.RUNNING, heartbeat_at__lt=now - scaled(SILENCE))
    )


def give_back(job: Job) -> bool:
    """The turn is over: the job waits for the next one, and whoever came first gets theirs before."""
    held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state=State.RUNNING)
    with transaction.atomic():
        if held.update(state=State.QUEUED, lease_token=None, attempts=0):
            ring(job)
    return True


def _is_canceled(job: Job) -> bool:
    return bool(Job.objects.filter(pk=job.pk, cancel_asked=True).exists())


def end(job: Job, state: str, *, error: str = "") -> bool:
    """Write down how it ended, and tell who listens; False when another worker has it meanwhile."""
    with transaction.atomic():
        held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state=State.RUNNING)
        # What a chunk said that was rolled back is not written down: only a job that is done says its last words.
        last_words = said_by(job) if state == State.DONE else {}
        if not held.update(state=state, error=error, ended_at=timezone.now(), lease_token=None, **last_words):
            return False
        for tell in _endings:
            tell(Job.objects.select_related("asked_by").get(pk=job.pk))
    return True


def said_by(job: Job) -> dict[str, Any]:
    return {
        "result": job.result, "leads_to": job.leads_to, "outcome": job.outcome,
        "problems": job.problems[:MOST_PROBLEMS],
    }  # fmt: skip


_endings: list[Ending] = []


def on_end(function: Ending) -> Ending:
    """Hear, in the transaction that ends a job, that it ended; for the bell of who asked for it."""
    if function not in _endings:
        _endings.append(function)
    return function


def sweep() -> int:
    """Wake workers for jobs whose ring was lost or whose worker died."""
    waiting = free(timezone.now()).filter(
        Q(state=State.RUNNING) | Q(created_at__lt=timezone.now() - timedelta(seconds=5))
    )
    found = [str(each) for each in waiting.order_by("id").values_list("public_id", flat=True)[:50]]
    for public_id in found:
        _send(public_id)
    return len(found)


def prune() -> int:
    """Forget jobs that ended long ago; their files expire on their own."""
    return int(Job.objects.filter(ended_at__lt=timezone.now() - KEEP).delete()[0])
