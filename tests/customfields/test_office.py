"""Fields are defined in the back office too, by the same actions."""

import json

import pytest
from django.test import Client

from kernel.models import CustomField, HistoryEntry
from tests.admin.forms import filled
from tests.customfields.fields import field
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PLACE = "/admin/kernel/customfield/"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory(role="administrator", is_staff=True))
    return client


def test_a_field_is_added_and_changed_through_the_actions(office):
    choices = json.dumps([{"value": "fair", "label": "Fair"}])
    values = {
        "record_type": "leads.lead",
        "name": "source_of",
        "label": "Heard by",
        "kind": "choice",
        "choices": choices,
    }
    answer = office.post(f"{PLACE}add/", filled(office, f"{PLACE}add/", **values))

    made = CustomField.objects.get()
    assert answer.status_code == 302
    path = f"{PLACE}{made.pk}/change/"
    office.post(path, filled(office, path, label="Heard of us by"))

    made.refresh_from_db()
    assert (made.label, made.version, made.kind) == ("Heard of us by", 2, "choice")
    found = HistoryEntry.objects.filter(record_type="kernel.customfield").order_by("id")
    assert [entry.verb for entry in found] == ["created", "changed"]
    assert office.get(f"{PLACE}?q=heard").status_code == 200


def test_what_makes_no_sense_is_shown_on_the_form(office):
    values = {"record_type": "leads.lead", "name": "x", "label": "X", "kind": "choice"}

    answer = office.post(f"{PLACE}add/", filled(office, f"{PLACE}add/", **values))

    assert answer.status_code == 200
    assert "choices" in answer.context["adminform"].form.errors
    assert not CustomField.objects.exists()


def test_a_removed_field_is_only_shown(office):
    made = field("color", is_active=False)

    page = office.get(f"{PLACE}{made.pk}/change/")

    assert page.status_code == 200
    assert 'name="label"' not in page.content.decode()
