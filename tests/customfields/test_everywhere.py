"""A field that was added appears everywhere, without a restart."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kernel.customfields import every
from kernel.models import HistoryEntry
from leads.models import Lead
from tests.customfields.fields import field
from tests.factories import AccountFactory, LeadFactory, UserFactory
from tests.hostile.test_forms import form_at
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Any:
    return UserFactory()


@pytest.fixture
def browser(client: Client, seller: Any) -> Client:
    client.force_login(seller)
    return client


def test_the_form_of_a_new_record_has_it_at_the_next_request(browser):
    assert "Promotion" not in browser.get("/leads/new/").text

    field("promotion", "text", help_text="As on the leaflet.")

    page = browser.get("/leads/new/").text
    assert 'name="custom_promotion"' in page
    assert "As on the leaflet." in page
    assert page.count('name="custom_promotion"') == 1


def test_a_record_is_made_with_it_shown_with_it_and_found_by_it(browser):
    field("promotion", "text", in_search=True)
    field("size", "number", decimals=2)
    field("vip", "boolean")
    field("home", "url")

    answer = browser.post(
        "/leads/new/",
        {
            **LEAST, "custom_promotion": "Spring sale", "custom_size": "1,250.5", "custom_vip": "on",
            "custom_home": "https://example.com/x",
        },
    )  # fmt: skip

    lead = Lead.objects.get()
    assert lead.custom == {
        "promotion": "Spring sale",
        "size": "1250.5",
        "vip": True,
        "home": "https://example.com/x",
    }
    page = browser.get(answer.url).text
    assert "Spring sale" in page
    assert "1,250.50" in page
    assert 'href="https://example.com/x"' in page
    assert list(Lead.objects.matching("spring")) == [lead]


LEAST = {
    "topic": "Pumps", "company": "Acme", "last_name": "Doe", "rating": "warm", "source": "other", "budget_status": "",
    "timeframe": "", "purchase_process": "",
}  # fmt: skip


def test_mistakes_stand_beside_their_fields(browser):
    field("size", "number", is_required=True)
    field("launch", "date")
    field("home", "url")

    answer = browser.post("/leads/new/", {**LEAST, "custom_launch": "soon", "custom_home": "example"})

    assert answer.status_code == 422
    for name in ("size", "launch", "home"):
        assert f'id="id_custom_{name}_error"' in answer.text
    assert not Lead.objects.exists()


def test_what_must_be_unique_is_refused_beside_its_field(browser, seller):
    field("badge", "text", is_unique=True)
    browser.post("/leads/new/", {**LEAST, "custom_badge": "A-1"})

    answer = browser.post("/leads/new/", {**LEAST, "custom_badge": "a-1"})

    assert answer.status_code == 422
    assert 'id="id_custom_badge_error"' in answer.text
    assert Lead.objects.count() == 1


def test_two_people_change_two_fields_of_one_record_and_both_hold(browser, seller):
    field("size", "number")
    field("color", "text")
    lead = LeadFactory(owner=seller, custom={"size": "1", "color": "red"})
    mine, theirs = (filled(browser, f"/leads/{lead.ref}/edit/") for _twice in range(2))

    browser.post(f"/leads/{lead.ref}/edit/", theirs | {"custom_size": "2"})
    answer = browser.post(f"/leads/{lead.ref}/edit/", mine | {"custom_color": "blue"})

    lead.refresh_from_db()
    assert answer.status_code == 302, answer.text
    assert lead.custom == {"size": "2", "color": "blue"}


def test_two_people_change_one_field_and_are_asked(browser, seller):
    field("color", "text", label="Color of the van")
    lead = LeadFactory(owner=seller, custom={"color": "red"})
    mine, theirs = (filled(browser, f"/leads/{lead.ref}/edit/") for _twice in range(2))

    browser.post(f"/leads/{lead.ref}/edit/", theirs | {"custom_color": "green"})
    answer = browser.post(f"/leads/{lead.ref}/edit/", mine | {"custom_color": "blue"})

    assert answer.status_code == 409
    assert "Color of the van" in answer.text
    lead.refresh_from_db()
    assert lead.custom == {"color": "green"}


def test_an_untouched_box_and_an_untouched_form_change_nothing(browser, seller):
    field("vip", "boolean")
    field("size", "number", decimals=1)
    lead = LeadFactory(owner=seller, custom={"older": "kept", "size": "2.5"})

    browser.post(f"/leads/{lead.ref}/edit/", filled(browser, f"/leads/{lead.ref}/edit/"))

    lead.refresh_from_db()
    assert lead.custom == {"older": "kept", "size": "2.5"}
    assert not HistoryEntry.objects.filter(record_id=lead.pk, changes__has_key="custom.vip").exists()


def test_the_history_tells_it_by_its_label(browser, seller):
    field("source_of", "choice", label="Heard of us by", choices=["fair", "web"])
    lead = LeadFactory(owner=seller, custom={"source_of": "fair"})

    browser.post(
        f"/leads/{lead.ref}/edit/", filled(browser, f"/leads/{lead.ref}/edit/") | {"custom_source_of": "web"}
    )

    assert "Heard of us by: Fair → Web" in browser.get(lead.get_absolute_url()).text


def test_a_removed_field_is_seen_nowhere_and_its_values_stay(browser, seller):
    made = field("color", "text", in_list=True)
    lead = LeadFactory(owner=seller, custom={"color": "purple"})
    assert "purple" in browser.get(lead.get_absolute_url()).text

    remove(made)

    assert "purple" not in browser.get(lead.get_absolute_url()).text
    assert "custom_color" not in browser.get(f"/leads/{lead.ref}/edit/").text
    browser.post(f"/leads/{lead.ref}/edit/", filled(browser, f"/leads/{lead.ref}/edit/") | {"topic": "New"})
    lead.refresh_from_db()
    assert (lead.topic, lead.custom) == ("New", {"color": "purple"})


def test_a_reference_is_typed_as_a_number_and_shown_as_a_link_to_those_who_may_see_it(browser, seller):
    field("supplier", "reference", refers_to="customers.account")
    account = AccountFactory(owner=seller, name="Bolt & Co")
    other = AccountFactory(owner=UserFactory(), name="Secret Ltd")

    refused = browser.post("/leads/new/", {**LEAST, "custom_supplier": other.number})
    answer = browser.post("/leads/new/", {**LEAST, "custom_supplier": account.number})

    assert refused.status_code == 422
    page = browser.get(answer.url).text
    assert f'href="{account.get_absolute_url()}"' in page
    lead = Lead.objects.get()
    Lead.objects.update(custom={"supplier": str(other.public_id)})
    assert "Secret Ltd" not in browser.get(lead.get_absolute_url()).text


def test_no_page_asks_more_of_the_database_than_before(browser, seller, django_assert_max_num_queries):
    lead = LeadFactory(owner=seller)
    pages = ("/leads/new/", lead.get_absolute_url(), "/leads/")
    for page in pages:
        browser.get(page)  # what a process learns once
    before = [queries_of(browser, page) for page in pages]

    field("color", "text", in_list=True)

    first = queries_of(browser, pages[0])
    assert first <= before[0] + 1  # the definitions are read once by this process
    assert [queries_of(browser, page) for page in pages] == before
    assert every(Lead)


def queries_of(browser: Client, path: str) -> int:
    return len(queries(lambda: browser.get(path)))


def remove(made: Any) -> None:
    made.is_active, made.removed_at, made.version = False, timezone.now(), made.version + 1
    made.save()


def filled(browser: Client, path: str) -> dict[str, Any]:
    """What the form at this address would send if nobody touched it."""
    return form_at(browser, path).data()
