"""Pages that read across the chain."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalog.valuing import rates_at
from kernel.http import HtmxRequest, page
from people.models import Role
from reports.dashboards import home_of
from reports.figures import figures, people, stages, unrated
from reports.work import OVERSEERS, split, work_of


def home(request: HtmxRequest) -> HttpResponse:
    """Where the day begins: the dashboard somebody chose, one's work, one's team, or how things stand."""
    if (chosen := home_of(request.user)) is not None:
        return redirect(chosen)
    if request.user.role == Role.SALESPERSON:
        return redirect("reports:my-day")
    if request.user.role == Role.SALES_MANAGER:
        return redirect("reports:team")
    return overview(request)


def overview(request: HtmxRequest) -> HttpResponse:
    """What waits, how it stands, and for managers how the team stands."""
    user = request.user
    rates = rates_at(timezone.localdate())
    told, rows = figures(user, rates), stages(user, rates)
    context = {
        "figures": told,
        "work": split(work_of(user))[0],
        "stages": rows,
        "people": people(user, rates) if user.role in OVERSEERS else [],
        "base": rates.base,
        "unrated": unrated(told),
    }
    return page(request, "reports/home.html", context)
