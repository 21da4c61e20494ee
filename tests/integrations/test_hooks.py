import json
import random
import time
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations import delivery, inbox, onboarding, pull
from integrations.adapters import webhooks
from integrations.models import InboxMessage
from integrations.models.connections import WEBHOOK_OVERLAP
from invoices.models import Invoice
from tests.integrations.scenes import WEBHOOK_SECRET, connect, submitted_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(demo_erp, bell):
    return connect(demo_erp)


def hint(stream="invoices", remote_id="1"):
    data = {"stream": stream, "id": remote_id}
    return json.dumps(
        {"type": f"{stream}.changed", "timestamp": timezone.now().isoformat(), "data": data}
    ).encode()


def headers(body, *, secret=WEBHOOK_SECRET, message_id="", at=None):
    message_id = message_id or f"msg_{uuid.uuid4().hex}"
    stamp = str(int((at or timezone.now()).timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": webhooks.sign(secret.encode(), message_id, stamp, body),
    }


def call(body, signed, code="demo"):
    """As an ERP calls: no session, no CSRF token."""
    return Client(enforce_csrf_checks=True).post(
        f"/hooks/{code}/", data=body, content_type="application/json", headers=signed
    )


def test_a_signed_call_is_kept_and_answered_with_202(connection, bell):
    body = hint()
    signed = headers(body)

    response = call(body, signed)

    assert response.status_code == 202
    kept = InboxMessage.objects.get()
    assert (kept.message_id, kept.stream, kept.remote_id) == (signed["webhook-id"], "invoices", "1")
    assert ("integrations.process_inbox", "demo") in bell


def test_the_same_call_again_is_answered_the_same_and_kept_once(connection, bell):
    body = hint()
    signed = headers(body)

    assert [call(body, signed).status_code for _ in range(3)] == [202, 202, 202]

    assert InboxMessage.objects.count() == 1
    assert bell.count(("integrations.process_inbox", "demo")) == 1


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24])
def test_a_call_that_is_too_old_or_from_the_future_is_refused(connection, minutes):
    body = hint()

    response = call(body, headers(body, at=timezone.now() + timedelta(minutes=minutes)))

    assert response.status_code == 401
    assert not InboxMessage.objects.exists()


def test_a_call_signed_with_another_secret_is_refused(connection):
    body = hint()
    other = "whsec_" + "YW5vdGhlciBzZWNyZXQsIGFsc28gMzIgYnl0ZXM="

    assert call(body, headers(body, secret=other)).status_code == 401
    assert call(body, {}).status_code == 401
    assert not InboxMessage.objects.exists()


def test_five_hundred_forged_calls_are_all_refused(connection):
    chance = random.Random(20261122)
    body = hint()
    good = headers(body)

    for _turn in range(500):
        forged, bad = bytearray(body), dict(good)
        if chance.random() < 0.5:
            forged[chance.randrange(len(forged))] ^= 1 << chance.randrange(8)
        else:
            name = chance.choice(list(bad))
            place = chance.randrange(len(bad[name]))
            digit = "0123456789" if name == "webhook-timestamp" else "abcdefXYZ019"
            other = chance.choice([c for c in digit if c != bad[name][place]])
            bad[name] = bad[name][:place] + other + bad[name][place + 1 :]
        with_same_meaning = bytes(forged) == body and bad == good
        assert with_same_meaning or call(bytes(forged), bad).status_code == 401

    assert not InboxMessage.objects.exists()


def test_an_unknown_connection_answers_like_a_wrong_signature(connection):
    body = hint()

    unknown = call(body, headers(body), code="other")

    assert (unknown.status_code, unknown.json()) == (401, call(body, {}).json())


def test_two_secrets_are_accepted_while_one_replaces_the_other(connection):
    new = "whsec_" + "dGhlIG5leHQgc2VjcmV0LCBhZ2FpbiAzMiBieXRlcw=="
    connection.set_webhook_secret(new)
    connection.save()
    body = hint()

    assert call(body, headers(body)).status_code == 202
    assert call(body, headers(body, secret=new)).status_code == 202

    connection.webhook_previous_until = timezone.now() - timedelta(seconds=1)
    connection.save()
    assert call(body, headers(body)).status_code == 401
    assert timedelta(days=1) < WEBHOOK_OVERLAP


def test_a_call_of_more_than_a_megabyte_is_refused_unread(connection):
    body = b"x" * (inbox.BODY_LIMIT + 1)

    assert call(body, headers(body)).status_code == 413


def test_only_posting_is_possible(connection):
    assert Client().get("/hooks/demo/").status_code == 405


def invoiced_order(demo_erp):
    order = submitted_order()
    delivery.deliver("demo")
    order.refresh_from_db()
    demo_erp.advance(order.erp_number, to="invoiced")
    return order


def test_a_hint_makes_us_read_the_document_and_its_body_is_never_believed(demo_erp, connection):
    order = invoiced_order(demo_erp)
    [invoice_id] = [i["id"] for i in demo_erp.request("GET", "/v1/invoices").json()["items"]]
    body = json.loads(hint(remote_id=str(invoice_id)))
    body["data"] |= {"total": "0.01", "status": "paid"}
    text = json.dumps(body).encode()
    call(text, headers(text))

    assert inbox.process(connection) == 1

    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.balance) == (order.total, order.total)
    assert InboxMessage.objects.get().state == "done"


def test_hints_twice_and_in_the_wrong_order_lead_to_the_same_state(demo_erp, connection):
    order = invoiced_order(demo_erp)
    demo_erp.advance(order.erp_number, to="paid")
    ids = [(s, str(d["id"])) for s in ("payments", "invoices", "orders")
           for d in demo_erp.request("GET", f"/v1/changes/{s}").json()["items"]]  # fmt: skip
    for stream, remote_id in [*ids, *reversed(ids)]:
        body = hint(stream, remote_id)
        call(body, headers(body))

    inbox.process(connection)

    order.refresh_from_db()
    invoice = Invoice.objects.get()
    assert (order.status, order.fulfillment) == ("invoiced", "complete")
    assert (invoice.status, invoice.balance) == ("paid", 0)
    assert invoice.allocations.count() == len([s for s, _id in ids if s == "payments"])
    version = invoice.version
    pull.pull(connection)
    invoice.refresh_from_db()
    assert invoice.version == version


def test_a_hint_about_nothing_the_erp_knows_is_done_with(demo_erp, connection):
    body = hint(remote_id="999999")
    call(body, headers(body))

    inbox.process(connection)

    assert InboxMessage.objects.get().state == "done"


def test_a_hint_waits_while_the_erp_is_down_and_is_acted_on_later(demo_erp, connection):
    invoiced_order(demo_erp)
    body = hint()
    call(body, headers(body))
    demo_erp.kill()
    assert inbox.process(connection) == 0
    message = InboxMessage.objects.get()
    assert message.state == "received"
    assert message.available_at > timezone.now()

    demo_erp.start()
    InboxMessage.objects.update(available_at=timezone.now())
    assert inbox.process(connection) == 1
    assert Invoice.objects.exists()


def test_the_erps_own_hints_arrive_signed_by_its_hand(demo_erp, connection, live_server):
    assert onboarding.subscribe(connection, live_server.url)
    order = submitted_order()
    delivery.deliver("demo")
    order.refresh_from_db()

    demo_erp.advance(order.erp_number, to="invoiced")

    end = time.monotonic() + 60
    while not InboxMessage.objects.filter(stream="invoices").exists():
        assert time.monotonic() < end, demo_erp.events()
        time.sleep(0.2)
    inbox.process(connection)
    assert Invoice.objects.get().total == order.total
