"""A write of the API: one transaction, and with an Idempotency-Key one effect however often it is sent."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import DomainError
from kernel.idempotency import IdempotencyRecord

KEPT = timedelta(days=7)
LONGEST_KEY = 255
KEPT_HEADERS = ("ETag", "Location")


class KeyReused(DomainError):
    """The key belongs to another request already (HTTP 422)."""

    default_code = "idempotency_key_reused"


class StillRunning(DomainError):
    """The same request is being worked on at this moment (HTTP 409)."""

    status = 409
    default_code = "request_in_progress"


def once(request: Request, act: Callable[[], Response]) -> Response:
    """The answer of ``act``, which runs in one transaction; a repetition gets the first answer and does nothing.

    Only success is kept: a refusal changed nothing, so the request may be tried again under its key.
    """
    key = key_of(request)
    if not key:
        with transaction.atomic():
            return act()
    fingerprint = fingerprint_of(request)
    if (known := answered(request.user, key, fingerprint)) is not None:
        return known
    try:
        with transaction.atomic():
            hold(request.user, key)
            if (known := answered(request.user, key, fingerprint)) is not None:
                return known
            response = act()
            keep(request.user, key, fingerprint, response)
            return response
    except IntegrityError:
        # Without advisory locks two first requests may meet at the unique key; the later one rolled back.
        if (known := answered(request.user, key, fingerprint)) is not None:
            return known
        raise


def key_of(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        text = _("Give at most 255 printable characters.")
        raise ValidationError({"Idempotency-Key": [ErrorDetail(str(text), "invalid")]})
    return key


def fingerprint_of(request: Request) -> str:
    """What makes two requests the same: method, address and body, whatever the order of its members."""
    body = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(
        f"{request.method} {request.get_full_path()} {body}".encode("utf-8", "replace")
    ).hexdigest()


def hold(user: Any, key: str) -> None:
    """Nobody else works under this key until the transaction ends; on SQLite writers queue anyway."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"{user.pk} {key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise StillRunning(_("The same request is still being worked on. Try again in a moment."))


def answered(user: Any, key: str, fingerprint: str) -> Response | None:
    """The answer that was given under this key, or none; another request's key is refused."""
    known = IdempotencyRecord.objects.filter(user=user, key=key, created_at__gt=timezone.now() - KEPT).first()
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise KeyReused(_("This key was used for another request. Use a new key for a new request."))
    headers = {**known.headers, "Idempotent-Replayed": "true"}
    return Response(json.loads(known.body) if known.body else None, status=known.status, headers=headers)


def keep(user: Any, key: str, fingerprint: str, response: Response) -> None:
    """Remember the answer for seven days; what is older is forgotten on the way."""
    IdempotencyRecord.objects.filter(user=user, created_at__lte=timezone.now() - KEPT).delete()
    IdempotencyRecord.objects.create(
        user=user,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body="" if response.data is None else JSONRenderer().render(response.data).decode(),
    )
