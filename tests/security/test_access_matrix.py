"""Every route of the resolver, with everybody who might knock, by GET and by POST (S1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.security.matrix import ROUTES, SEES, Entry
from tests.security.world import ANONYMOUS, PERSONAS, World, build

ADMIN_OPEN = {"admin:login"}


@dataclass(frozen=True)
class Route:
    """An address as the resolver knows it."""

    name: str
    pattern: str
    params: tuple[str, ...]
    csrf_exempt: bool

    @property
    def key(self) -> str:
        return self.name or self.pattern

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith("admin/")


def routes(
    resolver: Any = None, space: str = "", prefix: str = "", params: tuple[str, ...] = ()
) -> Iterator[Route]:
    """Every address there is, nested ones included."""
    for found in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(found.pattern)
        regex = found.pattern.regex
        mine = (*params, *regex.groupindex)
        if isinstance(found, URLResolver):
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from routes(found, inner, pattern, mine)
        elif isinstance(found, URLPattern):
            exempt = getattr(found.callback, "csrf_exempt", False)
            yield Route(f"{space}{found.name}" if found.name else "", pattern, mine, exempt)


ALL_ROUTES = list(routes())


def path_of(route: Route, world: World) -> str:
    """The address with the owner's own record in it."""
    if route.is_admin:
        return admin_path(route, world)
    if route.name == "api-nowhere":
        return "/api/v1/nowhere/"
    entry = ROUTES[route.key]
    record = world.records.get(entry.kind)
    values = {name: value_of(name, record, world) for name in route.params}
    return reverse(route.name, kwargs=values)


def value_of(param: str, record: Any, world: World) -> Any:
    if param == "message_id":
        return world.records["message"].message_id
    if param in ("kind", "against"):
        return record._meta.model_name
    if param == "token":
        return world.records["link"].token
    if param == "tile_id":
        return record.tiles.get().public_id
    if param in ("records", "what", "which", "slug"):
        return {"records": "leads", "what": "failed", "which": "silent", "slug": "wins"}[param]
    if param == "about":
        return f"{record._meta.label_lower}:{record.ref}"
    if record is None and param == "code":
        return world.records["connection"].code
    assert record is not None, f"the matrix names no kind of record for a route with <{param}>"
    return {"ref": lambda: getattr(record, "ref", None) or record.price_list.ref,
            "public_id": lambda: record.public_id, "code": lambda: record.code,
            "day": lambda: f"{record.currency.code}@{record.valid_from}",
            "key": lambda: getattr(record, "key", None) or record.lines.first().key,
            "name": lambda: record.name, "column": lambda: record.column, "pk": lambda: record.pk,
            "other": lambda: world.records["link"].quote.ref, "field": lambda: "need",
            }[param]()  # fmt: skip


def admin_path(route: Route, world: World) -> str:
    account = world.records["account"]
    values = {
        "object_id": account.pk, "id": account.pk, "app_label": "customers", "content_type_id": 1, "url": "nowhere",
        "extra_context": "",
    }  # fmt: skip
    if not route.name:
        return "/admin/nowhere"
    return reverse(route.name, kwargs={name: values[name] for name in route.params})


def knock(world: World, persona: str, method: str, path: str) -> str:
    """What comes of it, in one word; whatever it changed is taken back."""
    with transaction.atomic():
        client = world.client(persona)
        said = {"data": {}} | ({"content_type": "application/json"} if path.startswith("/api/") else {})
        answer = client.get(path) if method == "GET" else client.post(path, **said)
        transaction.set_rollback(True)
    location = answer.headers.get("Location", "")
    if answer.status_code == 302 and ("/login/" in location):
        return "login"
    words = {400: "invalid", 401: "unknown", 403: "refused", 404: "absent", 405: "method"}
    if answer.status_code >= 500 and path != "/health/ready":
        return f"crash {answer.status_code}"
    return words.get(answer.status_code, "through")


