"""Pages that read across the chain."""

from django.http import HttpResponse
from django.shortcuts import redirect

from catalog.models import Currency
from kernel.http import HtmxRequest, page
from people.models import Role
from reports.figures import figures, people, stages
from reports.work import OVERSEERS, split, work_of


def home(request: HtmxRequest) -> HttpResponse:
    """Where the day begins: salespeople with what they have to do, everybody else with how things stand."""
    if request.user.role == Role.SALESPERSON:
        return redirect("reports:my-day")
    return overview(request)


def overview(request: HtmxRequest) -> HttpResponse:
    """What waits, how it stands, and for managers how the team stands."""
    user = request.user
    context = {
        "figures": figures(user),
        "work": split(work_of(user))[0],
        "stages": stages(user),
        "people": people(user) if user.role in OVERSEERS else [],
        "base": Currency.objects.filter(is_base=True).values_list("code", flat=True).first() or "",
    }
    return page(request, "reports/home.html", context)
