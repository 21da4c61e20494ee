"""Taking a qualification back: everything is as it was, or nothing changes and the reasons are said."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from activities.actions import complete_activity, create_activity
from activities.models import Activity
from activities.selectors import regarding
from customers.actions import change_account, create_contact
from customers.models import Account, Contact
from kernel import history
from kernel.errors import Conflict, TransitionRefused
from kernel.models import OutboxMessage, RemovedRecord
from kernel.snapshots import image
from leads.actions import contact_lead, reopen_lead
from leads.models import Lead
from opportunities.actions import change_opportunity, create_opportunity, qualify_lead, undo_qualification
from opportunities.models import LeadQualification, Opportunity
from opportunities.qualifying import Choices
from quotes.actions import quote_from_opportunity
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MOVES = {"version", "updated_at", "scored_at"}  # what every step moves


@pytest.fixture
def seller():
    CurrencyFactory()
    StageFactory()
    return UserFactory()


def columns(record):
    kept = image(type(record).objects.get(pk=record.pk))["columns"]
    return {name: value for name, value in kept.items() if name not in MOVES}


def test_what_was_made_goes_to_the_bin_and_the_lead_is_as_before(seller):
    lead = contact_lead(LeadFactory(owner=seller, phone="030 1"), by=seller)
    before = columns(lead)
    made = qualify_lead(lead, by=seller)

    undo_qualification(lead, by=seller)

    assert columns(lead) == before
    assert not (Account.objects.exists())
    assert not (Contact.objects.exists())
    assert not (Opportunity.objects.exists())
    assert {removed.title for removed in RemovedRecord.objects.all()} == {
        str(made.account), str(made.contact), str(made.opportunity),
    }  # fmt: skip
    entry = history.of(lead).first()
    assert (entry.verb, entry.from_status, entry.to_status) == ("qualification_undone", "qualified", "open")
    assert OutboxMessage.objects.filter(topic="lead.reopened").count() == 1
    assert LeadQualification.objects.get().undone_by == seller


def test_activities_come_back_and_copies_go(seller):
    lead = LeadFactory(owner=seller)
    to_do = ActivityFactory(owner=seller, regarding=lead, subject="Call")
    done_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    met = ActivityFactory(owner=seller, regarding=lead, subject="Met", status="completed", done_at=done_at)
    made = qualify_lead(lead, by=seller)
    assert {a.subject for a in regarding(made.opportunity)} == {"Call", "Met"}
    assert {a.subject for a in regarding(made.account)} == {"Met"}
    assert {a.subject for a in regarding(made.contact)} == {"Met"}

    undo_qualification(lead, by=seller)

    assert set(regarding(lead).values_list("pk", flat=True)) == {to_do.pk, met.pk}
    assert Activity.objects.count() == 2


def test_existing_customers_stay_and_only_what_was_filled_in_is_empty_again(seller):
    account = AccountFactory(owner=seller, phone="", website="", email="old@borg.example")
    contact = ContactFactory(owner=seller, account=account, mobile="")
    lead = LeadFactory(
        owner=seller, phone="030 1", website="borg.example", mobile="0151 2", email="new@borg.example"
    )
    before = columns(account), columns(contact)
    chosen = Choices(account=account, contact=contact, fill=frozenset({"account", "contact"}))

    qualify_lead(lead, by=seller, choices=chosen)
    account.refresh_from_db()
    contact.refresh_from_db()
    assert (account.phone, account.website, account.email) == ("030 1", "borg.example", "old@borg.example")
    assert contact.mobile == "0151 2"

    undo_qualification(lead, by=seller)

    assert (columns(account), columns(contact)) == before
    assert Lead.objects.get().account is None


def test_what_somebody_has_corrected_meanwhile_in_a_filled_field_stays(seller):
    account = AccountFactory(owner=seller, phone="", website="")
    lead = LeadFactory(owner=seller, phone="030 1", website="borg.example")
    qualify_lead(lead, by=seller, choices=Choices(account=account, fill=frozenset({"account"})))
    change_account(account, by=seller, phone="030 999")

    undo_qualification(lead, by=seller)

    account.refresh_from_db()
    assert (account.phone, account.website) == ("030 999", "")


def test_an_opportunity_that_was_there_before_belongs_to_no_lead_again(seller):
    deal = OpportunityFactory(owner=seller)
    lead = LeadFactory(owner=seller)
    qualify_lead(lead, by=seller, choices=Choices(account=None, contact=None, opportunity=deal))

    undo_qualification(lead, by=seller)

    deal.refresh_from_db()
    assert deal.lead is None
    assert Lead.objects.get().status == "open"


def test_it_can_be_qualified_and_undone_again(seller):
    lead = LeadFactory(owner=seller)
    for _turn in range(2):
        qualify_lead(lead, by=seller)
        undo_qualification(lead, by=seller)

    assert Lead.objects.get().status == "open"
    assert Opportunity.objects.count() == 0
    assert RemovedRecord.objects.count() == 6


TOUCHES = {
    "the deal was changed": lambda made, by: change_opportunity(made.opportunity, by=by, need="More"),
    "the account was changed": lambda made, by: change_account(made.account, by=by, phone="1"),
    "a quote was made": lambda made, by: quote_from_opportunity(made.opportunity, by=by),
    "a colleague was added": lambda made, by: create_contact(by=by, account=made.account, last_name="New"),
    "another deal was opened": lambda made, by: create_opportunity(by=by, name="X", account=made.account),
    "something was noted": lambda made, by: create_activity(
        by=by, regarding=made.contact, kind="note", subject="Hello"
    ),
    "a task was done": lambda made, by: complete_activity(regarding(made.opportunity).first(), by=by),
    "another lead names it": lambda made, by: LeadFactory(owner=by, account=made.account),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_once_anything_was_touched_it_stays_and_the_reasons_are_said(seller, touch):
    lead = LeadFactory(owner=seller)
    ActivityFactory(owner=seller, regarding=lead)
    made = qualify_lead(lead, by=seller)
    TOUCHES[touch](made, seller)
    told = history.of(lead).count()

    with pytest.raises(TransitionRefused) as refused:
        undo_qualification(lead, by=seller)

    assert refused.value.blockers
    assert all(str(blocker.text) for blocker in refused.value.blockers)
    assert Lead.objects.get(pk=lead.pk).status == "qualified"
    assert Opportunity.objects.filter(pk=made.opportunity.pk).exists()
    assert not RemovedRecord.objects.exists()
    assert history.of(lead).count() == told


def test_after_a_week_it_stays(seller):
    lead = LeadFactory(owner=seller)
    qualify_lead(lead, by=seller)
    LeadQualification.objects.update(at=timezone.now() - dt.timedelta(days=7, minutes=1))

    with pytest.raises(TransitionRefused) as refused:
        undo_qualification(lead, by=seller)

    assert refused.value.blockers[0].code == "too_late"
    assert Opportunity.objects.exists()


@pytest.mark.parametrize("status", ["open", "disqualified"])
def test_only_a_qualified_lead_has_a_qualification_to_undo(seller, status):
    with pytest.raises(TransitionRefused, match=f"it is {status}"):
        undo_qualification(LeadFactory(owner=seller, status=status), by=seller)


def test_a_reopened_lead_is_not_undone(seller):
    lead = LeadFactory(owner=seller)
    qualify_lead(lead, by=seller)
    reopen_lead(lead, by=seller)

    with pytest.raises(TransitionRefused):
        undo_qualification(lead, by=seller)
    assert Opportunity.objects.exists()


@pytest.mark.parametrize("role", ["finance", "salesperson", "sales_manager"])
def test_a_stranger_does_not_undo(seller, role):
    lead = LeadFactory(owner=seller)
    qualify_lead(lead, by=seller)

    with pytest.raises(PermissionDenied):
        undo_qualification(lead, by=UserFactory(role=role))
    assert Opportunity.objects.exists()


def test_a_stale_page_undoes_nothing(seller):
    lead = LeadFactory(owner=seller)
    qualify_lead(lead, by=seller)

    with pytest.raises(Conflict):
        undo_qualification(lead, by=seller, version=1)
    assert Opportunity.objects.exists()


# --- the pages ------------------------------------------------------------------------------------------------


def test_the_toast_and_the_page_of_the_lead_offer_the_way_back(client, seller):
    client.force_login(seller)
    lead = LeadFactory(owner=seller)
    chosen = {"account": "new", "contact": "new", "opportunity": "new", "name": "Line 4", "version": "1"}

    page = client.post(lead.get_absolute_url() + "qualify/", chosen, follow=True).text
    undo = f"{lead.get_absolute_url()}undo-qualify/"
    assert f'action="{undo}"' in page
    assert f'action="{undo}"' in client.get(lead.get_absolute_url()).text

    answer = client.post(undo)

    assert (answer.status_code, answer.url) == (302, lead.get_absolute_url())
    assert Lead.objects.get().status == "open"
    assert not Opportunity.objects.exists()


def test_a_page_that_can_no_longer_undo_says_why(client, seller):
    client.force_login(seller)
    lead = LeadFactory(owner=seller)
    made = qualify_lead(lead, by=seller)
    change_opportunity(made.opportunity, by=seller, need="More")

    text = client.get(lead.get_absolute_url()).text
    assert "undo-qualify" not in text
    assert "it was changed since" in text
    refused = client.post(f"{lead.get_absolute_url()}undo-qualify/")
    assert refused.status_code == 409
    assert "it was changed since" in refused.text


# --- reopening ------------------------------------------------------------------------------------------------


def test_reopening_asks_what_becomes_of_the_deal(client, seller):
    client.force_login(seller)
    lead = LeadFactory(owner=seller)
    deal = qualify_lead(lead, by=seller).opportunity
    address = lead.get_absolute_url() + "reopen/"

    page = client.get(address).text
    assert deal.number in page
    assert 'value="keep"' in page

    assert client.post(address, {"opportunities": "close"}).status_code == 302
    deal.refresh_from_db()
    assert (deal.status, deal.status_reason) == ("lost", "canceled")
    assert deal.closes.get().note == f"{lead} was reopened."
    assert Lead.objects.get().status == "open"


def test_reopening_keeps_the_deal_unless_told_otherwise(client, seller):
    client.force_login(seller)
    lead = LeadFactory(owner=seller)
    deal = qualify_lead(lead, by=seller).opportunity

    client.post(lead.get_absolute_url() + "reopen/", {})

    deal.refresh_from_db()
    assert (deal.status, Lead.objects.get().status) == ("open", "open")


def test_a_deal_with_quotes_is_not_closed_by_the_way(client, seller):
    client.force_login(seller)
    lead = LeadFactory(owner=seller)
    deal = qualify_lead(lead, by=seller).opportunity
    quote = quote_from_opportunity(deal, by=seller)

    answer = client.post(lead.get_absolute_url() + "reopen/", {"opportunities": "close"})

    assert answer.status_code == 422
    assert quote.number in answer.text
    assert Lead.objects.get().status == "qualified"
    assert Opportunity.objects.get().status == "open"
