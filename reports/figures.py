"""The few figures of a home page, each leading to the list that makes it; amounts in the base currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

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
from opportunities.measures import Worth, won_worth
from opportunities.measures import total as all_of
from opportunities.models import Opportunity, Stage
from opportunities.tally import told_worth
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


# What open deals are worth by stage and owner: what all three parts of the overview are made of.
Sums = Mapping[tuple[Any, ...], Worth]


def open_sums(user: User, rates: Rates | None = None) -> Sums:
    """What the open deals that this person sees are worth, by stage and owner: one read of the tally."""
    return told_worth(user, "stage_id", "owner_id", rates=rates or rates_at(timezone.localdate()))


def by_part(sums: Sums, place: int) -> dict[Any, Worth]:
    """The same by stage (0) or by owner (1) alone."""
    found: dict[Any, Worth] = {}
    for key, worth in sums.items():
        found[key[place]] = found.get(key[place], Worth()) + worth
    return found


def figures(user: User, sums: Sums | None = None) -> list[Figure]:
    """Four figures, in the order of the chain; what is late is said so."""
    worth = all_of((open_sums(user) if sums is None else sums).values())
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


def stages(user: User, sums: Sums | None = None) -> list[Row]:
    """The open deals by stage of the pipeline, counted and weighted by the chance of winning."""
    by_stage = by_part(open_sums(user) if sums is None else sums, 0)
    in_order = Stage.objects.order_by("-pipeline__is_default", "pipeline", "position")
    return [
        Row(stage.name, worth.deals, worth.amount, worth.weighted,
            url=deals_url(status="open", stage=stage.pk), unrated=worth.unrated)
        for stage in in_order
        for worth in [by_stage.get(stage.pk, Worth())]
        if stage.is_active or worth.deals
    ]  # fmt: skip


class Who(NamedTuple):
    """Who owns deals, in the order of names; all empty: nobody, who comes last."""

    last: str = ""
    first: str = ""
    username: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        return tuple(part or "\uffff" for part in self)

    @property
    def label(self) -> Any:
        return f"{self.first} {self.last}".strip() or self.username or _("Nobody")


def people(user: User, sums: Sums | None = None) -> list[Row]:
    """How each person of the team stands: open, weighted, and won this year."""
    year = period_of(timezone.localdate(), 12)
    this_year = {"status": Opportunity.Status.WON, "closed_on__range": (year.starts_on, year.ends_on)}
    won = won_worth(visible(user, Opportunity.objects.filter(**this_year)), "owner_id")
    by_owner = by_part(open_sums(user) if sums is None else sums, 1)
    names = names_of({*by_owner, *(owner for (owner,) in won)})
    return [
        Row(who.label, worth.deals, worth.amount, worth.weighted, brought.amount,
            deals_url(status="open", owner=who.username or None),
            deals_url(status="won", owner=who.username or None, closed_on=year), worth.unrated)
        for owner, who in sorted(names.items(), key=lambda one: (one[1].place, one[0] or 0))
        for worth, brought in [(by_owner.get(owner, Worth()), won.get((owner,), Worth()))]
    ]  # fmt: skip


def names_of(owners: set[Any]) -> dict[Any, Who]:
    """Who these are, by key."""
    rows = User.objects.filter(pk__in=owners - {None}).values_list(
        "pk", "last_name", "first_name", "username"
    )
    found: dict[Any, Who] = {pk: Who(*names) for pk, *names in rows}
    return found | {None: Who()} if None in owners else found


def unrated(rows: Iterable[Figure | Row]) -> list[str]:
    """The currencies without a rate today in any of these sums, to be named beside them."""
    return sorted(frozenset().union(*(row.unrated for row in rows)))
