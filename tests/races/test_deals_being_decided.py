"""A deal is lost while its quote is revised: neither waits for ever, and no open quote is left behind."""

import pytest

from quotes.actions import lose_opportunity, revise_quote
from quotes.models import Quote
from tests.document_factories import QuoteFactory
from tests.factories import OpportunityFactory, UserFactory
from tests.races.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_losing_a_deal_and_revising_its_quote_leave_no_open_quote():
    boss = UserFactory(role="administrator")
    for _round in range(5):
        deal = OpportunityFactory()
        quote = QuoteFactory(opportunity=deal, status="active")

        outcome = at_once(
            lambda n, deal=deal, quote=quote: (
                lose_opportunity(deal, by=boss, reason="canceled") if n % 2 else revise_quote(quote, by=boss)
            ),
            times=4,
        )

        assert outcome["done"] >= 1
        assert not Quote.objects.filter(opportunity=deal, status__in=["draft", "active"]).exists()
