"""Administrators define fields on a page: added, changed, moved, removed, restored, purged."""

from typing import Any

import pytest
from django.test import Client

from kernel import jobs
from kernel.errors import DomainError
from kernel.models import CustomField, HistoryEntry, Job, UniqueValue
from leads.models import Lead
from people.field_actions import (
    change_field,
    create_field,
    move_field,
    purge_field,
    remove_field,
    restore_field,
)
from tests.customfields.fields import field
from tests.factories import LeadFactory, UserFactory
from tests.hostile.test_forms import form_at

pytestmark = pytest.mark.django_db

PAGE = "/settings/fields/"


@pytest.fixture
def admin() -> Any:
    return UserFactory(role="administrator")


@pytest.fixture
def browser(client: Client, admin: Any) -> Client:
    client.force_login(admin)
    return client


def make(admin: Any, **values: Any) -> CustomField:
    return create_field(
        by=admin, **{"record_type": "leads.lead", "name": "color", "kind": "text", "label": "Color"} | values
    )


# --- the page ---------------------------------------------------------------------


def test_a_field_is_added_on_the_page_and_its_name_comes_from_its_label(browser):
    data = form_at(browser, f"{PAGE}new/?of=leads.lead").data()

    answer = browser.post(
        f"{PAGE}new/",
        data | {"label": "Promotion code (2026)", "kind": "choice", "choices": "spring = Spring sale\nFair"},
    )

    made = CustomField.objects.get()
    assert answer.url == f"{PAGE}?of=leads.lead"
    assert (made.record_type, made.name, made.label) == (
        "leads.lead",
        "promotion_code_2026",
        "Promotion code (2026)",
    )
    assert made.choices == [{"value": "spring", "label": "Spring sale"}, {"value": "Fair", "label": "Fair"}]
    page = browser.get(answer.url).text
    assert "Promotion code (2026)" in page
    assert "Spring sale" in browser.get("/leads/new/").text


def test_what_is_wrong_stands_beside_its_question(browser):
    field("color")
    data = form_at(browser, f"{PAGE}new/?of=leads.lead").data()

    answer = browser.post(f"{PAGE}new/", data | {"label": "Color", "kind": "choice"})

    assert answer.status_code == 422
    for name in ("name", "choices"):
        assert f'id="id_{name}_error"' in answer.text


def test_a_preview_says_what_it_will_be_and_changes_nothing(browser):
    data = form_at(browser, f"{PAGE}new/?of=leads.lead").data() | {
        "label": "Fleet",
        "kind": "number",
        "in_pdf": "on",
    }

    whole = browser.post(f"{PAGE}new/", data | {"preview": "1"})
    part = browser.post(
        f"{PAGE}new/", data | {"preview": "1"}, headers={"HX-Request": "true", "HX-Target": "look"}
    )

    assert whole.status_code == part.status_code == 200
    assert "Fleet" in part.text
    assert "the PDF" in part.text
    assert "<html" not in part.text
    assert not CustomField.objects.exists()


def test_a_field_is_changed_and_the_page_tells_its_history(browser, admin):
    made = make(admin)
    data = form_at(browser, f"{PAGE}{made.pk}/").data()

    answer = browser.post(f"{PAGE}{made.pk}/", data | {"label": "Paint", "is_required": "on"})

    made.refresh_from_db()
    assert answer.status_code == 302, answer.text
    assert (made.label, made.is_required, made.version) == ("Paint", True, 2)
    assert "Color → Paint" in browser.get(f"{PAGE}{made.pk}/").text


@pytest.mark.django_db(transaction=True)  # indexes are dropped outside of transactions
def test_moving_removing_restoring_and_purging_by_buttons(browser, admin):
    first, second = make(admin), make(admin, name="size", label="Size")
    lead = LeadFactory(custom={"color": "red", "size": "L"})

    browser.post(f"{PAGE}{second.pk}/move/", {"to": "up"})
    assert list(CustomField.objects.order_by("position").values_list("name", flat=True)) == ["size", "color"]
    browser.post(f"{PAGE}{first.pk}/remove/", {"version": CustomField.objects.get(pk=first.pk).version})
    page = browser.get(f"{PAGE}?of=leads.lead").text
    assert "Restore" in page
    browser.post(f"{PAGE}{first.pk}/restore/")
    assert CustomField.objects.get(pk=first.pk).is_active
    browser.post(f"{PAGE}{first.pk}/remove/", {"version": CustomField.objects.get(pk=first.pk).version})
    warned = browser.get(f"{PAGE}{first.pk}/purge/").text
    assert "1 record has a value" in warned
    refused = browser.post(f"{PAGE}{first.pk}/purge/", {"confirmation": "colour"})
    assert refused.status_code == 422
    answer = browser.post(f"{PAGE}{first.pk}/purge/", {"confirmation": "color"})

    job = Job.objects.get(kind="custom_fields.purge")
    assert answer.url == job.get_absolute_url()
    jobs.run(str(job.public_id))
    lead.refresh_from_db()
    assert lead.custom == {"size": "L"}
    assert not CustomField.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "finance", "integration"])
