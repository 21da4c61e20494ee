"""Pages of activities: fetch, call one action, show."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.forms import ActivityForm, CompleteForm, GiveForm, SnoozeForm
from activities.models import Activity
from activities.participants import guests
from activities.quick import read
from activities.selectors import seen_by
from activities.subjects import named, shown
from activities.tables import ActivityTable
from activities.when import later_moments
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import steps
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
        "participants": list(activity.participants.select_related("user", "contact").order_by("id")),
        "steps": steps(activity, request.user),
        "may_change": activity.status == Activity.Status.OPEN and may(request.user, "change", activity),
        "may_assign": activity.status == Activity.Status.OPEN and may(request.user, "assign", activity),
    }
    return page(request, "activities/detail.html", context)


def new(request: HtmxRequest) -> HttpResponse:
    """Plan or note something, about the record that the address names."""
    require(request.user, "add", Activity)
    about = named(request.GET.get("about", ""), request.user)
    form = ActivityForm(posted(request), initial=read_from(request))
    if form.is_valid():
        make = saying(
            request, lambda **values: actions.create_activity(by=request.user, regarding=about, **values)
        )
        made = attempt(form, lambda: make(**form.cleaned_data))
        if made:
            messages.success(request, _("Noted: %(what)s") % {"what": made.subject})
            tell_untold(request, made)
            return redirect(about or made)
    context = {"form": form, "about": about, "activity": None, "action": request.get_full_path()}
    return page(request, "activities/form.html", context, status=status_of(form))


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Plan it differently."""
    activity = activity_of(request, ref)
    require(request.user, "change", activity)
    form = ActivityForm(posted(request), instance=activity)
    if form.is_valid():

        def again() -> ActivityForm:
            return ActivityForm(instance=activity_of(request, ref))

        def change(record: Activity, **values: Any) -> Activity:
            return actions.change_activity(record, by=request.user, **values)

        if keep(request, form, again=again, change=saying(request, change)):
            messages.success(request, _("Saved: %(what)s") % {"what": form.cleaned_data["subject"]})
            return redirect(activity)
    context = {"form": form, "about": about_of(activity, request.user), "activity": activity, "action": ""}
    return page(request, "activities/form.html", context, status=status_of(form))


def complete(request: HtmxRequest, ref: str) -> HttpResponse:
    """It is done: what came of it, and what comes next."""
    activity = activity_of(request, ref)
    require(request.user, "complete", activity)
    about = about_of(activity, request.user)
    form = CompleteForm(posted(request), instance=activity_of(request, ref))
    if form.is_valid():
        version, results = stated_version(request.POST), form.results()
        done = actions.complete_activity(activity, by=request.user, version=version, **results)
        messages.success(request, _("Done: %(what)s") % {"what": done.subject})
        if following := form.cleaned_data["next_step"].strip():
            plan(request, following, about)
        return redirect(about or done)
    context = {"form": form, "activity": activity, "about": about}
    return page(request, "activities/complete.html", context, status=status_of(form))


def plan(request: HtmxRequest, text: str, about: Any) -> Activity:
    """The next step that a line of text says, and a word of how it was read."""
    found = read(text, now=timezone.localtime())
    planned = actions.create_activity(
        by=request.user, regarding=about, kind=found.kind, subject=found.subject, due_at=found.due_at,
        ends_at=found.ends_at, priority=found.priority,
    )  # fmt: skip
    messages.success(request, _("Next step: %(what)s") % {"what": planned.subject})
    return planned


def snooze(request: HtmxRequest, ref: str) -> HttpResponse:
    """Not now: one of the usual moments, or any other."""
    activity = activity_of(request, ref)
    require(request.user, "change", activity)
    moments = later_moments(timezone.localtime())
    form = SnoozeForm(posted(request), initial={"until": activity.due_at or timezone.now()})
    if form.is_valid():
        until, version = form.cleaned_data["until"], stated_version(request.POST)
        if attempt(
            form, lambda: actions.snooze_activity(activity, by=request.user, until=until, version=version)
        ):
            messages.success(request, _("Put off: %(what)s") % {"what": activity.subject})
            return redirect(about_of(activity, request.user) or activity)
    context = {"form": form, "activity": activity, "moments": moments}
    return page(request, "activities/snooze.html", context, status=status_of(form))


def assign(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give it to somebody."""
    activity = activity_of(request, ref)
    require(request.user, "assign", activity)
    form = GiveForm(posted(request), user=request.user, initial={"owner": activity.owner_id})
    if form.is_valid():
        version, owner = stated_version(request.POST), form.cleaned_data["owner"]
        if attempt(
            form, lambda: actions.assign_activity(activity, by=request.user, owner=owner, version=version)
        ):
            messages.success(request, _("Given to %(whom)s.") % {"whom": owner})
            return redirect(activity)
    return page(
        request, "activities/assign.html", {"form": form, "activity": activity}, status=status_of(form)
    )


@require_POST
def cancel(request: HtmxRequest, ref: str) -> HttpResponse:
    """It will not be done."""
    version = stated_version(request.POST)
    activity = actions.cancel_activity(activity_of(request, ref), by=request.user, version=version)
    messages.success(request, _("Canceled: %(what)s") % {"what": activity.subject})
    return redirect(about_of(activity, request.user) or activity)


@require_POST
def reopen(request: HtmxRequest, ref: str) -> HttpResponse:
    """It is to be done after all."""
    version = stated_version(request.POST)
    activity = actions.reopen_activity(activity_of(request, ref), by=request.user, version=version)
    messages.success(request, _("Open again: %(what)s") % {"what": activity.subject})
    return redirect(activity)


# --- parts ----------------------------------------------------------------------------------------------------


def activity_of(request: HtmxRequest, ref: str) -> Activity:
    wanted = Activity.objects.by_ref(ref).values("pk")
    found = seen_by(request.user).filter(pk__in=wanted).select_related("owner", "team", "regarding_type")
    activity: Activity = get_object_or_404(found)
    return activity


def about_of(activity: Activity, user: Any) -> Any:
    """The record an activity is about, if the reader may see it."""
    return shown(activity.regarding, user)


def saying(request: HtmxRequest, action: Callable[..., Activity]) -> Callable[..., Activity]:
    """The action, told who takes part instead of the text that names them."""

    def act(*args: Any, **values: Any) -> Activity:
        if "participants" in values:
            values["participants"] = guests(values["participants"], user=request.user)
        return action(*args, **values)

    return act


def read_from(request: HtmxRequest) -> dict[str, Any]:
    """What the address says of a new activity: a line of text as it was read, or the kind alone."""
    if text := request.GET.get("text", "").replace("\0", "")[:200].strip():
        found = read(text, now=timezone.localtime())
        return {
            "kind": found.kind, "subject": found.subject, "due_at": found.due_at, "ends_at": found.ends_at,
            "priority": found.priority,
        }  # fmt: skip
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in Activity.Kind.values else {}


def tell_untold(request: HtmxRequest, activity: Activity) -> None:
    """Say whom the text named in vain."""
    for one in activity.__dict__.get("untold", ()):
        messages.warning(request, _("%(who)s cannot see this and was not told.") % {"who": one})
