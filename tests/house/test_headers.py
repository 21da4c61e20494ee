"""What every answer carries, whatever the page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, RequestFactory, override_settings

from salesops.proxy import client_address

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["/login/", "/admin/login/", "/health/live"]


def directives(header: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in header.split(";"))}


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_the_content_policy_leaves_no_door_open(client: Client, path: str) -> None:
    policy = directives(client.get(path).headers["Content-Security-Policy"])

    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & {
        each for values in policy.values() for each in values
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_browsers_are_told_not_to_guess_to_frame_or_to_tell(client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
def test_over_tls_the_browser_is_bound_to_tls(client: Client) -> None:
    header = client.get("/login/", secure=True).headers["Strict-Transport-Security"]

    assert "max-age=31536000" in header
    assert "includeSubDomains" in header


PRINT_COOKIES = """
import django; django.setup()
from django.conf import settings as s
for kind in ("SESSION", "CSRF", "LANGUAGE"):
    names = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
    values = [getattr(s, f"{kind}_COOKIE_{name}") for name in names]
    print(kind, *values)
print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.DEBUG)
"""


def test_in_production_every_cookie_is_bound_to_host_tls_and_server() -> None:
    env = {"SECRET_KEY": "k" * 60, "DJANGO_SETTINGS_MODULE": "salesops.settings"}

    done = subprocess.run(
        [sys.executable, "-c", PRINT_COOKIES], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )

    *cookies, last = done.stdout.splitlines()
    assert len(cookies) == 3
    for line in cookies:
        assert re.fullmatch(r"\w+ __Host-\w+ True True Lax / None", line), line
    assert last == "True 31536000 False"


@pytest.mark.django_db
def test_every_cookie_that_is_set_is_out_of_the_reach_of_scripts(client: Client) -> None:
    cookies = client.get("/login/").cookies

    assert "csrftoken" in cookies
    assert [name for name, cookie in cookies.items() if not (cookie["httponly"] and cookie["samesite"])] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_a_form_without_its_token_is_refused(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(path, {"username": "a", "password": "b"})

    assert answer.status_code == 403


@pytest.mark.django_db
def test_a_page_that_says_nothing_about_it_wants_a_log_in(client: Client) -> None:
    answer = client.get("/admin/")

    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


@pytest.mark.parametrize(("behind_proxy", "seen"), [(False, "10.0.0.9"), (True, "203.0.113.7")])
def test_a_caller_cannot_choose_the_address_it_is_counted_under(behind_proxy: bool, seen: str) -> None:
    claimed = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.7", "REMOTE_ADDR": "10.0.0.9"}

    with override_settings(BEHIND_TLS_PROXY=behind_proxy):
        assert client_address(RequestFactory().get("/", **claimed)) == seen
