"""Several hands at one request: one answer counts, and nothing is approved that nobody looked at."""

from decimal import Decimal

import pytest

from kernel.errors import DomainError
from kernel.models import HistoryEntry
from quotes.actions import activate_quote, approve_quote, ask_approval, change_quote, reject_quote
from quotes.models import Approval, ApprovalRule
from tests.document_factories import QuoteFactory
from tests.factories import UserFactory
from tests.races.test_races import CROWD, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked():
    rep = UserFactory()
    ApprovalRule.objects.create(kind="discount", limit=15, role="salesperson")
    quote = QuoteFactory(owner=rep, lines__discount_percent=Decimal(20), lines__product=None)
    return ask_approval(quote, by=rep)


@pytest.fixture
def managers(asked):
    return [UserFactory(role="sales_manager", team=asked.team) for _number in range(CROWD)]


def test_of_many_answers_one_counts(asked, managers):
    def answer(n):
        return (
            approve_quote(asked, by=managers[n]) if n % 2 else reject_quote(asked, by=managers[n], note="no")
        )

    outcome = at_once(answer)

    assert outcome["done"] == 1
    assert HistoryEntry.objects.filter(verb__in=["approved", "rejected"]).count() == 1
    assert Approval.objects.get().decided_by in managers


def test_of_many_requests_one_is_made(asked):
    Approval.objects.all().delete()

    outcome = at_once(lambda _n: ask_approval(asked, by=asked.owner))

    assert outcome == {"done": 1, "transition_refused": CROWD - 1}
    assert Approval.objects.count() == 1


def test_a_change_during_the_approval_leaves_no_approval_of_what_nobody_saw(asked, managers):
    def act(n):
        if n % 2:
            return approve_quote(asked, by=managers[n])
        return change_quote(asked, by=asked.owner, discount_percent=Decimal(n + 1))

    at_once(act)

    assert Approval.objects.get().status == "void"
    with pytest.raises(DomainError):
        activate_quote(asked, by=asked.owner)


def test_activating_and_changing_at_once_offers_only_what_was_approved(asked, managers):
    approve_quote(asked, by=managers[0])

    def act(n):
        if n % 2:
            return activate_quote(asked, by=asked.owner)
        return change_quote(asked, by=asked.owner, discount_percent=Decimal(n + 1))

    at_once(act)

    asked.refresh_from_db()
    approved = Approval.objects.get().status == "approved"
    assert (asked.status == "active") == (approved and asked.discount_percent == 0)
