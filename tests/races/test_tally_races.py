"""Many write deals while others add the tally up and count it anew: no delta is lost, none counts twice."""

import pytest

from opportunities.actions import assign_opportunity, change_opportunity
from opportunities.models import Opportunity, Tally
from opportunities.tally_actions import compact, recount
from quotes.actions import lose_opportunity
from tests.factories import OpportunityFactory, UserFactory
from tests.opportunities.test_tally import agree
from tests.races.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def test_writers_and_several_who_add_up_leave_the_sum_right(boss):
    people = UserFactory.create_batch(2)
    deals = OpportunityFactory.create_batch(6, owner=people[0], estimated_revenue=100)

    def act(number):
        deal = deals[number % 6]
        for turn in range(4):
            if number >= 9:
                compact()
            elif turn == 3 and number >= 6:
                lose_opportunity(deal, by=boss, reason="canceled")
            elif turn % 2:
                assign_opportunity(deal, by=boss, owner=people[number % 2])
            else:
                change_opportunity(deal, by=boss, estimated_revenue=number * 10 + turn)

    at_once(act)

    assert agree()
    assert Opportunity.objects.filter(status="lost").count() == 3
    compact()
    assert agree()
    keys = Tally.objects.values_list("stage_id", "owner_id", "team_id", "currency_id")
    assert len(keys) == len(set(keys))


def test_counting_anew_among_writers_and_those_who_add_up_is_right(boss):
    deals = OpportunityFactory.create_batch(6, owner=boss, estimated_revenue=100)

    def act(number):
        if number % 4 == 3:
            recount()
        elif number % 4 == 2:
            compact()
        else:
            Opportunity.objects.filter(pk=deals[number % 6].pk).update(estimated_revenue=number)

    outcome = at_once(act)

    assert outcome == {"done": 12}
    assert agree()


def test_bulk_writes_of_many_at_once_are_counted(boss):
    people = UserFactory.create_batch(3)
    deals = OpportunityFactory.create_batch(30, owner=boss, estimated_revenue=7)
    keys = [deal.pk for deal in deals]

    def act(number):
        if number % 2:
            compact()
        else:
            mine = Opportunity.objects.filter(pk__in=keys[number // 2 :: 3])
            mine.update(owner=people[number // 2], probability=number)

    at_once(act, times=6)

    assert agree()
