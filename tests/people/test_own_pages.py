"""Logging in and out, and what people may change about themselves."""

import pytest
from django.test import Client

from people.models import Role, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def seller() -> User:
    user: User = UserFactory(username="ada")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(client: Client, seller: User) -> Client:
    client.force_login(seller)
    return client


def test_a_stranger_is_asked_to_log_in_and_then_sees_what_they_came_for(client: Client, seller: User) -> None:
    asked = client.get("/profile/")
    assert asked["Location"] == "/login/?next=/profile/"

    response = client.post(asked["Location"], {"username": "ada", "password": PASSWORD, "next": "/profile/"})

    assert response["Location"] == "/profile/"


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, seller: User) -> None:
    response = client.post("/login/", {"username": "ada", "password": "wrong"})

    text = response.content.decode()
    assert "error-summary" in text
    assert 'value="ada"' in text
    assert 'value="wrong"' not in text


def test_logging_in_never_leads_off_the_site(client: Client, seller: User) -> None:
    address = "/login/?next=https://evil.example/"
    response = client.post(
        address, {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert response["Location"] == "/"


def test_logging_out_takes_a_post(browser: Client) -> None:
    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/").status_code == 302
    assert browser.get("/profile/").status_code == 302


def test_a_person_changes_name_and_zone_but_neither_role_nor_team(browser: Client, seller: User) -> None:
    values = {"first_name": "Ada", "last_name": "L", "email": "a@example.com", "language": "en"}

    response = browser.post(
        "/profile/",
        {
            **values,
            "time_zone": "Asia/Tokyo",
            "theme": "dark",
            "role": Role.ADMINISTRATOR,
            "is_staff": "on",
            "team": "",
        },
    )

    assert response.status_code == 302
    team = seller.team
    seller.refresh_from_db()
    assert (seller.last_name, seller.time_zone, seller.theme) == ("L", "Asia/Tokyo", "dark")
    assert (seller.role, seller.is_staff, seller.team) == (Role.SALESPERSON, False, team)


def test_a_zone_nobody_knows_is_refused_by_name_of_the_field(browser: Client, seller: User) -> None:
    response = browser.post("/profile/", {"language": "en", "time_zone": "Mars/Olympus", "theme": "dark"})

    assert response.status_code == 422
    assert 'href="#id_time_zone"' in response.content.decode()
    seller.refresh_from_db()
    assert seller.time_zone == "UTC"


def test_the_theme_is_kept_for_the_person(browser: Client, seller: User) -> None:
    browser.post("/profile/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in browser.get("/profile/").content.decode()

    browser.post("/profile/theme/", {"theme": "pink"})
    seller.refresh_from_db()
    assert seller.theme == "dark"


def test_a_short_password_is_not_accepted(browser: Client, seller: User) -> None:
    new = {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}

    response = browser.post("/profile/password/", new)

    assert "at least 12 characters" in response.content.decode()
    seller.refresh_from_db()
    assert seller.check_password(PASSWORD)


def test_a_page_of_one_person_is_not_read_in_the_zone_of_the_last(client: Client) -> None:
    client.force_login(UserFactory(time_zone="No/Such/Zone"))

    assert client.get("/profile/").status_code == 200


def test_the_sidebar_has_only_what_the_role_may_see(client: Client) -> None:
    client.force_login(UserFactory(role=Role.SALESPERSON))

    assert ">Sync<" not in client.get("/profile/").content.decode()
