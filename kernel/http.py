"""Between the business and HTTP: a page or one part of it; errors in words for people, in codes for machines."""

import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import InvalidOperation
from typing import Any

from django.core import exceptions as django_errors
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails
from rest_framework import exceptions as api_errors
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from kernel.conflicts import EditConflict
from kernel.errors import Blocker, DomainError
from kernel.jinja import render_part

log = logging.getLogger(__name__)

DIALOG = "dialog"
PROBLEM = "application/problem+json"
# What happened (title), by status; the detail says it for the case at hand.
TITLES = {
    400: "Please correct the input",
    401: "Please log in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible now",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Format not understood",
    422: "Not possible",
    429: "Too many requests",
}


class HtmxRequest(HttpRequest):
    """A request as views see it: with what htmx says about itself."""

    htmx: HtmxDetails
    user: Any  # the product's own user; every page needs a log-in, so it is never the anonymous one


# --- pages --------------------------------------------------------------------------------------------------


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    part: str | Sequence[str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The whole page; or, when htmx asks, the one part that its target names (else the first of ``part``)."""
    name = wanted_part(request, template, part)
    if name:
        values = dict(context or {})
        html = render_part(template, name, values, request) + render_to_string(
            "components/toasts.html", {}, request
        )
        response = HttpResponse(html, status=status, headers={"Cache-Control": "private, no-store"})
    else:
        response = render(request, template, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def wanted_part(request: HttpRequest, template: str, part: str | Sequence[str] | None) -> str | None:
    """The block to answer with, or None for the whole page (as for boosted links and the back button)."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return None
    if htmx.target == DIALOG:
        return DIALOG
    parts = (part,) if isinstance(part, str) else tuple(part or ())
    return htmx.target if htmx.target in parts or htmx.target == "document" else next(iter(parts), None)


# --- errors on pages ----------------------------------------------------------------------------------------


class DomainErrorMiddleware:
    """Shows a refusal as a page, or in the dialog of the page that htmx is on; a bug still crashes."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        htmx = getattr(request, "htmx", None)
        if htmx and htmx.target == DIALOG and response.status_code in (301, 302, 303):
            # The dialog has done its work: the page under it is shown anew instead of being loaded into it.
            return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return refused(request, exception.status, exception)
        if isinstance(exception, django_errors.PermissionDenied):
            return refused(request, 403, exception)
        return None


def refused(request: HttpRequest, status: int, exception: Exception) -> HttpResponse:
    """Why it did not happen, what lifts it, and the way back; nothing was changed."""
    conflict = getattr(exception, "code", "") == "stale_version"
    context = {
        "status": status,
        "title": _("Somebody else was faster") if conflict else _(TITLES[status]),
        "text": str(exception) or _("You may not do this."),
        "blockers": blockers_of(exception),
        "back": way_back(request, exception),
    }
    template = "errors/refused.html"
    if isinstance(exception, EditConflict):
        template = "errors/conflict.html"
        context |= {
            "conflict": exception,
            "title": _("You both changed this"),
            "action": request.get_full_path(),
        }
    if not getattr(request, "htmx", None):
        return render(request, template, context, status=status)
    response = HttpResponse(render_part(template, DIALOG, context, request), status=status)
    response["HX-Retarget"] = f"#{DIALOG}"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Push-Url"] = "false"
    response["Cache-Control"] = "private, no-store"
    return response


def way_back(request: HttpRequest, exception: Exception | None = None) -> str:
    """Where the person came from on this site, else the record in question, else home."""
    referrer = request.headers.get("Referer", "")
    if referrer and url_has_allowed_host_and_scheme(
        referrer, {request.get_host()}, require_https=request.is_secure()
    ):
        return referrer
    document: Any = getattr(exception, "document", None)
    return str(document.get_absolute_url()) if hasattr(document, "get_absolute_url") else "/"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 404 page, also for what exists but not for this person."""
    return render(request, "errors/404.html", {"path": request.path}, status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", {"text": ""}, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than the session: nothing was done, the page is to be loaded again."""
    text = _(
        "This page was open for too long, or cookies are blocked. Go back, reload the page and send it again."
    )
    return render(request, "errors/403.html", {"text": text}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page: no details, but a reference that leads to them in the log."""
    reference = uuid.uuid4().hex[:8].upper()
    log.error("error reference %s: %s %s", reference, request.method, request.path)
    if request.path.startswith("/api/"):
        detail = _("Something went wrong here. Name the reference %s when you ask.") % reference
        return JsonResponse(problem(500, "error", detail).data, status=500, content_type=PROBLEM)
    return HttpResponse(render_to_string("errors/500.html", {"reference": reference}), status=500)


# --- errors of the API --------------------------------------------------------------------------------------


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the API in one shape (problem+json); a bug is not a refusal and stays unhandled."""
    if isinstance(exc, DomainError):
        made = problem(exc.status, exc.code, str(exc), blockers=blockers_of(exc), errors=errors_of(exc))
        return with_conflicts(made, exc)
    if isinstance(exc, django_errors.ValidationError):
        exc = api_errors.ValidationError(detail=django_detail(exc))
    if (stopped := stopped_by_database(exc)) is not None:
        return stopped
    response = rest_exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, api_errors.ValidationError):
        found = list(flatten(exc.detail))
        return problem(400, "invalid", " ".join(e["message"] for e in found[:3]), errors=found)
    code = getattr(exc, "default_code", None) or (
        "not_found" if isinstance(exc, Http404) else "permission_denied"
    )
    detail = _("No such record.") if response.status_code == 404 else response.data["detail"]
    made = with_conflicts(problem(response.status_code, code, str(detail)), exc)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            made[header] = response[header]
    return made


def stopped_by_database(exc: Exception) -> Response | None:
    """The last line of defense: a figure no column holds, or a constraint that a race ran into."""
    if isinstance(exc, DataError | InvalidOperation):
        return problem(400, "number_too_large", _("A figure is larger than can be kept."))
    if isinstance(exc, ProtectedError):
        return problem(409, "in_use", _("Other records need it."))
    if isinstance(exc, IntegrityError):
        log.warning("a constraint stopped an API request: %s", exc)
        return problem(409, "constraint_violated", _("This does not fit with what is there. Read it again."))
    return None


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    blockers: Sequence[Mapping[str, str]] = (),
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    """A refusal for machines, as RFC 9457 has it, with our code, blockers and field errors."""
    body = {
        "type": f"urn:problem:{code}",
        "title": str(_(TITLES.get(status, "Error"))),
        "status": status,
        "code": code,
        "detail": detail,
        "blockers": list(blockers),
        "errors": list(errors),
    }
    return Response(body, status=status, content_type=PROBLEM)


def with_conflicts(response: Response, exception: Exception) -> Response:
    """The refusal, saying field by field what was wanted and what stands there, where the record had changed."""
    conflicts = getattr(exception, "conflicts", None)
    if conflicts is not None:
        response.data["conflicts"] = conflicts
    response.data |= getattr(exception, "more", {})
    return response


def blockers_of(exception: Exception) -> list[dict[str, str]]:
    found: Sequence[Blocker] = getattr(exception, "blockers", ())
    return [
        {"code": b.code, "text": str(b.text), "field": b.field, "record": str(b.record), "fix_url": b.fix_url}
        for b in found
    ]


def errors_of(exception: DomainError) -> list[dict[str, str]]:
    if found := [b for b in exception.blockers if b.field and exception.status == 422]:
        return [{"field": b.field, "code": b.code, "message": str(b.text)} for b in found]
    if not exception.field:
        return []
    return [{"field": exception.field, "code": exception.code, "message": str(exception)}]


def django_detail(error: django_errors.ValidationError) -> Any:
    """Django's validation error with its codes, in the shape of the API's own."""
    if hasattr(error, "error_dict"):
        return {
            ("" if field == "__all__" else field): [
                api_errors.ErrorDetail(str(m), m_code(e)) for e in es for m in e
            ]
            for field, es in error.error_dict.items()
        }
    return [api_errors.ErrorDetail(str(message), m_code(error)) for message in error.messages]


def m_code(error: django_errors.ValidationError) -> str:
    return str(getattr(error, "code", None) or "invalid")


def flatten(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Nested field errors as one list; lines are named as in ``lines.0.quantity``."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name in ("non_field_errors", "__all__") else str(name)
            yield from flatten(inner, ".".join(filter(None, (field, own))))
    elif isinstance(detail, list):
        nested = any(isinstance(inner, Mapping) for inner in detail)
        for position, inner in enumerate(detail):
            yield from flatten(inner, f"{field}.{position}".strip(".") if nested else field)
    else:
        yield {"field": field, "code": getattr(detail, "code", "") or "invalid", "message": str(detail)}
