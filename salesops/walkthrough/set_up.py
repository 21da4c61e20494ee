"""An installation for one walkthrough: a new database, a worker, and a demo ERP as a process of its own."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from integrations.actions import Policy, save_connection, set_owner
from integrations.models import Connection
from people.models import User
from salesops.celery import app
from salesops.demo.goods import make_goods
from salesops.demo.people import make_people
from salesops.management.commands.serve import background_worker
from salesops.walkthrough.by_actions import ByActions


@contextmanager
def own_installation(place: Path, *, rounding: str) -> Iterator[ByActions]:
    """A salesperson in an organization that sells the demo's goods and is connected to a demo ERP."""
    token = secrets.token_urlsafe(32)
    call_command("migrate", verbosity=0)
    people = make_people()
    make_goods()
    with demo_erp(place / "erp", token=token, rounding=rounding) as address:
        connect(address, token, by=people["admin"])
        with background_worker(app):
            yield ByActions(people["ada"], erp_url=address, erp_token=token)


def connect(address: str, token: str, *, by: User) -> None:
    """Orders go to the demo ERP, invoices come from there."""
    connection = Connection(code="demo", name="Demo ERP", kind=Connection.Kind.REST, base_url=address)
    save_connection(connection, secret=token)
    set_owner(connection, "orders", Policy("crm", push=True, pull=True), by=by)
    set_owner(connection, "invoices", Policy("erp", pull=True), by=by)


@contextmanager
def demo_erp(directory: Path, *, token: str, rounding: str) -> Iterator[str]:
    """A demo ERP that moves only when it is told to; gives its address."""
    command = [sys.executable, "-m", "demo_erp", "--port", "0", "--tick", "0", "--data", str(directory)]
    process = subprocess.Popen(
        [*command, "--rounding", rounding],
        cwd=settings.BASE_DIR,
        env={"DEMO_ERP_TOKEN": token, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait(10)
