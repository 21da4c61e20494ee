from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations import delivery, gate, journal
from integrations.models import DeliveryAttempt
from integrations.panel import erp_status, sync_panel
from kernel import history, relay
from kernel.models import OutboxMessage
from people.models import Role
from tests.factories import UserFactory
from tests.integrations.erp_fixtures import running_demo_erp
from tests.integrations.scenes import connect, message_of, submitted_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


class AnErp:
    """The address of an ERP that nobody calls."""

    base_url = "http://127.0.0.1:9"
    token = "canary-token-of-the-connection"


@pytest.fixture
def connection(db):
    return connect(AnErp)


@pytest.fixture
def admin_client(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    return client


def bury(order, text="Tax code DE19X unknown"):
    message = message_of(order)
    OutboxMessage.objects.filter(pk=message.pk).update(state="dead", error_text=text, error_class="Rejected")
    return message


def test_without_a_connection_the_page_says_how_to_get_one(admin_client):
    page = admin_client.get("/sync/")

    assert page.status_code == 200
    assert "No ERP is connected" in page.content.decode()


def test_the_page_shows_health_causes_in_words_and_messages(admin_client, connection):
    first, second, third = submitted_order(), submitted_order(), submitted_order()
    bury(first)
    bury(second)

    text = admin_client.get("/sync/").content.decode()

    assert "Demo ERP" in text
    assert text.count("Tax code DE19X unknown") >= 1
    assert "Send 2 again" in text
    assert third.number in text


def test_the_page_costs_the_same_for_one_message_and_for_many(
    admin_client, connection, django_assert_max_num_queries
):
    for _ in range(12):
        bury(submitted_order(), text="x" * 10)

    with django_assert_max_num_queries(22):
        admin_client.get("/sync/")


def test_messages_are_filtered_by_state(admin_client, connection):
    dead, queued = submitted_order(), submitted_order()
    bury(dead)

    text = admin_client.get("/sync/", {"state": "pending"}).content.decode()

    assert queued.number in text
    assert dead.number not in text


def test_a_message_shows_its_attempts_in_order_and_no_secret(admin_client, tmp_path):
    with running_demo_erp(tmp_path, "--strict") as erp:
        connect(erp)
        order = submitted_order()
        delivery.deliver("demo")
        token = erp.token
    message = message_of(order)

    text = admin_client.get(message.get_absolute_url()).content.decode()

    assert message.external_key in text
    assert "Look for it" in text
    assert "Create" in text
    assert message.error_text.splitlines()[0].split("“")[0].strip()[:20] in text
    assert token not in text


def test_an_excerpt_never_holds_what_we_sign_in_with(connection):
    order = submitted_order()
    [leased] = relay.claim("demo")
    attempt = journal.begin(connection, leased, "search")
    journal.succeed(attempt, excerpt=f"401 for Bearer {AnErp.token}")

    assert AnErp.token not in DeliveryAttempt.objects.get(message=message_of(order)).response_excerpt


def test_send_again_makes_a_dead_message_due_with_the_same_key_and_is_remembered(admin_client, connection):
    message = bury(submitted_order())

    response = admin_client.post(reverse("integrations:send-again", args=[message.message_id]))

    assert response.status_code == 302
    again = OutboxMessage.objects.get(pk=message.pk)
    assert (again.state, again.external_key) == ("pending", message.external_key)
    assert history.of(again)[0].verb == "sent_again"


def test_send_again_of_a_delivered_message_is_refused_and_changes_nothing(admin_client, connection):
    message = message_of(submitted_order())
    OutboxMessage.objects.filter(pk=message.pk).update(state="done")

    response = admin_client.post(reverse("integrations:send-again", args=[message.message_id]))

    assert response.status_code == 422
    assert OutboxMessage.objects.get(pk=message.pk).state == "done"


def test_all_messages_of_one_cause_are_sent_again_together_and_no_others(admin_client, connection):
    same, alike, other = (bury(submitted_order()) for _ in range(3))
    OutboxMessage.objects.filter(pk=other.pk).update(error_text="Something else")

    admin_client.post(reverse("integrations:send-cause-again", args=[same.message_id]))

    states = dict(OutboxMessage.objects.values_list("pk", "state"))
    assert [states[m.pk] for m in (same, alike, other)] == ["pending", "pending", "dead"]


def test_skipping_needs_a_reason_and_keeps_it(admin_client, connection):
    message = bury(submitted_order())
    address = reverse("integrations:skip", args=[message.message_id])

    assert admin_client.post(address, {"reason": " "}).status_code == 422
    assert admin_client.post(address, {"reason": "typed there by hand"}).status_code == 302

    skipped = OutboxMessage.objects.get(pk=message.pk)
    assert (skipped.state, skipped.error_text) == ("skipped", "typed there by hand")


def test_pausing_needs_a_reason_stops_delivery_and_resuming_starts_it(admin_client, connection):
    pause = reverse("integrations:pause", args=["demo"])
    assert admin_client.post(pause, {"reason": ""}).status_code == 422

    admin_client.post(pause, {"reason": "Stocktaking until Monday"})
    connection.refresh_from_db()
    assert (connection.state, connection.state_reason) == ("paused", "Stocktaking until Monday")
    assert not gate.is_open(connection)
    assert "Stocktaking until Monday" in admin_client.get("/sync/").content.decode()

    admin_client.post(reverse("integrations:resume", args=["demo"]))
    assert gate.is_open(connection)


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.SALES_MANAGER, 403), (Role.FINANCE, 200), (Role.SALESPERSON, 403)]
)
def test_who_may_look_may_not_always_act(client, connection, role, sees):
    message = bury(submitted_order())
    client.force_login(UserFactory(role=role))

    assert client.get("/sync/").status_code == sees
    assert client.get(message.get_absolute_url()).status_code == sees
    assert client.post(reverse("integrations:send-again", args=[message.message_id])).status_code == 403
    assert (
        client.post(reverse("integrations:skip", args=[message.message_id]), {"reason": "x"}).status_code
        == 403
    )
    assert client.post(reverse("integrations:pause", args=["demo"]), {"reason": "x"}).status_code == 403
    assert OutboxMessage.objects.get(pk=message.pk).state == "dead"


