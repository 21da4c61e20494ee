"""What another team owns leaves no trace in anything that a salesperson can open (S2)."""

import re

import pytest
from django.urls import reverse

from kernel import history
from tests.security.matrix import ROUTES
from tests.security.test_access_matrix import ALL_ROUTES, path_of
from tests.security.world import World, build

CANARY = "zq7canary"
PART = CANARY[
    :5
]  # asked for by its beginning, so that a page which repeats the question does not tell the answer
# A search marks what was asked for in the middle of a word; readers see one word.
UNMARKED = re.compile(r"</?mark>")
QUERIES = ["", f"?q={PART}", f"?search={PART}", f"?q={PART}&sort=-total", "?owner=owner", "?team=Berlin"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db) -> World:
    made = build(CANARY)
    for name in ("lead", "opportunity", "quote", "order", "invoice", "account"):
        record = made.records[name]
        history.record(
            record, "changed", by=made.people["owner"], note=CANARY, changes={"name": ["", CANARY]}
        )
    return made


def found_in(world: World, persona: str, path: str) -> bool:
    answer = world.client(persona).get(path)
    assert answer.status_code < 500, path
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = body.decode(errors="replace")
    return CANARY in said or CANARY in UNMARKED.sub("", said)


def reading_paths(world: World) -> list[str]:
    readable = [r for r in ALL_ROUTES if not r.is_admin and r.key in ROUTES]
    return [path_of(route, world) for route in readable]


def test_the_owner_finds_the_canary_so_that_its_absence_elsewhere_means_something(world: World) -> None:
    lists = [
        "/leads/", "/opportunities/", "/quotes/", "/orders/", "/invoices/", "/accounts/", "/contacts/", "/activities/",
        "/api/v1/leads/", "/api/v1/quotes/", "/api/v1/orders/", f"/search/?q={PART}",
    ]  # fmt: skip

    assert [path for path in lists if not found_in(world, "owner", path)] == []


def test_no_page_list_search_completion_chain_or_answer_of_the_api_tells_a_stranger(world: World) -> None:
    told = []
    for path in reading_paths(world):
        is_list = "<" not in path and not any(
            str(r.public_id) in path for r in world.records.values() if hasattr(r, "public_id")
        )
        for query in QUERIES if is_list else [""]:
            if found_in(world, "stranger", path + query):
                told.append(path + query)

    assert told == []


def test_a_chain_is_closed_to_strangers_by_every_way_in(world: World) -> None:
    for kind in ("lead", "opportunity", "quote", "order", "invoice"):
        record = world.records[kind]
        for query in (
            f"?type={kind}&id={record.public_id}",
            f"?{kind}={record.public_id}",
            f"?{kind}={record.ref}",
        ):
            answer = world.client("stranger").get(reverse("api-chain") + query)
            assert answer.status_code in (400, 404), query
            assert CANARY not in answer.content.decode()


def test_nobody_links_a_customer_that_does_not_exist_for_them(world: World) -> None:
    """A document of one's own with somebody else's customer would copy the customer's address into sight."""
    account, currency = world.records["account"], world.records["currency"]
    client = world.client("stranger")

    pages = {
        "/leads/new/": {"topic": "t", "last_name": "x", "account": account.pk},
        "/opportunities/new/": {"name": "n", "account": account.pk, "currency": currency.pk},
        "/quotes/new/": {"name": "n", "account": account.pk, "currency": currency.pk},
        "/orders/new/": {
            "name": "n",
            "account": account.pk,
            "currency": currency.pk,
            "ordered_on": "2026-01-31",
        },
        "/contacts/new/": {"last_name": "x", "account": account.pk},
        "/accounts/new/": {"name": "n", "parent": account.pk},
    }
    got_through = {}
    for path, data in pages.items():
        for reference in (account.pk, account.ref, str(account.public_id)):
            name = "parent" if "parent" in data else "account"
            answer = client.post(path, data | {name: reference}, follow=True)
            if CANARY in answer.content.decode():
                got_through[path] = reference

    assert got_through == {}


def test_the_api_links_no_customer_that_does_not_exist_for_the_caller(world: World) -> None:
    account = str(world.records["account"].public_id)
    client = world.client("stranger")
    bodies = {
        "leads": {"topic": "t", "last_name": "x", "account": account},
        "opportunities": {"name": "n", "account": account, "currency": "EUR"},
        "quotes": {"name": "n", "account": account, "currency": "EUR"},
        "orders": {"name": "n", "account": account, "currency": "EUR"},
        "contacts": {"last_name": "x", "account": account},
        "accounts": {"name": "n", "parent": account},
    }

    statuses = {
        kind: client.post(f"/api/v1/{kind}/", body, content_type="application/json").status_code
        for kind, body in bodies.items()
    }

    assert statuses == dict.fromkeys(bodies, 400)
