"""Two people at the same records at the same moment. On PostgreSQL, with real threads."""

import pytest

from customers.actions import change_account
from customers.models import Account
from duplicates.actions import ignore_pair, merge, unmerge
from duplicates.models import DuplicatePair, Merge, MergedRecord
from kernel.models import RemovedRecord
from leads.models import Lead
from tests.factories import AccountFactory, ActivityFactory, LeadFactory, UserFactory
from tests.races.test_races import CROWD, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def test_of_many_who_merge_the_same_pair_one_does(boss):
    one, two = LeadFactory(), LeadFactory()
    tasks = [ActivityFactory(regarding=lead) for lead in (one, two)]

    # Half of them would keep the one, half the other.
    outcome = at_once(lambda n: merge(one, [two], by=boss) if n % 2 else merge(two, [one], by=boss))

    assert outcome == {"done": 1, "merged": CROWD - 1}
    assert (Merge.objects.count(), MergedRecord.objects.count(), RemovedRecord.objects.count()) == (1, 1, 1)
    survivor = Lead.objects.get()
    for task in tasks:
        task.refresh_from_db()
        assert task.regarding == survivor


def test_of_many_who_part_them_one_does(boss):
    one, two = LeadFactory(), LeadFactory()
    made = merge(one, [two], by=boss)

    outcome = at_once(lambda _n: unmerge(made, by=boss))

    assert outcome == {"done": 1, "already_undone": CROWD - 1}
    assert set(Lead.objects.values_list("pk", flat=True)) == {one.pk, two.pk}


def test_a_change_of_the_loser_is_in_it_or_refused_but_never_lost(boss):
    one, two = AccountFactory(), AccountFactory(industry="")

    def act(number):
        if number:
            change_account(Account(pk=two.pk), by=boss, industry=f"Industry {number}")
        else:
            merge(one, [two], by=boss)

    outcome = at_once(act, times=4)

    made = Merge.objects.get()
    kept = made.losers.get().image["columns"]["industry"]
    assert outcome["done"] + outcome["deleted"] == 4
    assert bool(kept) == (outcome["done"] > 1)
    unmerge(made, by=boss)
    assert Account.objects.get(pk=two.pk).industry == kept


def test_circles_of_merges_end_with_one_record_and_no_deadlock(boss):
    leads = [LeadFactory() for _each in range(4)]

    outcome = at_once(lambda n: merge(leads[n], [leads[(n + 1) % 4]], by=boss), times=4)

    assert outcome["done"] + outcome["merged"] == 4
    assert Lead.objects.count() == 4 - outcome["done"]


def test_deciding_and_merging_a_pair_do_not_cross(boss):
    one, two = LeadFactory(), LeadFactory()
    pair = DuplicatePair.objects.create(record_type="leads.lead", first_id=one.pk, second_id=two.pk, score=95)

    at_once(lambda n: merge(one, [two], by=boss) if n == 0 else ignore_pair(pair, by=boss), times=4)

    pair.refresh_from_db()
    assert pair.status == ("merged" if Merge.objects.exists() else "ignored")
