"""Losing a deal, taking that back, and giving a deal away with its offers."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from activities.models import Activity
from kernel import history
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from opportunities.actions import assign_opportunity, reopen_opportunity
from opportunities.models import Competitor, LossReason, Opportunity
from quotes.actions import lose_opportunity
from quotes.models import Quote
from tests.api.conftest import client_of
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import LossReasonFactory, OpportunityFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + dt.timedelta(days=40)


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def deal(rep):
    return OpportunityFactory(owner=rep, name="Retrofit")


@pytest.fixture
def budget():
    return LossReasonFactory(name="No budget", status_reason="canceled")


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def verbs_of(record):
    return list(history.of(record).order_by("id").values_list("verb", flat=True))


# --- losing ------------------------------------------------------------------------------------------------------


def test_the_fixed_reason_follows_from_the_organizations_own(rep, deal, budget):
    lose_opportunity(deal, by=rep, loss_reason=budget, competitor="  borg   Inc ")

    deal.refresh_from_db()
    assert (deal.status, deal.status_reason) == ("lost", "canceled")
    assert deal.closes.get().loss_reason == budget
    assert Competitor.objects.get().name == "borg Inc"  # unknown until now


def test_a_lost_deal_is_revisited_by_its_owner(rep, deal, budget):
    manager = UserFactory(role="sales_manager", team=rep.team)

    lose_opportunity(deal, by=manager, loss_reason=budget, revisit_on=SOON)

    task = Activity.objects.get()
    assert (task.owner, task.regarding, task.kind, task.status) == (rep, deal, "task", "open")
    assert task.subject == "Revisit: Retrofit"
    assert timezone.localtime(task.due_at).date() == SOON
    assert deal.closes.get().revisit == task


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "unknown_reason"),
        ({"reason": "won"}, "unknown_reason"),
        ({"reason": "out_sold", "loss_reason": True}, "reason_mismatch"),
        ({"reason": "canceled", "revisit_on": timezone.localdate()}, "revisit_in_past"),
    ],
)
def test_losing_without_sense_is_refused_and_changes_nothing(rep, deal, budget, said, code):
    quote = QuoteFactory(owner=rep, status="active", opportunity=deal)
    if "loss_reason" in said:
        said = said | {"loss_reason": budget}

    with pytest.raises(DomainError) as refused:
        lose_opportunity(deal, by=rep, competitor="Borg", **said)

    assert refused.value.code == code
    assert Opportunity.objects.get().status == "open"
    assert Quote.objects.get(pk=quote.pk).status == "active"
    assert not Competitor.objects.exists()
    assert not Activity.objects.exists()
    assert not HistoryEntry.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_stranger_does_not_lose_it(deal):
    with pytest.raises(PermissionDenied):
        lose_opportunity(deal, by=UserFactory(team=TeamFactory()), reason="canceled", revisit_on=SOON)

    assert Opportunity.objects.get().status == "open"
    assert not Activity.objects.exists()


def test_the_page_leads_with_own_reasons_and_knows_competitors(rep, deal, budget):
    Competitor.objects.create(name="Borg")
    Competitor.objects.create(name="Retired Inc", is_active=False)
    LossReason.objects.create(name="Old reason", is_active=False)
    client, address = browser_of(rep), deal.get_absolute_url() + "lose/"

    page = client.get(address).text
    assert "No budget (canceled)" in page
    assert "Old reason" not in page
    assert '<option value="Borg">' in page
    assert "Retired Inc" not in page
    said = {"loss_reason": budget.pk, "competitor": "borg", "revisit_on": SOON.isoformat(), "version": "1"}
    assert client.post(address, said).status_code == 302
    assert deal.closes.get().competitor == "Borg"


def test_a_reason_is_asked_for_and_what_was_typed_stays(rep, deal, budget):
    answer = browser_of(rep).post(
        deal.get_absolute_url() + "lose/", {"note": "They went silent", "version": "1"}
    )

    assert answer.status_code == 422
    assert "They went silent" in answer.text
    assert Opportunity.objects.get().status == "open"


def test_a_conflict_loses_nothing(rep, deal, budget):
    said = {"loss_reason": budget.pk, "note": "They went silent", "version": "5"}

    answer = browser_of(rep).post(deal.get_absolute_url() + "lose/", said)

    assert answer.status_code == 409
    assert "They went silent" in answer.text
    assert Opportunity.objects.get().status == "open"


def test_machines_lose_with_reason_competitor_and_revisit(rep, deal, budget):
    address = f"/api/v1/opportunities/{deal.public_id}/lose/"
    said = {"loss_reason": "No budget", "competitor": "Borg", "revisit_on": SOON.isoformat()}

    assert client_of(rep).post(address, {}).status_code == 422
    answer = client_of(rep).post(address, said)

    assert (answer.status_code, answer.json()["status_reason"]) == (200, "canceled")
    assert Activity.objects.get().subject == "Revisit: Retrofit"


# --- taking it back ----------------------------------------------------------------------------------------------


def test_reopening_says_why_and_calls_the_revisit_off(rep, deal, budget):
    lose_opportunity(deal, by=rep, loss_reason=budget, revisit_on=SOON)

    reopen_opportunity(deal, by=rep, reason="They called back")

    entry = history.of(deal).first()
    assert (entry.verb, entry.note) == ("reopened", "They called back")
    assert Activity.objects.get().status == "canceled"
    assert deal.closes.get().is_canceled


def test_a_revisit_whose_day_has_come_stays(rep, deal, budget):
    lose_opportunity(deal, by=rep, loss_reason=budget, revisit_on=SOON)
    deal.closes.update(revisit_on=timezone.localdate())

    reopen_opportunity(deal, by=rep)

    assert Activity.objects.get().status == "open"


def test_a_revisit_that_somebody_else_has_taken_over_is_called_off_too(rep, deal, budget):
    lose_opportunity(deal, by=rep, loss_reason=budget, revisit_on=SOON)
    Activity.objects.update(owner=UserFactory(team=TeamFactory()))

    reopen_opportunity(deal, by=rep)

    assert Activity.objects.get().status == "canceled"


def test_reopening_is_refused_while_there_is_an_order_and_says_which(rep):
    deal = OpportunityFactory(owner=rep, status="won")
    order = OrderFactory(owner=rep, opportunity=deal)
    OrderFactory(owner=rep, opportunity=deal, status="canceled")
    client, address = browser_of(rep), deal.get_absolute_url() + "reopen/"

    with pytest.raises(TransitionRefused) as refused:
        reopen_opportunity(deal, by=rep, reason="Mistake")
    [blocker] = refused.value.blockers
    assert (blocker.code, blocker.record) == ("has_order", order.number)
    assert blocker.fix_url == order.get_absolute_url() + "cancel/"
    page = client.get(address).text
    assert f'href="{order.get_absolute_url()}"' in page
    assert f'href="{order.get_absolute_url()}cancel/"' in page
    assert client.post(address, {"reason": "Mistake", "version": "1"}).status_code == 409
    assert Opportunity.objects.get().status == "won"
    assert not HistoryEntry.objects.exists()


def test_the_page_asks_why_it_is_reopened_and_minds_the_version(rep):
    deal = OpportunityFactory(owner=rep, status="lost")
    client, address = browser_of(rep), deal.get_absolute_url() + "reopen/"

    assert client.post(address, {"reason": "", "version": "1"}).status_code == 422
    assert client.post(address, {"reason": "Mistake", "version": "4"}).status_code == 409
    assert Opportunity.objects.get().status == "lost"
    assert client.post(address, {"reason": "Mistake", "version": "1"}).status_code == 302
    assert Opportunity.objects.get().status == "open"


def test_machines_reopen_with_a_reason(rep):
    deal = OpportunityFactory(owner=rep, status="lost")

    answer = client_of(rep).post(f"/api/v1/opportunities/{deal.public_id}/reopen/", {"reason": "Mistake"})

    assert answer.json()["status"] == "open"
    assert history.of(deal).get().note == "Mistake"


# --- giving it away ----------------------------------------------------------------------------------------------


def test_open_quotes_go_along_with_their_deal(rep, deal):
    boss, heir = UserFactory(role="sales_manager", team=rep.team), UserFactory(team=rep.team)
    draft, active = (
        QuoteFactory(owner=rep, opportunity=deal, status=status) for status in ("draft", "active")
    )
    colleague = UserFactory(team=rep.team)
    stay = [
        QuoteFactory(owner=rep, opportunity=deal, status="closed"),
        QuoteFactory(owner=colleague, opportunity=deal),
        QuoteFactory(owner=rep, opportunity=deal, managed_by="demo"),
        QuoteFactory(owner=rep),
    ]
    page = browser_of(boss).get(deal.get_absolute_url() + "assign/").text

    assign_opportunity(deal, by=boss, owner=heir)

    assert f"2 open quotes go along: {draft.ref}, {active.ref}." in page
    assert {Quote.objects.get(pk=one.pk).owner for one in (draft, active)} == {heir}
    assert [Quote.objects.get(pk=one.pk).owner for one in stay] == [rep, colleague, rep, rep]
    assert verbs_of(draft) == verbs_of(active) == ["assigned"]
    assert OutboxMessage.objects.filter(topic="quote.assigned").count() == 2


def test_a_deal_that_may_not_be_given_away_keeps_its_quotes(rep, deal):
    quote = QuoteFactory(owner=rep, opportunity=deal)
    boss = UserFactory(role="sales_manager", team=rep.team)

    with pytest.raises(DomainError):
        assign_opportunity(deal, by=boss, owner=UserFactory(team=TeamFactory()))

    assert Quote.objects.get(pk=quote.pk).owner == rep
    assert Opportunity.objects.get().owner == rep
    assert not HistoryEntry.objects.exists()
