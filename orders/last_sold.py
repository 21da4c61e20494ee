"""What a customer paid last, for whoever sells the same again."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max

from catalog.documents import LineKind
from orders.models import Order, OrderLine
from people.access import visible
from people.models import User

SOLD = (Order.Status.SUBMITTED, Order.Status.FULFILLED, Order.Status.INVOICED)


@dataclass(frozen=True, slots=True)
class LastSale:
    """The price of one unit after discounts, and the order it was agreed in."""

    price: Decimal
    order: str


def last_sales(user: User, account: str, currency: str, products: Iterable[Any]) -> dict[int, LastSale]:
    """By product what the account paid last in this currency, in orders that the user may see; one query."""
    try:
        key = UUID(account)
    except ValueError:
        return {}
    sold = OrderLine.objects.filter(
        order__in=visible(user, Order.objects.filter(account__public_id=key, status__in=SOLD)),
        order__currency__code=currency, product__in=list(products), kind=LineKind.ITEM, quantity__gt=0,
    )  # fmt: skip
    newest = sold.order_by().values("product").annotate(last=Max("pk")).values("last")
    found = OrderLine.objects.filter(pk__in=newest).values_list("product", "net", "quantity", "order__number")
    return {product: LastSale(net / quantity, number) for product, net, quantity, number in found}
