import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import actions, delivery, gate, job
from integrations.adapters.protocol import CreateGuarantee
from integrations.adapters.rest.adapter import RestAdapter
from integrations.models import CodeMapping, DeliveryAttempt, ExternalReference
from kernel import history
from kernel.models import OutboxMessage
from orders.actions import cancel_order
from people.models import Role
from tests.factories import UserFactory
from tests.integrations.erp_fixtures import running_demo_erp
from tests.integrations.scenes import (
    capabilities,
    connect,
    deliver_all,
    make_due,
    message_of,
    submitted_order,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]

State = OutboxMessage.State


def booked_order(erp, order):
    """The order as the ERP has it."""
    answer = erp.request("GET", "/v1/orders", params={"external_id": message_of(order).external_key})
    [booked] = answer.json()["items"]
    return booked


@pytest.fixture
def connection(demo_erp):
    return connect(demo_erp)


def test_a_submitted_order_reaches_the_erp_once_and_carries_its_number_home(demo_erp, connection):
    order = submitted_order()
    message = message_of(order)
    assert message.destination == "demo"

    delivery.deliver("demo")

    order.refresh_from_db()
    message.refresh_from_db()
    [created] = demo_erp.ledger()
    reference = ExternalReference.objects.get(local_id=order.public_id)
    assert message.state == State.DONE
    assert created["external_id"] == message.external_key == reference.external_key
    assert reference.state == "linked"
    assert order.erp_number == reference.remote_number != ""
    assert order.erp_total == order.total == Decimal("453.56")
    assert (order.erp_net, order.erp_tax) == (order.net_amount, order.total_tax)
    assert history.of(order)[0].verb == "erp_reported"
    assert history.of(order)[0].actor.username == "service.integration"


def test_every_step_is_logged_and_the_create_was_written_down_before_it_left(demo_erp, connection):
    order = submitted_order()

    delivery.deliver("demo")

    search, create = DeliveryAttempt.objects.filter(message=message_of(order)).order_by("id")
    assert (search.step, search.outcome, search.sent_at) == ("search", "ok", None)
    assert (create.step, create.outcome) == ("create", "ok")
    assert create.sent_at <= create.finished_at
    assert create.remote_id
    assert create.request_hash


def test_what_the_erp_books_is_what_we_show_line_by_line(demo_erp, connection):
    order = submitted_order(discount_percent=Decimal(10))

    delivery.deliver("demo")

    [booked] = demo_erp.request(
        "GET", "/v1/orders", params={"external_id": message_of(order).external_key}
    ).json()["items"]
    order.refresh_from_db()
    goods = {line["line_key"]: Decimal(line["net"]) for line in booked["lines"] if line["kind"] != "freight"}
    assert goods == {str(line.key): line.net - line.header_discount for line in order.lines.all()}
    assert Decimal(booked["totals"]["gross"]) == order.total == order.erp_total


@pytest.mark.parametrize(
    "fault",
    [
        {"mode": "status", "status": 500},
        {"mode": "status", "status": 503},
        {"mode": "status", "status": 429, "retry_after": 1},
        {"mode": "drop_before"},
        {"mode": "commit_then_drop"},
        {"mode": "commit_then_status", "status": 500},
        {"mode": "garbage"},
        {"mode": "truncate"},
    ],
    ids=lambda fault: f"{fault['mode']}-{fault.get('status', '')}",
)
@pytest.mark.parametrize("guarantee", [CreateGuarantee.IDEMPOTENCY_KEY, CreateGuarantee.SEARCH_ONLY])
@pytest.mark.usefixtures("connection", "hurry")
def test_whatever_goes_wrong_at_the_create_the_order_is_there_once_in_the_end(
    demo_erp, monkeypatch, fault, guarantee
):
    order = submitted_order()
    demo_erp.fail(**fault, method="POST", path="/v1/orders")

    with capabilities(RestAdapter, monkeypatch, create_guarantee=guarantee):
        for _round in range(60):
            make_due()
            gate.Connection.objects.update(hold_until=None)
            delivery.deliver("demo")
            if message_of(order).state == State.DONE:
                break
            time.sleep(0.1)

    order.refresh_from_db()
    assert message_of(order).state == State.DONE
    assert [row["external_id"] for row in demo_erp.ledger()] == [message_of(order).external_key]
    assert order.erp_number


