"""Pages that read across the chain."""

from django.http import HttpResponse

from catalog.models import Currency
from kernel.http import HtmxRequest, page
from reports.figures import figures, people, stages
from reports.work import OVERSEERS, work_of


def home(request: HtmxRequest) -> HttpResponse:
    """The first page of the day: what waits, how it stands, and for managers how the team stands."""
    user = request.user
    context = {
        "figures": figures(user),
        "work": work_of(user),
        "stages": stages(user),
        "people": people(user) if user.role in OVERSEERS else [],
        "base": Currency.objects.filter(is_base=True).values_list("code", flat=True).first() or "",
    }
    return page(request, "reports/home.html", context)
