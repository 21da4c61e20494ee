"""Many at once about leads: turns are fair, one takes, equal entries are one. On PostgreSQL, with real threads."""

from collections import Counter

import pytest

from leads.actions import create_lead, take_lead
from leads.models import AssignmentRule, Lead, WebEntry, WebForm
from leads.web_actions import Visit, receive_entry
from opportunities.actions import qualify_lead, undo_qualification
from opportunities.models import Opportunity
from people.service import service_user
from tests.factories import CurrencyFactory, LeadFactory, StageFactory, TeamFactory, UserFactory
from tests.races.test_races import CROWD, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_turns_are_fair_however_many_leads_come_at_once():
    team = TeamFactory()
    members = UserFactory.create_batch(4, team=team)
    AssignmentRule.objects.create(name="Turns", target="round_robin", team=team)
    boss = UserFactory(role="administrator")

    outcome = at_once(lambda n: create_lead(by=boss, topic="T", company=f"Borg {n}"))

    assert outcome == {"done": CROWD}
    assert Counter(Lead.objects.values_list("owner", flat=True)) == {one.pk: CROWD // 4 for one in members}


def test_of_many_who_take_a_lead_one_has_it():
    team = TeamFactory()
    crowd = UserFactory.create_batch(CROWD, team=team)
    lead = LeadFactory(owner=None, team=team)

    outcome = at_once(lambda n: take_lead(lead, by=crowd[n]))

    assert outcome == {"done": 1, "taken_already": CROWD - 1}
    assert Lead.objects.get().owner in crowd


def test_the_same_form_sent_many_times_at_once_is_one_lead():
    form = WebForm.objects.create(name="Contact", title="T", topic="T")
    service_user("web")
    values = {"last_name": "Long", "email": "ada@borg.example"}

    outcome = at_once(lambda _n: receive_entry(form, values, consent=False, visit=Visit()))

    assert outcome == {"done": CROWD}
    assert Lead.objects.count() == 1
    assert Counter(WebEntry.objects.values_list("status", flat=True)) == {"accepted": 1, "folded": CROWD - 1}


def test_of_many_who_undo_a_qualification_one_does():
    CurrencyFactory()
    StageFactory()
    seller = UserFactory()
    lead = LeadFactory(owner=seller)
    qualify_lead(lead, by=seller)

    outcome = at_once(lambda _n: undo_qualification(lead, by=seller))

    assert outcome == {"done": 1, "transition_refused": CROWD - 1}
    assert not Opportunity.objects.exists()


def test_of_many_who_qualify_a_lead_one_does():
    CurrencyFactory()
    StageFactory()
    seller = UserFactory()
    lead = LeadFactory(owner=seller)

    outcome = at_once(lambda _n: qualify_lead(lead, by=seller))

    assert outcome == {"done": 1, "transition_refused": CROWD - 1}
    assert Opportunity.objects.count() == 1
