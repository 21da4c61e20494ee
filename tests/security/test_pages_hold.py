"""Forms take what they show and nothing else; steps take a POST with its token and nothing less (S4, S5, S23, S24)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.security.matrix import ROUTES
from tests.security.test_access_matrix import ALL_ROUTES, path_of
from tests.security.world import World, build

pytestmark = pytest.mark.django_db
DOWNLOADED = "default-src 'none'; sandbox"  # stricter than the policy of pages, for files that people brought
FORGED = {
    "status": "won", "status_reason": "won", "number": "FORGED-1", "total": "1.00", "total_base": "1.00",
    "total_tax": "0", "amount_paid": "999", "balance": "0", "erp_number": "FORGED", "erp_status": "paid",
    "erp_total": "1", "managed_by": "forged", "is_pulled": "on", "prices_locked": "on", "fulfillment": "complete",
    "billing": "complete", "revision": "7", "is_active": "", "merged_into": "1", "is_staff": "on",
    "is_superuser": "on", "role": "administrator", "search_text": "forged", "public_id": "", "id": "999",
}  # fmt: skip
EDITABLE = {
    "lead": "leads:edit", "opportunity": "opportunities:edit", "quote": "quotes:edit", "order": "orders:edit",
    "invoice": "invoices:edit", "account": "customers:account-edit", "contact": "customers:contact-edit",
}  # fmt: skip


@pytest.fixture
def world(db) -> World:
    return build()


def typed_over(client: Client, path: str) -> dict[str, str]:
    """What the page's form holds, as a browser would send it."""
    page = client.get(path).content.decode()
    data = {}
    for name, value in re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', page):
        data[name] = value
    for name, value in re.findall(
        r'<select[^>]*\bname="([^"]+)".*?<option value="([^"]*)" selected', page, re.DOTALL
    ):
        data[name] = value
    return {name: value for name, value in data.items() if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_form_with_forged_fields_changes_only_what_it_shows(world: World, kind: str) -> None:
    record = world.records[kind]
    who = "finance" if kind == "invoice" else "manager"
    path = reverse(EDITABLE[kind], args=[record.ref])
    client = world.client(who)
    shown = typed_over(client, path)
    page = client.get(path).content.decode()
    hidden = {name: value for name, value in FORGED.items() if f'name="{name}"' not in page}
    watched = {name: getattr(record, name) for name in hidden if hasattr(record, name)}

    client.post(path, {**shown, **hidden})

    record.refresh_from_db()
    changed = {
        name for name, value in watched.items() if getattr(record, name) != value and name != "search_text"
    }
    assert changed == set()
    assert record.search_text != "forged"


def test_nobody_makes_themselves_an_administrator(world: World) -> None:
    owner = world.people["owner"]
    client = world.client("owner")

    client.post("/profile/", {**typed_over(client, "/profile/"), **FORGED, "team": "1", "username": "root"})

    fresh = User.objects.get(pk=owner.pk)
    assert (fresh.role, fresh.is_staff, fresh.is_superuser, fresh.team, fresh.username) == (
        "salesperson", False, False, owner.team, "owner",
    )  # fmt: skip


def posting_paths(world: World) -> list[str]:
    return [
        path_of(route, world)
        for route in ALL_ROUTES
        if not route.is_admin
        and route.key in ROUTES
        and not route.csrf_exempt
        and not route.pattern.startswith("api/")
    ]


def test_no_page_takes_a_post_without_its_token(world: World) -> None:
    """The token is asked for before anything else, so that even a method that is not there is refused."""
    client = world.client("administrator", enforce_csrf_checks=True)
    skipped = {"/health/live", "/health/ready"}  # they take no POST at all

    open_doors = {
        path: status for path in posting_paths(world)
        if path not in skipped and (status := client.post(path, {}).status_code) != 403
    }  # fmt: skip

    assert open_doors == {}


def test_reading_changes_nothing(world: World) -> None:
    """Every address is read by somebody who may do everything; no record is another afterwards."""
    watched = {k: r for k, r in world.records.items() if hasattr(r, "version") or hasattr(r, "status")}
    before = {kind: stand(record) for kind, record in watched.items()}
    client = world.client("administrator")

    for route in ALL_ROUTES:
        if not route.is_admin and route.key in ROUTES and route.key != "logout":
            client.get(path_of(route, world))

    assert {kind: stand(record) for kind, record in watched.items()} == before


def stand(record) -> tuple:
    fresh = type(record)._base_manager.get(pk=record.pk)
    return getattr(fresh, "version", None), getattr(fresh, "status", None), getattr(fresh, "state", None)


def test_every_page_has_the_content_policy_and_nothing_that_it_forbids(world: World) -> None:
    inline = re.compile(
        r"<script(?![^>]*\b(src|nonce)=)|<style(?![^>]*nonce=)|\sstyle=\"|\son[a-z]+=\"|javascript:", re.I
    )
    client = world.client("administrator")
    wrong = {}
    for route in ALL_ROUTES:
        if route.is_admin or route.key not in ROUTES or route.key == "logout":
            continue
        path = path_of(route, world)
        answer = client.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        if answer.headers.get("Content-Disposition", "").startswith("attachment") and policy == DOWNLOADED:
            continue  # saved and never shown; should a browser show it all the same, nothing in it runs
        if "unsafe" in policy or "object-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
            wrong[path] = policy
        if "html" in answer.headers.get("Content-Type", "") and (
            found := inline.search(answer.content.decode())
        ):
            wrong[path] = found.group(0)

    assert wrong == {}


@pytest.mark.parametrize(
    "page", ["/admin/", "/admin/leads/lead/", "/admin/leads/lead/add/", "/admin/people/user/add/"]
)
def test_the_back_office_too_keeps_the_content_policy(world: World, page: str) -> None:
    answer = world.client("administrator").get(page)

    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(
        r"<script(?![^>]*\b(src|type=\"application/json\"))|\sstyle=\"|\son[a-z]+=\"", answer.content.decode()
    )
