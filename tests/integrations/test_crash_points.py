"""A worker process dies at each named moment of a delivery; another one finishes its work."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection as database

from integrations import delivery, gate
from integrations.adapters.protocol import CreateGuarantee
from integrations.adapters.rest.adapter import RestAdapter
from integrations.job import Job
from integrations.models import DeliveryAttempt, ExternalReference
from kernel.models import OutboxMessage
from tests.integrations.scenes import capabilities, connect, make_due, message_of, submitted_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell", "hurry")]

POINTS = [
    "after lease",
    "after search",
    "after attempt row",
    "after send",
    "after response",
    "before bind commit",
    "after bind commit",
]
# A worker of its own process, on the test's database, that dies without a word at one point.
WORKER = """
import os, sys
from dataclasses import replace
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.SALESOPS_ALLOW_LOCAL_ERP = True
settings.SALESOPS_TIME_SCALE = 0.01
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
import httpx
from integrations import delivery, job
from integrations.adapters.protocol import CreateGuarantee
from integrations.adapters.rest.adapter import RestAdapter
point = sys.argv[2]
RestAdapter.capabilities = replace(RestAdapter.capabilities, create_guarantee=CreateGuarantee(sys.argv[3]))

def passed(step):
    if step == point:
        os._exit(137)
job.passed = passed

if point == "after send":
    # The ERP has committed and answers; the worker dies before it has read the answer.
    send = httpx.HTTPTransport.handle_request
    def dying(self, request):
        response = send(self, request)
        if request.method == "POST":
            os._exit(137)
        return response
    httpx.HTTPTransport.handle_request = dying
delivery.deliver("demo")
"""


def run_worker(point, guarantee):
    """Deliver in another process until it dies; returns its exit status."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", WORKER, str(database.settings_dict["NAME"]), point, guarantee.value]
    run = subprocess.run(
        command,
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert run.returncode in (0, 137), run.stderr
    return run.returncode


def recover(order, monkeypatch, guarantee):
    """Another worker takes over, as soon as the lease and the quarantine allow."""
    with capabilities(RestAdapter, monkeypatch, create_guarantee=guarantee):
        for _round in range(80):
            make_due()
            gate.Connection.objects.update(hold_until=None)
            delivery.deliver("demo")
            if message_of(order).state == OutboxMessage.State.DONE:
                return
            time.sleep(0.1)
    raise AssertionError(message_of(order).error_text)


@pytest.mark.parametrize("guarantee", [CreateGuarantee.IDEMPOTENCY_KEY, CreateGuarantee.SEARCH_ONLY])
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_dies_loses_no_order_and_makes_no_second_one(demo_erp, monkeypatch, point, guarantee):
    connect(demo_erp)
    order = submitted_order()

    assert run_worker(point, guarantee) == 137
    committed = len(demo_erp.ledger())
    recover(order, monkeypatch, guarantee)

    order.refresh_from_db()
    reference = ExternalReference.objects.get(local_id=order.public_id)
    assert committed == (0 if POINTS.index(point) < POINTS.index("after send") else 1)
    assert [row["external_id"] for row in demo_erp.ledger()] == [reference.external_key]
    assert reference.state == "linked"
    assert order.erp_number == reference.remote_number != ""


def test_a_create_that_was_written_down_but_not_answered_is_quarantined_by_the_next_worker(
    demo_erp, settings, monkeypatch
):
    connect(demo_erp)
    order = submitted_order()
    run_worker("after attempt row", CreateGuarantee.SEARCH_ONLY)
    assert DeliveryAttempt.objects.get(step="create").outcome == ""

    with capabilities(RestAdapter, monkeypatch, create_guarantee=CreateGuarantee.SEARCH_ONLY):
        settings.SALESOPS_TIME_SCALE = 1.0
        make_due()
        delivery.deliver("demo")

    assert message_of(order).state == OutboxMessage.State.AMBIGUOUS
    assert DeliveryAttempt.objects.get(step="create").outcome == "ambiguous"
    assert demo_erp.ledger() == []


@pytest.fixture
def forgetful_erp(demo_erp, monkeypatch):
    """An ERP without unique keys that loses its first answer and shows an order only a second after the create.

    ``too_early`` are the searches that come before that second is over, however slow this machine is.
    """
    find, create, made_at = RestAdapter.find_orders, RestAdapter.create_order, []
    demo_erp.too_early = 0

    def find_late(self, key):
        if made_at and demo_erp.too_early:
            demo_erp.too_early -= 1
            return []
        return find(self, f"{key}/0") if made_at and time.monotonic() > made_at[0] + 1 else []

    def create_another(self, doc, *, idempotency_key):
        made_at.append(time.monotonic())
        key = f"{doc.external_key}/{len(made_at) - 1}"
        return create(self, replace(doc, external_key=key), idempotency_key=key)

    monkeypatch.setattr(RestAdapter, "find_orders", find_late)
    monkeypatch.setattr(RestAdapter, "create_order", create_another)
    demo_erp.fail("commit_then_drop", method="POST", path="/v1/orders")
    return demo_erp


@pytest.mark.parametrize(("missing", "orders"), [("nothing", 1), ("search", 2), ("quarantine", 2)])
def test_without_search_or_quarantine_there_is_a_second_order_and_we_would_see_it(
    forgetful_erp, monkeypatch, missing, orders
):
    connect(forgetful_erp)
    order = submitted_order()
    if missing == "search":
        monkeypatch.setattr(RestAdapter, "find_orders", lambda self, key: [])
    if missing == "quarantine":
        monkeypatch.setattr(Job, "quarantine", property(lambda self: timedelta(0)))
        forgetful_erp.too_early = 1

    recover(order, monkeypatch, CreateGuarantee.SEARCH_ONLY)

    assert len(forgetful_erp.ledger()) == orders
