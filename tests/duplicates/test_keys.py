"""One value has one normal form, and the keys of a record follow it whichever way it is saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Contact, ContactPoint
from duplicates.keys import stored_keys, sync_keys
from duplicates.models import MatchKey
from duplicates.values import (
    MatchValues,
    address_key,
    company_words,
    domain_key,
    email_key,
    keys_of,
    person_words,
    phone_key,
    sound_of,
    tax_key,
)
from leads.models import Lead
from people.models import Organization
from tests.factories import AccountFactory, ContactFactory, LeadFactory


def keys_of_record(record, kind=None):
    rows = MatchKey.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    return {(row.kind, row.value) for row in rows if kind in (None, row.kind)}


# --- normal forms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("+49 30 1234567", ""), ("030/123 45 67", "DE")),
        (("0049 (0)30 1234567", ""), ("030-1234567", "")),
        (("+49 30 1234567 ext. 12", "DE"), ("49301234567", "DE")),
        (("+1 (212) 555-1234", ""), ("1-212-555-1234", "US")),
        (("212 555 1234", "US"), ("+12125551234", "DE")),
        (("8 495 123-45-67", "RU"), ("+7 495 1234567", "")),
        (("+39 06 12345678", ""), ("06 12345678", "IT")),
        (("+44 (0)20 7946 0958", ""), ("020 7946 0958", "GB")),
    ],
)
def test_a_phone_number_is_one_however_it_was_typed(one, other):
    assert phone_key(*one) == phone_key(*other) != ""


def test_what_dials_nobody_is_no_phone_number():
    assert [phone_key(text, "DE") for text in ("", "n/a", "110", "+", "()", "١٢٣٤٥٦٧")] == [""] * 6


def test_a_mailbox_is_one_whatever_its_service_ignores():
    assert email_key(" Ada.Long@Borg.DE ") == "ada.long@borg.de"
    assert email_key("a.da+news@googlemail.com") == email_key("ADA@gmail.com") == "ada@gmail.com"
    assert email_key("ada+news@outlook.com") == "ada@outlook.com"
    assert email_key("ada+news@borg.de") != email_key("ada@borg.de")
    assert [email_key(text) for text in ("", "ada", "@borg.de")] == ["", "", ""]


def test_a_domain_is_the_companys_own():
    assert {
        domain_key(text) for text in ("https://www.Borg.de/about?x=1", "borg.de", "http://borg.de:80")
    } == {"borg.de"}
    assert [domain_key(text) for text in ("gmail.com", "localhost", "", "web.de")] == [""] * 4


def test_a_tax_number_carries_its_country():
    assert {tax_key("DE 123 456 789", "DE"), tax_key("123456789", "DE"), tax_key("de123456789")} == {
        "DE123456789"
    }
    assert tax_key("EL123456789", "GR") == tax_key("123456789", "GR") == "GR123456789"
    assert tax_key("CHE-123.456.788 MWST", "CH") == tax_key("CHE123456788") == "CH123456788"
    assert tax_key("123456789", "AT") != tax_key("123456789", "DE")
    assert tax_key("n/a", "DE") == tax_key("", "") == ""


def test_a_company_is_known_by_the_words_that_are_its_own():
    assert (
        company_words("Müller & Söhne GmbH & Co. KG") == company_words("Söhne, Müller") == ("muller", "sohne")
    )
    assert company_words("Borg A.G.") == company_words("BORG AG") == ("borg",)
    assert company_words("The Company") == ("company", "the")  # nothing else is left to know it by
    assert sound_of(company_words("Mueller Soehne")) == sound_of(company_words("Müller & Söhne GmbH"))
    assert person_words("Long, Ada") == person_words("ADA LONG")
    assert sound_of(("Bo",)) == ""


def test_an_address_is_one_whether_its_street_is_short_or_long():
    def address(street, postcode="10115"):
        return address_key(MatchValues(street=street, postcode=postcode, country="DE"))

    assert address("Hauptstraße 12") == address("Hauptstr. 12") == address("HAUPTSTR 12") != ""
    assert address("Haupt Straße 12") == address("Haupt Str. 12")
    assert address("Hauptstraße 12") != address("Hauptstraße 13")
    assert address("Hauptstraße 12", "") == address("") == ""


text = st.text(max_size=60)


@given(
    st.builds(
        MatchValues,
        emails=st.tuples(text), phones=st.tuples(text), websites=st.tuples(text), tax_numbers=st.tuples(text),
        companies=st.tuples(text), persons=st.tuples(text), street=text, postcode=text, city=text,
        country=st.text(max_size=2),
    )
)  # fmt: skip
def test_whatever_was_typed_gives_keys_that_fit_their_column(values):
    for kind, value in keys_of(values):
        assert kind in MatchKey.Kind.values
        assert 0 < len(value) <= MatchKey.LONGEST
        assert "\0" not in value


# --- kept true -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_keys_follow_the_record_and_only_what_changed_is_written(django_assert_num_queries):
    lead = LeadFactory(
        company="Borg GmbH", first_name="Ada", last_name="Long", email="ada@borg.de", phone="+4930123456"
    )
    assert {key for key in keys_of_record(lead) if key[0] != "sound"} == {
        ("email", "ada@borg.de"),
        ("domain", "borg.de"),
        ("phone", "30123456"),
        ("name", "borg"),
        ("person", "ada long"),
    }
    kept = {pk for rows in stored_keys("leads.lead", [lead.pk]).values() for pk in rows.values()}

    lead.email = "ada@borg.com"
    lead.save()

    assert {("email", "ada@borg.com"), ("domain", "borg.com")} <= keys_of_record(lead)
    assert ("email", "ada@borg.de") not in keys_of_record(lead)
    now = {pk for rows in stored_keys("leads.lead", [lead.pk]).values() for pk in rows.values()}
    assert len(kept & now) == len(kept) - 2


@pytest.mark.django_db
def test_a_save_that_touches_no_key_asks_nothing(django_assert_num_queries):
    lead = LeadFactory()
    lead.need = "More"

    with django_assert_num_queries(1):
        lead.save(update_fields=["need"])


@pytest.mark.django_db
def test_a_contact_is_known_by_the_company_it_works_at_even_after_that_was_renamed():
    account = AccountFactory(name="Borg GmbH")
    contact = ContactFactory(account=account, first_name="Ada", last_name="Long")
    assert keys_of_record(contact, "name") == {("name", "borg")}

    account.name = "Acme AG"
    account.save()

    assert keys_of_record(contact, "name") == {("name", "acme")}


@pytest.mark.django_db
def test_further_mails_and_phones_count_too():
    contact = ContactFactory(email="ada@borg.de", phone="")
    ContactPoint.objects.create(contact=contact, kind="mobile", value="+49 151 1234567")
    ContactPoint.objects.create(contact=contact, kind="email", value="ada@home.example")

    Contact.objects.get(pk=contact.pk).save()

    assert keys_of_record(contact, "phone") == {("phone", "1511234567")}
    assert keys_of_record(contact, "email") == {("email", "ada@borg.de"), ("email", "ada@home.example")}


@pytest.mark.django_db
def test_a_number_without_a_country_is_dialed_from_where_we_are():
    Organization.objects.create(pk=1, name="We", country="US")

    lead = LeadFactory(phone="1 212 555 1234", country="")

    assert keys_of_record(lead, "phone") == {("phone", "2125551234")}


@pytest.mark.django_db
def test_an_import_writes_the_keys_of_a_chunk_in_a_few_statements(django_assert_max_num_queries):
    leads = Lead.objects.bulk_create(LeadFactory.build_batch(300, owner=None, country="DE"))
    rows = [(lead.pk, lead.match_values()) for lead in leads]

    with django_assert_max_num_queries(1):
        written = sync_keys("leads.lead", rows, are_new=True)

    assert written == MatchKey.objects.count() > 900
    with django_assert_max_num_queries(1):
        assert sync_keys("leads.lead", rows) == 0


@pytest.mark.django_db
def test_changed_rows_of_an_import_keep_what_is_the_same():
    lead = LeadFactory(email="old@borg.de", company="Borg")
    changed = MatchValues(emails=("new@borg.de",), companies=("Borg",))

    sync_keys("leads.lead", [(lead.pk, changed)])

    assert keys_of_record(lead, "email") == {("email", "new@borg.de")}
    assert keys_of_record(lead, "person") == set()