def test_nothing_is_done_by_looking(admin_client, connection):
    message = bury(submitted_order())

    for name, key in [("send-again", message.message_id), ("skip", message.message_id), ("pause", "demo")]:
        assert admin_client.get(reverse(f"integrations:{name}", args=[key])).status_code == 405


def test_internal_messages_have_no_page(admin_client, connection):
    submitted_order()
    internal = OutboxMessage.objects.filter(destination="").first()

    assert admin_client.get(internal.get_absolute_url()).status_code == 404


def test_the_panel_of_an_order_says_where_it_stands(connection):
    order = submitted_order()
    assert "Queued" in sync_panel(order)

    bury(order)
    panel = sync_panel(order)
    assert "Refused by the ERP" in panel
    assert "Tax code DE19X unknown" in panel


def test_without_a_connection_there_is_no_panel_and_no_light(rf):
    request = rf.get("/")
    request.user = UserFactory(role=Role.ADMINISTRATOR)

    assert sync_panel(submitted_order()) == ""
    assert erp_status(request) is None


def test_the_light_tells_the_worst_there_is(rf, connection):
    request = rf.get("/")
    request.user = UserFactory(role=Role.ADMINISTRATOR)
    assert erp_status(request).tone == "success"

    connection.breaker_opened_at = timezone.now() - timedelta(seconds=5)
    connection.save()
    assert "not answering" in erp_status(request).text

    bury(submitted_order())
    assert erp_status(request).text == "ERP: 1 needs a person"

    request.user = UserFactory(role=Role.SALESPERSON)
    assert erp_status(request) is None
