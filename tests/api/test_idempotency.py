"""The same request under the same key has one effect and one answer, also when it comes twice at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kernel.idempotency import IdempotencyRecord
from kernel.models import HistoryEntry, OutboxMessage
from kernel.replay import hold
from leads.models import Lead
from orders.models import Order
from tests.api.conftest import client_of
from tests.api.records import address
from tests.document_factories import QuoteFactory
from tests.factories import CurrencyFactory, UserFactory

LEAD = {"topic": "Spindles", "last_name": "Borg"}


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_a_repetition_gets_the_first_answer_and_makes_nothing(self, api):
        first = api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})
        again = api.post("/api/v1/leads/", dict(reversed(LEAD.items())), headers={"Idempotency-Key": "k1"})

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert again["Idempotent-Replayed"] == "true"
        assert again["ETag"] == first["ETag"]
        assert "Idempotent-Replayed" not in first
        assert (Lead.objects.count(), HistoryEntry.objects.count(), OutboxMessage.objects.count()) == (
            1,
            1,
            1,
        )

    def test_the_answer_stays_the_first_one_whatever_happened_since(self, api, seller, euro):
        quote = QuoteFactory(owner=seller, status="active")
        first = api.post(address("quotes", quote, "accept"), headers={"Idempotency-Key": "accept"})
        api.post(f"/api/v1/orders/{first.data['id']}/hold/")

        again = api.post(address("quotes", quote, "accept"), headers={"Idempotency-Key": "accept"})

        assert again.json() == first.json()
        assert Order.objects.count() == 1

    @pytest.mark.parametrize("change", ["body", "path", "method"])
    def test_another_request_under_the_key_is_refused(self, api, seller, change):
        made = api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})
        path = f"/api/v1/leads/{made.data['id']}/"

        if change == "body":
            other = api.post("/api/v1/leads/", LEAD | {"topic": "Other"}, headers={"Idempotency-Key": "k1"})
        elif change == "path":
            other = api.post("/api/v1/activities/", LEAD, headers={"Idempotency-Key": "k1"})
        else:
            other = api.patch(path, LEAD, headers={"Idempotency-Key": "k1"})

        assert (other.status_code, other.data["code"]) == (422, "idempotency_key_reused")
        assert Lead.objects.get().topic == "Spindles"

    def test_a_refusal_is_not_kept_so_that_one_can_try_again(self, api):
        wrong = api.post("/api/v1/leads/", {"topic": "x"}, headers={"Idempotency-Key": "k1"})
        right = api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})

        assert (wrong.status_code, right.status_code) == (422, 201)
        assert "Idempotent-Replayed" not in right

    def test_everybody_has_keys_of_their_own(self, api):
        api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})
        other = client_of(UserFactory()).post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})

        assert other.status_code == 201
        assert Lead.objects.count() == 2

    def test_keys_are_forgotten_after_a_week(self, api):
        api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=8))

        answer = api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})

        assert (answer.status_code, Lead.objects.count(), IdempotencyRecord.objects.count()) == (201, 2, 1)

    def test_a_step_without_an_answer_is_repeated_without_one(self, api, seller, euro):
        quote = QuoteFactory(owner=seller)

        answers = [
            api.delete(address("quotes", quote), headers={"Idempotency-Key": "gone"}) for _again in range(2)
        ]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert answers[1].content == b""

    @pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
    def test_a_key_that_is_no_key_is_said_so(self, api, key):
        answer = api.post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": key})

        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "Idempotency-Key")


def at_once(count, ask):
    """Ask ``count`` times at the same moment, each time from a connection of its own."""
    start, answers = threading.Barrier(count), []

    def run():
        try:
            start.wait(timeout=60)
            answers.append(ask())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=180)
    return answers


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_many_at_once_one_acts_and_the_others_wait_or_repeat(self):
        user = UserFactory()

        answers = at_once(
            6, lambda: client_of(user).post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})
        )

        assert sorted({answer.status_code for answer in answers}) in ([201], [201, 409])
        assert all(a.data["code"] == "request_in_progress" for a in answers if a.status_code == 409)
        assert len({answer.data["id"] for answer in answers if answer.status_code == 201}) == 1
        assert Lead.objects.count() == 1
        assert (
            client_of(user).post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"}).status_code == 201
        )
        assert Lead.objects.count() == 1

    @pytest.mark.postgres
    def test_a_request_that_is_still_running_is_said_so(self):
        user = UserFactory()
        with transaction.atomic():
            hold(user, "k1")
            answers = at_once(
                1, lambda: client_of(user).post("/api/v1/leads/", LEAD, headers={"Idempotency-Key": "k1"})
            )

        assert (answers[0].status_code, answers[0].data["code"]) == (409, "request_in_progress")
        assert not Lead.objects.exists()

    @pytest.mark.postgres
    def test_of_many_who_accept_a_quote_at_once_one_places_the_order(self):
        CurrencyFactory()
        quote = QuoteFactory(status="active")

        answers = at_once(8, lambda: client_of(quote.owner).post(address("quotes", quote, "accept")))

        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        assert Order.objects.count() == 1
