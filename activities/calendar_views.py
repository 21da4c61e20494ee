"""The calendar on pages, and as calendar programs read it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from activities import actions, ical
from activities.models import Activity, CalendarFeed
from activities.planner import MODES, WORDS, hours_of, stretch
from activities.selectors import mine
from activities.views import activity_of
from kernel.errors import DomainError
from kernel.http import HtmxRequest, page
from people.access import may, require, visible

BACK, AHEAD, MOST = dt.timedelta(days=90), dt.timedelta(days=400), 2000
ASKED_A_MINUTE = 30


@require_GET
def calendar(request: HtmxRequest) -> HttpResponse:
    """One's own days, or with ``whose=team`` those of everybody whose activities one may see."""
    mode = request.GET.get("mode", "")
    mode = mode if mode in MODES else MODES[0]
    day = day_of(request.GET.get("day", "")) or timezone.localdate()
    everybody = request.GET.get("whose") == "team"
    rows = visible(request.user, Activity.objects.all()) if everybody else mine(request.user)
    shown = stretch(rows.exclude(kind=Activity.Kind.NOTE), mode=mode, day=day)
    context = {
        "shown": shown, "mode": mode, "day": day, "today": timezone.localdate(), "whose": "team" if everybody else "",
        "hours": hours_of(shown.days[0]) if mode == "day" else [], "may_add": may(request.user, "add", Activity),
        **WORDS,
    }  # fmt: skip
    return page(request, "activities/calendar.html", context, part="calendar")


def day_of(text: str) -> dt.date | None:
    """The day that an address names, if calendars reach that far."""
    try:
        day = parse_date(text[:10])
    except ValueError:
        return None
    return day if day and 1990 <= day.year <= 2200 else None


# --- for calendar programs -------------------------------------------------------------------------------------


def feed_page(request: HtmxRequest) -> HttpResponse:
    """The address for calendar programs: made here, shown once, taken back here."""
    address = ""
    if request.method == "POST":
        if request.POST.get("close"):
            actions.close_feed(by=request.user)
            messages.success(request, _("The address leads nowhere any more."))
            return redirect("activities:feed")
        token = actions.open_feed(by=request.user)
        address = f"{settings.SITE_URL}{reverse('activities:ical', args=[token])}"
    has_feed = CalendarFeed.objects.filter(user=request.user).exists()
    response = page(request, "activities/feed.html", {"address": address, "has_feed": has_feed})
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's calendar for whoever has the address; it is only read."""
    found = CalendarFeed.objects.select_related("user").filter(digest=CalendarFeed.digest_of(token)).first()
    if found is None or not found.user.is_active:
        raise Http404
    if too_often(found):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    now = timezone.now()
    rows = (
        mine(found.user)
        .exclude(kind=Activity.Kind.NOTE)
        .filter(due_at__gte=now - BACK, due_at__lte=now + AHEAD)
    )
    keys = list(rows.order_by("due_at", "id").only("pk", "version")[:MOST])
    etag = ical.fingerprint(keys)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    whole = Activity.objects.filter(pk__in=[one.pk for one in keys]).order_by("due_at", "id")
    body = ical.calendar(with_people(whole), name=f"Salesops: {found.user}", now=now)
    return HttpResponse(body, content_type=ical.TYPE, headers=headers)


def too_often(found: CalendarFeed) -> bool:
    """More than calendar programs need; counted by the feed and the minute."""
    key = f"calendar-feed:{found.digest}:{timezone.now():%H%M}"
    cache.add(key, 0, timeout=90)
    return bool(cache.incr(key) > ASKED_A_MINUTE)


@require_GET
def ics(request: HtmxRequest, ref: str) -> HttpResponse:
    """One activity as a file for any calendar."""
    activity = activity_of(request, ref)
    if activity.due_at is None:
        raise DomainError(_("It has no date yet."), code="no_date")
    (whole,) = with_people(Activity.objects.filter(pk=activity.pk))
    body = ical.calendar([whole], name=whole.subject, now=timezone.now())
    name = f"{slugify(whole.subject)[:60] or 'appointment'}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=ical.TYPE, headers=headers)


def with_people(rows: Any) -> Any:
    """The activities with who takes part, in three queries."""
    return rows.prefetch_related("participants__user", "participants__contact")


@require_POST
def move(request: HtmxRequest, ref: str) -> HttpResponse:
    """To another day, at the same time of day: from the menu of the list."""
    activity = activity_of(request, ref)
    require(request.user, "change", activity)
    day = day_of(request.POST.get("day", ""))
    if day is None:
        raise DomainError(_("Choose a day."), code="no_day", field="day")
    due = timezone.localtime(activity.due_at) if activity.due_at else None
    time = due.time() if due else dt.time(17)
    until = dt.datetime.combine(day, time, timezone.get_current_timezone())
    values: dict[str, Any] = {"due_at": until}
    if activity.ends_at and activity.due_at:
        values["ends_at"] = activity.ends_at + (until - activity.due_at)
    actions.change_activity(activity, by=request.user, **values)
    messages.success(request, _("Moved: %(what)s") % {"what": activity.subject})
    back = request.POST.get("back", "")
    return redirect(back if back in BACKS else "activities:list")


BACKS = ("activities:list", "activities:calendar")