SAME_FOR_ALL = {"public": "through", "nothing": "absent", "machine": "unknown"}


def expected(entry: Entry, persona: str, method: str) -> set[str]:
    """What may come of it."""
    if entry.family in SAME_FOR_ALL:
        return {SAME_FOR_ALL[entry.family], "method"}
    if entry.family == "token" and method == "POST":
        return {"invalid", "unknown"}
    if entry.family == "leaving":
        return {"login", "method"}
    if persona == ANONYMOUS:
        return {"unknown"} if entry.api else {"login"}
    if entry.family == "nowhere" or (entry.family == "record" and persona not in SEES[entry.kind]):
        return {"absent", "method"}  # refusing by method says nothing about the record
    may = entry.post_may if method == "POST" and entry.post_may is not None else entry.may
    if persona in may:
        return {"through", "invalid", "method"}
    return {"refused", "invalid", "method"} if entry.api and method == "POST" else {"refused", "method"}


def expected_in_admin(route: Route, persona: str) -> set[str]:
    if route.name in ADMIN_OPEN:
        return {"through"}
    if route.name == "admin:logout" and persona != ANONYMOUS:
        return {
            "through",
            "login",
            "method",
        }  # everybody may leave; those who are not in are sent to the door
    if persona != "administrator":
        return {"login"}
    return {"through", "refused", "absent", "method"}


@pytest.fixture
def world(db) -> World:
    return build()


def test_every_route_has_its_line_in_the_matrix() -> None:
    known = {route.key for route in ALL_ROUTES if not route.is_admin}

    missing = known - ROUTES.keys()
    gone = ROUTES.keys() - known
    assert missing == set(), "say in tests/security/matrix.py who may use these"
    assert gone == set(), "these routes are no more"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_exactly_as_far_as_the_matrix_says(world: World, method: str) -> None:
    wrong = {}
    for route in ALL_ROUTES:
        if route.is_admin or route.key not in ROUTES:
            continue
        path = path_of(route, world)
        # Where there is nothing for this method, it is enough to ask for those who must learn nothing.
        nothing = knock(world, "administrator", method, path) == "method"
        for persona in (ANONYMOUS, "stranger") if nothing else PERSONAS:
            came = knock(world, persona, method, path)
            if came not in (wanted := expected(ROUTES[route.key], persona, method)):
                wrong[f"{persona} at {route.name}"] = f"{came}, not {sorted(wanted)}"

    assert wrong == {}, "\n".join(f"{who}: {what}" for who, what in wrong.items())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_back_office_opens_to_administrators_only(world: World, method: str) -> None:
    wrong = {}
    for route in ALL_ROUTES:
        if route.is_admin:
            path = path_of(route, world)
            for persona in (ANONYMOUS, "owner", "manager", "finance", "integration", "administrator"):
                came = knock(world, persona, method, path)
                if came not in (wanted := expected_in_admin(route, persona)):
                    wrong[f"{persona} at {route.key}"] = f"{came}, not {sorted(wanted)}"

    assert wrong == {}, "\n".join(f"{who}: {what}" for who, what in wrong.items())


def test_only_the_webhook_and_token_authenticated_api_go_without_a_form_token() -> None:
    exempt = {route.key for route in ALL_ROUTES if route.csrf_exempt and not route.pattern.startswith("api/")}

    # What visitors of web sites send uses nobody's session, see leads/web_views.py.
    visitors = {"web:form", "web:thanks", "web:web-to-lead"}
    assert exempt == {"integrations:hook", *visitors}


def test_the_walk_knows_the_back_office_too() -> None:
    """The walk would prove nothing if it skipped a part of the house."""
    walked = {route.name for route in ALL_ROUTES}

    assert {"admin:index", "admin:leads_lead_changelist", "leads:detail", "health-live"} <= walked
    assert all(
        f"admin:{m._meta.app_label}_{m._meta.model_name}_change" in walked for m in admin.site._registry
    )
