"""Reports for machines: which there are, and what one answers now."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api import refuse_parameter
from reports.questions.asked import FILTERS, asked_of
from reports.questions.shape import Answer, Cell, Figure, Report, Table
from reports.registry import report_named, reports_for


class ReportBody(serializers.Serializer[Any]):
    """A report there is."""

    slug = serializers.CharField(help_text="How addresses call it.")
    title = serializers.CharField(help_text="Its title.")
    question = serializers.CharField(help_text="The question that it answers.")
    filters = serializers.ListField(
        child=serializers.CharField(), help_text="The parameters that it listens to."
    )


class AnswerFigureBody(serializers.Serializer[Any]):
    """One number that matters."""

    label = serializers.CharField(help_text="What it is.")  # type: ignore[assignment]
    text = serializers.CharField(help_text="As people read it.")
    value = serializers.CharField(
        allow_null=True, help_text="The exact number as a decimal; null where there is none."
    )
    note = serializers.CharField(allow_blank=True, help_text="What is said beside it.")
    url = serializers.CharField(allow_blank=True, help_text="The list of the records that make it.")


class CellBody(serializers.Serializer[Any]):
    """One place of a table."""

    text = serializers.CharField(allow_blank=True, help_text="As people read it.")
    value = serializers.CharField(allow_null=True, help_text="The exact number or day; null for words.")
    url = serializers.CharField(allow_blank=True, help_text="The records that make it.")


class TableBody(serializers.Serializer[Any]):
    """Figures in rows."""

    name = serializers.CharField(help_text="How addresses call it.")
    title = serializers.CharField(help_text="Its title.")
    columns = serializers.ListField(child=serializers.CharField(), help_text="The heads of its columns.")
    rows = serializers.ListField(
        child=CellBody(many=True), help_text="Its rows, each a cell for each column."
    )


class AnswerBody(ReportBody):
    """What a report answers."""

    period = serializers.CharField(help_text="The period that was asked for.")
    currency = serializers.CharField(help_text="The base currency, in which all amounts are.")
    figures = AnswerFigureBody(many=True, help_text="The numbers that matter.")
    tables = TableBody(many=True, help_text="The same in full.")
    notes = serializers.ListField(child=serializers.CharField(), help_text="How it was counted.")


def told(report: Report) -> dict[str, Any]:
    return {
        "slug": report.slug,
        "title": str(report.title),
        "question": str(report.question),
        "filters": [name for name in FILTERS if name in report.takes],
    }


def figure(one: Figure, request: Request) -> dict[str, Any]:
    return {
        "label": str(one.label), "text": str(one.text), "value": None if one.value is None else f"{one.value:f}",
        "note": str(one.note), "url": address(one.url, request),
    }  # fmt: skip


def address(url: str, request: Request) -> str:
    """A whole address; what leads to a place of the same page has none here."""
    return request.build_absolute_uri(url) if url.startswith("/") else ""


def table(one: Table, request: Request) -> dict[str, Any]:
    return {
        "name": one.name, "title": str(one.title), "columns": [str(head) for head in one.heads],
        "rows": [[cell(each, request) for each in row] for row in one.rows],
    }  # fmt: skip


def cell(one: Cell, request: Request) -> dict[str, Any]:
    value = None if one.value is None else f"{one.value:f}" if one.is_number else str(one.value)
    return {"text": str(one.text), "value": value, "url": address(one.url, request)}


def body(report: Report, answer: Answer, request: Request) -> dict[str, Any]:
    return {
        **told(report), "figures": [figure(one, request) for one in answer.figures],
        "tables": [table(one, request) for one in answer.tables], "notes": [str(note) for note in answer.notes],
    }  # fmt: skip


class ReportsView(APIView):
    """The reports there are."""

    @extend_schema(responses=ReportBody(many=True), operation_id="reports_list")
    def get(self, request: Request) -> Response:
        """The questions that the caller may ask."""
        if request.query_params:
            raise refuse_parameter(
                min(request.query_params), _("There is no such parameter."), "unknown_parameter"
            )
        return Response(ReportBody([told(one) for one in reports_for(request.user)], many=True).data)


class ReportView(APIView):
    """What one report answers now."""

    @extend_schema(
        responses=AnswerBody,
        operation_id="reports_retrieve",
        parameters=[
            OpenApiParameter(
                "period", str, description="2026-Q1, 2026-03 or 2026; this quarter unless said."
            ),
            OpenApiParameter("pipeline", int, description="Key of a pipeline."),
            OpenApiParameter("owner", str, description="User name of the owner."),
            OpenApiParameter("team", int, description="Key of a team; with all teams below it."),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Figures, tables and how they were counted, for the records that the caller may see."""
        report = report_named(slug)
        if report is None or not report.is_for(request.user):  # type: ignore[arg-type]
            raise NotFound
        if unknown := set(request.query_params) - report.takes:
            raise refuse_parameter(min(unknown), _("There is no such parameter."), "unknown_parameter")
        user: Any = request.user
        asked = asked_of(request.query_params, user, takes=report.takes)
        found = body(report, report.answer(user, asked), request)
        return Response(AnswerBody({**found, "period": asked.period.key, "currency": asked.base}).data)
