"""Files of a record: brought, taken away, taken off, put back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.models import Attachment
from activities.selectors import attached_to
from activities.story.sources import address_of
from activities.story_views import story_url
from activities.subjects import key_of, named
from activities.uploads import ENDINGS, most_bytes
from kernel.errors import DomainError
from kernel.files import as_download
from kernel.http import HtmxRequest, page
from kernel.models import RemovedRecord
from people.access import may

LABEL = Attachment._meta.label_lower


def attach(request: HtmxRequest, about: str) -> HttpResponse:
    """The files of a record, and the way to bring more: by a form, or dropped onto the timeline."""
    record = named(about, request.user)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            made = actions.attach_files(record, request.FILES.getlist("files"), by=request.user)
        except DomainError as refused:
            if request.headers.get("X-Drop"):
                return JsonResponse({"error": str(refused)}, status=422)
            refusal = refused
        else:
            words = ngettext("%(n)s file attached.", "%(n)s files attached.", len(made)) % {"n": len(made)}
            messages.success(request, words)
            return redirect(address_of(record) or story_url(record))
    context = {
        "record": record, "key": key_of(record), "files": attached_to(record), "refusal": refusal,
        "may_change": may(request.user, "change", record), "accept": ",".join(f".{one}" for one in ENDINGS),
        "most": most_bytes(), "kinds": ", ".join(ENDINGS),
    }  # fmt: skip
    return page(request, "activities/files.html", context, status=422 if refusal else 200)


@require_GET
def download(request: HtmxRequest, public_id: Any) -> HttpResponseBase:
    """The file, to be saved and never shown."""
    attachment = attachment_of(request, public_id)
    try:
        return as_download(attachment.file)
    except FileNotFoundError:
        raise Http404 from None


@require_POST
def remove(request: HtmxRequest, public_id: Any) -> HttpResponse:
    """Take a file off its record, with the way back."""
    attachment = attachment_of(request, public_id)
    record = attachment.record
    removed = actions.remove_attachment(attachment, by=request.user)
    undo = reverse("activities:attachment-restore", args=[removed.public_id])
    text = _("%(name)s was taken off.") % {"name": attachment.name}
    messages.success(request, text, extra_tags=f"undo:{undo}")
    return redirect(address_of(record) or story_url(record))


@require_POST
def restore(request: HtmxRequest, public_id: Any) -> HttpResponse:
    """Put a file back."""
    removed = get_object_or_404(RemovedRecord, public_id=public_id, record_type=LABEL)
    record = record_of(removed)
    if record is None:
        raise Http404
    named(key_of(record), request.user)
    actions.restore_attachment(removed, by=request.user)
    messages.success(request, _("%(name)s is back.") % {"name": removed.title})
    return redirect(address_of(record) or story_url(record))


def attachment_of(request: HtmxRequest, public_id: Any) -> Attachment:
    """The file, if its record exists for this person."""
    rows = Attachment.objects.select_related("file", "record_type")
    attachment: Attachment = get_object_or_404(rows, public_id=public_id)
    record = attachment.record
    if record is None:
        raise Http404
    named(key_of(record), request.user)
    return attachment


def record_of(removed: RemovedRecord) -> Any:
    """The record that a removed file hung on, if there still is one."""
    columns = removed.rows["images"][0]["columns"]
    return Attachment(
        record_type_id=int(columns["record_type_id"]), record_id=int(columns["record_id"])
    ).record
