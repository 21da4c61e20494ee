"""Duplicates and merges through the API."""

from functools import partial
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from duplicates import actions, asking
from duplicates.bodies import DecisionBody, MatchBody, MergeBody, NewMergeBody, PairBody, UnmergeBody
from duplicates.matchable import Matchable, matchable, matchable_models
from duplicates.models import DuplicatePair, Merge, type_of
from duplicates.selectors import merge_for, merges_for, pairs_for, with_records
from duplicates.views import kinds_in_sight
from kernel.api import Keyset, Narrow, Narrowing, choice, refuse_parameter
from kernel.bodies import Refusing
from kernel.replay import once
from people.access import hidden_fields, may, visible
from people.models import User


def of_kind(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
    """Rows about one kind of record; raises ValueError for a kind that does not exist."""
    model = matchable(value)
    if model is None:
        raise ValueError(_("There is no %s.") % value)
    return queryset.filter(record_type=type_of(model))


class Asking(GenericViewSet[Any]):
    """What both kinds of address have in common."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    pagination_class = Keyset
    filter_backends = (Narrowing,)

    @property
    def by(self) -> User:
        """Who asks; the permissions of the API let nobody else in."""
        return cast(User, self.request.user)

    def said(self, body: type[Refusing]) -> dict[str, Any]:
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def body_context(self) -> dict[str, Any]:
        return {"hidden": partial(hidden_fields, self.by)}


class DuplicateViewSet(Asking):
    """Records that may be the same."""

    serializer_class = PairBody
    filters = {
        "kind": Narrow("Kind of record: lead, account or contact.", of_kind),
        "status": choice("status", DuplicatePair.Status.choices, "What was decided"),
    }
    ordering = {"score": "score", "found_at": "found_at"}
    queryset = DuplicatePair.objects.none()

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        if getattr(self, "swagger_fake_view", False):
            return DuplicatePair.objects.none()
        found = DuplicatePair.objects.none()
        for model in kinds_in_sight(self.by):
            found = found | pairs_for(self.by, model)
        return found

    def shown(self, pairs: list[DuplicatePair]) -> list[Any]:
        """Pairs with their records, in their order; a query for each kind."""
        known: dict[int, Any] = {}
        for model in {pair.record_type for pair in pairs}:
            of_type = [pair for pair in pairs if pair.record_type == model]
            known |= {one.pair.pk: one for one in with_records(matchable_models()[model], of_type)}
        return [known[pair.pk] for pair in pairs if pair.pk in known]

    @extend_schema(responses=PairBody(many=True))
    def list(self, request: Request) -> Response:
        """The pairs of which one may see both records, the latest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(PairBody(self.shown(rows or []), many=True).data)

    @extend_schema(responses=PairBody)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """One pair."""
        return self.answer(self.get_object())

    def answer(self, pair: DuplicatePair) -> Response:
        return Response(PairBody(self.shown([pair])[0]).data)

    @extend_schema(request=DecisionBody, responses=PairBody)
    @action(detail=True, methods=["post"])
    def ignore(self, request: Request, public_id: Any) -> Response:
        """Say that they are two; nobody is asked again."""
        return once(
            request,
            lambda: self.answer(
                actions.ignore_pair(self.get_object(), by=self.by, **self.said(DecisionBody))
            ),
        )

    @extend_schema(request=None, responses=PairBody)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, public_id: Any) -> Response:
        """Say that they may be the same after all."""
        return once(request, lambda: self.answer(actions.reopen_pair(self.get_object(), by=self.by)))

    @extend_schema(
        responses=MatchBody(many=True),
        filters=False,
        parameters=[
            OpenApiParameter("kind", str, required=True, description="Kind of record that is looked for."),
            OpenApiParameter(
                "email", str, description="Any of the columns that records of this kind are matched by."
            ),
        ],
    )
    @action(detail=False, pagination_class=None, filter_backends=())
    def matches(self, request: Request) -> Response:
        """Who a record with these values may be: `?kind=lead&email=…&company=…`, the likeliest first."""
        model = matchable(request.query_params.get("kind", ""))
        if model is None or model not in kinds_in_sight(self.by):
            raise refuse_parameter("kind", str(_("There is no such kind of record.")))
        typed = {name: value for name, value in request.query_params.items() if name != "kind"}
        if strangers := sorted(set(typed) - model.match_fields):
            raise refuse_parameter(
                strangers[0], str(_("Records are not matched by this.")), "unknown_parameter"
            )
        return Response(MatchBody(asking.known_as(model, typed, self.by, limit=20), many=True).data)


