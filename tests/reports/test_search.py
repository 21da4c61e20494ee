"""Finding any record by number, name, e-mail or phone, within one's rights; misspelled too."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.search import alike, kinds_of, meant, search, segments
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    LeadFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory()


@pytest.fixture
def browser(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def trigrams(db):
    """What the first migrations of a real installation bring along."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def found(user, text):
    return [record for group in search(user, text) for record in group.records]


@pytest.mark.parametrize("text", ["müller", "MULLER", "muller gmbh", "gmbh muller"])
def test_names_are_found_whatever_their_case_accents_and_order(ada, text):
    account = AccountFactory(owner=ada, name="Müller GmbH")
    AccountFactory(owner=ada, name="Borg AG")

    assert found(ada, text) == [account]


@pytest.mark.parametrize("text", ["+49 30 1234567", "030 1234567", "0301234567", "(030) 123-4567", "1234567"])
@pytest.mark.parametrize("kept", ["+49 (30) 123 45 67", "030/1234567", "0049 30 1234567"])
def test_a_phone_number_is_found_however_it_is_written(ada, kept, text):
    contact = ContactFactory(owner=ada, phone=kept)
    ContactFactory(owner=ada, phone="+49 30 7654321")

    assert found(ada, text) == [contact]


def test_a_part_of_a_document_number_is_no_phone_number(ada):
    quote = QuoteFactory(owner=ada, number="QUO-2026-00042")

    assert found(ada, "2026-00042") == [quote]


def test_every_kind_of_record_is_searched(ada):
    boss = UserFactory(role="administrator")
    text = {"name": "Zebra deal"}
    made = [
        AccountFactory(**text), ContactFactory(last_name="Zebra deal"), LeadFactory(company="Zebra deal"),
        QuoteFactory(**text), OrderFactory(**text), InvoiceFactory(**text), ProductFactory(name="Zebra deal"),
        ActivityFactory(subject="Zebra deal"),
    ]  # fmt: skip

    assert {type(record) for record in found(boss, "zebra deal")} >= {type(record) for record in made}


def test_a_name_that_begins_with_what_was_typed_comes_first(ada):
    borg = AccountFactory(owner=ada, name="Borg")
    dubois = AccountFactory(owner=ada, name="Dubois")
    jan_borg = AccountFactory(owner=ada, name="Jan Borg")

    assert found(ada, "bo") == [borg, jan_borg, dubois]


def test_what_is_not_ones_own_is_not_found(ada):
    LeadFactory(owner=UserFactory(), company="Secret Ltd")

    assert found(ada, "secret") == []


def test_searching_costs_one_query_a_kind_however_many_match(browser, ada):
    AccountFactory.create_batch(3, owner=ada, name="Many")
    LeadFactory.create_batch(3, owner=ada, company="Many")
    with CaptureQueriesContext(connection) as few:
        browser.get("/search/?fmt=palette&q=many")
    LeadFactory.create_batch(20, owner=ada, company="Many")
    ContactFactory.create_batch(20, owner=ada, last_name="Many")

    with CaptureQueriesContext(connection) as many:
        assert browser.get("/search/?fmt=palette&q=many").status_code == 200

    assert len(many) == len(few)


def test_the_erps_number_leads_straight_to_the_order(browser, ada):
    order = OrderFactory(owner=ada, erp_number="SO-7781")

    assert browser.get("/search/?q=so-7781").url == order.get_absolute_url()
    assert order.get_absolute_url() in browser.get("/search/?fmt=palette&q=SO-7781").text


def test_signs_narrow_the_search_to_people_or_documents(ada):
    account = AccountFactory(owner=ada, name="Borg")
    quote = QuoteFactory(owner=ada, name="Borg retrofit", account=account)

    for sign, expected in (("@borg", account), ("#borg", quote)):
        text, kinds = kinds_of(sign)
        assert [record for group in search(ada, text, kinds) for record in group.records] == [expected]


def test_the_page_marks_what_matches_and_offers_one_kind_alone(browser, ada):
    LeadFactory.create_batch(12, owner=ada, company="Borg", last_name="Müllerson")

    page = browser.get("/search/?q=müller").text
    assert "<mark>Müller</mark>son" in page
    assert "/search/?q=m%C3%BCller&amp;kind=lead" in page
    assert "More of these" not in browser.get("/search/?q=müller&kind=lead").text


def test_marking_follows_accents_and_letters_that_fold_to_two():
    assert segments("Straße Müller", "strasse") == [("Straße", True), (" Müller", False)]
    assert segments("ABBA", "b") == [("A", False), ("BB", True), ("A", False)]
    assert segments("", "x") == []


def test_nothing_found_says_what_was_searched_and_what_to_do_next(browser):
    page = browser.get("/search/?q=nobody").text

    assert "Nothing is called that" in page
    assert "/leads/new/" in page


@pytest.mark.postgres
@pytest.mark.usefixtures("trigrams")
@pytest.mark.parametrize("typed", ["Simens", "siemnes", "Siemenns"])
def test_a_misspelled_name_is_guessed_and_what_was_meant_is_offered(ada, typed):
    account = AccountFactory(owner=ada, name="Siemens Energy")
    AccountFactory(owner=ada, name="Borg AG")
    AccountFactory(owner=UserFactory(), name="Siemens Mobility")

    guesses = alike(ada, typed)

    assert [record for group in guesses for record in group.records] == [account]
    assert meant(typed, guesses) == "siemens"


@pytest.mark.postgres
@pytest.mark.usefixtures("trigrams")
def test_the_page_says_that_it_is_a_guess(browser, ada):
    AccountFactory(owner=ada, name="Siemens Energy")

    page = browser.get("/search/?q=simens").text

    assert "Nothing is called “simens”" in page
    assert "/search/?q=siemens" in page
    assert "Siemens Energy" in page


def test_a_machine_searches_too(browser, ada):
    lead = LeadFactory(owner=ada, company="Borg")

    answer = browser.get("/api/v1/search/?q=borg").json()

    assert answer == [
        {"kind": "lead", "id": str(lead.public_id), "ref": lead.number, "title": lead.name, "is_guess": False}
    ]
    assert browser.get("/api/v1/search/?q=borg&kind=nothing").status_code == 400
    assert browser.get("/api/v1/search/?q=borg&secret=1").status_code == 400
