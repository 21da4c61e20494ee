"""Pages of activities: fetch, call one action, show."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.forms import ActivityForm
from activities.models import Activity
from activities.selectors import timeline
from activities.tables import ActivityTable
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import steps
from kernel.models import Owned, Record
from kernel.writing import stated_version
from people.access import may, require, visible


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The activities one may see."""
    found = ActivityTable.page(request, visible(request.user, Activity.objects.all()))
    context = {"activities": found, "may_add": may(request.user, "add", Activity)}
    return page(request, "activities/list.html", context)


@require_GET
def detail(request: HtmxRequest, ref: str) -> HttpResponse:
    """One activity and what it is about."""
    activity = activity_of(request, ref)
    context = {
        "activity": activity,
        "about": about_of(activity, request.user),
        "steps": steps(activity, request.user),
        "entries": timeline(activity),
    }
    return page(request, "activities/detail.html", context)


def new(request: HtmxRequest) -> HttpResponse:
    """Plan or note something, about the record that the address names."""
    require(request.user, "add", Activity)
    about = named(request.GET.get("about", ""), request.user)
    form = ActivityForm(posted(request))
    if form.is_valid():
        values = form.cleaned_data
        made = attempt(form, lambda: actions.create_activity(by=request.user, regarding=about, **values))
        if made:
            messages.success(request, _("Noted: %(what)s") % {"what": made.subject})
            return redirect(about or made)
    context = {"form": form, "about": about, "action": request.get_full_path()}
    return page(request, "activities/form.html", context, status=status_of(form))


@require_POST
def complete(request: HtmxRequest, ref: str) -> HttpResponse:
    """It is done."""
    version = stated_version(request.POST)
    activity = actions.complete_activity(activity_of(request, ref), by=request.user, version=version)
    messages.success(request, _("Done: %(what)s") % {"what": activity.subject})
    return redirect(about_of(activity, request.user) or activity)


@require_POST
def cancel(request: HtmxRequest, ref: str) -> HttpResponse:
    """It will not be done."""
    version = stated_version(request.POST)
    activity = actions.cancel_activity(activity_of(request, ref), by=request.user, version=version)
    messages.success(request, _("Canceled: %(what)s") % {"what": activity.subject})
    return redirect(about_of(activity, request.user) or activity)


def activity_of(request: HtmxRequest, ref: str) -> Activity:
    found = visible(request.user, Activity.objects.by_ref(ref)).select_related(
        "owner", "team", "regarding_type"
    )
    activity: Activity = get_object_or_404(found)
    return activity


def about_of(activity: Activity, user: Any) -> Any:
    """The record an activity is about, if the reader may see it."""
    record = activity.regarding
    return record if record is not None and may(user, "view", record) else None


def named(text: str, user: Any) -> Any:
    """The record that ``leads.lead:LEA-2026-00001`` names; 404 for what is not there or not for this person."""
    if not text:
        return None
    label, _separator, ref = text.partition(":")
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    if not (issubclass(model, Record) and issubclass(model, Owned)):
        raise Http404
    return get_object_or_404(visible(user, model.objects.by_ref(ref)))