class MergeViewSet(Asking):
    """Records that became one, and the way back."""

    serializer_class = MergeBody
    filters = {"kind": Narrow("Kind of record: lead, account or contact.", of_kind)}
    queryset = Merge.objects.none()

    def get_queryset(self) -> QuerySet[Merge]:
        if getattr(self, "swagger_fake_view", False):
            return Merge.objects.none()
        found = Merge.objects.none()
        for model in kinds_in_sight(self.by):
            found = found | merges_for(self.by, model).order_by()
        return found.select_related("by", "undone_by").prefetch_related("losers")

    @extend_schema(responses=MergeBody(many=True))
    def list(self, request: Request) -> Response:
        """The merges into records one may see, the latest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(MergeBody(rows, many=True, context=self.body_context()).data)

    @extend_schema(responses=MergeBody)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """One merge."""
        return self.answer(self.one(public_id))

    def one(self, public_id: Any) -> Merge:
        if (made := merge_for(self.by, public_id)) is None:
            raise Http404
        return made

    def answer(self, made: Merge, *, code: int = status.HTTP_200_OK) -> Response:
        return Response(MergeBody(made, context=self.body_context()).data, status=code)

    @extend_schema(request=NewMergeBody, responses={201: MergeBody})
    def create(self, request: Request) -> Response:
        """Make one record of two to five; it can be undone."""

        def act() -> Response:
            said = self.said(NewMergeBody)
            model = cast(type[Matchable], matchable(said["kind"]))
            named = {ref: self.record(model, ref) for ref in [said["survivor"], *said["losers"]]}
            made = actions.merge(
                named[said["survivor"]], [named[ref] for ref in said["losers"]], by=self.by,
                picked={field: self.record(model, ref).pk for field, ref in said.get("fields_from", {}).items()},
                versions={self.record(model, ref).pk: number for ref, number in said.get("versions", {}).items()},
                reason=said.get("reason", ""),
            )  # fmt: skip
            return self.answer(made, code=status.HTTP_201_CREATED)

        return once(request, act)

    def record(self, model: type[Matchable], ref: str) -> Any:
        return get_object_or_404(visible(self.by, model._default_manager.by_ref(ref)))  # type: ignore[attr-defined]

    @extend_schema(request=UnmergeBody, responses=MergeBody)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, public_id: Any) -> Response:
        """Part them again; 409 `changed_since` names the fields to decide about."""

        def act() -> Response:
            decided = self.said(UnmergeBody).get("fields_decided", {})
            return self.answer(actions.unmerge(self.one(public_id), by=self.by, decided=decided))

        return once(request, act)


class AsksFirst:
    """A kind of record that is not made twice without a reason; mixed in before its view set."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "allow_duplicate", str,
                description="Why another one is needed although a certain duplicate exists (else 409 `duplicate`).",
            )
        ]
    )  # fmt: skip
    def create(self: Any, request: Request) -> Response:
        """Make a record; 409 `duplicate` with the matches when it is known already."""
        return super().create(request)  # type: ignore[misc]

    def make(self: Any, values: dict[str, Any]) -> Any:
        """Refuse what is known already, unless somebody who may says why another one is needed."""
        model = self.body.Meta.model
        reason = asking.reason_for_another(
            self.by, model, self.request.query_params.get("allow_duplicate", "")
        )
        if (
            may(self.by, "add", model)
            and not reason
            and (found := asking.certain_ones(model, values, self.by))
        ):
            raise asking.KnownAlready(found)
        record = super().make(values)  # type: ignore[misc]
        if reason:
            asking.remember(record, reason, self.by)
        return record
