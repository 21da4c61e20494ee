"""An order that is not there yet: what would stand in its way, asked before the quote is accepted."""

from dataclasses import replace
from typing import Any

from catalog.documents import LineKind
from kernel.errors import Blocker
from orders.models import Order
from orders.models.preflight import Preflight, preflight
from people.access import may
from people.models import Role, User
from quotes.models import Quote

MOST_NAMED = 3
MOST_ASKED = 50


class Prospect:
    """The order that would come of a quote, as the pre-flight reads it."""

    objects = Order.objects  # among which the customer's other orders are found
    pk = None
    customer_po = ""
    credit_override_total = None

    def __init__(self, quote: Quote) -> None:
        self.quote = quote

    def __getattr__(self, name: str) -> Any:
        return getattr(self.quote, name)

    def __str__(self) -> str:
        return self.quote.ref

    @property
    def lines(self) -> Any:
        """What was optional and not chosen is not ordered."""
        return self.quote.lines.exclude(kind=LineKind.OPTIONAL)


def preflight_of(quote: Quote) -> Preflight:
    """What would stand in the way of submitting the order of this quote; everything is put right on the quote."""
    found = preflight(Prospect(quote))
    at = quote.get_absolute_url()

    def here(one: Blocker) -> Blocker:
        return replace(one, fix_url=at) if one.fix_url else one

    return replace(
        found, blockers=tuple(map(here, found.blockers)), warnings=tuple(map(here, found.warnings))
    )


def who_lets_pass(quote: Quote) -> list[User]:
    """A few of the people who may let the order of this quote pass the customer's credit limit."""
    order = Order(owner_id=quote.owner_id, team_id=quote.team_id)
    asked = User.objects.filter(is_active=True, is_service=False, role__in=[Role.SALES_MANAGER, Role.FINANCE])
    found: list[User] = []
    for one in asked.order_by("role", "last_name", "pk")[:MOST_ASKED]:
        if may(one, "override_credit", order):
            found.append(one)
        if len(found) == MOST_NAMED:
            break
    return found
