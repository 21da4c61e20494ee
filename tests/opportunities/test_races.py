"""Two people at once: one is served, the other is told, nothing is made twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from customers.models import Account, Contact
from kernel.errors import Conflict, DomainError
from leads.actions import create_lead
from leads.models import Lead
from opportunities.actions import move_opportunity, qualify_lead
from opportunities.models import Opportunity, StageVisit
from tests.factories import CurrencyFactory, LeadFactory, OpportunityFactory, StageFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """What each call gives or refuses when all start together."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_people_qualify_the_same_lead_and_one_deal_is_made():
    CurrencyFactory()
    StageFactory()
    seller = UserFactory()
    lead = LeadFactory(owner=seller)

    outcomes = at_once(*[lambda: qualify_lead(lead, by=seller)] * 4)

    assert sum(not isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert (Account.objects.count(), Contact.objects.count(), Opportunity.objects.count()) == (1, 1, 1)
    assert Lead.objects.get().status == "qualified"


def test_two_people_move_the_same_version_and_one_is_told():
    seller = UserFactory()
    deal = OpportunityFactory(owner=seller)
    there, elsewhere = StageFactory(position=2), StageFactory(position=3)

    outcomes = at_once(
        lambda: move_opportunity(deal, by=seller, stage=there, version=1),
        lambda: move_opportunity(deal, by=seller, stage=elsewhere, version=1),
    )

    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    assert StageVisit.objects.filter(left_at=None).count() == 1


def test_many_at_once_never_share_a_number():
    seller = UserFactory()

    leads = at_once(*[lambda: create_lead(by=seller, topic="T", company="Borg")] * 8)

    assert len({lead.number for lead in leads}) == 8
