"""What a customer has bought, told from the lines of their orders."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    Max,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.utils import timezone

from catalog.documents import LineKind
from catalog.fields import exact
from catalog.models import Product
from catalog.prices import PriceRequest, ResolvedPrice, resolve_prices
from customers.models import Account, Contact
from customers.terms import usual_currency, usual_for
from kernel.errors import DomainError
from kernel.models import fold
from orders.models import Order, OrderLine
from orders.tables import SOLD
from people.access import grant_for
from reports.customer_figures import MONEY, of_customer

MOST = 100
LINE = ("product__unit", "unit", "order__currency")
ZERO = Decimal(0)
QUANTITY: Any = DecimalField(max_digits=20, decimal_places=5)


class Ratio(Func):
    """One amount divided by another; SQLite keeps 100.0000 as a whole number and would divide without a rest."""

    template = "(%(expressions)s)"
    arg_joiner = " / "
    arity = 2
    output_field = MONEY

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" * 1.0 / ", **extra)


BOUGHT = ExpressionWrapper(F("quantity") - F("quantity_canceled"), output_field=QUANTITY)
NET = ExpressionWrapper((F("net") - F("header_discount")) * F("order__exchange_rate"), output_field=MONEY)
# What was canceled is not sold: the line's share of what is left.
REVENUE = Case(
    When(quantity_canceled=0, then=NET),
    default=Ratio(ExpressionWrapper(NET * BOUGHT, output_field=MONEY), F("quantity")), output_field=MONEY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bought:
    """One product in one unit: how much in all, at which price last, and what it brought in base currency."""

    product: Product | None
    name: str
    unit: str
    quantity: Decimal
    orders: int
    revenue: Decimal
    last_price: Decimal
    currency: str
    last_order: Order


@dataclass(frozen=True, slots=True)
class Basket:
    """What was bought, the most valuable first; ``more`` says that it goes on."""

    rows: list[Bought]
    revenue: Decimal
    products: int
    more: bool


def sold_lines(
    user: Any, customer: Account | Contact, *, whole: bool, words: str = ""
) -> QuerySet[OrderLine]:
    """The lines of the customer's orders that the reader may see, of goods and services sold."""
    orders = of_customer(user, Order, customer, whole=whole).filter(status__in=SOLD)
    lines = OrderLine.objects.filter(order__in=orders, kind=LineKind.ITEM, quantity__gt=0)
    for word in fold(words[:100]).split()[:8]:
        lines = lines.filter(Q(product__search_text__contains=word) | Q(description__icontains=word))
    return lines.filter(quantity__gt=F("quantity_canceled"))


def bought(user: Any, customer: Account | Contact, *, whole: bool = False, words: str = "") -> Basket | None:
    """The products by what they brought; write-ins by their words. Four queries; None for who sees no orders."""
    if not grant_for(user, "order").allows("view"):
        return None
    lines = sold_lines(user, customer, whole=whole, words=words)
    by_product: Any = lines.order_by().values("product", "unit").filter(product__isnull=False)
    write_ins: Any = lines.order_by().values("description", "unit").filter(product__isnull=True)
    sums = {
        "many": Sum(BOUGHT, output_field=QUANTITY), "earned": Sum(REVENUE), "last": Max("pk"),
        "times": Count("order", distinct=True),
    }  # fmt: skip
    found: list[dict[str, Any]] = [
        row
        for rows in (by_product, write_ins)
        for row in rows.annotate(**sums).order_by("-earned")[: MOST + 1]
    ]
    found.sort(key=lambda row: exact(row["earned"]), reverse=True)
    known = OrderLine.objects.select_related(*LINE).in_bulk([row["last"] for row in found])
    in_all = lines.aggregate(earned=Sum(REVENUE))
    rows = [row_of(row, known[row["last"]]) for row in found[:MOST]]
    return Basket(rows, exact(in_all["earned"]), len(found), len(found) > MOST)


def row_of(row: dict[str, Any], last: OrderLine) -> Bought:
    return Bought(
        last.product, last.product.name if last.product else last.description,
        last.unit.name if last.unit else "", row["many"], row["times"], exact(row["earned"]),
        last.net / last.quantity, last.order.currency.code, last.order,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a product costs the customer now, beside what they paid last; ``differs`` where both can be compared."""

    product: Product
    unit: str
    now: ResolvedPrice
    last: Bought
    differs: Decimal | None


@dataclass(frozen=True, slots=True)
class Terms:
    """By which list the customer buys, and why."""

    currency: str
    price_list: Any
    because: str
    rows: list[Agreed]
    problem: str = ""  # why there are no prices of today, such as a currency without a rate


def prices(user: Any, customer: Account | Contact) -> Terms:
    """The price list of a customer and today's prices of what they buy; a constant number of queries."""
    given = (
        {"account": customer}
        if isinstance(customer, Account)
        else {"contact": customer, "account": customer.account}
    )
    currency = usual_currency(given)
    usual = usual_for(given, currency)
    basket = bought(user, customer)
    wanted = [one for one in basket.rows if one.product is not None][:50] if basket else []
    requests = [PriceRequest(one.product, one.product.unit_id) for one in wanted if one.product]
    terms = (currency.code, usual.price_list, usual.because)
    try:
        now = resolve_prices(
            requests, price_list=usual.price_list, on=timezone.localdate(), currency=currency
        )
    except DomainError as refusal:
        return Terms(*terms, [], str(refusal.text))
    return Terms(*terms, [agreed(one, price, currency.code) for one, price in zip(wanted, now, strict=True)])


def agreed(last: Bought, now: ResolvedPrice, currency: str) -> Agreed:
    """Today's price beside the last; prices in other money or another unit are not compared."""
    assert last.product is not None
    unit = last.product.unit.name
    comparable = last.currency == currency and last.unit == unit and now.problem is None
    today = now.unit_price - now.volume_discount
    return Agreed(last.product, unit, now, last, today - last.last_price if comparable else None)
