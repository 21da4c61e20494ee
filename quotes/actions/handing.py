"""What goes along when a deal is given to somebody else."""

from django.db.models import QuerySet

from kernel import history, outbox
from kernel.writing import assign
from opportunities.models import Opportunity
from people.models import User
from quotes.models import Quote


def going_along(opportunity: Opportunity, former: User | None) -> QuerySet[Quote]:
    """The drafts and active quotes of a deal that belong to its owner as well; what an ERP keeps stays as it is."""
    open_ones = Quote.objects.filter(
        opportunity=opportunity, status__in=[Quote.Status.DRAFT, Quote.Status.ACTIVE], managed_by=""
    )
    mine = open_ones.filter(owner=former) if former else open_ones.filter(owner__isnull=True)
    return mine.select_related("account", "contact", "owner", "team").order_by("id")


def hand_over_quotes(opportunity: Opportunity, former: User | None, *, by: User) -> list[Quote]:
    """The open quotes of the deal's former owner go to its new one, each with its entry; part of a larger action.

    Whoever may give the deal away gives its offers with it.
    """
    handed = []
    for quote in going_along(opportunity, former).select_for_update(of=("self",)):
        to = {"owner": opportunity.owner, "team": opportunity.team}
        if changes := assign(quote, to, allowed={"owner", "team"}):
            quote.save()
            history.record(quote, "assigned", by=by, changes=changes, note=str(opportunity))
            outbox.publish("quote.assigned", quote, by=by)
            handed.append(quote)
    return handed


def quotes_going_along(opportunity: Opportunity) -> list[Quote]:
    """For the page on which a deal is given away: the quotes that would go along."""
    return list(going_along(opportunity, opportunity.owner))
