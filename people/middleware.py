"""Every page reads in the language and time zone of the person who is reading it."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class ReaderMiddleware:
    """Activates the reader's own language and zone; strangers get the site's."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self._answer(request)
        if request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
        with timezone.override(zone_of(request.user)):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response


def zone_of(user: Any) -> zoneinfo.ZoneInfo:
    """The person's zone, or UTC if its name is not known here."""
    try:
        return zoneinfo.ZoneInfo(user.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
