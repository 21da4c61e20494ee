"""A real worker, a real broker, a real database: SIGKILL in the middle of an import."""

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter

import pytest
from django.conf import settings as django_settings
from django.db import connection as database

from imports import actions
from imports.models import Effect, ImportRun
from kernel import jobs
from leads.models import Lead
from tests.imports.people import as_csv, leads
from tests.imports.scenes import bring, check
from tests.integrations.test_worker_killed import Broker, wait_until
from tests.servers import die_with_parent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis, pytest.mark.postgres]

ROWS = 8_000
LAUNCH = """
import os
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["WORKER_DATABASE"]
settings.MEDIA_ROOT = os.environ["WORKER_MEDIA"]
django.setup()
from salesops.celery import app
app.worker_main(["worker", "--pool=prefork", "--concurrency=2", "--loglevel=WARNING", "--without-mingle",
                 "--without-gossip", "--queues=default,jobs"])
"""


class Worker:
    """A Celery worker in a process group of its own, so that SIGKILL spares no child."""

    def __init__(self, prefix, media):
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "WORKER_DATABASE": str(database.settings_dict["NAME"]),
            "WORKER_MEDIA": str(media),
            "REDIS_PREFIX": prefix,
            "SALESOPS_TIME_SCALE": "0.2",
        }
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH], cwd=django_settings.BASE_DIR, env=self.environment,
            preexec_fn=die_with_parent, start_new_session=True,
        )  # fmt: skip

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def broker(monkeypatch):
    broker = Broker(f"crm-test-{uuid.uuid4().hex[:8]}:")
    monkeypatch.setattr(
        "kernel.jobs.current_app.send_task", lambda name, args=(), **_: broker.ring_job(name, *args)
    )
    broker.ring_job = lambda name, *args: broker.app.send_task(
        name, args=args, ignore_result=True, queue="jobs"
    )
    yield broker
    broker.forget_everything()


@pytest.fixture
def worker(broker, settings):
    worker = Worker(broker.prefix, settings.MEDIA_ROOT)
    yield worker
    worker.kill()


def test_a_worker_killed_in_the_middle_of_an_import_loses_no_row_and_writes_none_twice(boss, broker, worker):
    run = check(bring(as_csv(leads(ROWS)), by=boss), by=boss)
    planned = run.counts
    run = actions.run_import(run, by=boss)
    worker.start()

    for share in (0.1, 0.5):
        wait_until(
            lambda share=share: Lead.objects.count() > ROWS * share,
            meanwhile=lambda: broker.ring("jobs.sweep"),
        )
        worker.kill()
        assert not ImportRun.objects.get(pk=run.pk).job.is_over
        worker.start()
    wait_until(
        lambda: ImportRun.objects.get(pk=run.pk).status == "done",
        meanwhile=lambda: broker.ring("jobs.sweep"),
    )

    run = ImportRun.objects.get(pk=run.pk)
    counts = run.outcome["counts"]
    assert (counts["created"], counts["skipped"], counts["rows"]) == (
        planned["created"],
        planned["skipped"],
        ROWS,
    )
    assert Lead.objects.count() == planned["created"]
    rows = Counter(Effect.objects.filter(run=run).values_list("row", flat=True))
    assert max(rows.values()) == 1
    assert len(rows) == planned["created"]


def test_what_a_worker_had_not_finished_when_it_lost_its_lease_is_rolled_back(boss):
    run = check(bring(as_csv(leads(30)), by=boss), by=boss)
    run = actions.run_import(run, by=boss)
    stale = jobs.claim(str(run.job.public_id))
    type(run.job).objects.filter(pk=run.job.pk).update(lease_token=uuid.uuid4())

    with pytest.raises(jobs.LeaseLost):
        list(jobs.runner_of("imports.run")(stale))

    assert not Lead.objects.exists()
