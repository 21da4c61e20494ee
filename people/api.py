"""Signing in for machines, and the people records may belong to."""

from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail, Throttled, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from kernel.api import Json, LoginRate, Narrow, Narrowing, choice, exact
from kernel.bodies import Refusing
from people.models import ApiToken, Role, User

LONGEST_LIFE = timedelta(days=365)


class NoSuchLogin(AuthenticationFailed):
    """Username and password do not belong together, or do not sign in."""

    default_detail = _("Username and password do not match.")
    default_code = "wrong_credentials"


class ByPassword(BaseAuthentication):
    """Nobody is signed in yet: the body says who it is."""

    def authenticate(self, request: Request) -> None:
        return None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenRequest(Refusing):
    """Who wants a token, and what for."""

    username = serializers.CharField(max_length=150, help_text="Username.")
    password = serializers.CharField(
        max_length=1000,
        trim_whitespace=False,
        write_only=True,
        help_text="Password.",
        style={"input_type": "password"},
    )
    name = serializers.CharField(max_length=100, help_text="What the token is for, to tell it from others.")
    expires = serializers.DateTimeField(
        required=False, help_text="When it ends; at most a year away, the default."
    )

    def validate_expires(self, moment: Any) -> Any:
        if not timezone.now() < moment <= timezone.now() + LONGEST_LIFE + timedelta(minutes=1):
            raise ValidationError(
                [ErrorDetail(str(_("Choose a moment within the next year.")), "out_of_range")]
            )
        return moment


class TokenBody(serializers.ModelSerializer[Any]):
    """A token without its secret."""

    id = serializers.UUIDField(
        source="public_id", read_only=True, help_text="Id of the token, to revoke it by."
    )
    user = serializers.CharField(source="user.username", read_only=True, help_text="Whom it signs in.")

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("id", "name", "user", "token_key", "created", "expiry", "last_used_at")
        extra_kwargs = {
            "name": {"help_text": "What it is for."},
            "token_key": {"help_text": "Its first characters."},
            "created": {"help_text": "When it was made."},
            "expiry": {"help_text": "When it ends."},
            "last_used_at": {"help_text": "When it was last used, to the minute."},
        }


class NewTokenBody(TokenBody):
    """A token with its secret, shown this once."""

    token = serializers.CharField(
        help_text="The secret, for `Authorization: Bearer`; it is never shown again."
    )

    class Meta(TokenBody.Meta):
        fields: tuple[str, ...] = (*TokenBody.Meta.fields, "token")


class TokenViewSet(GenericViewSet[Any]):
    """Tokens that machines sign in with."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = TokenBody
    pagination_class = None
    parser_classes = (Json,)
    queryset = ApiToken.objects.none()

    def get_permissions(self) -> list[Any]:
        return [AllowAny() if self.action == "create" else IsAuthenticated()]

    def get_authenticators(self) -> list[Any]:
        # Signing in asks for a password; a stale token or cookie that comes along must not get in the way.
        return (
            [ByPassword()] if self.request and self.request.method == "POST" else super().get_authenticators()
        )

    def get_throttles(self) -> list[Any]:
        return [LoginRate()] if self.action == "create" else super().get_throttles()

    @extend_schema(request=TokenRequest, responses={201: NewTokenBody}, auth=[])
    def create(self, request: Request) -> Response:
        """Sign in with username and password and get a token, which is shown this once."""
        asked = TokenRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        user = signed_in(request._request, said["username"], said["password"])
        ends = said.get("expires")
        life = (ends - timezone.now()) if ends else LONGEST_LIFE
        token, secret = ApiToken.objects.create(user=user, expiry=life, name=said["name"])
        shown = {**TokenBody(token).data, "token": secret}
        return Response(shown, status=201, headers={"Cache-Control": "no-store"})

    def list(self, request: Request) -> Response:
        """One's own tokens."""
        tokens = ApiToken.objects.filter(user=request.user).select_related("user").order_by("-created")
        return Response(TokenBody(tokens, many=True).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        """Revoke one of one's own tokens; it is worth nothing from this moment."""
        get_object_or_404(ApiToken, user=request.user, public_id=public_id).delete()
        return Response(status=204)


def signed_in(request: HttpRequest, username: str, password: str) -> User:
    """Whose username and password these are; too many wrong ones close the door for a while."""
    try:
        user = authenticate(request, username=username, password=password)
    except PermissionDenied:
        user = None
    if getattr(request, "axes_locked_out", False):
        # Axes would replace this answer by its own page.
        request.axes_locked_out = False  # type: ignore[attr-defined]
        cool_off = get_cool_off()
        raise Throttled(wait=cool_off.total_seconds() if cool_off else None)
    if not isinstance(user, User) or user.is_service:
        raise NoSuchLogin
    return user


class UserBody(serializers.ModelSerializer[Any]):
    """Somebody records may belong to."""

    name = serializers.CharField(source="get_full_name", help_text="Full name.")
    team = serializers.CharField(
        source="team.name", default=None, allow_null=True, help_text="Team, by name."
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ("username", "name", "role", "team", "is_active")
        extra_kwargs = {
            "username": {"help_text": "Username, by which records name their owner."},
            "role": {"help_text": "What the person is here for."},
            "is_active": {"help_text": "Whether the person can sign in."},
        }


class UserViewSet(GenericViewSet[Any]):
    """The people one can give records to; only read here."""

    serializer_class = UserBody
    filter_backends = (Narrowing,)
    queryset = User.objects.filter(is_service=False, is_active=True).select_related("team")
    filters: dict[str, Narrow] = {
        "username": exact("username", "Username."),
        "role": choice("role", Role.choices, "Role"),
        "team": exact("team__name", "Team by name."),
    }
    ordering = {"username": "username"}

    def list(self, request: Request) -> Response:
        """Everybody who can sign in."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
