"""Pages of what is sent regularly."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel import history
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.writing import stated_version
from reports import subscription_actions as actions
from reports.models import Subscription
from reports.subscription_forms import SubscriptionForm
from reports.subscription_models import LONGEST_QUERY
from reports.subscriptions import may_change, named_by, of_person, rhythm_of, subject_of


def subscription_of(request: HtmxRequest, public_id: UUID) -> Subscription:
    """The subscription, if it exists for this person."""
    return get_object_or_404(of_person(request.user), public_id=public_id)


def own_subscription(request: HtmxRequest, public_id: UUID) -> Subscription:
    """The same for who may change it; who only gets it is refused."""
    found = subscription_of(request, public_id)
    if not may_change(request.user, found):
        raise PermissionDenied(_("This subscription belongs to somebody else."))
    return found


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """What this person has sent, and what they get."""
    found = list(of_person(request.user).prefetch_related("recipients__user"))
    rows = [(one, subject_of(one), rhythm_of(one), place_in(one, request.user)) for one in found]
    mine = [row for row in rows if may_change(request.user, row[0])]
    others = [row for row in rows if not may_change(request.user, row[0])]
    return page(request, "reports/subscriptions/list.html", {"mine": mine, "others": others})


def place_in(subscription: Subscription, user: object) -> object:
    """The person's own place among the recipients, if they have one."""
    return next((one for one in subscription.recipients.all() if one.user == user), None)


def new(request: HtmxRequest) -> HttpResponse:
    """Have something sent; ``?about=report:slug&query=…`` comes from the page of a report."""
    about = request.GET.get("about", "")[:80]
    query = request.GET.get("query", "").replace("\0", "")[:LONGEST_QUERY]
    form = SubscriptionForm(
        posted(request), instance=Subscription(owner=request.user), user=request.user, subject=about,
        initial={"query": query, "name": name_for(about, request.user)},
    )  # fmt: skip
    if form.is_valid():
        values = form.wanted()
        made = attempt(form, lambda: actions.create_subscription(by=request.user, **values))
        if made:
            messages.success(request, _("%(name)s is sent from now on.") % {"name": made.name})
            return redirect(made)
    context = {"form": form, "subscription": None}
    return page(request, "reports/subscriptions/form.html", context, status=status_of(form))


def name_for(about: str, user: object) -> str:
    """What a new one is called unless somebody says otherwise."""
    found = named_by(about, user) if about else None
    return subject_of(Subscription(**found)) if found else ""


@require_GET
def detail(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """One subscription: what, when, to whom, and what became of it."""
    found = subscription_of(request, public_id)
    context = {
        "subscription": found, "subject": subject_of(found), "rhythm": rhythm_of(found), "link": link_of(found),
        "may_change": may_change(request.user, found), "place": place_in(found, request.user),
        "recipients": found.recipients.select_related("user").order_by("user__first_name", "user__last_name"),
        "entries": history.of(found)[:20],
    }  # fmt: skip
    return page(request, "reports/subscriptions/detail.html", context)


def link_of(subscription: Subscription) -> str:
    """The page that it is a print of; empty where that is gone."""
    asked = f"?{subscription.query}" if subscription.query else ""
    if subscription.about == Subscription.About.VIEW:
        view = subscription.view
        return url("lists:open", view.table, view.public_id) if view is not None else ""
    if subscription.about == Subscription.About.FORECAST:
        return url("forecasts:forecast") + asked
    return url("reports:report", subscription.slug) + asked


def edit(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Change what is sent, when and to whom."""
    found = own_subscription(request, public_id)
    form = SubscriptionForm(posted(request), instance=found, user=found.owner)
    if form.is_valid():
        values, version = form.wanted(), stated_version(request.POST)
        change = actions.change_subscription
        kept = attempt(form, lambda: change(found, by=request.user, version=version, **values))
        if kept:
            messages.success(request, _("Saved."))
            return redirect(kept)
    context = {"form": form, "subscription": found}
    return page(request, "reports/subscriptions/form.html", context, status=status_of(form))


@require_POST
def pause(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Send it no more for now."""
    found = actions.pause_subscription(own_subscription(request, public_id), by=request.user)
    messages.success(request, _("%(name)s is not sent any more until you resume it.") % {"name": found.name})
    return redirect(found)


@require_POST
def resume(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Send it again."""
    found = actions.resume_subscription(own_subscription(request, public_id), by=request.user)
    messages.success(request, _("%(name)s is sent again.") % {"name": found.name})
    return redirect(found)


@require_POST
def send_now(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Send it at once."""
    found = own_subscription(request, public_id)
    actions.send_subscription_now(found, by=request.user)
    messages.success(request, _("%(name)s is being made and sent.") % {"name": found.name})
    return redirect(found)


@require_POST
def delete(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Never send it again."""
    found = own_subscription(request, public_id)
    actions.delete_subscription(found, by=request.user)
    messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
    return redirect("reports:subscriptions")


def leave(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """The way out that stands in every e-mail: asked once, then done."""
    found = subscription_of(request, public_id)
    if request.method == "POST":
        actions.unsubscribe(found, by=request.user)
        messages.success(request, _("You do not get %(name)s any more.") % {"name": found.name})
        return redirect("reports:subscriptions")
    context = {"subscription": found, "place": place_in(found, request.user)}
    return page(request, "reports/subscriptions/leave.html", context)


@require_POST
def join(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Get it again after all."""
    found = subscription_of(request, public_id)
    actions.subscribe_again(found, by=request.user)
    messages.success(request, _("You get %(name)s again.") % {"name": found.name})
    return redirect("reports:subscriptions")
