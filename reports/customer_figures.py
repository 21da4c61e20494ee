"""What runs with a customer in a few figures, each the sum of the list it leads to, within the reader's sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.fields import exact
from catalog.valuing import rates_at
from customers.family import with_family
from customers.models import Account, Contact
from invoices.ageing import late_condition
from invoices.models import Invoice
from kernel.jinja import url
from leads.models import Lead
from opportunities.measures import (
    ESTIMATE,
    ESTIMATE_AT_OWN_RATE,
    WEIGHTED,
    WEIGHTED_AT_OWN_RATE,
    total,
    valued,
)
from opportunities.models import Opportunity
from orders.models import Order
from orders.tables import SOLD, UNDER_WAY
from people.access import grant_for, kind_of, visible
from quotes.models import Quote

MONEY: Any = DecimalField(max_digits=20, decimal_places=4)
ZERO = Decimal(0)
NET = ExpressionWrapper(F("pre_freight_amount") + F("freight"), output_field=MONEY)


@dataclass(frozen=True, slots=True)
class Sums:
    """How many and how much: by currency, and all of it in base currency at the documents' own rates.

    Open deals are valued at today's rates, as everywhere; ``unrated`` are the currencies that have none.
    """

    count: int = 0
    amounts: tuple[tuple[str, Decimal], ...] = ()
    base: Decimal = ZERO
    unrated: frozenset[str] = frozenset()

    @property
    def one(self) -> tuple[str, Decimal] | None:
        """The only currency there is, with its amount."""
        return self.amounts[0] if len(self.amounts) == 1 else None


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with the list behind it."""

    label: str
    sums: Sums
    url: str
    tone: str = ""
    has_money: bool = True


def of_customer(user: Any, model: Any, customer: Account | Contact, *, whole: bool) -> QuerySet[Any]:
    """The customer's records of one kind that this person may see; ``whole`` with those of all accounts below."""
    rows = visible(user, model._default_manager.all())
    if isinstance(customer, Contact):
        return rows.filter(contact=customer)
    return with_family(rows, customer) if whole else rows.filter(account=customer)


def list_of(name: str, customer: Account | Contact, *, whole: bool, **params: str) -> str:
    """The address of a list narrowed to the customer."""
    which = "contact" if isinstance(customer, Contact) else "below" if whole else "account"
    return f"{url(name)}?{urlencode({**params, which: customer.ref})}"


def sums_of(rows: QuerySet[Any], amount: Any, *, only: Q | None = None, **more: Any) -> dict[str, Sums]:
    """Sums of ``amount`` under "all" (of the rows that ``only`` leaves) and under each further name: one query.

    Further ones are pairs of an amount and a condition.
    """
    asked: Mapping[str, tuple[Any, Q | None]] = {"all": (amount, only), **more}
    annotations: dict[str, Any] = {}
    for name, (what, condition) in asked.items():
        in_base = ExpressionWrapper(what * F("exchange_rate"), output_field=MONEY)
        annotations[f"{name}_count"] = Count("pk", filter=condition)
        annotations[f"{name}_amount"] = Sum(what, filter=condition, output_field=MONEY)
        annotations[f"{name}_base"] = Sum(in_base, filter=condition, output_field=MONEY)
    found = list(rows.order_by().values("currency__code").annotate(**annotations))
    return {name: added_up(found, name) for name in asked}


def worth_of(deals: QuerySet[Opportunity]) -> Sums:
    """What open deals are worth, as board and forecast add them up: two queries."""
    found: Any = deals
    rows = list(
        found.order_by().values("currency__code").annotate(
            n=Count("pk"), amount=Sum(ESTIMATE), own=Sum(ESTIMATE_AT_OWN_RATE), weighted=Sum(WEIGHTED),
            own_weighted=Sum(WEIGHTED_AT_OWN_RATE),
        )
    )  # fmt: skip
    rates = rates_at(timezone.localdate())
    worth = total(valued(row, rates) for row in rows)
    amounts = tuple(sorted((row["currency__code"], exact(row["amount"])) for row in rows))
    return Sums(worth.deals, amounts, worth.amount, worth.unrated)


def added_up(rows: list[dict[str, Any]], name: str) -> Sums:
    """The rows of a query, one a currency, as sums."""
    mine = [row for row in rows if row[f"{name}_count"]]
    return Sums(
        sum(row[f"{name}_count"] for row in mine),
        tuple(sorted((row["currency__code"], exact(row[f"{name}_amount"])) for row in mine)),
        sum((exact(row[f"{name}_base"]) for row in mine), ZERO),
    )


def figures(user: Any, customer: Account | Contact, *, whole: bool = False) -> list[Tile]:
    """The tiles of a customer's page, in the order of the chain; kinds that one may not see have none: six queries."""

    def there(model: Any) -> QuerySet[Any]:
        return of_customer(user, model, customer, whole=whole)

    def at(name: str, **params: str) -> str:
        return list_of(name, customer, whole=whole, **params)

    tiles: list[tuple[Any, Tile]] = []
    leads = there(Lead).filter(status="open").count()
    if leads:
        link = at("leads:list", status="open")
        tiles.append((Lead, Tile(_("Open leads"), Sums(leads), link, has_money=False)))
    deals = worth_of(there(Opportunity).filter(status="open"))
    tiles.append((Opportunity, Tile(_("Open deals"), deals, at("opportunities:list", status="open"))))
    offers = sums_of(there(Quote).filter(status="active"), F("total"))["all"]
    tiles.append((Quote, Tile(_("Quotes out"), offers, at("quotes:list", status="active"))))
    orders = sums_of(there(Order), F("total"), only=UNDER_WAY, sold=(NET, Q(status__in=SOLD)))
    tiles.append((Order, Tile(_("Orders under way"), orders["all"], at("orders:list", open="yes"))))
    late = late_condition(timezone.localdate())
    owed = sums_of(unpaid(there(Invoice)), F("balance"), late=(F("balance"), late))
    tiles.append((Invoice, Tile(_("Open invoices"), owed["all"], at("invoices:list", age="open"))))
    if owed["late"].count:
        tiles.append((Invoice, Tile(_("Late"), owed["late"], at("invoices:list", age="late"), "danger")))
    tiles.append((Order, Tile(_("Sold, net"), orders["sold"], at("orders:list", sold="yes"))))
    return [tile for model, tile in tiles if grant_for(user, kind_of(model)).allows("view")]


def unpaid(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """What is owed: numbered invoices with an open balance."""
    return invoices.filter(kind=Invoice.Kind.INVOICE, number__isnull=False, balance__gt=0)
