"""Old addresses of merged records lead to the record that stayed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from duplicates.matchable import Matchable, matchable_models
from duplicates.selectors import survivor_of
from kernel.http import PROBLEM, problem

API = "/api/v1/"


class FollowMerged:
    """A page that is not there any more because its record went into another: that one is shown, and it is said why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or (match := request.resolver_match) is None:
            return response
        name = match.kwargs.get("ref") or match.kwargs.get("public_id")
        if not name or not request.user.is_authenticated:
            return response
        return (in_api if request.path.startswith(API) else on_page)(request, str(name)) or response


def on_page(request: HttpRequest, ref: str) -> HttpResponse | None:
    """The way to the record that stayed; what was sent to the old one is not saved, and that is said."""
    for model in matchable_models().values():
        survivor = survivor_by(model, request.user, ref)
        if survivor is None or not request.path.startswith(place_of(survivor)):
            continue
        words = {"ref": ref, "name": survivor}
        if request.method in ("GET", "HEAD"):
            messages.info(request, _("%(ref)s was merged into %(name)s.") % words)
        else:
            text = _("%(ref)s was merged into %(name)s meanwhile. What you sent was not saved.")
            messages.warning(request, text % words)
        return redirect(survivor)
    return None


def in_api(request: HttpRequest, ref: str) -> HttpResponse | None:
    """The refusal for machines: gone, with the id of the record that stayed."""
    for model in matchable_models().values():
        if not request.path.startswith(f"{API}{model._meta.model_name}s/"):
            continue
        if (survivor := survivor_by(model, request.user, ref)) is not None:
            text = _("It was merged into %(name)s.") % {"name": survivor}
            body: dict[str, Any] = dict(problem(410, "merged", text).data)
            body |= {"title": _("Merged"), "survivor": {"id": str(survivor.public_id), "ref": survivor.ref}}
            return JsonResponse(body, status=410, content_type=PROBLEM)
    return None


def survivor_by(model: type[Matchable], user: Any, ref: str) -> Any:
    """The record that the one of this name went into, by number or public id."""
    try:
        return survivor_of(model, user, public_id=ref)
    except ValidationError:
        return survivor_of(model, user, ref=ref) if "\0" not in ref else None


def place_of(record: Any) -> str:
    """Where records of this kind live: the address of the record without its name."""
    return str(record.get_absolute_url()).rstrip("/").rpartition("/")[0] + "/"
