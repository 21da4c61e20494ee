"""A real Celery worker, a real broker, a real database: SIGKILL during the push."""

import os
import signal
import subprocess
import sys
import time
import uuid

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.db import connection as database

from kernel.models import OutboxMessage
from tests.integrations.scenes import connect, message_of, submitted_order
from tests.servers import die_with_parent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis, pytest.mark.postgres]

LAUNCH = """
import os, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["WORKER_DATABASE"]
django.setup()
from salesops.celery import app
app.worker_main(["worker", "--pool=prefork", "--concurrency=2", "--loglevel=WARNING", "--without-mingle",
                 "--without-gossip", "--queues=default,erp.push,erp.pull,erp.inbox"])
"""


class Worker:
    """A Celery worker in a process group of its own, so that SIGKILL spares no child."""

    def __init__(self, prefix):
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "WORKER_DATABASE": str(database.settings_dict["NAME"]),
            "REDIS_PREFIX": prefix,
            "SALESOPS_ALLOW_LOCAL_ERP": "1",
            "SALESOPS_TIME_SCALE": "0.05",
        }
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH],
            cwd=django_settings.BASE_DIR,
            env=self.environment,
            preexec_fn=die_with_parent,
            start_new_session=True,
        )

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Broker:
    """What a beat would ring, on the same Redis as the worker listens to."""

    def __init__(self, prefix):
        self.app = Celery("ringer", broker=os.environ["REDIS_URL"], set_as_current=False)
        self.app.conf.broker_transport_options = {"global_keyprefix": prefix}
        self.app.conf.task_default_queue = "default"
        self.prefix = prefix

    def ring(self, task, *args):
        self.app.send_task(task, args=args, ignore_result=True)

    def forget_everything(self):
        """The broker loses all it holds, as after FLUSHALL."""
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        for key in client.scan_iter(f"{self.prefix}*"):
            client.delete(key)


@pytest.fixture
def broker(monkeypatch):
    prefix = f"crm-test-{uuid.uuid4().hex[:8]}:"
    broker = Broker(prefix)
    monkeypatch.setattr(
        "kernel.outbox.current_app.send_task", lambda name, args=(), **_: broker.ring(name, *args)
    )
    yield broker
    broker.forget_everything()


@pytest.fixture
def worker(broker):
    worker = Worker(broker.prefix)
    worker.start()
    yield worker
    worker.kill()


def wait_until(condition, *, seconds=180, meanwhile=lambda: None):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        meanwhile()
        time.sleep(0.2)


def all_done():
    return not OutboxMessage.objects.exclude(destination="").exclude(state=OutboxMessage.State.DONE).exists()


def test_a_worker_killed_in_the_middle_of_a_push_loses_nothing_and_makes_nothing_twice(
    demo_erp, broker, worker
):
    connect(demo_erp)
    demo_erp.fail("delay", seconds=5, times=1, method="POST", path="/v1/orders")
    order = submitted_order()
    wait_until(
        lambda: (
            message_of(order).state == "leased"
            and message_of(order).attempt_log.filter(step="create").exists()
        )
    )

    worker.kill()
    worker.start()
    wait_until(all_done, meanwhile=lambda: broker.ring("outbox.sweep"))

    order.refresh_from_db()
    assert [row["external_id"] for row in demo_erp.ledger()] == [message_of(order).external_key]
    assert message_of(order).attempts >= 2
    assert order.erp_number


def test_thirty_orders_survive_killed_workers_and_a_broker_that_forgets(demo_erp, broker, worker):
    connect(demo_erp)
    demo_erp.fail("delay", seconds=0.1, times=200, method="POST", path="/v1/orders")
    orders = []
    for turn in range(30):
        orders.append(submitted_order())
        if turn in (8, 16, 24):
            worker.kill()
            worker.start()
        if turn == 20:
            broker.forget_everything()

    wait_until(all_done, seconds=300, meanwhile=lambda: broker.ring("outbox.sweep"))

    # A worker killed by the test before may have left a request on its way: it counts there, by its own number.
    numbers = {order.number for order in orders}
    keys = [
        row["external_id"] for row in demo_erp.ledger() if row["external_id"].rpartition("-")[0] in numbers
    ]
    assert sorted(keys) == sorted(message_of(order).external_key for order in orders)
    for order in orders:
        order.refresh_from_db()
        assert order.erp_total == order.total
