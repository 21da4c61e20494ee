"""A record out of one's sight does not exist, whatever one does with it (S1)."""

import pytest
from django.urls import get_resolver

from tests.api.conftest import client_of
from tests.api.records import OWNED, REFERENCE, address
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "patch")


def addresses_of_records():
    """Every address under a record that somebody owns, from the resolver itself, so that none is forgotten."""
    found = []

    def walk(patterns, prefix):
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, path)
            elif path.startswith("api/v1/") and "<uuid:public_id>" in path:
                found.append(f"/{path}")

    walk(get_resolver().url_patterns, "")
    return sorted(path for path in found if path.split("/")[3] in OWNED)


def test_the_resolver_has_the_addresses_of_every_kind():
    kinds = {path.split("/")[3] for path in addresses_of_records()}

    assert kinds == set(OWNED)
    assert len(addresses_of_records()) > 60


@pytest.mark.parametrize("where", list(OWNED))
def test_nothing_about_a_foreign_record_can_be_asked_or_done(seller, manager, euro, where):
    record = OWNED[where](owner=UserFactory())

    clients = [client_of(seller), client_of(manager)]
    for path in (path for path in addresses_of_records() if path.split("/")[3] == where):
        here = path.replace("<uuid:public_id>", str(record.public_id))
        answers = [getattr(client, method)(here, {}).status_code for client in clients for method in METHODS]

        # 405 says that nobody may do this to any record of the kind, and nothing about this one.
        assert set(answers) == {404, 405}, path
        assert answers.count(404) >= 2, path


@pytest.mark.parametrize("where", list(OWNED))
def test_a_foreign_record_is_in_no_list(seller, euro, where):
    OWNED[where](owner=UserFactory())
    own = OWNED[where](owner=seller)

    answer = client_of(seller).get(f"/api/v1/{where}/")

    assert [row["id"] for row in answer.data["results"]] == [str(own.public_id)]


@pytest.mark.parametrize(
    "where", [*OWNED, *REFERENCE, "payments", "token", "chain", "nonsense", "schema", "docs"]
)
def test_nobody_is_told_anything_without_signing_in(client, where):
    answer = client.get(f"/api/v1/{where}/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("where", list(REFERENCE))
def test_reference_data_is_read_by_everybody_and_written_by_few(api, euro, where):
    assert api.get(f"/api/v1/{where}/").status_code == 200
    assert api.post(f"/api/v1/{where}/", {}).status_code in (400, 403, 405)


def test_payments_are_not_for_sellers(api, finance, euro):
    assert api.get("/api/v1/payments/").status_code == 403
    assert client_of(finance).get("/api/v1/payments/").status_code == 200


def test_an_address_the_api_does_not_have_is_a_problem_in_its_own_shape(api):
    for method in METHODS:
        answer = getattr(api, method)("/api/v1/nonsense/")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_browser_session_needs_its_token_to_write(client, seller):
    client.force_login(seller)
    strict = type(client)(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    answer = strict.post("/api/v1/leads/", {"topic": "x", "last_name": "y"}, content_type="application/json")

    assert strict.get("/api/v1/leads/").status_code == 200
    assert answer.status_code == 403


def test_the_record_address_has_no_room_for_database_keys(api, seller, euro):
    record = OWNED["quotes"](owner=seller)

    assert api.get(f"/api/v1/quotes/{record.pk}/").status_code == 404
    assert api.get(address("quotes", record)).data["id"] == str(record.public_id)
