"""Which of many deals are silent: what ``rotting`` says of one deal after the other, said of all at once in SQL."""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from opportunities.models import Opportunity
from opportunities.rotting import done_and_ahead, quote_model, quote_type, said_with_any_quote


def silent_for(deals: QuerySet[Opportunity], days: int) -> QuerySet[Opportunity]:
    """Those of the deals whose customers have heard nothing for more than so many days and that nobody has a plan for.

    What ``rots_of`` says of each of them (more days, nothing waited for, not resting), said of all at once in SQL.
    """
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    midnight = dt.datetime.combine(today, dt.time(), zone)
    since = dt.datetime.combine(today - dt.timedelta(days=days), dt.time(), zone)
    waiting = deals.filter(
        Q(next_due_at__isnull=True) | Q(next_due_at__lt=midnight),
        Q(next_step_on__isnull=True) | Q(next_step_on__lt=today),
        status=Opportunity.Status.OPEN, created_at__lt=since,
    ).exclude(status_reason=Opportunity.Reason.ON_HOLD)  # fmt: skip
    quotes = quote_model()._default_manager.filter(opportunity=OuterRef("pk")).order_by()
    of_deal, of_quote = (
        done_and_ahead(Q(regarding_type=kind, regarding_id=OuterRef("pk")))
        for kind in (ContentType.objects.get_for_model(Opportunity).pk, quote_type())
    )
    said = said_with_any_quote().filter(record_id=OuterRef("pk"), at__gte=since)
    # Each of its own: so the database may join them, in whatever order is best.
    for done, ahead, wrap in (
        (*of_deal, Exists),
        (*of_quote, lambda found: Exists(quotes.filter(Exists(found)))),
    ):
        waiting = waiting.filter(~wrap(done.filter(done_at__gte=since)), ~wrap(ahead))
    return waiting.filter(~Exists(quotes.filter(Exists(said))))
