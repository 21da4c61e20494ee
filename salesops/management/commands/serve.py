"""Web, worker and scheduler in one process, for a machine without Redis: `./dev run` and the demo."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery, signals
from celery.beat import EmbeddedService
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from waitress import create_server

from salesops.celery import app
from salesops.wsgi import application


@contextmanager
def background_worker(celery: Celery, *, concurrency: int = 2) -> Iterator[None]:
    """A real Celery worker on the in-process broker, on a thread beside the pages."""
    # WorkController and not Worker: that one installs signal handlers, which belong to the web server here.
    worker = celery.WorkController(
        app=celery,
        pool_cls="threads",
        concurrency=concurrency,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        hostname="serve@localhost",
    )
    # The bare controller forgets Celery's Django fixup, which closes database connections between tasks.
    signals.worker_init.send(sender=worker, instance=worker)
    thread = threading.Thread(target=worker.start, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(8)


@contextmanager
def background_scheduler(celery: Celery) -> Iterator[None]:
    """Celery's own clock on a thread; its memory of last runs lies in var/."""
    beat = EmbeddedService(celery, thread=True, schedule_filename=settings.CELERY_BEAT_SCHEDULE_FILENAME)
    beat.start()
    try:
        yield
    finally:
        beat.stop()


class Command(BaseCommand):
    help = "Serve the pages and run the worker and the scheduler in this one process (no Redis needed)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.REDIS_URL:
            raise CommandError("REDIS_URL is set: start gunicorn, celery worker and celery beat instead.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server = create_server(application, host=options["host"], port=options["port"], threads=4)
        except OSError as refused:
            raise CommandError(f"Can't listen on {options['host']}:{options['port']}: {refused}") from refused
        with background_worker(app), background_scheduler(app):
            server.run()  # returns when interrupted
            server.close()
