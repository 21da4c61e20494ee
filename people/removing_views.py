"""Deleting a record, and the bin from which it comes back."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kernel.errors import DomainError
from kernel.http import HtmxRequest, page
from kernel.models import RemovedRecord
from kernel.snapshots import below
from kernel.tables import Column, Table
from kernel.writing import stated_version
from people.access import may, require, visible
from people.removing import bin_of, purge_record, removable, remove_record, restore_record


class BinTable(Table):
    """What was deleted, the latest first."""

    title = gettext_lazy("Recycle bin")
    columns = (
        Column("title", gettext_lazy("Name"), main=True),
        Column("record_type", gettext_lazy("Kind"), source=lambda removed: kind_in_words(removed)),
        Column("removed_by", gettext_lazy("Deleted by")),
        Column("removed_at", gettext_lazy("Deleted"), kind="ago"),
    )
    default_order = "-id"
    searchable = False


def kind_in_words(removed: RemovedRecord) -> str:
    """What the record was, as people call it."""
    return str(apps.get_model(removed.record_type)._meta.verbose_name).capitalize()


def remove(request: HtmxRequest, kind: str, public_id: UUID) -> HttpResponse:
    """Delete a record after saying what goes with it."""
    record = record_of(request, kind, public_id)
    require(request.user, "delete", record)
    if request.method == "POST":
        removed = remove_record(record, by=request.user, version=stated_version(request.POST))
        undo = reverse("people:restore", args=[removed.public_id])
        text = _("%(this)s was deleted. It waits in the recycle bin.") % {"this": removed}
        messages.success(request, text, extra_tags=f"undo:{undo}")
        return redirect(list_of(record))
    return page(request, "removing/remove.html", {"record": record, "kind": kind, **what_goes(record)})


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """What was deleted and can come back."""
    found = BinTable.page(request, bin_of(request.user))
    return page(request, "removing/bin.html", {"removed": found})


@require_GET
def detail(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """What a deleted record was, and the way back."""
    removed = get_object_or_404(bin_of(request.user).defer(None), public_id=public_id)
    context = {
        "removed": removed,
        "kind": kind_in_words(removed),
        "rows": len(removed.rows["images"]) - 1,
        "may_purge": may(request.user, "purge", RemovedRecord),
    }
    return page(request, "removing/removed.html", context)


@require_POST
def restore(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Put a deleted record back."""
    removed = get_object_or_404(bin_of(request.user), public_id=public_id)
    record: Any = restore_record(removed, by=request.user)
    messages.success(request, _("%(this)s is back.") % {"this": record})
    return redirect(record)


def purge(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Delete a record for good."""
    removed = get_object_or_404(bin_of(request.user), public_id=public_id)
    require(request.user, "purge", RemovedRecord)
    if request.method == "POST":
        purge_record(removed, by=request.user)
        messages.success(request, _("%(this)s is gone for good.") % {"this": removed})
        return redirect("people:bin")
    return page(request, "removing/purge.html", {"removed": removed})


def what_goes(record: Any) -> dict[str, Any]:
    """What deleting takes along, and what stands in its way."""
    blockers = list(record.kept_because())
    try:
        rows, _cut = below(record)
    except DomainError as refusal:
        return {"blockers": [*blockers, *refusal.blockers], "along": {}}
    along: dict[str, int] = {}
    for row in rows[1:]:
        if row._meta.app_label != "duplicates":
            name = str(row._meta.verbose_name_plural)
            along[name] = along.get(name, 0) + 1
    return {"blockers": blockers, "along": along}


def list_of(record: Any) -> str:
    """The list that the record stood in."""
    return str(record.get_absolute_url()).rstrip("/").rpartition("/")[0] + "/"


def record_of(request: HtmxRequest, kind: str, public_id: UUID) -> Any:
    model = removable().get(kind)
    if model is None:
        raise Http404
    return get_object_or_404(visible(request.user, model.objects.all()), public_id=public_id)
