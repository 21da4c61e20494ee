"""Rows of pages: lists, a quote read and edited, one cell typed. Whole HTML pages over HTTP."""

import html
import itertools
import re
from collections.abc import Callable
from urllib.parse import urlencode

from benchmarks.data import make_quotes
from benchmarks.measure import Bench, Missing, Pair, Row
from benchmarks.visitors import address, browser
from people.models import User
from quotes.models import Quote, QuoteLine

DEEP = 20
LINES = (10, 100, 1000)
ROWS_OF_A_PAGE = 50
NOBODY: dict[str, str] = {}


def listing(
    kind: str, query: dict[str, str] | None = None, *, deep: bool = False, as_seller: bool = False
) -> Callable:
    """A list page as the administrator or one salesperson sees it, the first page or one far behind."""

    def make(bench: Bench, calls: int) -> Pair:
        user = bench.world.salesperson if as_seller else bench.world.administrator
        path = address(f"{kind}:list") + (f"?{urlencode(query)}" if query else "")
        headers = browser(user)
        if deep:
            path = far_behind(bench, path, headers)
        page = bench.server.get(path, headers)
        if page.count(b"<tr>") <= ROWS_OF_A_PAGE // 2:
            raise Missing(f"{path} shows {page.count(b'<tr>')} rows")
        bare = f"/bare/{kind}/"
        return Pair(
            floor=lambda: bench.server.get(bare, NOBODY), ours=lambda: bench.server.get(path, headers)
        )

    return make


def far_behind(bench: Bench, path: str, headers: dict[str, str]) -> str:
    """The page one comes to by clicking "Next" many times."""
    for _click in range(DEEP):
        page = bench.server.get(path, headers).decode()
        found = re.search(r'<a [^>]*rel="next" href="([^"]+)"', page)
        if found is None:
            raise Missing("the list ends too soon")
        path = html.unescape(found[1])
    return path


def one_quote(bench: Bench, lines: int, *, active: bool) -> tuple[Quote, User]:
    [key] = make_quotes(bench.world, count=1, lines=lines, active=active)
    return Quote.objects.get(pk=key), bench.world.administrator


def showing(lines: int, *, active: bool) -> Callable:
    """The page of a quote: read when it is active, the editor while it is a draft."""

    def make(bench: Bench, calls: int) -> Pair:
        quote, user = one_quote(bench, lines, active=active)
        path, bare, headers = address("quotes:detail", quote.ref), f"/bare/lines/{quote.pk}/", browser(user)
        if bench.server.get(path, headers).count(b"<tr") < lines:
            raise Missing("the page does not show its lines")
        return Pair(
            floor=lambda: bench.server.get(bare, NOBODY), ours=lambda: bench.server.get(path, headers)
        )

    return make


def typing(lines: int) -> Callable:
    """One quantity typed in the middle of a draft: what the editor's script sends."""

    def make(bench: Bench, calls: int) -> Pair:
        quote, user = one_quote(bench, lines, active=False)
        path, bare = address("quotes:lines", quote.ref), f"/bare/lines/{quote.pk}/"
        key = QuoteLine.objects.filter(quote=quote, position=lines // 2).values_list("key", flat=True).get()
        headers = browser(user) | {"X-Lines": "1", "Content-Type": "application/x-www-form-urlencoded"}
        quantities = itertools.count(3)

        def type_quantity() -> None:
            cell = {"do": "cell", "line": str(key), "cell": "quantity", "value": str(next(quantities))}
            bench.server.send("POST", path, headers, urlencode(cell).encode())

        return Pair(floor=lambda: bench.server.get(bare, NOBODY), ours=type_quantity)

    return make


def page(name: str, title: str, make: Callable, **targets: float) -> Row:
    return Row(name, title, make, over_http=True, **targets)  # type: ignore[arg-type]


LISTS = {"ratio": 1.0, "queries": 12}
ROWS = [
    page("list-leads", "leads, first page", listing("leads"), **LISTS),
    page("list-leads-deep", f"leads, page {DEEP + 1}", listing("leads", deep=True), **LISTS),
    page("list-leads-filtered", "leads, open and hot", listing("leads", {"status": "open", "rating": "hot"}), **LISTS),
    page("list-leads-searched", "leads, one common word", listing("leads", {"q": "fjord"}), **LISTS),
    page("list-leads-sorted", "leads by company", listing("leads", {"sort": "company"}), **LISTS),
    page("list-leads-seller", "leads of one salesperson", listing("leads", as_seller=True), **LISTS),
    page("list-quotes", "quotes, first page", listing("quotes"), **LISTS),
    page("list-quotes-deep", f"quotes, page {DEEP + 1}", listing("quotes", deep=True), **LISTS),
    page("list-quotes-filtered", "quotes, drafts", listing("quotes", {"status": "draft"}), **LISTS),
    page("list-quotes-searched", "quotes, one common word", listing("quotes", {"q": "offer"}), **LISTS),
    *(page(f"quote-{n}", f"a quote of {n} lines, to read", showing(n, active=True), ratio=1.2, queries=18)
      for n in LINES),
    *(page(f"editor-{n}", f"a draft of {n} lines, to edit", showing(n, active=False), ratio=1.2, queries=18)
      for n in LINES),
    *(page(f"cell-{n}", f"one cell of a draft of {n} lines", typing(n), milliseconds=15 + 0.02 * n, queries=12)
      for n in LINES),
]  # fmt: skip
