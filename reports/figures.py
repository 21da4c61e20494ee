"""The few figures of a home page, each leading to the list that makes it; amounts in the base currency."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from kernel.jinja import url
from kernel.pricing import round_half_up
from opportunities.models import Opportunity, Stage
from orders.models import Order
from people.access import visible
from people.models import User
from quotes.models import Quote

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=19, decimal_places=4)
ESTIMATE = ExpressionWrapper(F("estimated_revenue") * F("exchange_rate"), output_field=MONEY)
OWED = ExpressionWrapper(F("balance") * F("exchange_rate"), output_field=MONEY)


@dataclass(frozen=True)
class Figure:
    """A count or a sum with the list behind it."""

    label: Any
    count: int
    amount: Decimal
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """How one stage or one person stands."""

    label: Any
    count: int
    amount: Decimal
    weighted: Decimal
    won: Decimal = Decimal(0)


def total_of(found: QuerySet[Any], amount: Any) -> tuple[int, Decimal]:
    sums = found.aggregate(count=Count("pk"), amount=Sum(amount))
    return sums["count"], rounded(sums["amount"])


def rounded(amount: Any) -> Decimal:
    """A sum as a dashboard shows it; SQLite adds decimals as floats, hence the rounding."""
    return round_half_up(Decimal(str(amount or 0)), 2)


def figures(user: User) -> list[Figure]:
    """Four figures, in the order of the chain; what is late is said so."""
    deals = visible(user, Opportunity.objects.filter(status=Opportunity.Status.OPEN))
    offers = visible(user, Quote.objects.filter(status=Quote.Status.ACTIVE))
    orders = visible(user, Order.objects.filter(status__in=[Order.Status.SUBMITTED, Order.Status.FULFILLED]))
    late = visible(user, Invoice.objects.filter(balance__gt=0, due_on__lt=timezone.localdate()))
    overdue = total_of(late, OWED)
    return [
        Figure(_("Open deals"), *total_of(deals, ESTIMATE), url("opportunities:list") + "?status=open"),
        Figure(_("Offers out"), *total_of(offers, "total_base"), url("quotes:list") + "?status=active"),
        Figure(
            _("Orders on their way"),
            *total_of(orders, "total_base"),
            url("orders:list") + "?status=submitted",
        ),
        Figure(_("Overdue"), *overdue, url("invoices:list") + "?age=late", "danger" if overdue[0] else ""),
    ]


def stages(user: User) -> list[Row]:
    """The open deals by stage of the pipeline, counted and weighted by the chance of winning."""
    deals = visible(user, Opportunity.objects.filter(status=Opportunity.Status.OPEN))
    chance = ExpressionWrapper(ESTIMATE * F("probability") / 100, output_field=MONEY)
    by_stage = deals.values("stage").order_by()
    by_stage = by_stage.annotate(count=Count("pk"), amount=Sum(ESTIMATE), weighted=Sum(chance))
    sums = {row["stage"]: row for row in by_stage}
    none = {"count": 0, "amount": 0, "weighted": 0}
    in_order = Stage.objects.order_by("-pipeline__is_default", "pipeline", "position")
    rows = [(stage.name, sums.get(stage.pk, none)) for stage in in_order]
    return [Row(name, row["count"], rounded(row["amount"]), rounded(row["weighted"])) for name, row in rows]


def people(user: User) -> list[Row]:
    """How each person of the team stands: open, weighted, and won this year."""
    deals = visible(user, Opportunity.objects.exclude(status=Opportunity.Status.LOST))
    chance = ExpressionWrapper(ESTIMATE * F("probability") / 100, output_field=MONEY)
    is_open = Q(status=Opportunity.Status.OPEN)
    won = Q(status=Opportunity.Status.WON, closed_on__year=timezone.localdate().year)
    revenue = ExpressionWrapper(F("actual_revenue") * F("exchange_rate"), output_field=MONEY)
    rows = deals.values("owner__first_name", "owner__last_name").annotate(
        count=Count("pk", filter=is_open), amount=Sum(ESTIMATE, filter=is_open),
        weighted=Sum(chance, filter=is_open), won=Sum(revenue, filter=won),
    )  # fmt: skip
    return [
        Row(
            f"{row['owner__first_name'] or ''} {row['owner__last_name'] or ''}".strip() or _("Nobody"), row["count"],
            rounded(row["amount"]), rounded(row["weighted"]), rounded(row["won"]),
        )
        for row in rows.order_by("owner__last_name", "owner__first_name")
    ]  # fmt: skip
