"""The timeline of opportunities."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kernel.http import HtmxRequest, page
from kernel.tables.tools import tools_of
from opportunities.models import Opportunity
from opportunities.tables import OpportunityTable
from opportunities.timeline import Timeline, TimelineTable
from people.access import may


@require_GET
def timeline(request: HtmxRequest) -> HttpResponse:
    """Deals along time, fifty at once."""
    found = Timeline(request)
    context = {
        "timeline": found,
        "frame": TimelineTable.frame(request, found.asked, found.address),
        "tools": tools_of(OpportunityTable, found.asked, found.address),
        "may_add": may(request.user, "add", Opportunity),
    }
    return page(request, "opportunities/timeline.html", context)
