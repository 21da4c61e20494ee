"""Who asks the server: people with a session, machines with a token; and where the pages are."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import get_random_string

from benchmarks.measure import Missing
from people.models import ApiToken, User


def browser(user: User) -> dict[str, str]:
    """The headers of a signed-in browser, good for forms too."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    token = get_random_string(32)
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: token}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": token}


def machine(user: User) -> dict[str, str]:
    """The headers of a program with a token."""
    _instance, token = ApiToken.objects.create(user=user, name="benchmark")
    return {"Authorization": f"{settings.REST_KNOX['AUTH_HEADER_PREFIX']} {token}"}


def address(name: str, *args: Any) -> str:
    """The address of a page; a row whose page does not exist is missing, not left out."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        raise Missing(f"there is no page {name}") from None
