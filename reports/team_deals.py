"""Deals that need their manager: put off again and again, or silent."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, ExpressionWrapper, F, QuerySet, When
from django.utils import timezone
from django.utils.translation import ngettext

from catalog.valuing import Rates
from kernel.models import HistoryEntry
from opportunities.measures import AMOUNT
from opportunities.models import Opportunity
from opportunities.rotting import rots_of
from opportunities.silence import silent_for

SILENT_DAYS = 14
SLIPS, SLIP_DAYS = 2, 90
MOST_LOOKED_AT = 5_000
MOST_LISTED = 500
SHOWN = 5
Key = tuple[int | None, int | None]  # (team, owner)


@dataclass(frozen=True)
class DealRow:
    """A deal, and why it is there."""

    pk: int
    label: str
    url: str
    owner: str
    amount: Decimal
    currency: str
    why: str
    place: Decimal  # what it is worth in base currency: the largest comes first
    team_id: int | None = None
    owner_id: int | None = None

    @property
    def key(self) -> Key:
        """Whose it is: (team, owner)."""
        return self.team_id, self.owner_id


def slipped(deals: QuerySet[Opportunity], rates: Rates) -> list[DealRow]:
    """Open deals whose close date was put later at least twice in 90 days, by their history: two queries."""
    since = timezone.now() - dt.timedelta(days=SLIP_DAYS)
    entries = HistoryEntry.objects.filter(
        record_type=Opportunity._meta.label_lower, at__gte=since, changes__has_key="estimated_close_on",
        record_id__in=deals.order_by().values("pk"),
    )  # fmt: skip
    moves = entries.order_by().values_list("record_id", "changes")
    times = Counter(pk for pk, changes in moves if is_later(changes["estimated_close_on"]))
    often = {pk: n for pk, n in times.items() if n >= SLIPS}
    words = {pk: ngettext("put off once", "put off %(n)s times", n) % {"n": n} for pk, n in often.items()}
    return rows_of(deals.filter(pk__in=list(often)[:MOST_LOOKED_AT]), words, rates)


def is_later(change: Any) -> bool:
    """Whether a day was changed to a later one; days in the history are written so that they compare as texts."""
    old, new = change if isinstance(change, list) and len(change) == 2 else (None, None)
    return bool(old and new and str(new) > str(old))


def silent(deals: QuerySet[Opportunity], rates: Rates, *, most: int = MOST_LISTED) -> list[DealRow]:
    """The largest of the open deals whose customers have heard nothing for more than 14 days, with nothing planned."""
    found = silent_for(deals, SILENT_DAYS).annotate(place=worth_at(rates)).order_by("-place", "pk")
    keys = list(found.values_list("pk", flat=True)[:most])
    words = {
        pk: ngettext("%(n)s day silent", "%(n)s days silent", rot.days) % {"n": rot.days}
        for pk, rot in rots_of(keys).items()
    }
    return rows_of(deals.filter(pk__in=keys), words, rates)


def silent_by_part(deals: QuerySet[Opportunity]) -> Counter[Key]:
    """How many of them there are, by team and owner: nothing is read but counts."""
    found = silent_for(deals, SILENT_DAYS).order_by().values_list("team_id", "owner_id")
    return Counter({(team, owner): n for team, owner, n in found.annotate(n=Count("pk"))})


def worth_at(rates: Rates) -> Case:
    """What an open deal is worth in base currency, to order by."""
    amount, own = F("estimated_revenue"), F("estimated_revenue") * F("exchange_rate")
    known = (
        When(currency__code=code, then=ExpressionWrapper(amount * rate, output_field=AMOUNT))
        for code, rate in rates.by_code.items()
    )
    return Case(*known, default=ExpressionWrapper(own, output_field=AMOUNT), output_field=AMOUNT)


def rows_of(deals: QuerySet[Opportunity], why: Mapping[int, str], rates: Rates) -> list[DealRow]:
    """Deals as rows, the largest first."""
    if not why:
        return []
    found = deals.select_related("owner", "currency")
    rows = [row_of(deal, why.get(deal.pk, ""), rates) for deal in found]
    return sorted(rows, key=lambda row: (-row.place, row.pk))


def row_of(deal: Any, why: str, rates: Rates) -> DealRow:
    amount, code = deal.estimated_revenue, deal.currency.code
    worth = rates.value(amount, code, at_own_rate=amount * deal.exchange_rate)
    return DealRow(
        deal.pk, str(deal), deal.get_absolute_url(), str(deal.owner or ""), amount, code, why, worth,
        deal.team_id, deal.owner_id,
    )  # fmt: skip
