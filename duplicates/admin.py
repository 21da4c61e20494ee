"""Duplicates in the back office: to look at; they are decided on their own pages."""

from django.contrib import admin

from duplicates.models import (
    DuplicatePair,
    DuplicateRule,
    KeyState,
    MatchKey,
    Merge,
    MergedRecord,
    MovedLink,
)
from kernel.admin import ReadOnly


@admin.register(DuplicateRule)
class DuplicateRuleAdmin(ReadOnly):
    list_display = ["name", "record_type", "against", "threshold", "response", "is_active"]
    ordering = ["-id"]


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnly):
    list_display = ["record_type", "first_id", "second_id", "score", "status", "found_at", "decided_by"]
    list_filter = ["status"]
    ordering = ["-id"]


@admin.register(Merge)
class MergeAdmin(ReadOnly):
    """The images are not shown: they hold fields that are reserved to some roles."""

    list_display = ["at", "record_type", "survivor_ref", "survivor_label", "by", "undone_at"]
    exclude = ["before", "changes"]
    ordering = ["-id"]


@admin.register(MergedRecord)
class MergedRecordAdmin(ReadOnly):
    list_display = ["merge", "record_type", "ref", "label"]
    search_fields = ["ref"]
    exclude = ["image"]
    ordering = ["-id"]


@admin.register(MovedLink)
class MovedLinkAdmin(ReadOnly):
    list_display = ["merge", "model", "row_id", "column", "was", "now"]
    exclude = ["image"]
    ordering = ["-id"]


@admin.register(MatchKey)
class MatchKeyAdmin(ReadOnly):
    """What records are found by: derived from them, and written whenever they are."""

    list_display = ["record_type", "record_id", "kind", "value"]
    list_filter = ["kind"]
    ordering = ["-id"]


@admin.register(KeyState)
class KeyStateAdmin(ReadOnly):
    list_display = ["record_type", "recipe", "reached_id", "is_complete"]
    ordering = ["record_type"]
