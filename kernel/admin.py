"""What every page of the back office shares: bounded lists, no select over a whole table, machines' rows read-only."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel.errors import DomainError
from kernel.models import (
    HistoryEntry,
    IdempotencyRecord,
    Job,
    NumberSeries,
    OutgoingMail,
    SavedView,
    StoredFile,
    ViewChoice,
)

MOST_ROWS_AT_ONCE = 200


class CappedPaginator(Paginator[Any]):
    """Counts no further than a list is ever paged, however long the table is."""

    LIMIT = 1000

    @cached_property
    def counted(self) -> int:
        return int(self.object_list.order_by().values("pk")[: self.LIMIT + 1].count())  # type: ignore[attr-defined]

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.LIMIT)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than the pages show; searching finds those."""
        return self.counted > self.LIMIT


class BackOffice(admin.ModelAdmin[Any]):
    """The manners of every list and form here, whatever the size of its table."""

    is_small: ClassVar[bool] = False  # a table that fits into a select

    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    paginator = CappedPaginator
    search_help_text = ""

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Every reference to a table that may grow is searched for, not chosen from a list of all rows."""
        fields: list[Any] = [*self.references(), *self.opts.many_to_many]
        return [field.name for field in fields if field.editable and not self.fits_in_select(field)]

    def references(self) -> list[models.ForeignKey[Any, Any]]:
        return [field for field in self.opts.concrete_fields if isinstance(field, models.ForeignKey)]

    def fits_in_select(self, field: models.ForeignKey[Any, Any] | models.ManyToManyField[Any, Any]) -> bool:
        target = self.admin_site._registry.get(field.related_model)
        return target is None or getattr(target, "is_small", False)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """What the columns of the list name comes with its rows."""
        shown = set(self.get_list_display(request)) | set(self.list_select_related or ())  # type: ignore[arg-type]
        references = {field.name for field in self.references()} & shown
        return sorted(references | {name for name in shown if "__" in str(name)}) or None

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """A long table is sorted by what is indexed, a small one by anything."""
        columns = self.get_list_display(request)
        if self.is_small:
            return columns
        by_name: dict[str, Any] = {field.name: field for field in self.opts.concrete_fields}
        return [c for c in columns if (field := by_name.get(str(c))) and (field.unique or field.db_index)]


class ReadOnly(BackOffice):
    """What the system writes for itself: to be looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def for_each(name: str, label: Any, act: Callable[..., Any], **details: Any) -> Callable[..., None]:
    """An admin action that calls a business action for each chosen row, one transaction and one answer a row."""

    @admin.action(description=label)
    def run(modeladmin: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        rows = list(queryset[: MOST_ROWS_AT_ONCE + 1])
        done = 0
        for row in rows[:MOST_ROWS_AT_ONCE]:
            try:
                act(row, by=request.user, **details)
            except (DomainError, PermissionDenied) as refusal:
                messages.warning(request, told(row, refusal))
            else:
                done += 1
        if done:
            messages.success(request, ngettext("%s row: %s.", "%s rows: %s.", done) % (done, label))
        if len(rows) > MOST_ROWS_AT_ONCE:
            messages.warning(
                request, _("At most %s rows at once; the others are as they were.") % MOST_ROWS_AT_ONCE
            )

    run.__name__ = name
    return run


def told(row: Any, refusal: Exception) -> str:
    """The refusal with the name of its row, once."""
    text = str(refusal)
    return text if text.startswith(str(row)) else f"{row}: {text}"


@admin.register(HistoryEntry)
class HistoryEntryAdmin(ReadOnly):
    list_display = ["at", "record_type", "record_id", "verb", "actor", "from_status", "to_status", "note"]
    list_filter = ["verb"]
    search_fields = ["record_id"]
    ordering = ["-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the key of the record, or by 'orders.order 17'."""
        kind, _space, key = search_term.rpartition(" ")
        if not key.isdecimal() or len(key) > 18:
            return (queryset.none() if search_term else queryset), False
        found = queryset.filter(record_id=int(key))
        return (found.filter(record_type=kind.strip().lower()) if kind else found), False


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnly):
    list_display = ["kind", "year", "pattern", "last"]
    ordering = ["-year", "kind"]


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnly):
    """The answers themselves are not shown: they hold whatever was asked for."""

    list_display = ["created_at", "user", "key", "status"]
    search_fields = ["key"]
    exclude = ["body", "headers"]
    ordering = ["-id"]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly):
    """The texts are not shown: they hold what was meant for the customer, links included."""

    list_display = ["created_at", "record_ref", "to", "subject", "state", "attempts", "last_error"]
    list_filter = ["state"]
    search_fields = ["record_ref", "to"]
    exclude = ["body", "lease_token"]
    ordering = ["-id"]


@admin.register(Job)
class JobAdmin(ReadOnly):
    """How far long work is; what it was asked with, and what it found, stands on its own page."""

    list_display = ["created_at", "kind", "title", "asked_by", "state", "done", "total", "ended_at"]
    list_filter = ["state", "kind"]
    search_fields = ["title"]
    exclude = ["arguments", "position", "problems", "lease_token"]
    ordering = ["-id"]


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnly):
    """Which files are kept; the bytes are fetched from the page of the record that they belong to."""

    list_display = ["created_at", "name", "media_type", "size", "purpose", "kept_by", "expires_at"]
    list_filter = ["purpose"]
    search_fields = ["name"]
    exclude = ["content"]
    ordering = ["-id"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnly):
    """Who keeps which view of a list; what it looks for is its owner's business."""

    list_display = ["name", "table", "audience", "owner", "team", "updated_at"]
    list_filter = ["audience"]
    search_fields = ["name"]
    exclude = ["query", "columns"]
    ordering = ["-id"]


@admin.register(ViewChoice)
class ViewChoiceAdmin(ReadOnly):
    list_display = ["user", "view", "table", "is_pinned", "is_default"]
    ordering = ["-id"]
