"""Two workers take the picture of the day at the same moment: there is one. On PostgreSQL, with real threads."""

import pytest
from django.db import connection, transaction

from forecasts import guards
from forecasts.actions import take_snapshot
from forecasts.models import DealAsOf, Snapshot
from opportunities.models import Opportunity
from tests.factories import OpportunityFactory
from tests.races.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def the_past_is_kept(transactional_db):
    with transaction.atomic():
        guards.install(connection)
    yield
    with transaction.atomic():
        guards.remove(connection)


@pytest.mark.parametrize("is_final", [True, False])
def test_a_picture_taken_by_many_is_one_picture(is_final):
    for _n in range(4):
        OpportunityFactory()

    outcome = at_once(lambda _n: take_snapshot(is_final=is_final), times=6)

    assert outcome == {"done": 6}
    assert (Snapshot.objects.count(), DealAsOf.objects.count()) == (1, 4)


def test_a_picture_taken_while_deals_change_holds_every_deal_once():
    deals = [OpportunityFactory(estimated_revenue=1) for _n in range(6)]

    outcome = at_once(
        lambda n: (
            Opportunity.objects.filter(pk=deals[n].pk).update(estimated_revenue=2)
            if n % 2
            else take_snapshot()
        ),
        times=6,
    )

    assert outcome == {"done": 6}
    take_snapshot()
    kept = DealAsOf.objects.filter(until_on=DealAsOf.FOREVER)
    assert sorted(kept.values_list("opportunity_id", "amount")) == sorted(
        Opportunity.objects.values_list("pk", "estimated_revenue")
    )
