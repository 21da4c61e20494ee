"""Headers of pages that customers open by a secret address: kept nowhere, found by nobody, told to no other site."""

from typing import TypeVar

from csp.constants import NONE, SELF
from django.http import HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)

POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}


def kept_private(response: R) -> R:
    """Nobody stores, indexes or passes on what was shown."""
    response.setdefault("Referrer-Policy", "no-referrer")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response._csp_replace = POLICY  # type: ignore[attr-defined]
    return response


def forms_allowed(response: R) -> R:
    """For a page with a form: under "no-referrer" browsers post with the origin "null", which no token check takes.

    Browsers follow the last policy they know, so nothing goes to any other site either way.
    """
    response["Referrer-Policy"] = "no-referrer, same-origin"
    return response
