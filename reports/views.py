"""Pages that read across the chain."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalog.valuing import rates_at
from kernel.http import HtmxRequest, page
from people.models import Role
from reports.dashboards import home_of
from reports.figures import figures, open_sums, people, stages, unrated
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
    sums = open_sums(user, rates)
    told, rows = figures(user, sums), stages(user, sums)
    context = {
        "figures": told,
        "work": split(work_of(user))[0],
        "stages": rows,
        "people": people(user, sums) if user.role in OVERSEERS else [],
        "base": rates.base,
        "unrated": unrated(told),
    }
    return page(request, "reports/home.html", context)
