"""The queue carries only what it may, to somebody who listens."""

import threading
import time
from collections.abc import Iterator

import pytest
from celery import Celery, current_app
from django.conf import settings
from kombu import Connection

from salesops.celery import app
from salesops.management.commands.serve import background_worker


@pytest.fixture
def broker() -> Iterator[Celery]:
    """The product's Celery settings on an in-process broker of the test's own."""
    celery = Celery("tests", set_as_current=False)
    celery.config_from_object("django.conf:settings", namespace="CELERY")
    celery.conf.update(
        broker_url="memory://house-tests/",
        broker_transport_options={"polling_interval": 0.01},
        task_routes={},
        task_queues={"house": {}},
        task_default_queue="house",
    )
    celery.set_default()
    yield celery
    app.set_default()
    celery.close()


def test_every_entry_of_the_schedule_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()

    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert wanted - set(app.tasks) == set()


def test_every_route_leads_from_a_task_that_exists_to_a_queue_that_is_read() -> None:
    app.loader.import_default_modules()

    assert set(settings.CELERY_TASK_ROUTES) - set(app.tasks) == set()
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} <= set(
        settings.CELERY_TASK_QUEUES
    )


def test_a_message_sent_from_any_thread_goes_to_our_broker() -> None:
    seen: list[str] = []

    thread = threading.Thread(target=lambda: seen.append(current_app.conf.broker_url))
    thread.start()
    thread.join()

    assert seen == [settings.CELERY_BROKER_URL]


def test_the_in_process_worker_runs_what_is_sent_and_ignores_pickles(broker: Celery) -> None:
    seen: list[int] = []
    done = threading.Event()

    @broker.task(name="house.note")
    def note(number: int) -> None:
        seen.append(number)
        done.set()

    with background_worker(broker):
        with Connection("memory://house-tests/") as connection:
            message = {"id": "x", "task": "house.note", "args": [13], "kwargs": {}}
            connection.Producer().publish(message, routing_key="house", serializer="pickle")
        note.delay(1)
        assert done.wait(60)
        time.sleep(0.1)

    assert seen == [1]
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
