"""The few figures of a home page, each leading to the list that makes it; amounts in the base currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.valuing import Rates, rates_at
from invoices.ageing import late_condition
from invoices.models import Invoice
from kernel.jinja import url
from kernel.periods import period_of
from kernel.pricing import round_half_up
from opportunities.links import deals_url
from opportunities.measures import Worth, open_worth, won_worth
from opportunities.measures import total as all_of
from opportunities.models import Opportunity, Stage
from orders.models import Order
from people.access import visible
from people.models import User
from quotes.models import Quote

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=19, decimal_places=4)
OWED = ExpressionWrapper(F("balance") * F("exchange_rate"), output_field=MONEY)


@dataclass(frozen=True)
class Figure:
    """A count or a sum with the list behind it."""

    label: Any
    count: int
    amount: Decimal
    url: str
    tone: str = ""
    unrated: frozenset[str] = frozenset()  # currencies without a rate today: valued at the deals' own


@dataclass(frozen=True)
class Row:
    """How one stage or one person stands, and the lists of those deals."""

    label: Any
    count: int
    amount: Decimal
    weighted: Decimal
    won: Decimal = Decimal(0)
    url: str = ""
    won_url: str = ""
    unrated: frozenset[str] = frozenset()


def total_of(found: QuerySet[Any], amount: Any) -> tuple[int, Decimal]:
    sums = found.aggregate(count=Count("pk"), amount=Sum(amount))
    return sums["count"], rounded(sums["amount"])


def rounded(amount: Any) -> Decimal:
    """A sum as a dashboard shows it; SQLite adds decimals as floats, hence the rounding."""
    return round_half_up(Decimal(str(amount or 0)), 2)


def open_deals(user: User) -> QuerySet[Opportunity]:
    """The deals that may still be won, as far as this person sees them."""
    return visible(user, Opportunity.objects.filter(status=Opportunity.Status.OPEN))


def figures(user: User, rates: Rates | None = None) -> list[Figure]:
    """Four figures, in the order of the chain; what is late is said so."""
    rates = rates or rates_at(timezone.localdate())
    worth = all_of(open_worth(open_deals(user), rates=rates).values())
    offers = visible(user, Quote.objects.filter(status=Quote.Status.ACTIVE))
    on_their_way = [Order.Status.SUBMITTED, Order.Status.FULFILLED]
    orders = visible(user, Order.objects.filter(status__in=on_their_way))
    owed = Invoice.objects.filter(balance__gt=0, kind=Invoice.Kind.INVOICE, number__isnull=False)
    overdue = total_of(visible(user, owed.filter(late_condition(timezone.localdate()))), OWED)
    asked = f"?f=status:is:{','.join(on_their_way)}"
    return [
        Figure(_("Open deals"), worth.deals, worth.amount, deals_url(status="open"), unrated=worth.unrated),
        Figure(_("Offers out"), *total_of(offers, "total_base"), url("quotes:list") + "?status=active"),
        Figure(_("Orders on their way"), *total_of(orders, "total_base"), url("orders:list") + asked),
        Figure(_("Overdue"), *overdue, url("invoices:list") + "?age=late", "danger" if overdue[0] else ""),
    ]


def stages(user: User, rates: Rates | None = None) -> list[Row]:
    """The open deals by stage of the pipeline, counted and weighted by the chance of winning."""
    sums = open_worth(open_deals(user), "stage", rates=rates or rates_at(timezone.localdate()))
    in_order = Stage.objects.order_by("-pipeline__is_default", "pipeline", "position")
    return [
        Row(stage.name, worth.deals, worth.amount, worth.weighted,
            url=deals_url(status="open", stage=stage.pk), unrated=worth.unrated)
        for stage in in_order
        for worth in [sums.get((stage.pk,), Worth())]
        if stage.is_active or worth.deals
    ]  # fmt: skip


# Who it is, in the order of names; all empty: nobody's.
OWNER = ("owner__last_name", "owner__first_name", "owner", "owner__username")


def people(user: User, rates: Rates | None = None) -> list[Row]:
    """How each person of the team stands: open, weighted, and won this year."""
    year = period_of(timezone.localdate(), 12)
    this_year = {"status": Opportunity.Status.WON, "closed_on__range": (year.starts_on, year.ends_on)}
    won = won_worth(visible(user, Opportunity.objects.filter(**this_year)), *OWNER)
    sums = open_worth(open_deals(user), *OWNER, rates=rates or rates_at(timezone.localdate()))
    owners: list[Any] = sorted({*sums, *won}, key=lambda key: [str(part or "\uffff") for part in key])
    return [
        Row(f"{first or ''} {last or ''}".strip() or username or _("Nobody"),
            worth.deals, worth.amount, worth.weighted, brought.amount,
            deals_url(status="open", owner=username), deals_url(status="won", owner=username, closed_on=year),
            worth.unrated)
        for last, first, owner, username in owners
        for key in [(last, first, owner, username)]
        for worth, brought in [(sums.get(key, Worth()), won.get(key, Worth()))]
    ]  # fmt: skip


def unrated(rows: Iterable[Figure | Row]) -> list[str]:
    """The currencies without a rate today in any of these sums, to be named beside them."""
    return sorted(frozenset().union(*(row.unrated for row in rows)))
