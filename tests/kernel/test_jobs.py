"""Long work in chunks: it goes on where it was, ends once, and stops when asked."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from kernel import jobs
from kernel.errors import DomainError
from kernel.models import HistoryEntry, Job
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def counting(monkeypatch):
    """A runner that counts to its total, one a chunk, and remembers each in a row of the database."""

    def count(job):
        at = job.position.get("at", 0)
        while at < job.total:
            with transaction.atomic():
                HistoryEntry.objects.create(
                    record_type="count", record_id=at, verb="counted", actor=job.asked_by
                )
                at += 1
                job.reached({"at": at}, done=at, outcome={"counted": at})
            yield

    monkeypatch.setitem(jobs._runners, "count", count)
    return count


def counted():
    return sorted(HistoryEntry.objects.filter(record_type="count").values_list("record_id", flat=True))


def start(total=3):
    return jobs.start("count", by=UserFactory(), title="Counting", total=total)


def test_a_job_is_done_and_says_what_came_of_it(counting):
    job = start()

    assert jobs.run(str(job.public_id)) is False

    job.refresh_from_db()
    assert (job.state, job.done, job.percent, job.outcome) == ("done", 3, 100, {"counted": 3})
    assert job.ended_at is not None
    assert counted() == [0, 1, 2]


def test_a_job_whose_turn_is_over_goes_on_later_where_it_was(counting):
    job = start()

    assert jobs.run(str(job.public_id), turn=-1) is True
    job.refresh_from_db()
    assert (job.state, job.done) == ("queued", 1)

    jobs.run(str(job.public_id))
    job.refresh_from_db()
    assert job.state == "done"
    assert counted() == [0, 1, 2]


def test_a_job_at_work_is_not_taken_by_a_second_worker(counting):
    job = start()
    jobs.claim(str(job.public_id))

    assert jobs.claim(str(job.public_id)) is None
    assert counted() == []


def test_a_job_left_behind_by_a_dead_worker_is_finished_by_another(counting):
    job = start()
    dead = jobs.claim(str(job.public_id))
    next(counting(dead))
    assert jobs.sweep() == 0
    Job.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=5))
    assert jobs.sweep() == 1

    jobs.run(str(job.public_id))

    job.refresh_from_db()
    assert job.state == "done"
    assert counted() == [0, 1, 2]


def test_a_worker_that_was_only_slow_keeps_nothing_after_it_lost_the_job(counting):
    job = start()
    slow = counting(jobs.claim(str(job.public_id)))
    next(slow)
    Job.objects.update(lease_token=uuid.uuid4())

    with pytest.raises(jobs.LeaseLost):
        next(slow)

    assert counted() == [0]


def test_a_job_that_waits_is_canceled_at_once_and_one_at_work_at_its_next_safe_point(counting):
    waiting = start()
    jobs.cancel(waiting)
    waiting.refresh_from_db()
    assert waiting.state == "canceled"
    assert jobs.run(str(waiting.public_id)) is False
    assert counted() == []

    running = start()
    Job.objects.filter(pk=running.pk).update(cancel_asked=True)
    jobs.run(str(running.public_id))
    running.refresh_from_db()
    assert (running.state, running.done) == ("canceled", 1)


def test_a_job_that_fails_says_why_and_keeps_the_chunks_before(monkeypatch, counting):
    def stumble(job):
        steps = counting(job)
        next(steps)
        yield
        job.outcome["counted"] = 99
        raise DomainError("The file is gone.", code="gone")

    monkeypatch.setitem(jobs._runners, "count", stumble)
    job = start()

    jobs.run(str(job.public_id))

    job.refresh_from_db()
    assert (job.state, job.error, job.outcome) == ("failed", "The file is gone.", {"counted": 1})
    assert counted() == [0]


def test_a_job_whose_worker_dies_again_and_again_at_one_place_is_given_up(counting):
    job = start()
    for _death in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(str(job.public_id)) is not None
        Job.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=5))

    assert jobs.claim(str(job.public_id)) is None

    job.refresh_from_db()
    assert job.state == "failed"
    assert "died" in job.error


def test_who_listens_hears_once_that_a_job_ended(counting, monkeypatch):
    heard = []
    monkeypatch.setattr(jobs, "_endings", [lambda job: heard.append((job.title, job.state))])
    job = start()

    jobs.run(str(job.public_id))
    jobs.run(str(job.public_id))

    assert heard == [("Counting", "done")]
