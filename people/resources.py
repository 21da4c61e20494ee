"""A kind of record as the API offers it: the records one may see, written by actions, moved by steps."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from kernel import history
from kernel.api import Json, Keyset, Narrow
from kernel.bodies import RecordBody, Ref, Refusing, StepBody
from kernel.customfields.api import FieldNarrowing, FieldPages
from kernel.errors import Conflict
from kernel.lifecycle import StatefulModel, Step, steps
from kernel.replay import once
from people.access import Scope, grant_for, hidden_fields, kind_of, may, visible
from people.models import Team, User
from people.shown_bodies import HistoryBody, StepShown
from people.stale import LINES, conflicts_of


class Stale(APIException):
    """The record is not at the version that If-Match names (HTTP 412)."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale_version"
    default_detail = _("The record has changed since. Read it again, then repeat the change.")


class OwnerRef(Ref):
    """Somebody this person may give records of this kind to, by username."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(User, by=("username",), **{"required": False, "allow_null": True, **options})

    def choices_for(self) -> QuerySet[Any]:
        people = User.objects.filter(is_active=True, is_service=False)
        user = self.context["request"].user
        scope = grant_for(user, self.kind).scope
        if scope == Scope.ALL:
            return people
        mine = Q(pk=user.pk)
        return people.filter(mine | Q(team__in=user.team_ids) if scope == Scope.TEAM else mine)


class TeamRef(Ref):
    """A team this person works in or leads, by name."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(Team, by=("name",), **{"required": False, "allow_null": True, **options})

    def choices_for(self) -> QuerySet[Any]:
        user = self.context["request"].user
        teams = Team.objects.all()
        return teams if grant_for(user, self.kind).scope == Scope.ALL else teams.filter(pk__in=user.team_ids)


def owned_by() -> Narrow:
    """Rows of one owner."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(owner=user) if value == "me" else queryset.filter(owner__username=value)

    return Narrow("Username of the owner, or `me`.", apply)


def pointing_at(column: str, model: Any, description: str) -> Narrow:
    """Rows that refer to one record, given by id or number; one out of sight matches nothing."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        wanted = visible(user, model._default_manager.by_ref(value))
        return queryset.filter(**{f"{column}__in": wanted})

    return Narrow(f"{description}, by id or number.", apply)


