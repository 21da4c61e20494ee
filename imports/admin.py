"""Imports in the back office: to look at; they are prepared, run and undone on their own pages."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from imports.models import Correction, Effect, ExternalKey, Finding, ImportRun, Mapping
from kernel.admin import ReadOnly
from people.access import visible


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    """The cells of the file are not shown: they may hold fields that are reserved to some roles."""

    list_display = ["created_at", "kind", "file_name", "status", "owner", "team", "finished_at", "undo_until"]
    list_filter = ["status", "kind"]
    search_fields = ["file_name"]
    exclude = ["samples", "fixed", "checked_as"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ImportRun]:
        return visible(request.user, super().get_queryset(request))


@admin.register(Finding)
class FindingAdmin(ReadOnly):
    list_display = ["run", "what", "row", "field", "code", "text"]
    list_filter = ["what"]
    exclude = ["value"]
    ordering = ["-id"]


@admin.register(Correction)
class CorrectionAdmin(ReadOnly):
    list_display = ["run", "row", "column", "value"]
    ordering = ["-id"]


@admin.register(Effect)
class EffectAdmin(ReadOnly):
    """What each row did; the images of the records as they were are not shown."""

    list_display = ["run", "what", "row", "record_type", "record_id"]
    list_filter = ["what"]
    exclude = ["before"]
    ordering = ["-id"]


@admin.register(Mapping)
class MappingAdmin(ReadOnly):
    list_display = ["kind", "header_hash", "used_by", "used_at"]
    ordering = ["-id"]


@admin.register(ExternalKey)
class ExternalKeyAdmin(ReadOnly):
    list_display = ["key", "record_type", "record_id"]
    search_fields = ["key"]
    ordering = ["-id"]
