"""Deals as seen from a competitor: won against it, lost to it, still contested; within the reader's reach."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from opportunities.models import Competitor, Opportunity, OpportunityClose, Rival
from people.access import visible

Status = Opportunity.Status
RELATED = ("account", "contact", "currency", "owner")


@dataclass(frozen=True)
class Record:
    """How often one met a competitor."""

    competitor: Competitor
    won: int
    lost: int
    open: int

    @property
    def share(self) -> int | None:
        """Of the decided deals, how many in a hundred were won; nothing while none is decided."""
        decided = self.won + self.lost
        return round(100 * self.won / decided) if decided else None


def deals_won_against(user: Any, competitor: Competitor) -> QuerySet[Opportunity]:
    """Deals that were won although it was after them, the latest first."""
    found = visible(user, Opportunity.objects.filter(status=Status.WON, rivals__competitor=competitor))
    return found.select_related(*RELATED).order_by("-closed_on", "-pk")


def deals_lost_to(user: Any, competitor: Competitor) -> QuerySet[Opportunity]:
    """Deals that it got, the latest first."""
    closes = OpportunityClose.objects.filter(lost_to=competitor, is_canceled=False, outcome="lost")
    found = visible(user, Opportunity.objects.filter(status=Status.LOST, pk__in=closes.values("opportunity")))
    return found.select_related(*RELATED).order_by("-closed_on", "-pk")


def deals_open_against(user: Any, competitor: Competitor) -> QuerySet[Opportunity]:
    """Open deals that it is after too, the newest first."""
    found = visible(user, Opportunity.objects.filter(status=Status.OPEN, rivals__competitor=competitor))
    return found.select_related(*RELATED).order_by("-pk")


def record_of(user: Any, competitors: QuerySet[Competitor]) -> list[Record]:
    """How often one met each of them, in three queries."""
    mine = visible(user, Opportunity.objects.all())
    rivals = Rival.objects.filter(opportunity__in=mine, opportunity__status__in=[Status.WON, Status.OPEN])
    met = {
        (competitor, status): n
        for competitor, status, n in rivals.order_by()
        .values_list("competitor", "opportunity__status")
        .annotate(n=Count("pk"))
    }
    closes = OpportunityClose.objects.filter(
        is_canceled=False, outcome="lost", lost_to__isnull=False, opportunity__in=mine
    )
    lost = dict(closes.order_by().values_list("lost_to").annotate(n=Count("pk")))
    return [
        Record(one, met.get((one.pk, "won"), 0), lost.get(one.pk, 0), met.get((one.pk, "open"), 0))
        for one in competitors
    ]
