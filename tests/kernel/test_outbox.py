import threading
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from kernel import outbox, relay
from kernel.models import OutboxMessage
from kernel.outbox_models import ComponentOwnership
from kernel.ownership import destination, owner_of, pulls
from tests.factories import AccountFactory, UserFactory

State = OutboxMessage.State


@pytest.fixture
def bell(monkeypatch):
    rung = []
    monkeypatch.setattr(outbox.current_app, "send_task", lambda name, **kw: rung.append((name, kw["args"])))
    return rung


@pytest.fixture
def account(db):
    return AccountFactory()


@pytest.fixture
def by(db):
    return UserFactory()


def tell(account, by, topic="account.changed", destination="erp", **payload):
    return outbox.publish(topic, account, by=by, destination=destination, payload=payload)


def fresh(message):
    return OutboxMessage.objects.get(pk=message.pk)


@pytest.mark.django_db(transaction=True)
def test_news_outside_a_transaction_is_refused(bell):
    account, by = AccountFactory(), UserFactory()

    with pytest.raises(transaction.TransactionManagementError):
        tell(account, by)

    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_after_the_commit_and_never_for_a_rollback(bell):
    account, by = AccountFactory(), UserFactory()

    with transaction.atomic():
        tell(account, by)
        tell(account, by, topic="account.renamed")
        assert bell == []
    assert bell == [("outbox.deliver", ["erp"])]

    def change_of_mind():
        with transaction.atomic():
            tell(account, by, topic="account.merged")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_of_mind()
    assert len(bell) == 1
    assert OutboxMessage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [OperationalError("no broker"), ValueError("odd answer")])
def test_a_dead_broker_does_not_disturb_the_person_who_saves(monkeypatch, trouble):
    account, by = AccountFactory(), UserFactory()

    def broken(*args, **kwargs):
        raise trouble

    monkeypatch.setattr(outbox.current_app, "send_task", broken)

    with transaction.atomic():
        message = tell(account, by)

    assert fresh(message).state == State.PENDING


def test_the_same_news_of_the_same_version_is_one_promise(account, by, bell):
    first, second = tell(account, by), tell(account, by)

    assert first.pk == second.pk
    first.pk, first.message_id = None, uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_a_newer_version_replaces_what_was_not_sent_yet(account, by, bell):
    old = tell(account, by)
    account.save()

    new = tell(account, by)

    assert fresh(old).state == State.SUPERSEDED
    assert fresh(old).superseded_by == new
    assert [m.pk for m in relay.claim("erp", limit=10)] == [new.pk]


def test_internal_news_is_never_replaced_by_newer_news(account, by, bell):
    old = tell(account, by, destination="")
    account.save()
    tell(account, by, destination="")

    assert fresh(old).state == State.PENDING


def test_the_external_key_is_readable_and_stays_the_same_for_ever(account, by, bell):
    first = tell(account, by)
    account.save()
    second = tell(account, by)

    assert first.external_key == second.external_key == f"{account.number}-{account.public_id.hex[:8]}"


def test_a_claimed_message_is_nobody_elses(account, by, bell):
    message = tell(account, by)

    [mine] = relay.claim("erp")

    assert mine.pk == message.pk
    assert mine.state == State.LEASED
    assert mine.attempts == 1
    assert relay.claim("erp") == []


def test_another_destination_gets_nothing(account, by, bell):
    tell(account, by)

    assert relay.claim("other") == []


def test_news_of_one_record_goes_in_order_and_a_waiting_one_holds_the_next(account, by, bell):
    first = tell(account, by, topic="account.created")
    second = tell(account, by, topic="account.changed")
    other = tell(AccountFactory(), by)

    claimed = relay.claim("erp", limit=10)
    assert {m.pk for m in claimed} == {first.pk, other.pk}

    relay.retry(claimed[0], error=relay.Fault("transient"), at=timezone.now() + timedelta(hours=1))
    assert relay.claim("erp", limit=10) == []
    assert fresh(second).state == State.PENDING


def test_a_message_for_a_person_does_not_hold_the_next(account, by, bell):
    tell(account, by, topic="account.created")
    second = tell(account, by, topic="account.changed")
    [first] = relay.claim("erp")

    relay.bury(first, error=relay.Fault("rejected", "E1", "Tax code DE19X unknown"))

    assert [m.pk for m in relay.claim("erp")] == [second.pk]
    assert fresh(first).error_text == "Tax code DE19X unknown"


def test_the_database_itself_refuses_two_in_flight_for_one_record(account, by, bell):
    tell(account, by, topic="account.created")
    second = tell(account, by, topic="account.changed")
    relay.claim("erp")

    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=second.pk).update(
            state=State.LEASED, lease_token=second.message_id, leased_until=timezone.now()
        )


def test_a_dead_workers_message_is_taken_again_and_the_dead_worker_finishes_nothing(account, by, bell):
    tell(account, by)
    [lost] = relay.claim("erp")
    OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    [again] = relay.claim("erp")

    assert again.pk == lost.pk
    assert again.attempts == 2
    assert relay.renew(lost) is False
    assert relay.finish(lost) is False
    assert relay.finish(again) is True
    assert fresh(again).state == State.DONE


def test_a_quarantined_message_keeps_its_end_and_is_looked_at_before(account, by, bell):
    tell(account, by)
    [message] = relay.claim("erp")
    now = timezone.now()

    relay.quarantine(message, error=relay.Fault("unknown"), until=now + timedelta(minutes=12), at=now)

    [again] = relay.claim("erp")
    assert again.ambiguous_until == now + timedelta(minutes=12)


