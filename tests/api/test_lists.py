"""Lists: pages that walk every row once, filters that are known, a number of queries that does not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import client_of
from tests.api.records import OWNED, address
from tests.document_factories import QuoteFactory
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, answer.data
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("where", list(OWNED))
def test_a_list_of_thirty_costs_what_a_list_of_one_costs(administrator, seller, euro, where):
    api = client_of(administrator)
    OWNED[where](owner=seller)
    few = queries(api, f"/api/v1/{where}/")
    for _count in range(29):
        OWNED[where](owner=seller)

    many = queries(api, f"/api/v1/{where}/")

    assert len(many) == len(few) <= 6
    assert not any("COUNT(" in sql for sql in many)


@pytest.mark.parametrize("where", ["quotes", "orders", "invoices", "opportunities"])
def test_a_document_of_a_thousand_lines_costs_what_one_of_one_line_costs(administrator, seller, euro, where):
    api = client_of(administrator)
    short, long = OWNED[where](owner=seller, lines=1), OWNED[where](owner=seller, lines=1)
    line = long.lines.get()
    model = type(line)
    copies = []
    for position in range(2, 1001):
        fields = {
            f.attname: getattr(line, f.attname)
            for f in model._meta.concrete_fields
            if f.name not in ("id", "key")
        }
        copies.append(model(**fields | {"position": position}))
    model.objects.bulk_create(copies)

    few, many = queries(api, address(where, short)), queries(api, address(where, long))

    assert len(many) == len(few)
    assert len(api.get(address(where, long)).data["lines"]) == 1000


@pytest.mark.parametrize(
    "ordering", ["-id", "id", "last_name", "-last_name", "company", "-created_at", "number"]
)
def test_walking_the_pages_meets_every_row_once(api, seller, ordering):
    leads = [
        LeadFactory(owner=seller, last_name="ABC"[n % 3], company="" if n % 2 else "Borg") for n in range(23)
    ]
    expected = {str(lead.public_id) for lead in leads}

    seen, path = [], f"/api/v1/leads/?ordering={ordering}&page_size=5"
    pages = 0
    while path:
        answer = api.get(path)
        seen += [row["id"] for row in answer.data["results"]]
        path, pages = answer.data["next"], pages + 1

    assert (len(seen), set(seen), pages) == (23, expected, 5)


def test_one_can_walk_back_and_new_rows_do_not_shift_the_pages(api, seller):
    for _count in range(12):
        LeadFactory(owner=seller)
    first = api.get("/api/v1/leads/?page_size=5").data
    second = api.get(first["next"]).data
    LeadFactory(owner=seller)

    back = api.get(second["previous"]).data

    assert back["results"] == first["results"]
    assert back["next"] == first["next"]


def test_a_page_has_fifty_rows_and_at_most_two_hundred(api, seller):
    for _count in range(51):
        LeadFactory(owner=seller)

    assert len(api.get("/api/v1/leads/").data["results"]) == 50
    for size in ("0", "201", "-1", "x", "1e3", "٣", "9" * 30, ""):
        answer = api.get("/api/v1/leads/", {"page_size": size})
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "page_size")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ordering", "password"), ("ordering", "owner__password"), ("ordering", "-"), ("ordering", "?"),
        ("ordering", "id;drop"), ("owner__password", "x"), ("owner__username", "x"), ("id", "1"), ("pk", "1"),
        ("status__in", "draft"), ("search_text__contains", "x"), ("status", "nonsense"), ("status", "draft,nonsense"),
        ("updated_since", "yesterday"), ("updated_since", "2026-13-45T00:00:00Z"), ("after", "nonsense"),
        ("before", "eyJhIjoxfQ"), ("q", "\x00"), ("number", "x" * 301), ("format", "xml"), ("limit", "10"),
        ("updated_since", "0001-01-01T00:00:00+14:00"),
    ],
)  # fmt: skip
def test_what_a_list_does_not_know_is_refused_by_name(api, seller, euro, name, value):
    answer = api.get("/api/v1/quotes/", {name: value})

    assert answer.status_code in (400, 404)
    if answer.status_code == 400:
        assert [error["field"] for error in answer.data["errors"]] == [name]


def test_a_place_in_one_list_is_no_place_in_another_order(api, seller):
    for _count in range(3):
        LeadFactory(owner=seller)
    path = api.get("/api/v1/leads/?page_size=1").data["next"]

    answer = api.get(f"{path}&ordering=number")

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "after")


def test_filters_narrow_the_list(api, seller, manager, euro):
    account = AccountFactory(owner=seller)
    mine = QuoteFactory(owner=seller, account=account, status="active", name="Rotor blades")
    QuoteFactory(owner=manager, name="Other")
    QuoteFactory(owner=seller, status="closed")
    mine.save()
    clients = client_of(manager)

    def found(**query):
        answer = clients.get("/api/v1/quotes/", query)
        assert answer.status_code == 200, answer.data
        return [row["id"] for row in answer.data["results"]]

    assert len(found()) == 3
    own = [str(mine.public_id)]
    assert found(status="active", owner="seller") == own
    assert found(account=account.number) == found(account=str(account.public_id)) == own
    assert found(q="ROTOR blades") == own
    assert found(number=mine.number) == own
    assert len(found(owner="me")) == 1
    assert len(found(status="active,closed")) == 2
    assert found(account="ACC-none") == found(updated_since="2999-01-01T00:00:00Z") == []
    assert len(found(updated_since="2001-01-01T00:00:00+00:00")) == 3


def test_a_filter_by_a_foreign_account_tells_nothing(api, seller, euro):
    account = AccountFactory(owner=UserFactory())
    QuoteFactory(owner=seller, account=account)

    answer = api.get("/api/v1/quotes/", {"account": account.number})

    assert answer.data["results"] == []


def test_activities_are_found_by_what_they_are_about(api, seller, euro):
    lead = LeadFactory(owner=seller)
    ContactFactory(owner=seller)
    made = api.post(
        "/api/v1/activities/", {"subject": "Call", "kind": "call", "regarding": f"lead:{lead.number}"}
    )
    api.post("/api/v1/activities/", {"subject": "Other"})

    found = api.get("/api/v1/activities/", {"regarding": f"lead:{lead.public_id}"})

    assert made.status_code == 201, made.data
    assert [row["subject"] for row in found.data["results"]] == ["Call"]
    assert found.data["results"][0]["regarding"] == f"lead:{lead.public_id}"
    foreign = LeadFactory(owner=UserFactory())
    for value in (f"lead:{foreign.number}", "lead:", "user:seller", "nonsense", 5, "lead:\x00"):
        answer = api.post("/api/v1/activities/", {"subject": "x", "regarding": value})
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "regarding")
