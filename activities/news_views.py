"""The bell: what one is told, what one has seen, and how one wants to be told."""

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.forms import NewsForm
from activities.models import Notification, NotificationSetting
from activities.selectors import readable, unread
from activities.story.sources import address_of
from activities.story_views import story_url
from kernel.forms import posted, status_of
from kernel.http import HtmxRequest, page
from kernel.models import Record
from kernel.writing import whole_number

PAGE = 50


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """What one is told, the newest first; news of records that are out of sight by now is left out."""
    rows = Notification.objects.filter(user=request.user, in_bell=True).select_related("by")
    if before := whole_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    if only := request.GET.get("unread"):
        rows = rows.filter(read_at__isnull=True)
    found = list(rows.order_by("-id")[: PAGE + 1])
    context = {
        "news": readable(found[:PAGE], request.user), "older": found[PAGE - 1].pk if len(found) > PAGE else 0,
        "only_unread": bool(only), "waiting": unread(request.user).count(),
    }  # fmt: skip
    return page(request, "activities/notifications.html", context)


@require_GET
def count(request: HtmxRequest) -> HttpResponse:
    """How many wait, for the bell that asks every minute; nothing new is a 304."""
    found = unread(request.user).aggregate(newest=Max("at"))
    waiting = unread(request.user)[:100].count() if found["newest"] else 0
    etag = f'"{waiting}-{found["newest"].timestamp() if found["newest"] else 0}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    words = ngettext("%(n)s notification", "%(n)s notifications", waiting) % {"n": waiting}
    shown = "99+" if waiting > 99 else str(waiting)
    return JsonResponse({"count": waiting, "shown": shown if waiting else "", "text": words}, headers=headers)


@require_GET
def go(request: HtmxRequest, public_id: Any) -> HttpResponse:
    """To what it is about; it has been seen then."""
    one = own(request, public_id)
    actions.read_notification(one, by=request.user)
    found = readable([one], request.user)
    record = found[0].__dict__.get("shown") if found else None
    if record is None:
        messages.info(request, _("It is not there any more, or no longer yours to see."))
        return redirect("activities:notifications")
    return redirect(address(record, one.anchor))


def address(record: Any, anchor: str) -> str:
    """Where the record is shown, at the place that is meant."""
    where = address_of(record) or (story_url(record) if isinstance(record, Record) else "/")
    return f"{where}#{anchor}" if anchor else where


@require_POST
def read(request: HtmxRequest, public_id: Any) -> HttpResponse:
    """One has been seen."""
    actions.read_notification(own(request, public_id), by=request.user)
    return redirect("activities:notifications")


@require_POST
def read_all(request: HtmxRequest) -> HttpResponse:
    """Everything has been seen."""
    actions.read_all(by=request.user)
    return redirect("activities:notifications")


def settings(request: HtmxRequest) -> HttpResponse:
    """In the bell, by e-mail, or not at all: for each kind of news."""
    said = {one.kind: one for one in NotificationSetting.objects.filter(user=request.user)}
    initial: dict[str, Any] = {}
    for kind in Notification.Kind.values:
        one = said.get(kind) or NotificationSetting()
        initial |= {f"bell_{kind}": one.bell, f"mail_{kind}": one.mail}
    form = NewsForm(posted(request), initial=initial)
    if form.is_valid():
        actions.choose_news(by=request.user, ways=form.ways())
        messages.success(request, _("Saved."))
        return redirect("activities:notifications")
    context = {"form": form, "kinds": Notification.Kind.choices}
    return page(request, "activities/notification_settings.html", context, status=status_of(form))


def own(request: HtmxRequest, public_id: Any) -> Notification:
    found: Notification = get_object_or_404(Notification, user=request.user, public_id=public_id)
    return found
