"""The background look at everything: pairs with reasons, decisions remembered, work taken up where it stopped."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from duplicates.actions import ignore_pair, publish_rule, reopen_pair, retire_rule, start_sweep
from duplicates.actions.sweeping import sweep_all
from duplicates.models import DuplicatePair, KeyState, MatchKey
from duplicates.rules import SAME_PEOPLE, Rule
from duplicates.selectors import duplicates_of, page_of_pairs
from duplicates.sweep import try_rule
from kernel import jobs
from kernel.errors import DomainError
from kernel.models import HistoryEntry
from leads.models import Lead
from tests.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def sweep(by):
    job = start_sweep(by=by)
    while jobs.run(str(job.public_id)):
        pass
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def test_the_sweep_finds_what_is_there_already_with_reasons(boss):
    one, two = (
        LeadFactory(email="ada@borg.de", last_name="Long"),
        LeadFactory(email="ADA@borg.de", last_name="Short"),
    )
    LeadFactory(email="bob@borg.de")
    first, second = AccountFactory(name="Borg GmbH"), AccountFactory(name="Borg AG")

    job = sweep(boss)

    assert job.outcome["found"] == 2
    (pair,) = page_of_pairs(boss, Lead, status="open")
    assert pair.records == (one, two)
    assert str(pair.reasons[0]) == "same e-mail"
    assert pair.pair.score >= 95
    assert DuplicatePair.objects.filter(
        record_type="customers.account", first_id=first.pk, second_id=second.pk
    ).exists()
    assert sweep(boss).outcome["found"] == 0


def test_records_from_before_get_their_keys(boss):
    Lead.objects.bulk_create(LeadFactory.build_batch(3, owner=None, email="ada@borg.de"))
    assert not MatchKey.objects.filter(kind="email").exists()

    call_command("find_duplicates")

    assert MatchKey.objects.filter(kind="email", value="ada@borg.de").count() == 3
    assert DuplicatePair.objects.count() == 3
    assert KeyState.objects.get(record_type="leads.lead").is_complete


def test_not_a_duplicate_is_remembered(boss):
    one, two = LeadFactory(email="ada@borg.de"), LeadFactory(email="ada@borg.de")
    sweep(boss)
    (pair,) = DuplicatePair.objects.all()

    ignore_pair(pair, by=boss, note="Mother and daughter")
    sweep(boss)

    pair.refresh_from_db()
    assert (pair.status, pair.decided_by, pair.note) == ("ignored", boss, "Mother and daughter")
    assert duplicates_of([one, two], boss) == {}
    assert HistoryEntry.objects.filter(verb="not_a_duplicate", record_id__in=[one.pk, two.pk]).count() == 2
    reopen_pair(pair, by=boss)
    assert duplicates_of([one, two], boss) == {one.pk: 1, two.pk: 1}


def test_who_may_not_change_either_decides_nothing(boss):
    LeadFactory(email="ada@borg.de"), LeadFactory(email="ada@borg.de")
    sweep(boss)
    (pair,) = DuplicatePair.objects.all()

    for who in (UserFactory(), UserFactory(role="finance")):
        with pytest.raises(PermissionDenied):
            ignore_pair(pair, by=who)

    pair.refresh_from_db()
    assert pair.status == "open"


def test_what_is_no_longer_alike_is_forgotten(boss):
    LeadFactory(email="ada@borg.de", last_name="A1")
    two = LeadFactory(email="ada@borg.de", last_name="B2")
    sweep(boss)
    assert DuplicatePair.objects.count() == 1
    two.email = "someone@else.example"
    two.save()

    assert sweep(boss).outcome["no_longer"] == 1

    assert not DuplicatePair.objects.exists()


def test_a_value_that_half_the_world_shares_makes_no_pairs(boss):
    for _each in range(25):
        LeadFactory(phone="+49 30 99999999")

    sweep(boss)

    assert not DuplicatePair.objects.exists()


def test_a_sweep_that_was_stopped_goes_on_where_it_was(boss):
    for n in range(3):
        LeadFactory(email=f"ada{n}@borg{n}.de"), LeadFactory(email=f"ada{n}@borg{n}.de")
    job = jobs.claim(str(start_sweep(by=boss).public_id))
    work = sweep_all(job)
    for _chunk in range(2):
        next(work)
    work.close()
    assert start_sweep(by=boss).pk == job.pk
    jobs.give_back(job)

    assert jobs.run(str(job.public_id)) is False

    assert DuplicatePair.objects.count() == 3


def test_counts_on_a_list_cost_two_queries_and_tell_only_what_one_may_see(boss, django_assert_num_queries):
    seller = UserFactory()
    mine = [LeadFactory(owner=seller, email="ada@borg.de") for _each in range(3)]
    LeadFactory(email="ada@borg.de")
    sweep(boss)

    with django_assert_num_queries(2):
        assert duplicates_of(mine, boss) == {lead.pk: 3 for lead in mine}
    assert duplicates_of(mine, seller) == {lead.pk: 2 for lead in mine}
    assert duplicates_of([], seller) == {}


def test_a_rule_is_tried_before_it_is_published(boss):
    for n in range(4):
        LeadFactory(
            email=f"x{n}@y{n}.de", phone="030 1234567", company=f"C{n}", first_name="F", last_name=f"L{n}"
        )
    rule = Rule({"phone": 0.8}, threshold=0.8)

    tried = try_rule(Lead, Lead, rule, user=boss)

    assert (tried["looked_at"], tried["pairs"], tried["records"], tried["certain"]) == (4, 6, 3, 0)
    assert len(tried["samples"]) == 6
    assert try_rule(Lead, Lead, SAME_PEOPLE, user=boss)["pairs"] == 0
    assert not DuplicatePair.objects.exists()


def test_a_published_rule_decides_until_it_is_retired(boss):
    LeadFactory(phone="030 1234567"), LeadFactory(phone="030 1234567")
    rule = publish_rule(
        "leads.lead", "leads.lead", by=boss, name="Phones", signs={"phone": 0.8}, threshold="0.8"
    )
    assert sweep(boss).outcome["found"] == 1
    publish_rule("leads.lead", "leads.lead", by=boss, name="Mails", signs={"email": 0.8}, threshold="0.8")
    rule.refresh_from_db()
    assert not rule.is_active

    retire_rule(rule, by=boss)
    with pytest.raises(PermissionDenied):
        publish_rule(
            "leads.lead", "leads.lead", by=UserFactory(), name="Mine", signs={"email": 0.8}, threshold="0.8"
        )
    for signs in ({"nonsense": 0.5}, {"email": 2}, {}, {"email": 0}):
        with pytest.raises(DomainError):
            publish_rule("leads.lead", "leads.lead", by=boss, name="Wrong", signs=signs, threshold="0.8")
