"""When the rule itself breaks, nobody gets in; when anything breaks, nobody learns how (S29)."""

import pytest
from django.test import Client

from tests.security.world import World, build

pytestmark = pytest.mark.django_db
CANARY = "zq7canary"


@pytest.fixture
def world(db) -> World:
    return build(CANARY)


def paths(world: World) -> list[str]:
    quote = world.records["quote"]
    return ["/leads/", "/quotes/", f"/quotes/{quote.ref}/", "/api/v1/quotes/", f"/api/v1/quotes/{quote.public_id}/",
            f"/search/?q={CANARY}"]  # fmt: skip


def test_an_error_inside_the_rule_shows_no_data(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args, **kwargs):
        raise RuntimeError(f"secret detail {CANARY}")

    monkeypatch.setattr("people.access.grant_for", broken)
    client = world.client("owner")

    for path in paths(world):
        answer = client.get(path)
        assert answer.status_code in (403, 500), path
        body = answer.content.decode()
        assert CANARY not in body.replace(f"q={CANARY}", ""), path
        assert "Traceback" not in body
        assert "RuntimeError" not in body


def test_a_role_nobody_has_heard_of_opens_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.access.GRANTS", {})
    client = world.client("owner")

    for path in paths(world):
        answer = client.get(path)
        assert answer.status_code in (403, 500), path
        assert CANARY not in answer.content.decode().replace(f"q={CANARY}", "")


def test_an_error_page_gives_a_reference_instead_of_the_settings(world: World, monkeypatch, settings) -> None:
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("leads.views.LeadTable.page", broken)

    answer = world.client("owner").get("/leads/")

    body = answer.content.decode()
    assert answer.status_code == 500
    assert "secret detail" not in body
    assert "SECRET_KEY" not in body
    assert settings.SECRET_KEY not in body


def test_somebody_made_inactive_is_out_at_the_next_click(world: World) -> None:
    client = world.client("owner")
    assert client.get("/leads/").status_code == 200

    type(world.people["owner"]).objects.filter(pk=world.people["owner"].pk).update(is_active=False)

    assert client.get("/leads/").status_code == 302
    assert client.get("/api/v1/leads/").status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(world: World) -> None:
    client = world.client("owner")
    owner = world.people["owner"]
    owner.set_password("a completely other password")
    owner.save()

    assert client.get("/leads/").status_code == 302


# --- logging in -------------------------------------------------------------------


def log_in(username: str, password: str, address: str = "10.0.0.1") -> int:
    return (
        Client(REMOTE_ADDR=address).post("/login/", {"username": username, "password": password}).status_code
    )


def test_five_wrong_passwords_close_the_door_for_that_name_from_there_only(world: World) -> None:
    for name in ("owner", "colleague"):
        world.people[name].set_password("correct horse battery")
        world.people[name].save()

    for _n in range(5):
        log_in("owner", "wrong")

    assert log_in("owner", "correct horse battery") in (403, 429)
    assert log_in("colleague", "correct horse battery") == 302
    assert log_in("owner", "correct horse battery", address="10.0.0.2") == 302
