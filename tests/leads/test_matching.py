"""Who a lead may already be, and why we think so."""

import pytest

from leads.selectors import certain, matching_accounts, matching_contacts
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


def told(matches):
    return [
        (match.record.name, match.percent, [str(reason) for reason in match.reasons]) for match in matches
    ]


def test_a_company_of_the_same_name_is_certain(seller):
    AccountFactory(owner=seller, name="BORG")
    lead = LeadFactory(owner=seller, company="Borg GmbH")

    assert told(matching_accounts(lead, seller)) == [("BORG", 90, ["same company name"])]
    assert certain(matching_accounts(lead, seller))


def test_more_signs_make_a_match_likelier(seller):
    AccountFactory(
        owner=seller, name="Borg", website="https://www.borg.example/home", phone="+49 (30) 123 45 67"
    )
    lead = LeadFactory(owner=seller, company="Borg GmbH", email="ada@borg.example", phone="030 1234567")

    [match] = matching_accounts(lead, seller)

    assert match.percent > 98
    assert [str(reason) for reason in match.reasons] == ["same company name", "same domain", "same phone"]


def test_the_likeliest_comes_first(seller):
    AccountFactory(owner=seller, name="Somebody else", phone="030 1234567")
    AccountFactory(owner=seller, name="Borg")
    lead = LeadFactory(owner=seller, company="Borg GmbH", phone="030 1234567")

    assert [match.record.name for match in matching_accounts(lead, seller)] == ["Borg", "Somebody else"]


def test_a_free_mail_domain_says_nothing(seller):
    AccountFactory(owner=seller, email="shop@gmail.com")
    lead = LeadFactory(owner=seller, company="Borg", email="ada@gmail.com")

    assert matching_accounts(lead, seller) == []


def test_a_person_is_known_by_the_e_mail(seller):
    ContactFactory(owner=seller, first_name="A.", last_name="Long", email="Ada@Borg.example")
    lead = LeadFactory(owner=seller, email="ada@borg.example")

    assert told(matching_contacts(lead, seller)) == [("A. Long", 95, ["same e-mail"])]


def test_the_same_name_alone_is_not_certain_but_with_the_company_it_is_likelier(seller):
    stranger = ContactFactory(owner=seller, first_name="Ada", last_name="Long")
    colleague = ContactFactory(
        owner=seller, first_name="Ada", last_name="Long", account=AccountFactory(owner=seller, name="Borg")
    )
    lead = LeadFactory(owner=seller, first_name="Ada", last_name="Long", company="Borg GmbH")

    matches = matching_contacts(lead, seller)

    assert [match.record for match in matches] == [colleague, stranger]
    assert [match.percent for match in matches] == [75, 50]
    assert certain(matches) == []


def test_inactive_customers_and_those_of_other_teams_are_not_offered(seller):
    AccountFactory(owner=seller, name="Borg", is_active=False)
    AccountFactory(owner=UserFactory(), name="Borg")
    ContactFactory(owner=UserFactory(), email="ada@borg.example")
    lead = LeadFactory(owner=seller, company="Borg", email="ada@borg.example")

    assert matching_accounts(lead, seller) == []
    assert matching_contacts(lead, seller) == []


def test_a_lead_that_says_nothing_matches_nobody(seller, django_assert_max_num_queries):
    AccountFactory(owner=seller)
    lead = LeadFactory(owner=seller, company="", last_name="Long")

    with django_assert_max_num_queries(3):
        assert matching_accounts(lead, seller) == []


def test_matching_costs_the_same_with_one_and_with_many(seller, django_assert_max_num_queries):
    lead = LeadFactory(owner=seller, company="Borg GmbH", email="ada@borg.example", phone="030 1234567")
    for _number in range(30):
        account = AccountFactory(owner=seller, name="Borg AG", phone="030 1234567")
        ContactFactory(owner=seller, account=account, phone="030 1234567")

    with django_assert_max_num_queries(12):
        assert len(matching_accounts(lead, seller)) == 10
        assert len(matching_contacts(lead, seller)) == 10
