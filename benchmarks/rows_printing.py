"""Rows of paper: a quote as a PDF, read from the database and set anew, because no two documents are alike."""

import itertools
from collections.abc import Callable

from django.db.models import F, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from benchmarks.data import make_quotes
from benchmarks.measure import Bench, Pair, Row
from quotes.models import Quote, QuoteLine
from quotes.printing import PRINTED_WITH, quote_pdf

CPU = {10: 30, 600: 250}


def printing(lines: int) -> Callable[[Bench, int], Pair]:
    """One quote with new words on every line each time; beside reading its lines."""

    def make(bench: Bench, calls: int) -> Pair:
        [key] = make_quotes(bench.world, count=1, lines=lines, active=True)
        of_quote = QuoteLine.objects.filter(quote=key)
        words = itertools.count(1)

        def rename() -> None:
            text = Concat(Value(f"Delivery {next(words)} of article "), Cast(F("position"), CharField()))
            of_quote.update(description=text)

        def draw() -> None:
            quote_pdf(Quote.objects.select_related(*PRINTED_WITH).get(pk=key))

        return Pair(floor=lambda: list(of_quote.values_list()), ours=draw, before_ours=rename)

    return make


ROWS = [Row(f"pdf-{n}", f"a quote of {n} lines as a PDF", printing(n), queries=6, cpu_ms=CPU[n]) for n in CPU]
