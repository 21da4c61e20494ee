"""My day: one ordered list of work, done, put off and planned on without leaving it."""

import datetime as dt
import logging
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.models import Activity
from activities.planner import clock, weekday
from activities.quick import read
from activities.selectors import mine
from activities.subjects import key_of, named, shown
from activities.views import activity_of
from activities.when import later_moments
from catalog.models import Currency
from forecasts.progress import progress
from kernel.errors import DomainError
from kernel.http import HtmxRequest, page
from kernel.writing import stated_version
from people.access import may, require
from reports.work import count_without_step, end_of_today, split, work_of

MOST_FOLDED = 50
logger = logging.getLogger(__name__)


@require_GET
def my_day(request: HtmxRequest) -> HttpResponse:
    """What waits for this person, most urgent first, each with its reason."""
    user = request.user
    rows, old = split(work_of(user))
    asked = named(request.GET.get("next", ""), user)
    context = {
        "rows": rows, "old": old, "late": sum(row.urgency == "late" for row in rows) + len(old),
        "today": timezone.localdate(), "weekday": weekday, "clock": clock, "done": done_today(user),
        "tomorrow": due_tomorrow(user), "moments": later_moments(timezone.localtime()),
        "without_step": count_without_step(user) if not rows else 0, "asked": asked,
        "asked_key": key_of(asked) if asked is not None else "", "may_add": may(user, "add", Activity),
        "strip": [row.activity for row in rows if row.activity and row.activity.kind in ("appointment", "call")],
    }  # fmt: skip
    return page(request, "reports/my_day.html", context)


@require_GET
def quota(request: HtmxRequest) -> HttpResponse:
    """How far this person is in the quarter; read apart, so that work never waits for it."""
    try:
        made, failed = progress(request.user), False
    except Exception:
        # The day's work does not depend on the quota: it can be asked for again.
        logger.exception("The quota of %s cannot be told", request.user.pk)
        made, failed = None, True
    base = Currency.objects.filter(is_base=True).values_list("code", flat=True).first() or ""
    context = {"progress": made, "failed": failed, "base": base}
    return page(request, "reports/quota.html", context, part="quota")


def done_today(user: Any) -> list[Activity]:
    """What was finished since midnight."""
    begin = end_of_today() - dt.timedelta(days=1)
    rows = Activity.objects.filter(owner=user, status=Activity.Status.COMPLETED, done_at__gte=begin)
    return list(rows.exclude(kind=Activity.Kind.NOTE).order_by("-done_at")[:MOST_FOLDED])


def due_tomorrow(user: Any) -> list[Activity]:
    """What comes tomorrow."""
    begin = end_of_today()
    rows: QuerySet[Activity] = mine(user).filter(status=Activity.Status.OPEN, due_at__gte=begin)
    return list(rows.filter(due_at__lt=begin + dt.timedelta(days=1)).order_by("due_at")[:MOST_FOLDED])


@require_POST
def done(request: HtmxRequest, ref: str) -> HttpResponse:
    """It is done; what comes next is asked in the same place."""
    activity = activity_of(request, ref)
    finished = actions.complete_activity(activity, by=request.user, version=stated_version(request.POST))
    about = shown(finished.regarding, request.user)
    if not request.htmx:
        messages.success(request, _("Done: %(what)s") % {"what": finished.subject})
        return redirect(f"{reverse('reports:my-day')}?next={key_of(about) if about else ''}")
    context = {"finished": finished, "about": about, "about_key": key_of(about) if about else ""}
    return page(request, "reports/my_day_row.html", context, part="row")


@require_POST
def plan(request: HtmxRequest) -> HttpResponse:
    """The next step, as a line of text and a moment."""
    require(request.user, "add", Activity)
    about = named(request.POST.get("about", ""), request.user)
    text = " ".join(
        f"{request.POST.get('text', '')} {request.POST.get('when', '')}".replace("\0", "").split()
    )[:240]
    if not request.POST.get("text", "").strip():
        raise DomainError(_("Say what is to be done."), code="no_subject", field="text")
    found = read(text, now=timezone.localtime())
    planned = actions.create_activity(
        by=request.user, regarding=about, kind=found.kind, subject=found.subject[:200], due_at=found.due_at,
        ends_at=found.ends_at, priority=found.priority,
    )  # fmt: skip
    if request.htmx:
        context = {"planned": planned, "about": about}
        return page(request, "reports/my_day_row.html", context, part="row")
    messages.success(request, _("Next step: %(what)s") % {"what": planned.subject})
    return redirect("reports:my-day")


@require_POST
def snooze(request: HtmxRequest) -> HttpResponse:
    """Not now: an activity is put off, any other record is left out of the list until then."""
    until = moment_of(request.POST.get("until", ""))
    if ref := request.POST.get("activity", ""):
        what: Any = activity_of(request, ref)
        actions.snooze_activity(what, by=request.user, until=until, version=stated_version(request.POST))
    else:
        what = named(request.POST.get("about", "-"), request.user)
        actions.put_off(what, by=request.user, until=until)
    if request.htmx:
        return page(request, "reports/my_day_row.html", {"away": what, "until": until}, part="row")
    messages.success(request, _("Put off: %(what)s") % {"what": what})
    return redirect("reports:my-day")


def moment_of(text: str) -> dt.datetime:
    """The moment that the form says, in the reader's own time zone."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise DomainError(_("Choose until when."), code="no_moment", field="until")
    return timezone.make_aware(found) if timezone.is_naive(found) else found
