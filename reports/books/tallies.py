"""What the database has counted on the way is what there is."""

from collections.abc import Iterator
from decimal import Decimal

from opportunities.models import Opportunity
from opportunities.next_due import due_of
from opportunities.tally import sums_counted, sums_told
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

NONE = (0, Decimal(0), Decimal(0))


@check("tally", hint="Count anew: manage.py recount_deals")
def tally(_batch: Batch) -> Iterator[Wrong]:
    """The sums that boards show are those of the open deals, by stage, owner, team and currency."""
    told, counted = sums_told(), sums_counted()
    for key in sorted(told.keys() | counted.keys(), key=str):
        expected, found = counted.get(key, NONE), told.get(key, NONE)
        if expected != found:
            stage, owner, team, currency = key
            yield Wrong(
                f"stage {stage}, owner {owner}, team {team}, currency {currency}",
                "the tally of its open deals is off (deals, amount, amount x percent)",
                " / ".join(map(str, expected)),
                " / ".join(map(str, found)),
            )


@check(
    "next_due", Opportunity, hint="Change its next step, or one of its open activities: that writes it anew"
)
def next_due(batch: Batch) -> Iterator[Wrong]:
    """What is planned next for a deal is its earliest open activity, or the day of its next step."""
    due = due_of(batch.documents)
    for deal in batch.documents:
        if deal.next_due_at != due.get(deal.pk):
            yield Wrong(deal, "what is planned next is something else", due.get(deal.pk), deal.next_due_at)
