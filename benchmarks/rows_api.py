"""Rows of the API: lists, a quote read, a quote made with its lines. JSON over HTTP with a token."""

import uuid
from collections.abc import Callable

from benchmarks.copying import row_of
from benchmarks.data import PRODUCTS, make_quotes
from benchmarks.floors import Inserting
from benchmarks.measure import Bench, Missing, Pair, Row
from benchmarks.rows_pages import NOBODY
from benchmarks.visitors import address, machine
from customers.models import Account
from quotes.models import Quote, QuoteLine

LIMITS = {10: 12, 100: 7, 1000: 5}
CREATED = 201


def listing(kind: str) -> Callable[[Bench, int], Pair]:
    """The newest 50 records, all their fields."""

    def make(bench: Bench, calls: int) -> Pair:
        path, headers = address(f"api:{kind}-list"), machine(bench.world.administrator)
        if bench.server.get(path, headers).count(b'"version"') < len("50") * 25:
            raise Missing(f"{path} shows less than 50 records")
        bare = f"/bare/{kind}s/"
        return Pair(
            floor=lambda: bench.server.get(bare, NOBODY), ours=lambda: bench.server.get(path, headers)
        )

    return make


def creating(lines: int) -> Callable[[Bench, int], Pair]:
    """A quote for a customer with so many products, priced and taxed; beside the bare rows."""

    def make(bench: Bench, calls: int) -> Pair:
        path, headers = address("api:quote-list"), machine(bench.world.administrator)
        account = Account.objects.order_by("pk").first()
        if account is None:
            raise Missing("there is no account")
        wanted = [{"product": f"SKU-{1 + number % PRODUCTS}", "quantity": "2"} for number in range(lines)]
        body = {"name": "Offer", "account": account.number, "lines": wanted}
        return Pair(
            floor=plain_rows(bench, lines), ours=lambda: bench.server.post_json(path, headers, body, CREATED)
        )

    return make


def plain_rows(bench: Bench, lines: int) -> Callable[[], None]:
    [key] = make_quotes(bench.world, count=1, lines=lines, active=False)
    header = row_of(Quote.objects.get(pk=key))
    rows = [row_of(line) for line in QuoteLine.objects.filter(quote=key)]
    insert = Inserting(header, rows)

    def call() -> None:
        fresh = {"public_id": uuid.uuid4(), "number": uuid.uuid4().hex[:30]}
        insert(header | fresh, [uuid.uuid4() for _line in rows])

    return call


ROWS = [
    *(Row(f"api-list-{kind}s", f"the newest 50 {kind}s as JSON", listing(kind), ratio=0.8, queries=6, over_http=True)
      for kind in ("lead", "quote")),
    *(Row(f"api-create-{n}", f"a quote of {n} lines made through the API", creating(n), ratio=LIMITS[n], over_http=True)
      for n in LIMITS),
]  # fmt: skip
