"""One server for pages and floors: addresses below /bare/ pass no middleware, the others pass all of it."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()
product = WSGIHandler()
_whole, settings.MIDDLEWARE = settings.MIDDLEWARE, []
floor = WSGIHandler()
settings.MIDDLEWARE = _whole


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = floor if environ["PATH_INFO"].startswith("/bare/") else product
    return handler(environ, start_response)
