"""Long work, for machines that asked for it: how far it is, its result, and the way to stop it."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from kernel import jobs
from kernel.api import Keyset, Narrowing, choice
from kernel.files import as_download
from kernel.models import Job
from people.job_views import jobs_of


class JobBody(serializers.ModelSerializer[Any]):
    """One piece of long work."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Id of the job.")
    asked_by = serializers.CharField(source="asked_by.username", help_text="Username of who asked for it.")
    has_result = serializers.SerializerMethodField(help_text="Whether there is a file at `result/`.")

    class Meta:
        model = Job
        fields = (
            "id", "kind", "title", "asked_by", "state", "done", "total", "outcome", "problems", "error", "has_result",
            "created_at", "started_at", "ended_at",
        )  # fmt: skip
        extra_kwargs = {
            "kind": {"help_text": "What is done."},
            "title": {"help_text": "What is done, for people."},
            "state": {"help_text": "How it stands."},
            "done": {"help_text": "How many of `total` are done."},
            "total": {"help_text": "How many there are; null while nobody knows."},
            "outcome": {"help_text": "What came of it, in counts."},
            "problems": {"help_text": "The first reasons why some were left out."},
            "error": {"help_text": "Why it failed."},
            "created_at": {"help_text": "When it was asked for."},
            "started_at": {"help_text": "When it began."},
            "ended_at": {"help_text": "When it ended."},
        }

    def get_has_result(self, job: Job) -> bool:
        return job.result_id is not None


class JobViewSet(GenericViewSet[Any]):
    """Long work in the background: imports, exports, changes of many records."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = JobBody
    pagination_class = Keyset
    filter_backends = (Narrowing,)
    filters = {"state": choice("state", Job.State.choices, "State")}
    ordering = {"created_at": "created_at"}
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return jobs_of(self.request.user)  # type: ignore[arg-type]

    @extend_schema(responses=JobBody(many=True))
    def list(self, request: Request) -> Response:
        """The jobs one asked for, the newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(JobBody(rows, many=True).data)

    @extend_schema(responses=JobBody)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """How far one is."""
        return Response(JobBody(self.get_object()).data)

    @extend_schema(request=None, responses=JobBody)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: Any) -> Response:
        """Stop it at its next safe point; what it has done stays done."""
        job = self.get_object()
        jobs.cancel(job)
        job.refresh_from_db()
        return Response(JobBody(job).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def result(self, request: Request, public_id: Any) -> FileResponse:
        """The file it made."""
        job = self.get_object()
        if job.result is None:
            raise Http404
        return as_download(job.result)