def test_after_an_unanswered_create_we_only_look_until_the_quarantine_ends(demo_erp, connection, monkeypatch):
    order = submitted_order()
    demo_erp.fail("drop_before", method="POST", path="/v1/orders")

    with capabilities(RestAdapter, monkeypatch, create_guarantee=CreateGuarantee.SEARCH_ONLY):
        delivery.deliver("demo")
        message = message_of(order)
        sent_at = DeliveryAttempt.objects.get(step="create").sent_at
        assert message.state == State.AMBIGUOUS
        assert message.ambiguous_until == sent_at + timedelta(minutes=3)
        assert message.available_at < timezone.now() + timedelta(seconds=20)

        make_due()
        delivery.deliver("demo")
        assert message_of(order).state == State.AMBIGUOUS
        assert DeliveryAttempt.objects.filter(step="create").count() == 1
        assert DeliveryAttempt.objects.filter(step="search").count() == 2

        DeliveryAttempt.objects.filter(step="create").update(sent_at=sent_at - timedelta(minutes=4))
        make_due()
        delivery.deliver("demo")

    assert message_of(order).state == State.DONE
    assert len(demo_erp.ledger()) == 1


def test_an_order_that_appears_late_is_adopted_and_not_made_again(demo_erp, connection, monkeypatch):
    order = submitted_order()
    demo_erp.fail("commit_then_drop", method="POST", path="/v1/orders")

    with capabilities(RestAdapter, monkeypatch, create_guarantee=CreateGuarantee.SEARCH_ONLY):
        delivery.deliver("demo")
        assert message_of(order).state == State.AMBIGUOUS
        make_due()
        delivery.deliver("demo")

    order.refresh_from_db()
    assert message_of(order).state == State.DONE
    assert order.erp_number
    assert len(demo_erp.ledger()) == 1


def test_a_refused_order_waits_for_a_person_with_the_erps_own_words(tmp_path):
    with running_demo_erp(tmp_path, "--strict") as erp:
        connection = connect(erp)
        order = submitted_order()

        delivery.deliver("demo")

        message = message_of(order)
        assert message.state == State.DEAD
        assert message.attempts == 1
        assert "customer" in message.error_text.lower()
        assert erp.ledger() == []
        connection.refresh_from_db()
        assert connection.is_active


def test_a_mapped_code_and_send_again_deliver_what_was_refused(tmp_path):
    with running_demo_erp(tmp_path, "--strict") as erp:
        connection = connect(erp)
        order = submitted_order()
        sku = order.lines.exclude(product=None).get().product.sku
        for kind, code in [
            ("customers", order.account.number),
            ("taxes", "VAT19"),
            ("taxes", "VAT7"),
            ("products", "X1"),
        ]:
            erp.request("PUT", f"/v1/{kind}/{code}", json={"name": code})
        delivery.deliver("demo")
        assert message_of(order).state == State.DEAD
        assert sku in message_of(order).error_text

        CodeMapping.objects.create(connection=connection, kind="products", local_code=sku, remote_code="X1")
        actions.send_again(message_of(order), by=UserFactory(role=Role.ADMINISTRATOR))
        delivery.deliver("demo")

        assert message_of(order).state == State.DONE
        assert len(erp.ledger()) == 1


def test_a_refused_sign_in_stops_the_connection_and_buries_no_message(demo_erp, connection):
    order = submitted_order()
    connection.set_secret("wrong")
    connection.save()

    delivery.deliver("demo")

    connection.refresh_from_db()
    assert connection.state == "broken"
    assert message_of(order).state == State.PENDING
    assert message_of(order).attempts_since_replay == 0

    connection.set_secret(demo_erp.token)
    connection.state = "active"
    connection.save()
    delivery.deliver("demo")
    assert message_of(order).state == State.DONE


