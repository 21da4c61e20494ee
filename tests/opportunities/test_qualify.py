"""What a lead becomes: every choice, every refusal, everything that follows it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

import people.access
from activities.models import Activity
from activities.selectors import regarding
from customers.models import Account, Contact
from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from leads.actions import reopen_lead
from leads.models import Lead
from opportunities.actions import bulk_qualify, qualify_lead
from opportunities.models import Opportunity
from opportunities.qualifying import Choices, Make, NewOpportunity
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    LeadFactory,
    OpportunityFactory,
    PriceListFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    CurrencyFactory()
    StageFactory()
    return UserFactory()


def nothing_was_made(lead):
    now = Lead.objects.get(pk=lead.pk)
    return (
        (now.status, now.version) == (lead.status, lead.version)
        and not Opportunity.objects.filter(lead=lead).exists()
        and not HistoryEntry.objects.exists()
        and not OutboxMessage.objects.exists()
    )


def test_by_default_a_lead_becomes_an_account_a_contact_and_an_opportunity(seller):
    lead = LeadFactory(
        owner=seller, topic="CNC retrofit", first_name="Ada", last_name="Long", company="Borg GmbH",
        email="ada@borg.example", phone="030 1", website="borg.example", job_title="CTO", city="Berlin",
        country="DE", estimated_value=Decimal("48000"), estimated_close_on=dt.date(2027, 3, 31), need="A lot",
        timeframe="this_year", do_not_phone=True,
    )  # fmt: skip

    made = qualify_lead(lead, by=seller)

    account, contact, deal = made.account, made.contact, made.opportunity
    assert (account.name, account.website, account.city, account.owner) == (
        "Borg GmbH", "borg.example", "Berlin", seller,
    )  # fmt: skip
    assert (contact.name, contact.email, contact.job_title) == ("Ada Long", "ada@borg.example", "CTO")
    assert (contact.account, contact.do_not_phone) == (account, True)
    assert Account.objects.get().primary_contact == contact
    assert (deal.name, deal.account, deal.contact, deal.lead) == ("CNC retrofit", account, contact, lead)
    assert (deal.estimated_revenue, deal.estimated_close_on) == (Decimal("48000"), dt.date(2027, 3, 31))
    assert (deal.need, deal.timeframe, deal.owner) == ("A lot", "this_year", seller)
    assert (deal.stage.name, deal.probability, deal.currency.code) == ("Qualify", 10, "EUR")
    assert deal.stage_visits.get().left_at is None


def test_the_lead_is_qualified_linked_remembered_and_told(seller):
    lead = LeadFactory(owner=seller)

    made = qualify_lead(lead, by=seller)

    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.status, lead.status_reason) == ("qualified", "qualified")
    assert (lead.account, lead.contact) == (made.account, made.contact)
    entry = history.of(lead).get()
    assert (entry.verb, entry.from_status, entry.to_status) == ("qualified", "open", "qualified")
    message = OutboxMessage.objects.get(topic="lead.qualified")
    assert message.payload == {
        "account": str(made.account.public_id),
        "contact": str(made.contact.public_id),
        "opportunity": str(made.opportunity.public_id),
    }


def test_a_person_without_a_company_becomes_the_customer(seller):
    made = qualify_lead(LeadFactory(owner=seller, company=""), by=seller)

    assert made.account is None
    assert made.opportunity.customer == made.contact


def test_a_company_without_a_person_becomes_the_customer(seller):
    lead = LeadFactory(owner=seller, first_name="", last_name="", company="Borg", email="info@borg.example")

    made = qualify_lead(lead, by=seller)

    assert made.contact is None
    assert (made.account.email, made.opportunity.customer) == ("info@borg.example", made.account)


@pytest.mark.parametrize("account", ["new", "existing", "none"])
@pytest.mark.parametrize("contact", ["new", "existing", "none"])
@pytest.mark.parametrize("opportunity", ["new", "none"])
def test_each_of_the_three_is_made_used_or_left_out_by_choice(seller, account, contact, opportunity):
    known_account, known_contact = AccountFactory(owner=seller), ContactFactory(owner=seller)
    chosen = Choices(
        account={"new": Make.NEW, "existing": known_account, "none": None}[account],
        contact={"new": Make.NEW, "existing": known_contact, "none": None}[contact],
        opportunity=NewOpportunity() if opportunity == "new" else None,
    )
    lead = LeadFactory(owner=seller)
    if (account, contact, opportunity) == ("none", "none", "new"):
        with pytest.raises(DomainError) as refused:
            qualify_lead(lead, by=seller, choices=chosen)
        assert refused.value.code == "no_customer"
        assert nothing_was_made(lead)
        return

    made = qualify_lead(lead, by=seller, choices=chosen)

    assert Account.objects.count() == 1 + (account == "new")
    assert Contact.objects.count() == 1 + (contact == "new")
    assert Opportunity.objects.count() == (opportunity == "new")
    assert (made.account == known_account) == (account == "existing")
    assert (made.contact == known_contact) == (contact == "existing")
    assert (made.account is None) == (account == "none")
    assert (made.contact is None) == (contact == "none")
    assert Lead.objects.get().status == "qualified"


def test_the_lead_of_an_existing_customer_uses_that_customer(seller):
    account = AccountFactory(owner=seller)
    contact = ContactFactory(owner=seller, account=account)

    made = qualify_lead(LeadFactory(owner=seller, account=account, contact=contact), by=seller)

    assert (made.account, made.contact) == (account, contact)
    assert (Account.objects.count(), Contact.objects.count()) == (1, 1)


def test_what_the_person_says_about_the_deal_wins_over_the_lead(seller):
    lead = LeadFactory(owner=seller, estimated_value=Decimal(1))
    wanted = NewOpportunity("Line 4", Decimal(7), dt.date(2027, 1, 1), StageFactory(position=2))

    deal = qualify_lead(lead, by=seller, choices=Choices(opportunity=wanted)).opportunity

    assert (deal.name, deal.estimated_revenue, deal.estimated_close_on) == (
        "Line 4", Decimal(7), dt.date(2027, 1, 1),
    )  # fmt: skip
    assert (deal.stage.position, deal.probability) == (2, 30)


def test_the_deal_takes_currency_prices_and_rate_from_the_customer(seller):
    rate = ExchangeRateFactory(rate=Decimal("0.9"))
    prices = PriceListFactory(currency=rate.currency)
    account = AccountFactory(owner=seller, price_list=prices)

    deal = qualify_lead(LeadFactory(owner=seller, account=account), by=seller).opportunity

    assert (deal.currency.code, deal.price_list, deal.exchange_rate) == ("USD", prices, Decimal("0.9"))


def test_without_a_rate_for_the_customers_currency_nothing_is_made(seller):
    account = AccountFactory(owner=seller, currency=CurrencyFactory(code="USD"))
    lead = LeadFactory(owner=seller, account=account)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller)

    assert (refused.value.code, refused.value.field) == ("no_exchange_rate", "currency")
    assert nothing_was_made(lead)
    assert not Contact.objects.exists()


def test_a_probable_duplicate_is_not_made_in_silence(seller):
    known = AccountFactory(owner=seller, name="Borg")
    person = ContactFactory(owner=seller, email="ada@borg.example")
    lead = LeadFactory(owner=seller, company="Borg GmbH", email="ada@borg.example")

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller)
    assert (refused.value.code, refused.value.field) == ("probable_duplicate", "account")
    assert refused.value.blockers[0].record == known.ref
    assert "same company name" in str(refused.value)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller, choices=Choices(account=known))
    assert (refused.value.field, refused.value.blockers[0].record) == ("contact", person.ref)
    assert nothing_was_made(lead)


def test_a_duplicate_is_made_with_a_reason_which_is_kept(seller):
    AccountFactory(owner=seller, name="Borg")
    lead = LeadFactory(owner=seller, company="Borg GmbH")

    qualify_lead(lead, by=seller, choices=Choices(reason="Another legal entity"))

    assert Account.objects.count() == 2
    assert history.of(lead).get().note == "Another legal entity"


def test_making_a_customer_needs_a_name(seller):
    lead = LeadFactory(owner=seller, company="")

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller, choices=Choices(account=Make.NEW))

    assert (refused.value.code, refused.value.field) == ("no_name", "account")
    assert nothing_was_made(lead)


@pytest.mark.parametrize("status", ["qualified", "disqualified"])
def test_only_an_open_lead_is_qualified(seller, status):
    lead = LeadFactory(owner=seller, status=status)

    with pytest.raises(TransitionRefused, match=f"it is {status}"):
        qualify_lead(lead, by=seller)

    assert nothing_was_made(lead)


@pytest.mark.parametrize("role", ["finance", "salesperson", "sales_manager"])
def test_a_stranger_does_not_qualify_a_lead(seller, role):
    lead = LeadFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        qualify_lead(lead, by=UserFactory(role=role))

    assert nothing_was_made(lead)


@pytest.mark.parametrize(
    "unseen",
    [
        lambda stranger: {"account": AccountFactory(owner=stranger), "opportunity": None},
        lambda stranger: {"contact": ContactFactory(owner=stranger), "opportunity": None},
        lambda stranger: {"opportunity": OpportunityFactory(owner=stranger)},
    ],
)
def test_nobody_qualifies_into_what_they_cannot_see(seller, unseen):
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller, choices=Choices(**unseen(UserFactory())))

    assert refused.value.code == "not_found"
    assert nothing_was_made(lead)


def test_nobody_qualifies_into_an_inactive_customer(seller):
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller, choices=Choices(account=AccountFactory(owner=seller, is_active=False)))

    assert refused.value.code == "inactive"


def test_a_stale_page_qualifies_nothing(seller):
    lead = LeadFactory(owner=seller)

    with pytest.raises(Conflict):
        qualify_lead(lead, by=seller, version=9)

    assert nothing_was_made(lead)


def test_without_a_pipeline_nothing_is_made_and_the_reason_is_said():
    CurrencyFactory()
    seller = UserFactory()
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller)

    assert refused.value.code == "no_pipeline"
    assert not Account.objects.exists()


def test_what_is_to_do_moves_to_the_deal_and_what_was_done_is_on_both(seller):
    lead = LeadFactory(owner=seller)
    to_do = ActivityFactory(owner=seller, regarding=lead, subject="Call")
    done_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    ActivityFactory(owner=seller, regarding=lead, subject="Met", status="completed", done_at=done_at)
    ActivityFactory(owner=seller, regarding=lead, subject="Dropped", status="canceled")
    elsewhere = ActivityFactory(owner=seller, regarding=LeadFactory(owner=seller))

    deal = qualify_lead(lead, by=seller).opportunity

    assert sorted(regarding(deal).values_list("subject", flat=True)) == ["Call", "Met"]
    assert sorted(regarding(lead).values_list("subject", flat=True)) == ["Dropped", "Met"]
    assert Activity.objects.get(pk=to_do.pk).regarding == deal
    assert regarding(deal).get(subject="Met").done_at == done_at
    assert Activity.objects.get(pk=elsewhere.pk).regarding != deal


@pytest.mark.parametrize("count", [1, 30])
def test_qualifying_costs_the_same_however_many_activities_follow(
    seller, count, django_assert_max_num_queries
):
    lead = LeadFactory(owner=seller)
    ActivityFactory.create_batch(count, owner=seller, regarding=lead)

    with django_assert_max_num_queries(82):
        qualify_lead(lead, by=seller)


# --- again -------------------------------------------------------------------------------------------------------


@pytest.fixture
def reopened(seller):
    lead = LeadFactory(owner=seller)
    deal = qualify_lead(lead, by=seller).opportunity
    return reopen_lead(lead, by=seller), deal


def test_a_reopened_lead_with_a_deal_asks_what_to_do_with_it(seller, reopened):
    lead, deal = reopened

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller)

    assert (refused.value.code, refused.value.field) == ("has_opportunity", "opportunity")
    assert refused.value.blockers[0].record == deal.ref
    assert Lead.objects.get().status == "open"


def test_the_deal_can_be_kept(seller, reopened):
    lead, deal = reopened

    made = qualify_lead(lead, by=seller, choices=Choices(opportunity=deal))

    assert made.opportunity == deal
    assert (Opportunity.objects.count(), Account.objects.count(), Contact.objects.count()) == (1, 1, 1)


def test_another_deal_can_be_made_beside_it(seller, reopened):
    lead, deal = reopened

    made = qualify_lead(lead, by=seller, choices=Choices(opportunity=NewOpportunity(name="Line 5")))

    assert made.opportunity != deal
    assert set(lead.opportunities.all()) == {deal, made.opportunity}


def test_a_deal_of_another_lead_is_not_taken_over(seller):
    foreign = OpportunityFactory(owner=seller, lead=LeadFactory(owner=seller))
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller, choices=Choices(opportunity=foreign))

    assert refused.value.code == "other_lead"


def test_a_deal_without_a_lead_can_be_linked(seller):
    deal = OpportunityFactory(owner=seller)
    lead = LeadFactory(owner=seller)

    qualify_lead(lead, by=seller, choices=Choices(account=deal.account and None, opportunity=deal))

    assert Opportunity.objects.get().lead == lead


# --- many at once ------------------------------------------------------------------------------------------------


def test_of_many_leads_each_is_qualified_for_itself(seller):
    AccountFactory(owner=seller, name="Borg")
    fine, double = LeadFactory(owner=seller), LeadFactory(owner=seller, company="Borg GmbH")
    closed, foreign = LeadFactory(owner=seller, status="disqualified"), LeadFactory()

    results = bulk_qualify([fine, double, closed, foreign], by=seller)

    assert [bool(result.qualification) for result in results] == [True, False, False, False]
    assert "known already" in results[1].refusal
    assert [blocker.code for blocker in results[1].blockers] == ["probable_duplicate"]
    assert "it is disqualified" in results[2].refusal
    assert results[3].refusal == "You may not do this."
    assert Lead.objects.filter(status="qualified").get() == fine


def test_the_same_company_twice_in_a_list_makes_one_account_and_one_question(seller):
    first, second = LeadFactory.create_batch(2, owner=seller, company="Borg GmbH")

    results = bulk_qualify([first, second], by=seller)

    assert [bool(result.qualification) for result in results] == [True, False]
    assert Account.objects.count() == 1


# --- asked for in place, filled in, overridden -----------------------------------------------------------------


def test_names_that_are_missing_are_given_while_qualifying_and_stand_on_the_lead(seller):
    lead = LeadFactory(owner=seller, company="", last_name="Long")

    chosen = Choices(account=Make.NEW, said={"company": "Borg GmbH"})
    made = qualify_lead(lead, by=seller, choices=chosen)

    assert made.account.name == "Borg GmbH"
    assert Lead.objects.get().company == "Borg GmbH"
    assert history.of(lead).get().changes["company"] == ["", "Borg GmbH"]


def test_nothing_else_of_the_lead_is_written_while_qualifying(seller):
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        qualify_lead(lead, by=seller, choices=Choices(said={"topic": "Mine"}))

    assert refused.value.code == "read_only_field"
    assert nothing_was_made(lead)


def test_filling_in_writes_over_nothing_and_mixes_no_addresses(seller):
    account = AccountFactory(
        owner=seller, phone="030 1", website="", street="", postcode="", city="Ulm", country=""
    )
    lead = LeadFactory(
        owner=seller,
        phone="040 2",
        website="borg.example",
        street="Main Street 1",
        city="Berlin",
        country="DE",
    )

    qualify_lead(lead, by=seller, choices=Choices(account=account, fill=frozenset({"account"})))

    account.refresh_from_db()
    assert (account.phone, account.website) == ("030 1", "borg.example")
    assert (account.street, account.city, account.country) == ("", "Ulm", "")


def test_without_being_asked_nothing_is_filled_in(seller):
    account = AccountFactory(owner=seller, website="")

    qualify_lead(
        LeadFactory(owner=seller, website="borg.example"), by=seller, choices=Choices(account=account)
    )

    account.refresh_from_db()
    assert account.website == ""


def test_making_a_second_customer_is_a_right_of_its_own(seller, monkeypatch):
    AccountFactory(owner=seller, name="Borg")
    lead = LeadFactory(owner=seller, company="Borg GmbH")
    grants = people.access.GRANTS["salesperson"]
    verbs = grants["lead"].verbs - {"override_duplicate"}
    monkeypatch.setitem(grants, "lead", people.access.Grant(grants["lead"].scope, verbs))

    with pytest.raises(PermissionDenied):
        qualify_lead(lead, by=seller, choices=Choices(reason="Another legal entity"))

    assert Account.objects.count() == 1
    assert nothing_was_made(lead)


def test_what_was_done_stands_with_all_three(seller):
    lead = LeadFactory(owner=seller)
    done_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    ActivityFactory(owner=seller, regarding=lead, subject="Met", status="completed", done_at=done_at)

    made = qualify_lead(lead, by=seller)

    for record in (lead, made.account, made.contact, made.opportunity):
        assert [activity.subject for activity in regarding(record)] == ["Met"]
