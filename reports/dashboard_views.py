"""Pages of dashboards, and what puts reports on them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.tables.view_actions import audiences_for
from kernel.writing import stated_version
from reports import dashboard_actions as actions
from reports.dashboard_models import LONGEST_QUERY
from reports.dashboards import all_drawn, drawn, home_of, may_change, named, of_person, offered
from reports.models import Dashboard, Tile


class DashboardForm(forms.Form):
    """Its name and its readers."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    audience = forms.ChoiceField(label=gettext_lazy("For"))

    def __init__(self, *args: Any, user: Any, dashboard: Dashboard | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        choices = dict(audiences_for(user))
        if dashboard is not None:
            choices.setdefault(dashboard.audience, dashboard.get_audience_display())
            self.initial = {"name": dashboard.name, "audience": dashboard.audience}
        fields["audience"].choices = list(choices.items())


class TileForm(forms.Form):
    """Which report goes on which dashboard."""

    dashboard = forms.ChoiceField(label=gettext_lazy("Dashboard"))
    slug = forms.ChoiceField(label=gettext_lazy("Report"))
    size = forms.ChoiceField(label=gettext_lazy("Size"), choices=Tile.Size.choices)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        self.own = {str(one.public_id): one for one in of_person(user) if may_change(user, one)}
        fields["dashboard"].choices = [(key, one.name) for key, one in self.own.items()]
        fields["slug"].choices = [(report.slug, report.title) for report in offered(user)]


def dashboard_of(request: HtmxRequest, public_id: UUID) -> Dashboard:
    """The dashboard, if it exists for this person."""
    return get_object_or_404(of_person(request.user), public_id=public_id)


def own_dashboard(request: HtmxRequest, public_id: UUID) -> Dashboard:
    """The same for who may change it; who only reads it is refused."""
    found = dashboard_of(request, public_id)
    if not may_change(request.user, found):
        raise PermissionDenied(_("This dashboard belongs to somebody else."))
    return found


def tile_of(dashboard: Dashboard, public_id: UUID) -> Tile:
    return get_object_or_404(dashboard.tiles.select_related("dashboard"), public_id=public_id)


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The dashboards there are for this person."""
    found = list(of_person(request.user).prefetch_related("tiles"))
    return page(request, "reports/dashboards/list.html", {"dashboards": found, "home": home_of(request.user)})


def new(request: HtmxRequest) -> HttpResponse:
    """Begin a dashboard."""
    form = DashboardForm(posted(request), user=request.user)
    if form.is_valid():
        made = attempt(form, lambda: actions.create_dashboard(by=request.user, **form.cleaned_data))
        if made:
            return redirect("reports:dashboard-edit", made.public_id)
    context = {"form": form, "dashboard": None}
    return page(request, "reports/dashboards/form.html", context, status=status_of(form))


@require_GET
def detail(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """The dashboard; its tiles read themselves one by one, or all at once with ``?whole=1``."""
    found = dashboard_of(request, public_id)
    whole = request.GET.get("whole") == "1"
    home = home_of(request.user)
    context = {
        "dashboard": found, "tiles": all_drawn(list(found.tiles.all()), request.user, now=whole), "whole": whole,
        "may_change": may_change(request.user, found), "is_home": home is not None and home.pk == found.pk,
    }  # fmt: skip
    return page(request, "reports/dashboards/detail.html", context)


@require_GET
def tile(request: HtmxRequest, public_id: UUID, tile_id: UUID) -> HttpResponse:
    """One tile, as the page asks for it; by itself it is a page of its own."""
    found = dashboard_of(request, public_id)
    one = drawn(tile_of(found, tile_id), request.user)
    return page(request, "reports/dashboards/tile.html", {"dashboard": found, "one": one}, part="tile")


def edit(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Its name, its readers, its tiles."""
    found = own_dashboard(request, public_id)
    form = DashboardForm(posted(request), user=request.user, dashboard=found)
    if form.is_valid():
        said, version = form.cleaned_data, stated_version(request.POST)
        change = actions.change_dashboard
        if attempt(form, lambda: change(found, by=request.user, version=version, **said)):
            messages.success(request, _("Saved."))
            return redirect("reports:dashboard-edit", found.public_id)
    context = {
        "form": form, "dashboard": found, "tiles": [named(one) for one in found.tiles.all()],
        "reports": offered(request.user), "sizes": Tile.Size.choices,
    }  # fmt: skip
    return page(request, "reports/dashboards/form.html", context, status=status_of(form))


@require_POST
def delete(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Forget it."""
    found = own_dashboard(request, public_id)
    actions.delete_dashboard(found, by=request.user)
    messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
    return redirect("reports:dashboards")


@require_POST
def add(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Put a report on it."""
    found, said = own_dashboard(request, public_id), request.POST
    actions.add_tile(
        found, by=request.user, slug=said.get("slug", ""), size=said.get("size", Tile.Size.SMALL)
    )
    return redirect("reports:dashboard-edit", found.public_id)


def put(request: HtmxRequest) -> HttpResponse:
    """From the page of a report: put it, with its filters, on a dashboard."""
    wanted = {"slug": request.GET.get("slug", ""), "query": request.GET.get("query", "")[:LONGEST_QUERY]}
    form = TileForm(posted(request), user=request.user, initial=wanted)
    if form.is_valid():
        said = dict(form.cleaned_data)
        found = form.own[said.pop("dashboard")]
        if attempt(form, lambda: actions.add_tile(found, by=request.user, **said)):
            messages.success(request, _("It is on %(name)s now.") % {"name": found.name})
            return redirect(found)
    return page(request, "reports/dashboards/put.html", {"form": form}, status=status_of(form))


@require_POST
def change_tile(request: HtmxRequest, public_id: UUID, tile_id: UUID) -> HttpResponse:
    """Move it up or down, make it small or wide, or take it away."""
    found = own_dashboard(request, public_id)
    one, do = tile_of(found, tile_id), request.POST.get("do", "")
    if do in ("up", "down"):
        actions.move_tile(one, by=request.user, up=do == "up")
    elif do == "remove":
        actions.remove_tile(one, by=request.user)
    else:
        actions.resize_tile(one, by=request.user, size=do)
    return redirect("reports:dashboard-edit", found.public_id)


@require_POST
def make_home(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Let one's day begin with it, or no more."""
    found = dashboard_of(request, public_id)
    if request.POST.get("home") == "no":
        actions.leave_home(by=request.user)
        messages.success(request, _("Your day begins as usual."))
    else:
        actions.make_home(found, by=request.user)
        messages.success(request, _("Your day begins with %(name)s.") % {"name": found.name})
    return redirect(found)
