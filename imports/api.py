"""Imports for machines: bring a file, have it checked, run it, undo it."""

import json
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from imports import actions
from imports.bodies import BringBody, CorrectBody, ImportBody, MatchBody, ProblemBody, UndoBody
from imports.guessing import columns_by_name
from imports.kinds import KINDS
from imports.models import Finding, ImportRun
from imports.results import RESULTS, result_file
from imports.selectors import kinds_for, runs_of
from kernel.api import Json, Keyset, Narrow, Narrowing, choice, exact
from kernel.bodies import Refusing
from people.access import require
from people.models import User

FILE = {(200, "text/csv"): OpenApiTypes.BINARY}


class ImportViewSet(GenericViewSet[Any]):
    """Files on their way into records."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = ImportBody
    pagination_class = Keyset
    filter_backends = (Narrowing,)
    filters: dict[str, Narrow] = {
        "status": choice("status", ImportRun.Status.choices, "Status"), "type": exact("kind", "Kind of record.")
    }  # fmt: skip
    ordering = {"created_at": "created_at"}
    queryset = ImportRun.objects.none()
    parser_classes = (Json, MultiPartParser)

    def get_queryset(self) -> QuerySet[ImportRun]:
        return runs_of(self.request.user).select_related("file", "rows_file")

    def shown(self, run: ImportRun, code: int = 200) -> Response:
        fresh = ImportRun.objects.select_related("job", "owner").get(pk=run.pk)
        return Response(ImportBody(fresh).data, status=code)

    def said(self, body: type[Refusing]) -> dict[str, Any]:
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    @extend_schema(responses=ImportBody(many=True))
    def list(self, request: Request) -> Response:
        """The imports one may see, the newest first."""
        refuse_who_may_not(request.user)
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(ImportBody(rows, many=True).data)

    @extend_schema(responses=ImportBody)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """How one stands."""
        return Response(ImportBody(self.one()).data)

    @extend_schema(request={"multipart/form-data": BringBody}, responses={201: ImportBody})
    def create(self, request: Request) -> Response:
        """Bring a file: its columns are matched and every row is checked; nothing is written yet."""
        refuse_who_may_not(request.user)
        said = self.said(BringBody)
        mapping, fixed, options = (parsed(said, name) for name in ("mapping", "fixed", "options"))
        by = cast(User, request.user)
        run = actions.bring_file(KINDS[said["type"]], said["file"], by=by)
        columns = columns_by_name(run, mapping) if mapping is not None else run.columns
        run = actions.match_columns(run, by=by, columns=columns, fixed=fixed, options=options)
        return self.shown(actions.check_import(run, by=by), status.HTTP_201_CREATED)

    @extend_schema(request=MatchBody, responses=ImportBody)
    @action(detail=True, methods=["post"])
    def match(self, request: Request, public_id: Any) -> Response:
        """Say anew what the columns mean, and have every row checked."""
        run, by = self.mine("change"), cast(User, request.user)
        said = self.said(MatchBody)
        columns = columns_by_name(run, said["mapping"]) if "mapping" in said else run.columns
        run = actions.match_columns(
            run, by=by, columns=columns, fixed=said.get("fixed"), options=said.get("options")
        )
        return self.shown(actions.check_import(run, by=by))

    @extend_schema(request=None, responses=ImportBody)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, public_id: Any) -> Response:
        """Have every row tried; nothing is written."""
        return self.shown(actions.check_import(self.mine("change"), by=cast(User, request.user)))

    @extend_schema(responses=ProblemBody(many=True), filters=False)
    @action(detail=True)
    def problems(self, request: Request, public_id: Any) -> Response:
        """What was found, row by row: errors, duplicates, failed and skipped rows, records changed since."""
        run = self.one()
        what = request.query_params.get("what", "")
        if what and what not in Finding.What.values:
            raise ValidationError(
                {"what": [ErrorDetail(str(_("There is no such filter value.")), "invalid")]}
            )
        rows = run.findings.filter(what=what) if what else run.findings.all()
        pages = Keyset()
        page = pages.paginate_queryset(rows, request)
        return pages.get_paginated_response(ProblemBody(page, many=True, context={"run": run}).data)

    @extend_schema(request=CorrectBody, responses=ImportBody)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, public_id: Any) -> Response:
        """Put one cell right, and try its row again."""
        run, by = self.mine("change"), cast(User, request.user)
        said = self.said(CorrectBody)
        if said["column"] not in run.header:
            raise ValidationError(
                {"column": [ErrorDetail(str(_("There is no such column.")), "unknown_column")]}
            )
        found = run.findings.filter(row=said["row"]).first()
        if found is None:
            raise ValidationError(
                {"row": [ErrorDetail(str(_("Nothing was found about this row.")), "unknown_row")]}
            )
        at = run.header.index(said["column"])
        actions.correct_cell(run, by=by, row=said["row"], column=at, value=said["value"])
        return self.shown(actions.recheck_row(run, by=by, row=said["row"], offset=found.offset))

    @extend_schema(request=None, responses=ImportBody)
    @action(detail=True, methods=["post"])
    def run(self, request: Request, public_id: Any) -> Response:
        """Write every sound row in the background; a stopped import goes on."""
        return self.shown(actions.run_import(self.mine("run"), by=cast(User, request.user)))

    @extend_schema(request=None, responses=ImportBody)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: Any) -> Response:
        """Stop what works on it; what is written stays."""
        return self.shown(actions.cancel_import(self.mine("run"), by=cast(User, request.user)))

    @extend_schema(request=UndoBody, responses=ImportBody)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, public_id: Any) -> Response:
        """Take back what it made and changed."""
        run = self.mine("undo")
        return self.shown(
            actions.undo_import(run, by=cast(User, request.user), also=self.said(UndoBody).get("also", ()))
        )

    @extend_schema(responses=FILE, filters=False)
    @action(detail=True, url_path="result")
    def result(self, request: Request, public_id: Any) -> HttpResponseBase:
        """Rows of one sort as CSV: `?what=failed` (with the reason), created, updated, unchanged, skipped."""
        what = request.query_params.get("what", "failed")
        if what not in RESULTS:
            raise ValidationError(
                {"what": [ErrorDetail(str(_("There is no such filter value.")), "invalid")]}
            )
        return result_file(self.one(), what, request.user)

    def one(self) -> ImportRun:
        """The import of the address, if it exists for this person."""
        found: ImportRun = get_object_or_404(self.get_queryset(), public_id=self.kwargs["public_id"])
        return found

    def mine(self, verb: str) -> ImportRun:
        """The import of the address, if this person may do that with it."""
        run = self.one()
        require(self.request.user, verb, run)
        return run


def refuse_who_may_not(user: Any) -> None:
    if not kinds_for(user):
        raise PermissionDenied(_("You may not import."))


def parsed(said: dict[str, Any], name: str) -> Any:
    """A field of a form that holds JSON."""
    if name not in said:
        return None
    try:
        found = json.loads(said[name])
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValidationError({name: [ErrorDetail(str(_("Give a JSON object.")), "invalid")]})
    return found