def test_waits_double_with_full_jitter_and_are_capped(settings):
    settings.SALESOPS_TIME_SCALE = 1.0

    waits = [[relay.backoff(attempt).total_seconds() for _ in range(300)] for attempt in range(12)]

    assert all(0 <= wait <= min(600, 2 * 2**attempt) for attempt, some in enumerate(waits) for wait in some)
    assert max(waits[3]) > 12
    assert min(waits[3]) < 4
    assert max(waits[11]) > 500


@pytest.mark.parametrize(
    ("attempts", "hours", "state"), [(11, 30, "pending"), (12, 1, "pending"), (12, 25, "dead")]
)
def test_a_message_is_given_up_only_when_attempts_and_time_are_spent(
    account, by, bell, attempts, hours, state
):
    tell(account, by)
    [message] = relay.claim("erp")
    message.attempts_since_replay = attempts
    message.retry_since = timezone.now() - timedelta(hours=hours)

    relay.retry(message, error=relay.Fault("transient", text="No connection"))

    assert fresh(message).state == state


def test_a_person_can_send_again_or_skip_only_what_is_not_on_its_way(account, by, bell):
    tell(account, by)
    [message] = relay.claim("erp")
    assert relay.replay(message) is False
    assert relay.skip(message, reason="typed there by hand") is False

    relay.bury(message, error=relay.Fault("rejected"))
    assert relay.replay(message) is True
    assert fresh(message).state == State.PENDING
    assert fresh(message).attempts_since_replay == 0

    assert relay.skip(message, reason="typed there by hand") is True
    assert fresh(message).state == State.SKIPPED
    assert relay.claim("erp") == []


def test_a_fault_of_the_connection_costs_the_message_no_attempt(account, by, bell):
    tell(account, by)
    [message] = relay.claim("erp")

    relay.release(message)

    assert fresh(message).attempts_since_replay == 0
    assert [m.pk for m in relay.claim("erp")] == [message.pk]


def test_subscribers_hear_internal_news_and_a_failing_one_is_told_again(account, by, bell, monkeypatch):
    heard, trouble = [], [True]
    monkeypatch.setattr(outbox, "_subscribers", outbox.defaultdict(list))

    @outbox.subscribe("account.changed")
    def listen(message):
        heard.append(message.aggregate_id)
        if trouble:
            raise ValueError(trouble.pop())

    message = tell(account, by, destination="")
    other = tell(AccountFactory(), by, destination="")

    assert relay.deliver_internal() == 1
    assert fresh(message).state == State.PENDING
    assert fresh(other).state == State.DONE

    OutboxMessage.objects.update(available_at=timezone.now())
    assert relay.deliver_internal() == 1
    assert heard.count(account.public_id) == 2


def test_without_connections_the_crm_owns_everything(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert owner_of("invoices") == "crm"
    assert destination("orders") == ""


def test_the_row_in_force_says_who_owns_a_component_and_where_it_goes(by):
    row = {"connection_code": "erp", "changed_by": by}
    ComponentOwnership.objects.create(component="invoices", owner="erp", pull=True, **row)
    ComponentOwnership.objects.create(component="orders", owner="crm", push=True, **row)
    past = timezone.now() + timedelta(seconds=1)
    ComponentOwnership.objects.create(component="quotes", owner="erp", effective_until=past, **row)

    assert [owner_of(c) for c in ("quotes", "orders", "invoices")] == ["crm", "crm", "erp"]
    assert destination("orders") == "erp"
    assert pulls("invoices", "erp")
    assert not pulls("invoices", "other")


@pytest.mark.parametrize("claim", [{"owner": "erp"}, {"owner": "crm", "push": True}])
def test_two_connections_can_not_both_own_or_receive_a_component(by, claim):
    ComponentOwnership.objects.create(connection_code="one", component="orders", changed_by=by, **claim)

    with pytest.raises(IntegrityError), transaction.atomic():
        ComponentOwnership.objects.create(connection_code="two", component="orders", changed_by=by, **claim)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_take_every_message_exactly_once(bell):
    by = UserFactory()
    with transaction.atomic():
        for account in AccountFactory.create_batch(40):
            tell(account, by, topic="account.created")
            tell(account, by, topic="account.changed")
    taken, failures = [], []

    def work():
        try:
            while batch := relay.claim("erp", limit=3):
                taken.extend(message.pk for message in batch)
                for message in batch:
                    assert relay.finish(message)
        except Exception as failure:  # A thread would swallow it.
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(taken) == len(set(taken))
    # A worker may have seen an empty queue while the elder of two was in flight: the sweeper looks again.
    work()
    assert len(taken) == 80
    assert not OutboxMessage.objects.exclude(state=State.DONE).exists()


def test_news_nobody_listens_to_is_closed_in_one_statement_and_rings_no_bell(account, by, bell):
    messages = [tell(AccountFactory(), by, topic="account.hummed", destination="") for _ in range(20)]

    assert relay.deliver_internal() == 20

    assert {fresh(message).state for message in messages} == {State.DONE}
    assert {fresh(message).attempts for message in messages} == {0}


def test_old_internal_news_is_forgotten_and_messages_to_erps_are_kept(account, by, bell):
    long_ago = timezone.now() - timedelta(days=31)
    for where in ("", "erp"):
        tell(account, by, destination=where)
    OutboxMessage.objects.update(state=State.DONE, done_at=long_ago)
    recent = tell(AccountFactory(), by, destination="")

    assert relay.prune() == 1

    assert set(OutboxMessage.objects.values_list("destination", flat=True)) == {"", "erp"}
    assert fresh(recent)
