"""The pages of an import: four steps, each with an address of its own, to be left and come back to at any time."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from kernel.http import HtmxRequest


def index(request: HtmxRequest) -> HttpResponse:
    raise Http404


new: Any
new = template = detail = file = match = check = correct = run = cancel = undo = delete = result = index
