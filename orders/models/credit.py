"""How much of a customer's credit is used: open invoices, open orders and the order at hand, in base currency."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, Sum

from catalog.fields import exact
from catalog.totals import in_base
from orders.hooks import answers

ZERO = Decimal(0)
OPEN = ("submitted", "fulfilled")


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit limit and what stands against it, in base currency."""

    limit: Decimal
    owed: Decimal
    ordered: Decimal
    this: Decimal

    @property
    def exposure(self) -> Decimal:
        """All that the customer would owe once the order is delivered."""
        return self.owed + self.ordered + self.this

    @property
    def excess(self) -> Decimal:
        """How far that is above the limit; nothing while it is within."""
        return max(self.exposure - self.limit, ZERO)


def credit_of(order: Any) -> Credit | None:
    """The credit of the order's account, read once for this version of the order; None where none is limited."""
    account = order.account
    if account is None or account.credit_limit is None:
        return None
    known = order.__dict__.get("_credit")
    if known is None or known[0] != order.version:
        others = type(order).objects.filter(account=account, status__in=OPEN).exclude(pk=order.pk)
        owed = sum(answers("owed", account), ZERO)
        ordered = in_base(not_billed(others.exclude(billing="complete")), Decimal(1))
        known = (order.version, Credit(account.credit_limit, owed, ordered, order.total_base))
        order.__dict__["_credit"] = known
    found: Credit = known[1]
    return found


def not_billed(orders: QuerySet[Any]) -> Decimal:
    """What the orders come to in base currency, without what is invoiced or canceled already; two queries."""
    untouched = exact(orders.filter(billing="none").order_by().aggregate(sum=Sum("total_base"))["sum"])
    lines = orders.model._meta.get_field("lines").related_model.objects.filter(
        Q(order__billing="partial") | Q(quantity_canceled__gt=0), order__in=orders, quantity__gt=0
    )  # fmt: skip
    rows = lines.order_by("order_id").values_list(
        "order_id", "order__billing", "order__exchange_rate", "order__freight", "order__freight_tax",
        "total", "quantity", "quantity_canceled", "quantity_invoiced",
    )  # fmt: skip
    touched = (list(found) for _order, found in groupby(rows, key=lambda row: row[0]))
    return untouched + sum((correction(found) for found in touched), ZERO)


def correction(rows: list[Any]) -> Decimal:
    """What one order adds by its partly billed lines, or what canceled quantities take off one that is unbilled."""
    _order, billing, rate, freight, freight_tax = rows[0][:5]
    whole, gone, left = ZERO, ZERO, ZERO
    for *_head, total, quantity, canceled, invoiced in rows:
        whole += total
        gone += total * canceled / quantity
        left += total * (quantity - canceled - invoiced) / quantity
    if billing == "none":
        return Decimal(-rate * gone)
    # Freight is billed along with the lines, in proportion.
    carried = (freight + freight_tax) * left / whole if whole else ZERO
    return Decimal(rate * (left + carried))
