"""Signing in with a token: the machine's way, checked on every request."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from kernel.customfields.definitions import seen
from people.models import ApiToken

NOTED_EVERY = timedelta(minutes=1)


class Bearer(TokenAuthentication):  # type: ignore[misc]
    """A token in ``Authorization: Bearer crm_...``; revoked or expired, it is worth nothing from that moment."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not token.isascii():
            raise AuthenticationFailed(_("Invalid token."))
        user, found = super().authenticate_credentials(token)
        seen(found.fields_stamp)
        now = timezone.now()
        if found.last_used_at is None or now - found.last_used_at > NOTED_EVERY:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        return user, found


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API description speaks of it."""

    target_class = "people.tokens.Bearer"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token from POST /api/v1/token/."}
