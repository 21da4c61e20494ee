"""Where ERPs call: one address a connection, nothing believed but a signature over the raw bytes."""

import logging

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from integrations import inbox
from integrations.adapters.protocol import ErpError
from integrations.models import Connection

logger = logging.getLogger(__name__)


@login_not_required
@csrf_exempt
@require_POST
def receive(request: HttpRequest, code: str) -> JsonResponse:
    """Keep a signed hint and say 202; what comes of it is never the caller's business."""
    body = _body(request)
    if body is None:
        return JsonResponse({"code": "too_large"}, status=413)
    connection = Connection.objects.filter(code=code).first()
    try:
        if connection is None:
            return _refused()
        new = inbox.receive(connection, request.headers, body)
    except ErpError as error:
        logger.warning("Refused a call for connection %s: %s", code, error)
        return _refused()
    if new:
        _ring(code)
    return JsonResponse({"accepted": new}, status=202)


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes, unless there are too many."""
    try:
        if int(request.headers.get("Content-Length") or 0) > inbox.BODY_LIMIT:
            return None
        body = request.body
    except (ValueError, RequestDataTooBig):
        return None
    return body if len(body) <= inbox.BODY_LIMIT else None


def _refused() -> JsonResponse:
    """One answer for an unknown connection and a wrong signature, so that neither can be probed."""
    return JsonResponse({"code": "signature_refused"}, status=401)


def _ring(code: str) -> None:
    try:
        current_app.send_task("integrations.process_inbox", args=[code], retry=False, ignore_result=True)
    except (OperationalError, OSError):
        logger.warning("No broker: the sweeper will find the call for %s", code)
