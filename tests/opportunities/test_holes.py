"""What moving, changing and linking a deal may not get past."""

import pytest
from django.core.exceptions import PermissionDenied

from kernel import history
from kernel.errors import DomainError
from opportunities.actions import change_opportunity, move_opportunity, qualify_lead
from opportunities.models import Opportunity
from opportunities.qualifying import Choices
from tests.document_factories import QuoteFactory
from tests.factories import (
    AccountFactory,
    ExchangeRateFactory,
    LeadFactory,
    OpportunityFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


def refused_with(act):
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code, refused.value.field


def test_moving_a_deal_does_not_get_past_what_changing_it_refuses(rep):
    dollar, develop = ExchangeRateFactory().currency, StageFactory(position=2)
    deal, theirs = OpportunityFactory(owner=rep, lines=1), AccountFactory(owner=UserFactory())

    assert (
        refused_with(lambda: move_opportunity(deal, by=rep, stage=develop, currency=dollar))[0]
        == "currency_fixed"
    )
    assert (
        refused_with(lambda: move_opportunity(deal, by=rep, stage=develop, account=theirs))[0] == "not_found"
    )
    assert Opportunity.objects.get().stage == deal.stage


def test_a_stranger_learns_nothing_by_moving_a_deal():
    deal = OpportunityFactory()

    with pytest.raises(PermissionDenied):
        move_opportunity(deal, by=UserFactory(), stage=deal.stage)


def test_the_currency_of_a_deal_is_fixed_while_it_has_quotes(rep):
    dollar, deal = ExchangeRateFactory().currency, OpportunityFactory(owner=rep)
    QuoteFactory(owner=rep, opportunity=deal)

    assert refused_with(lambda: change_opportunity(deal, by=rep, currency=dollar)) == (
        "currency_fixed",
        "currency",
    )


def test_linking_a_lead_to_a_known_deal_overwrites_nothing_and_is_remembered(rep):
    deal, lead = OpportunityFactory(owner=rep), LeadFactory(owner=rep)
    Opportunity.objects.filter(pk=deal.pk).update(name="Renamed meanwhile")

    qualify_lead(lead, by=rep, choices=Choices(account=None, contact=None, opportunity=deal))

    kept = Opportunity.objects.get()
    assert (kept.name, kept.lead) == ("Renamed meanwhile", lead)
    assert "linked" in [entry.verb for entry in history.of(kept)]
