"""Rows of searching: what the palette asks while somebody types, over all kinds of records."""

from collections.abc import Callable

from benchmarks.measure import Bench, Missing, Pair, Row
from benchmarks.rows_pages import NOBODY, page
from benchmarks.visitors import address, browser


def asking(text: str, *, as_seller: bool = False, finds: bool = True) -> Callable:
    """The suggestions for a text."""

    def make(bench: Bench, calls: int) -> Pair:
        user = bench.world.salesperson if as_seller else bench.world.administrator
        path, headers = f"{address('reports:search')}?fmt=palette&q={text}", browser(user)
        if finds != (b"palette-title" in bench.server.get(path, headers)):
            raise Missing(f"{text} finds {'nothing' if finds else 'something'}")
        return Pair(
            floor=lambda: bench.server.get("/bare/leads/", NOBODY),
            ours=lambda: bench.server.get(path, headers),
        )

    return make


SEARCH = {"milliseconds": 40, "queries": 20}
ROWS: list[Row] = [
    page("search-common", "one common word typed", asking("fjord"), **SEARCH),
    page("search-selective", "two words and a number typed", asking("fjord%20cedar%20152"), **SEARCH),
    page("search-seller", "a common word, one salesperson", asking("fjord", as_seller=True), **SEARCH),
    page("search-phone", "a phone number typed", asking("030%201234567", finds=False), **SEARCH),
    page("search-misspelled", "a misspelled word typed", asking("fjorrd"), **SEARCH),
]