class RecordViewSet(GenericViewSet[Any]):
    """List, read, create and change; a subclass names body, row and actions, and adds its verbs."""

    body: ClassVar[type[RecordBody]]
    row: ClassVar[type[RecordBody]]
    filters: ClassVar[dict[str, Narrow]] = {}
    ordering: ClassVar[dict[str, str]] = {}
    create_action: ClassVar[Callable[..., Any]]
    change_action: ClassVar[Callable[..., Any]]
    locked_first: ClassVar[tuple[str, ...]] = ()  # what its steps lock before the record itself
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    parser_classes = (Json,)
    filter_backends = (FieldNarrowing,)
    pagination_class = FieldPages

    @property
    def by(self) -> User:
        """Who asks; the permissions of the API let nobody else in."""
        return cast(User, self.request.user)

    # --- reading ---

    def get_queryset(self) -> QuerySet[Any]:
        # Steps and changes read the record anew under a lock, so its lines are only read where they are shown.
        shape = self.body if self.action == "retrieve" else self.row
        if getattr(self, "swagger_fake_view", False):
            return shape.rows().none()
        return visible(self.request.user, shape.rows())

    def get_serializer_class(self) -> Any:
        return self.row if self.action == "list" else self.body

    def get_serializer_context(self) -> dict[str, Any]:
        user = self.request.user if self.request else None
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        return context | {"visible": partial(visible, user), "hidden": partial(hidden_fields, user)}

    def list(self, request: Request) -> Response:
        """The records one may see, newest first."""
        if not may(request.user, "view", self.body.Meta.model):  # type: ignore[attr-defined]
            raise PermissionDenied(_("You may not do this."))
        rows = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(self.row.narrow(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, **where: Any) -> Response:
        """One record, with its ETag."""
        return self.answer(self.one(), self.body)

    @extend_schema(responses=StepShown(many=True), filters=False)
    @action(detail=True, url_path="steps", pagination_class=None)
    def shown_steps(self, request: Request, **where: Any) -> Response:
        """The steps one may take now, and what stands in the way of those that have to wait."""
        found = []
        for step in self.steps_of(self.one()):
            blockers = [{"code": b.code, "text": str(b.text), "field": b.field} for b in step.blockers]
            url = request.build_absolute_uri(request.path.removesuffix("steps/") + f"{step.name}/")
            found.append(
                {
                    "name": step.name, "label": str(step.label), "url": url, "allowed": step.allowed,
                    "asks": step.asks, "danger": step.danger, "blockers": blockers,
                }
            )  # fmt: skip
        return Response(found)

    @extend_schema(responses=HistoryBody(many=True), filters=False)
    @action(detail=True)
    def history(self, request: Request, **where: Any) -> Response:
        """What happened to the record, newest first."""
        record = self.one()
        pages = Keyset()
        entries = pages.paginate_queryset(history.of(record), request)
        context = self.get_serializer_context() | {"kind": kind_of(record)}
        return pages.get_paginated_response(HistoryBody(entries, many=True, context=context).data)

    # --- writing ---

    def create(self, request: Request) -> Response:
        """Make a record."""
        return once(request, lambda: self.show(self.make(self.said(self.body)), made=True))

    def partial_update(self, request: Request, **where: Any) -> Response:
        """Change some fields of a record."""

        def change() -> Response:
            record = self.one()
            values = self.said(self.body, record)
            record = self.expected(record, values.pop("version", None), values)
            return self.show(self.alter(record, values))

        return once(request, change)

    def make(self, values: dict[str, Any]) -> Any:
        return type(self).create_action(by=self.by, **values)

    def alter(self, record: Any, values: dict[str, Any]) -> Any:
        return type(self).change_action(record, by=self.by, **values)

    # --- parts ---

    def steps_of(self, record: Any) -> Sequence[Step]:
        """What one may do with the record; only those with a life of their own have steps."""
        return steps(record, self.request.user) if isinstance(record, StatefulModel) else ()

    def one(self) -> Any:
        """The record that the address names, if it exists for this person."""
        return self.found(**{self.lookup_field: self.kwargs[self.lookup_field]})

    def found(self, **where: Any) -> Any:
        return get_object_or_404(self.get_queryset(), **where)

    def said(self, body: type[Refusing], record: Any = None) -> dict[str, Any]:
        """What the request says, checked field by field."""
        given = body(
            record, data=self.request.data, partial=record is not None, context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def expected(self, record: Any, version: int | None, values: dict[str, Any] | None = None) -> Any:
        """The record, held at the version that the request speaks of; raises when it has another.

        The refusal says where ``values`` differ from what stands there now.
        """
        match = self.request.headers.get("If-Match", "").strip()
        if version is None and match in ("", "*"):
            return record
        for name in self.locked_first:
            if parent := getattr(record, name):
                type(parent).objects.select_for_update().filter(pk=parent.pk).exists()
        model = type(record)
        if not hasattr(record, "version"):
            raise Stale
        now = model.objects.select_for_update().values_list("version", flat=True).get(pk=record.pk)
        if match not in ("", "*") and f'"{now}"' not in [one.strip() for one in match.split(",")]:
            raise self.telling(Stale(), record, values)
        if version is not None and version != now:
            text = _("Somebody else changed this meanwhile. Look at it again, then repeat your change.")
            raise self.telling(Conflict(text), record, values)
        return record

    def telling(self, refusal: Any, record: Any, values: dict[str, Any] | None) -> Any:
        """The refusal with both sides of every field that the request would have changed."""
        if values:
            fresh = self.body.rows().get(pk=record.pk)
            refusal.conflicts = conflicts_of(self.body(fresh, context=self.get_serializer_context()), values)
        return refusal

    def show(self, record: Any, body: type[RecordBody] | None = None, *, made: bool = False) -> Response:
        """The record as the API shows it, read anew so that nothing stale is shown."""
        body = body or self.body
        return self.answer(body.rows().get(pk=record.pk), body, made=made)

    def answer(self, record: Any, body: type[RecordBody], *, made: bool = False) -> Response:
        shown = body(record, context=self.get_serializer_context()).data
        headers = {"ETag": f'"{record.version}"'} if hasattr(record, "version") else {}
        return Response(shown, status=201 if made else 200, headers=headers)

    def take(self, method: Callable[..., Any], asks: type[Refusing], gives: Any, made: bool) -> Response:
        """Take a step: check what it asks for and the version, act, and show what came of it."""

        def act() -> Response:
            record = self.one()
            values = self.said(asks)
            version = values.pop("version", None)
            record = self.expected(record, version, values if LINES in values else {})
            result = method(self, record, **values)
            return Response(status=204) if result is None else self.show(result, gives, made=made)

        return once(self.request, act)


def verb(
    asks: type[Refusing] = StepBody,
    *,
    gives: type[RecordBody] | None = None,
    made: bool = False,
    name: str = "",
) -> Callable[[Callable[..., Any]], Any]:
    """A step as an address: POST <record>/<verb>/; the method calls the action and returns the record to show.

    ``gives`` is the body of that record where it is not the one acted upon; a method that returns nothing answers 204.
    """

    def decorate(method: Callable[..., Any]) -> Any:
        @wraps(method)
        def handler(self: RecordViewSet, request: Request, **where: Any) -> Response:
            return self.take(method, asks, gives, made)

        handler.__annotations__ = {}
        path = name or method.__name__.replace("_", "-")
        answers: dict[str, Any] = {"responses": {201 if made else 200: gives}} if gives else {}
        described = extend_schema(request=asks, **answers)(handler)
        return action(detail=True, methods=["post"], url_path=path, url_name=path)(described)

    return decorate


__all__ = ["OwnerRef", "RecordViewSet", "TeamRef", "owned_by", "pointing_at", "verb"]
