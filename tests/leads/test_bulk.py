"""Many leads at once from the list: each for itself, with a result for each, in the background when there are many."""

import pytest
from django.urls import reverse

from activities.selectors import planned
from kernel import jobs
from kernel.models import Job
from leads.models import AssignmentRule, Lead
from opportunities.models import Opportunity
from tests.factories import AccountFactory, CurrencyFactory, LeadFactory, StageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    CurrencyFactory()
    StageFactory()
    user = UserFactory()
    client.force_login(user)
    return user


def bulk(client, action, leads, **more):
    chosen = {"action": action, "row": [str(lead.pk) for lead in leads], **more}
    return client.post(reverse("lists:bulk", args=["leads"]), chosen)


def test_picked_leads_are_qualified_each_for_itself_with_a_result_for_each(client, seller):
    AccountFactory(owner=seller, name="Borg")
    fine, double = LeadFactory(owner=seller), LeadFactory(owner=seller, company="Borg GmbH")
    closed, foreign = LeadFactory(owner=seller, status="disqualified"), LeadFactory()

    answer = bulk(client, "qualify", [fine, double, closed, foreign])

    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (302, job.get_absolute_url())
    assert (job.done, job.outcome["skipped"]) == (4, 3)
    assert "known already" in " ".join(job.problems)
    assert "it is disqualified" in " ".join(job.problems)
    assert foreign.number not in " ".join(job.problems)
    assert Lead.objects.filter(status="qualified").get() == fine
    assert Opportunity.objects.get().lead == fine


def test_many_leads_are_qualified_in_the_background(client, seller, monkeypatch):
    monkeypatch.setattr("kernel.tables.bulk_run.AT_ONCE", 2)
    leads = LeadFactory.create_batch(5, owner=seller)

    answer = bulk(client, "qualify", leads, confirmed="1")
    assert not Opportunity.objects.exists()
    job = Job.objects.get()
    assert answer.url == job.get_absolute_url()
    jobs.run(str(job.public_id))

    assert Opportunity.objects.count() == 5
    assert Lead.objects.filter(status="qualified").count() == 5
    job.refresh_from_db()
    assert (job.state, job.done, job.outcome["skipped"]) == ("done", 5, 0)


def test_picked_leads_are_disqualified_with_one_reason_and_one_day(client, seller):
    leads = LeadFactory.create_batch(2, owner=seller)
    assert "Look at it again on" in bulk(client, "disqualify", leads).text
    assert Lead.objects.filter(status="open").count() == 2

    bulk(client, "disqualify", leads, confirmed="1", reason="lost", revisit_on="2099-01-05")

    assert Lead.objects.filter(status="disqualified", status_reason="lost").count() == 2
    assert [len(planned(lead)) for lead in leads] == [1, 1]


def test_a_manager_gives_picked_leads_to_somebody_or_lets_the_rules_decide(client, seller):
    manager = UserFactory(role="sales_manager", team=seller.team)
    client.force_login(manager)
    leads = LeadFactory.create_batch(2, owner=None, team=seller.team)

    bulk(client, "assign", leads, confirmed="1", owner=str(seller.pk))
    assert Lead.objects.filter(owner=seller).count() == 2

    AssignmentRule.objects.create(name="All", target="user", user=manager)
    bulk(client, "place", leads)
    assert Lead.objects.filter(owner=manager).count() == 2


def test_a_salesperson_takes_several_from_the_queue_but_assigns_none(client, seller):
    leads = LeadFactory.create_batch(2, owner=None, team=seller.team)

    assert bulk(client, "assign", leads, confirmed="1", owner=str(seller.pk)).status_code == 403
    bulk(client, "take", leads)

    assert Lead.objects.filter(owner=seller).count() == 2
