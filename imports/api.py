"""Imports for machines: bring a file, have it checked, run it, undo it."""

import json
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from imports import actions
from imports.guessing import columns_by_name
from imports.kinds import KINDS
from imports.models import Finding, ImportRun
from imports.results import RESULTS, result_file
from imports.selectors import kinds_for, runs_of
from kernel.api import Json, Keyset, Narrow, Narrowing, choice, exact
from kernel.bodies import Refusing
from people.access import require
from people.models import User


class ImportBody(serializers.ModelSerializer[Any]):
    """An import: the file, how it is read, what was found, what it did."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Id of the import.")
    type = serializers.CharField(
        source="kind", help_text="Kind of record: leads, accounts, contacts and so on."
    )
    owner = serializers.CharField(source="owner.username", help_text="Username of who brought it.")
    rows = serializers.IntegerField(source="source.rows", help_text="How many rows the file has.")
    mapping = serializers.SerializerMethodField(
        help_text="Column to `field` and, for numbers and days, `way`."
    )
    fixed = serializers.JSONField(help_text="What every row gets.")
    options = serializers.JSONField(help_text="`key`, `on_match`, `create_missing`, `owner`, `blank`.")
    checked = serializers.BooleanField(
        source="is_checked", help_text="Whether every row was tried as it is set now."
    )
    check = serializers.JSONField(source="counts", help_text="What the check found, in counts of rows.")
    outcome = serializers.SerializerMethodField(help_text="What it did, in counts of rows.")
    job = serializers.UUIDField(
        source="job.public_id", default=None, help_text="The latest job, under `jobs`."
    )
    at_work = serializers.BooleanField(source="is_at_work", help_text="Whether that job is busy.")

    class Meta:
        model = ImportRun
        fields = (
            "id", "type", "file_name", "owner", "status", "rows", "mapping", "fixed", "options", "checked", "check",
            "outcome", "job", "at_work", "version", "created_at", "finished_at", "undo_until",
        )  # fmt: skip
        extra_kwargs = {
            "file_name": {"help_text": "Name of the file."},
            "status": {"help_text": "How it stands."},
            "version": {"help_text": "Grows with every change."},
            "created_at": {"help_text": "When the file was brought."},
            "finished_at": {"help_text": "When it ended."},
            "undo_until": {"help_text": "Until when it can be undone."},
        }

    def get_mapping(self, run: ImportRun) -> dict[str, Any]:
        return {head: said for head, said in zip(run.header, run.columns, strict=True) if said["field"]}

    def get_outcome(self, run: ImportRun) -> dict[str, Any]:
        return dict(run.outcome.get("counts", {}))


class BringBody(Refusing):
    """A file and, where its heads do not say it, what its columns mean."""

    type = serializers.ChoiceField([(name, name) for name in KINDS], help_text="Kind of record.")
    file = serializers.FileField(help_text="CSV or XLSX.")
    mapping = serializers.CharField(
        required=False,
        help_text='JSON: {"<head>": "<field>"} or {"<head>": {"field": …, "way": …}}; else guessed.',
    )
    fixed = serializers.CharField(required=False, help_text='JSON: {"<field>": "<text for every row>"}.')
    options = serializers.CharField(
        required=False, help_text="JSON of `key`, `on_match`, `create_missing` and so on."
    )


class MatchBody(Refusing):
    """What the columns mean."""

    mapping = serializers.JSONField(required=False, help_text="Head to field, as when the file is brought.")
    fixed = serializers.JSONField(required=False, help_text="Field to the text that every row gets.")
    options = serializers.JSONField(
        required=False, help_text="`key`, `on_match`, `create_missing`, `owner`, `blank`."
    )


class CorrectBody(Refusing):
    """One cell put right."""

    row = serializers.IntegerField(min_value=1, max_value=20_000_000, help_text="Number of the row.")
    column = serializers.CharField(max_length=300, help_text="Head of the column.")
    value = serializers.CharField(allow_blank=True, max_length=20_000, help_text="What the cell should say.")


class UndoBody(Refusing):
    """Which records that were changed since are taken back all the same."""

    also = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=10_000,
        help_text="`effect` of problems with what=touched.",
    )  # fmt: skip


class ProblemBody(serializers.ModelSerializer[Any]):
    """Something about one row."""

    column = serializers.SerializerMethodField(help_text="Head of the column; empty for the whole row.")
    effect = serializers.SerializerMethodField(
        help_text="Of a record changed since: what to name to undo it anyway."
    )

    class Meta:
        model = Finding
        fields = ("what", "row", "column", "field", "value", "code", "text", "score", "effect")
        extra_kwargs = {
            "what": {"help_text": "error, duplicate (by the check); failed, skipped (by the run); touched (undo)."},
            "row": {"help_text": "Number of the row in the file."},
            "field": {"help_text": "Field the column means."},
            "value": {"help_text": "What the cell says."},
            "code": {"help_text": "The reason for machines."},
            "text": {"help_text": "The reason for people."},
            "score": {"help_text": "How sure a duplicate is, in percent."},
        }  # fmt: skip

    def get_column(self, finding: Finding) -> str:
        header = self.context["run"].header
        return str(header[finding.column]) if 0 <= finding.column < len(header) else ""

    def get_effect(self, finding: Finding) -> int | None:
        return finding.offset if finding.what == Finding.What.TOUCHED else None


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
