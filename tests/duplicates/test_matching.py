"""Who a record may already be, with reasons; what it costs does not depend on how many there are."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Account
from duplicates.matching import alike_among, holders, matches, matches_in_bulk
from duplicates.models import DuplicatePair, DuplicateRule, MatchKey
from duplicates.rules import COMPANIES, PEOPLE, SAME_COMPANY, SAME_PEOPLE, Rule, signs_between
from duplicates.values import MatchValues
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def words(match):
    return [str(reason) for reason in match.reasons]


def test_a_lead_that_writes_from_the_same_mailbox_is_found_with_its_reasons(boss):
    known = LeadFactory(first_name="Ada", last_name="Long", company="Borg GmbH", email="a.long@gmail.com")
    LeadFactory(email="other@borg.de")

    found = matches(
        MatchValues(emails=("along+x@googlemail.com",), persons=("Long Ada",)), "leads.lead", user=boss
    )

    assert [match.record for match in found] == [known]
    assert words(found[0]) == ["same e-mail", "same name"]
    assert found[0].is_certain


def test_a_company_is_found_through_a_slip_of_the_pen(boss):
    known = AccountFactory(
        name="Müller Maschinenbau GmbH", street="Hauptstraße 12", postcode="10115", country="DE"
    )
    AccountFactory(name="Meier Werkzeuge GmbH", street="Hauptstraße 14", postcode="10115", country="DE")

    found = matches(
        MatchValues(
            companies=("Mueler Maschinenbau",), street="Hauptstr. 12", postcode="10115", country="DE"
        ),
        Account,
        user=boss,
    )

    assert [match.record for match in found] == [known]
    assert set(words(found[0])) == {"similar company name", "same address"}


def test_what_differs_in_a_figure_is_another_one(boss):
    AccountFactory(name="Hotel Seeblick 12", street="Main Street 1", postcode="10115", country="DE")

    assert not matches(MatchValues(companies=("Hotel Seeblick 13",)), Account, user=boss)


def test_a_lead_finds_the_account_and_the_contact_it_belongs_to(boss):
    account = AccountFactory(name="Borg AG", website="https://www.borg.de", tax_number="DE123456789")
    contact = ContactFactory(account=account, first_name="Ada", last_name="Long", mobile="+49 151 1234567")
    lead = LeadFactory(
        company="Borg GmbH",
        first_name="Ada",
        last_name="Long",
        email="ada@borg.de",
        phone="0151 1234567",
        country="DE",
    )

    assert [(m.record, words(m)) for m in matches(lead, "customers.account", user=boss)] == [
        (account, ["same company name", "same domain"])
    ]
    (person,) = matches(lead, "customers.contact", user=boss)
    assert person.record == contact
    assert set(words(person)) == {"same phone", "same name", "same name and company"}
    assert person.percent == 90


def test_only_what_exists_for_the_asker_is_found():
    seller, other = UserFactory(), UserFactory()
    LeadFactory(owner=other, email="ada@borg.de")

    assert not matches(MatchValues(emails=("ada@borg.de",)), "leads.lead", user=seller)
    assert matches(MatchValues(emails=("ada@borg.de",)), "leads.lead", user=other)


def test_inactive_customers_are_not_offered(boss):
    AccountFactory(name="Borg", is_active=False)

    assert not matches(MatchValues(companies=("Borg",)), Account, user=boss)


def test_a_record_is_not_its_own_duplicate_nor_of_what_was_said_to_be_another(boss):
    one, twin = LeadFactory(email="ada@borg.de"), LeadFactory(email="ada@borg.de")
    assert [match.record for match in matches(one, "leads.lead", user=boss)] == [twin]

    DuplicatePair.objects.create(
        record_type="leads.lead", first_id=one.pk, second_id=twin.pk, score=95, status="ignored"
    )

    assert not matches(one, "leads.lead", user=boss)


def test_a_published_rule_decides_instead_of_the_usual_one(boss):
    AccountFactory(name="Borg", phone="+49301234567")
    DuplicateRule.objects.create(
        record_type="customers.account", against="customers.account", name="Phone only", signs={"phone": 0.8},
        threshold="0.80", is_active=True,
    )  # fmt: skip

    assert not matches(MatchValues(companies=("Borg",)), Account, user=boss)
    (match,) = matches(MatchValues(phones=("+49301234567",)), Account, user=boss)
    assert words(match) == ["same phone"]


def test_the_cost_of_looking_does_not_grow_with_what_is_there(boss, django_assert_num_queries):
    lead = LeadFactory(company="Borg", email="ada@borg.de", phone="030 1234567", country="")

    def cost():
        with django_assert_num_queries(6):
            return matches(lead, "leads.lead", user=boss)

    LeadFactory(company="Borg", email="ada@borg.de")
    assert len(cost()) == 1
    for _each in range(60):
        LeadFactory(company="Borg", email="ada@borg.de", phone="030 1234567")
    assert len(cost()) == 10


def test_thousands_of_rows_are_compared_in_four_queries(django_assert_max_num_queries):
    known = [
        LeadFactory(email=f"ada{n}@borg{n}.de", first_name="Ada", last_name=f"Long{n}") for n in range(5)
    ]
    rows = [MatchValues(emails=(f"ada{n}@borg{n}.de",), phones=("030 1",)) for n in range(400)]

    with django_assert_max_num_queries(5):
        found = matches_in_bulk("leads.lead", rows)

    assert {at: [one.record_id for one in several] for at, several in found.items()} == {
        n: [known[n].pk] for n in range(5)
    }
    assert [str(reason) for reason in found[0][0].reasons] == ["same e-mail", "same domain"]
    assert found[0][0].is_certain


def test_one_value_that_everybody_shares_does_not_flood_the_answer(boss):
    for _each in range(50):
        LeadFactory(phone="+49 30 99999999", email="")
    wanted = LeadFactory(phone="+49 30 99999999", email="ada@borg.de")

    found = matches(MatchValues(phones=("+493099999999",), emails=("ada@borg.de",)), "leads.lead", user=boss)

    assert found[0].record == wanted


def test_rows_of_one_file_that_are_the_same_are_seen_before_they_are_written():
    rows = [
        MatchValues(emails=("ada@borg.de",)),
        MatchValues(emails=("bob@borg.de",), persons=("Bob Ray",)),
        MatchValues(emails=("ADA@borg.de",)),
    ]

    found = alike_among(rows, of="leads.lead")

    assert {at: earlier for at, (earlier, _why) in found.items()} == {2: 0}


@pytest.mark.parametrize("rule", [PEOPLE, COMPANIES, SAME_PEOPLE, SAME_COMPANY])
def test_no_pair_reaches_the_threshold_without_a_key_that_is_looked_up(rule):
    """The lookup leaves out weak keys only where nothing could come of them."""
    key_of = {
        "similar_name": "sound",
        "similar_person": "sound",
        "similar_address": "",
        "person_company": "person",
    }

    left_out = [sign for sign in rule.weights if key_of.get(sign, sign) not in rule.sources]

    assert rule.score(left_out) < rule.threshold


def test_signs_are_told_from_keys_alone():
    one = {"email": {"a@b.de"}, "person": {"ada long"}, "name": {"borg"}}
    other = {"email": {"a@b.de"}, "person": {"ada long"}, "name": {"borg"}}

    assert set(signs_between(one, other, SAME_PEOPLE.weights)) == {
        "email",
        "person",
        "person_company",
        "name",
    }
    assert Rule({"email": 0.5, "phone": 0.5}).score(["email", "phone"]) == 0.75
    assert signs_between({"person": {"ada"}}, {"person": {"ada"}}, SAME_PEOPLE.weights) == []


def test_leads_are_found_by_their_keys_without_a_look_at_all_of_them_when_the_database_has_counted_only_accounts():
    """Figures of a table are old in the first import of a kind: a plan by them read every lead for every key."""
    keep(MatchKey(record_type="account", record_id=n, kind="name", value=f"company {n}") for n in range(500))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE duplicates_matchkey")
    kinds = ("email", "phone", "name", "person")
    keep(
        MatchKey(record_type="lead", record_id=n, kind=kind, value=f"{kind} {n}")
        for n in range(1500)
        for kind in kinds
    )
    asked = [(kind, f"{kind} {n}") for n in range(0, 3000, 3) for kind in kinds]

    with CaptureQueriesContext(connection) as queries:
        found = holders("lead", asked)

    assert sorted(found) == sorted((kind, f"{kind} {n}", n) for n in range(0, 1500, 3) for kind in kinds)
    assert len(queries) == 1
    if connection.vendor == "postgresql":
        assert rows_read(queries[0]["sql"]) < 20 * len(asked)


def keep(keys):
    MatchKey.objects.bulk_create(keys, batch_size=5000)


def rows_read(sql):
    """The rows that a statement of PostgreSQL looks at, those it passes over included."""

    def looked_at(plan):
        here = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        return here * plan["Actual Loops"] + sum(map(looked_at, plan.get("Plans", [])))

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
        (answer,) = cursor.fetchone()
    return looked_at((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