def test_a_paused_connection_sends_nothing_and_keeps_the_message(demo_erp, connection):
    order = submitted_order()
    connection.state = "paused"
    connection.save()

    assert delivery.deliver("demo") == 0

    assert message_of(order).state == State.PENDING
    assert demo_erp.ledger() == []


def test_an_erp_that_is_down_is_left_alone_until_one_message_gets_through(demo_erp, connection, monkeypatch):
    monkeypatch.setattr(gate, "MINIMUM", 3)
    orders = [submitted_order() for _ in range(4)]
    demo_erp.kill()

    delivery.deliver("demo")

    connection.refresh_from_db()
    assert connection.breaker_opened_at
    assert sum(message_of(order).attempts for order in orders) == 3
    make_due()
    assert delivery.deliver("demo") == 0

    demo_erp.start()
    gate.Connection.objects.update(breaker_opened_at=timezone.now() - timedelta(seconds=61))
    deliver_all(connection)
    assert len(demo_erp.ledger()) == 4
    connection.refresh_from_db()
    assert connection.breaker_opened_at is None


def test_an_erp_that_asks_to_wait_is_left_in_peace(demo_erp, connection):
    submitted_order()
    demo_erp.fail("status", status=429, retry_after=120, method="POST", path="/v1/orders")

    delivery.deliver("demo")

    connection.refresh_from_db()
    assert connection.hold_until > timezone.now() + timedelta(seconds=100)
    make_due()
    assert delivery.deliver("demo") == 0


def test_an_order_canceled_before_it_left_never_reaches_the_erp(demo_erp, connection):
    by = UserFactory(role=Role.SALES_MANAGER)
    order = submitted_order(by=by)
    cancel_order(order, by=by, reason="customer_request")

    deliver_all(connection)

    assert demo_erp.ledger() == []
    assert message_of(order).state == State.DONE
    assert message_of(order, "order.canceled").state == State.DONE


def test_canceling_a_delivered_order_cancels_it_in_the_erp(demo_erp, connection):
    by = UserFactory(role=Role.SALES_MANAGER)
    order = submitted_order(by=by)
    delivery.deliver("demo")
    cancel_order(order, by=by, reason="customer_request")

    deliver_all(connection)

    order.refresh_from_db()
    [booked] = demo_erp.request(
        "GET", "/v1/orders", params={"external_id": message_of(order).external_key}
    ).json()["items"]
    assert booked["status"] == "canceled"
    assert order.erp_status == "canceled"


def test_a_worker_that_lost_its_lease_writes_nothing_on_the_order(demo_erp, connection, monkeypatch):
    order = submitted_order()

    def steal(step):
        if step == "after response":
            OutboxMessage.objects.filter(state="leased").update(
                lease_token="00000000-0000-0000-0000-000000000001"
            )

    monkeypatch.setattr(job, "passed", steal)
    delivery.deliver("demo")
    order.refresh_from_db()
    assert order.erp_number == ""
    assert DeliveryAttempt.objects.get(step="create").outcome == "replaced"

    monkeypatch.setattr(job, "passed", lambda step: None)
    deliver_all(connection)
    order.refresh_from_db()
    assert order.erp_number
    assert len(demo_erp.ledger()) == 1


def test_no_call_to_an_erp_happens_inside_a_transaction(demo_erp, connection):
    submitted_order()

    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        delivery.deliver("demo")

    assert demo_erp.ledger() == []


def test_a_message_nobody_understands_waits_for_a_person(demo_erp, connection):
    order = submitted_order()
    OutboxMessage.objects.filter(pk=message_of(order).pk).update(topic="order.sung")

    delivery.deliver("demo")

    assert message_of(order, "order.sung").state == State.DEAD