def test_nobody_else_gets_in(client, admin, role):
    made = make(admin)
    client.force_login(UserFactory(role=role))

    for path in ("", "new/", f"{made.pk}/"):
        assert client.get(f"{PAGE}{path}").status_code == 403
    for step in ("move", "remove", "restore"):
        assert client.post(f"{PAGE}{made.pk}/{step}/").status_code == 403
    made.refresh_from_db()
    assert (made.is_active, made.version) == (True, 1)


# --- the rules --------------------------------------------------------------------


def codes(refused: Any) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in refused.value.blockers}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"name": "Promo Code"}, ("name", "invalid")), ({"name": "x" * 41}, ("name", "invalid")),
        ({"record_type": "people.user"}, ("record_type", "unknown_kind")),
        ({"kind": "money"}, ("kind", "unknown_kind")),
        ({"kind": "choice"}, ("choices", "required")), ({"kind": "reference"}, ("refers_to", "required")),
        ({"kind": "long_text", "is_unique": True}, ("is_unique", "not_unique_kind")),
        ({"kind": "number", "default": "many"}, ("default", "invalid")), ({"label": " "}, ("label", "required")),
        ({"is_unique": True, "default": "x"}, ("default", "default_of_unique")),
        ({"kind": "choice", "choices": [{"value": "a", "label": "A"}] * 2}, ("choices", "twice")),
        ({"kind": "choice", "choices": [{"value": "a,b", "label": "A"}]}, ("choices", "invalid")),
    ],
)  # fmt: skip
def test_a_definition_that_makes_no_sense_is_refused(admin, values, wrong):
    with pytest.raises(DomainError) as refused:
        make(admin, **values)

    assert wrong in codes(refused)
    assert not CustomField.objects.exists()


def test_a_removed_field_keeps_its_name_until_it_is_purged(admin):
    remove_field(make(admin), by=admin)

    with pytest.raises(DomainError) as refused:
        make(admin)

    assert codes(refused) == {("name", "taken")}


def test_switching_uniqueness_on_is_refused_with_the_doubles(admin):
    made = make(admin)
    one, two, _three = (LeadFactory(custom={"color": text}) for text in ("Red", "red", "blue"))

    with pytest.raises(DomainError) as refused:
        change_field(made, by=admin, is_unique=True)

    made.refresh_from_db()
    words = " ".join(str(blocker.text) for blocker in refused.value.blockers)
    assert one.number in words
    assert two.number in words
    assert (made.is_unique, UniqueValue.objects.count()) == (False, 0)


def test_switching_uniqueness_on_holds_what_is_there(admin):
    made = make(admin)
    leads = [LeadFactory(custom={"color": text}) for text in ("red", "blue")]
    LeadFactory()

    change_field(made, by=admin, is_unique=True)

    assert sorted(UniqueValue.objects.values_list("record_id", flat=True)) == [one.pk for one in leads]
    change_field(CustomField.objects.get(), by=admin, is_unique=False)
    assert not UniqueValue.objects.exists()


def test_restoring_a_unique_field_asks_again(admin):
    made = make(admin, is_unique=True)
    remove_field(made, by=admin)
    for _each in range(2):
        Lead.objects.filter(pk=LeadFactory().pk).update(custom={"color": "red"})

    with pytest.raises(DomainError) as refused:
        restore_field(made, by=admin)

    assert refused.value.code == "doubles"


def test_a_field_that_becomes_searchable_is_found_in_old_records(admin):
    made = make(admin)
    lead = LeadFactory(custom={"color": "Vermilion"})
    assert not Lead.objects.matching("vermilion")

    change_field(made, by=admin, in_search=True)
    jobs.run(str(Job.objects.get(kind="custom_fields.search").public_id))
    assert list(Lead.objects.matching("vermilion")) == [lead]
    version = Lead.objects.get().version
    remove_field(CustomField.objects.get(), by=admin)
    jobs.run(str(Job.objects.latest("id").public_id))

    assert not Lead.objects.matching("vermilion")
    assert Lead.objects.get().version == version


@pytest.mark.django_db(transaction=True)
def test_purging_counts_first_and_takes_values_in_chunks(admin, monkeypatch):
    monkeypatch.setattr("kernel.customfields.runners.CHUNK", 2)
    made = make(admin)
    for n in range(5):
        LeadFactory(custom={"color": str(n), "other": n})
    remove_field(made, by=admin)

    job = purge_field(CustomField.objects.get(), by=admin, confirmation="color")
    assert job.total == 5
    jobs.run(str(job.public_id))

    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 5), job.error
    assert not Lead.objects.filter(custom__has_key="color").exists()
    assert Lead.objects.filter(custom__has_key="other").count() == 5
    assert HistoryEntry.objects.filter(verb="purged").exists()


def test_purging_something_in_use_is_refused(admin):
    with pytest.raises(DomainError):
        purge_field(make(admin), by=admin, confirmation="color")


def test_fields_change_places_without_gaps(admin):
    rows = [make(admin, name=name, label=name) for name in ("a", "b", "c")]

    move_field(rows[0], by=admin, places=2)
    move_field(rows[2], by=admin, places=-9)

    assert list(CustomField.objects.order_by("position").values_list("name", "position")) == [
        ("c", 1), ("b", 2), ("a", 3),
    ]  # fmt: skip
