"""Rows of actions, called in process: accept, invoice, submit."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import floors
from benchmarks.data import analyze, make_orders, make_quotes
from benchmarks.measure import Bench, Pair, Row
from invoices.actions import invoice_from_order
from kernel.models import ComponentOwnership
from orders.actions import accept_quote, submit_order
from orders.models import Order
from quotes.models import Quote

LIMITS = {10: 12, 100: 8, 1000: 5}


def each(model: Any, keys: list[int]) -> Iterator[Any]:
    """The documents one by one, read before anything is timed."""
    return iter(list(model.objects.filter(pk__in=keys).order_by("pk")))


def accepting(lines: int) -> Callable[[Bench, int], Pair]:
    def make(bench: Bench, calls: int) -> Pair:
        keys = make_quotes(bench.world, count=2 * calls, lines=lines)
        analyze()
        sources, quotes = iter(keys[calls:]), each(Quote, keys[:calls])
        copy, by = floors.order_from_quote(), bench.world.administrator
        return Pair(floor=lambda: copy(next(sources)), ours=lambda: accept_quote(next(quotes), by=by))

    return make


def invoicing(lines: int) -> Callable[[Bench, int], Pair]:
    def make(bench: Bench, calls: int) -> Pair:
        keys = make_orders(bench.world, count=2 * calls, lines=lines, status="submitted")
        analyze()
        sources, orders = iter(keys[calls:]), each(Order, keys[:calls])
        copy, by = floors.invoice_from_order(), bench.world.administrator
        return Pair(floor=lambda: copy(next(sources)), ours=lambda: invoice_from_order(next(orders), by=by))

    return make


def submitting(bench: Bench, calls: int) -> Pair:
    """Alone against with an ERP that orders are pushed to: how much more is said to the database."""
    by = bench.world.administrator
    orders = each(Order, make_orders(bench.world, count=2 * calls, lines=10, status="active"))
    erp = {"connection_code": "bench", "component": "orders"}

    def connect() -> None:
        ComponentOwnership.objects.create(**erp, owner="crm", push=True, changed_by=by)

    def disconnect() -> None:
        ComponentOwnership.objects.filter(**erp).delete()

    def submit() -> None:
        submit_order(next(orders), by=by)

    return Pair(floor=submit, ours=submit, before_floor=disconnect, before_ours=connect)


ROWS = [
    *(Row(f"accept-{n}", f"accept a quote of {n} lines: order, history, outbox", accepting(n), ratio=LIMITS[n])
      for n in LIMITS),
    *(Row(f"invoice-{n}", f"invoice an order of {n} lines", invoicing(n), ratio=LIMITS[n]) for n in LIMITS),
    Row("submit", "submit an order with an ERP connected, beside without", submitting, extra_queries=3),
]  # fmt: skip
