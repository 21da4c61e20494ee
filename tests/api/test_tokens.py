"""Machines sign in with tokens: shown once, kept as a digest, ending, revocable at once (S16, S17)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from kernel.api import LoginRate
from people.models import ApiToken
from tests.api.conftest import client_of
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/token/"
PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def _no_counts_from_before():
    cache.clear()


@pytest.fixture
def robot():
    user = UserFactory(username="robot")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(**more):
    return APIClient().post(TOKEN, {"username": "robot", "password": PASSWORD, "name": "shop", **more})


def with_token(secret):
    return APIClient(headers={"Authorization": f"Bearer {secret}"})


def test_a_token_opens_what_its_user_may_see(robot):
    lead = LeadFactory(owner=robot)
    LeadFactory()

    made = sign_in()
    seen = with_token(made.data["token"]).get("/api/v1/leads/")

    assert (made.status_code, made["Cache-Control"], made.data["name"]) == (201, "no-store", "shop")
    assert made.data["token"].startswith("crm_")
    assert [row["id"] for row in seen.data["results"]] == [str(lead.public_id)]
    assert ApiToken.objects.get().last_used_at is not None


def test_the_secret_is_shown_once_and_kept_nowhere(robot):
    secret = sign_in().data["token"]

    listed = with_token(secret).get(TOKEN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_apitoken")
        row = " ".join(str(value) for value in cursor.fetchone())

    assert secret not in row
    assert secret not in str(listed.data)
    assert [(token["name"], token["user"]) for token in listed.data] == [("shop", "robot")]
    assert "digest" not in listed.data[0]


def test_a_revoked_token_is_worth_nothing_at_once(robot):
    made, other = sign_in().data, sign_in(name="other").data
    client = with_token(made["token"])

    revoked = client.delete(f"{TOKEN}{made['id']}/")

    assert revoked.status_code == 204
    assert client.get("/api/v1/leads/").status_code == 401
    assert with_token(other["token"]).get("/api/v1/leads/").status_code == 200


def test_nobody_sees_or_revokes_the_tokens_of_others(robot):
    made = sign_in().data
    stranger = client_of(UserFactory(role="administrator"))

    assert stranger.get(TOKEN).data == []
    assert stranger.delete(f"{TOKEN}{made['id']}/").status_code == 404
    assert ApiToken.objects.count() == 1


def test_a_token_ends(robot):
    made = sign_in(expires=(timezone.now() + timedelta(days=1)).isoformat())
    token = ApiToken.objects.get()
    assert timedelta(hours=23) < token.expiry - timezone.now() <= timedelta(days=1)

    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert with_token(made.data["token"]).get("/api/v1/leads/").status_code == 401
    for moment in (timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=400)):
        answer = sign_in(expires=moment.isoformat())
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "expires")


def test_a_token_of_somebody_who_left_is_worth_nothing(robot):
    secret = sign_in().data["token"]
    robot.is_active = False
    robot.save()

    assert with_token(secret).get("/api/v1/leads/").status_code == 401
    assert sign_in().status_code == 401


@pytest.mark.parametrize("secret", ["", "nonsense", "crm_" + "0" * 64, "crm_x y", "\xff\xfe"])
def test_what_is_no_token_is_refused(robot, secret):
    answer = APIClient().get("/api/v1/leads/", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_wrong_passwords_say_nothing_and_close_the_door(robot):
    unknown = APIClient().post(TOKEN, {"username": "nobody", "password": PASSWORD, "name": "x"})
    wrong = sign_in(password="wrong")
    assert (unknown.status_code, wrong.status_code) == (401, 401)
    assert unknown.data == wrong.data
    for _again in range(4):
        last = sign_in(password="wrong")

    locked = sign_in()

    assert last.status_code in (401, 429)
    assert (locked.status_code, locked["Content-Type"]) == (429, "application/problem+json")
    assert int(locked["Retry-After"]) > 0
    assert not ApiToken.objects.exists()


def test_signing_in_is_limited_apart_from_everything_else(robot, monkeypatch):
    monkeypatch.setattr(LoginRate, "rate", "2/minute")

    answers = [sign_in() for _again in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_asking_too_often_is_answered_with_when_to_come_back(robot, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "3/minute", "anon": "3/minute"})
    client = with_token(sign_in().data["token"])

    answers = [client.get("/api/v1/leads/") for _again in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (answers[3].data["code"], int(answers[3]["Retry-After"]) > 0) == ("throttled", True)


@pytest.mark.parametrize("missing", ["username", "password", "name"])
def test_what_is_missing_is_named(missing):
    body = {"username": "robot", "password": PASSWORD, "name": "shop"}
    del body[missing]

    answer = APIClient().post(TOKEN, body)

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, missing)


def test_a_service_user_cannot_sign_in():
    user = UserFactory(username="robot", is_service=True)
    user.set_password(PASSWORD)
    user.save()

    assert sign_in().status_code == 401


def test_people_are_listed_for_choosing_an_owner(api, seller):
    UserFactory(username="gone", is_active=False)
    UserFactory(username="clock", is_service=True)

    answer = api.get("/api/v1/users/")

    assert [row["username"] for row in answer.data["results"]] == ["seller"]
    assert set(answer.data["results"][0]) == {"username", "name", "role", "team", "is_active"}
    assert api.post("/api/v1/users/", {"username": "x"}).status_code == 405
