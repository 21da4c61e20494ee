"""The page that answers "why this number?" for any priced document, or for one line of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from catalog.documents import PricedDocument, PricedLine
from catalog.explaining import NOWHERE, Explanation, Origin, Step, explain
from catalog.figures import show_amount
from catalog.lines import lines_of
from kernel.http import HtmxRequest, page
from people.access import hidden_fields

SHOWN = 50  # lines of a page

Find = Callable[[HtmxRequest, str], Any]
FindOrigin = Callable[[Any, Sequence[PricedLine]], Origin]


@dataclass(frozen=True, slots=True)
class Told:
    """A line with the steps to its amounts."""

    line: PricedLine
    total: str
    steps: Sequence[Step]


def why_page(find: Find, origin_of: FindOrigin | None = None) -> Callable[..., HttpResponse]:
    """The view for one kind of document: ``find`` reads it if the reader may see it."""

    @require_GET
    def why(request: HtmxRequest, ref: str) -> HttpResponse:
        document = find(request, ref)
        lines = lines_of(document)
        explanation = explained(document, lines, origin_of, request.user)
        asked = request.GET.get("line", "")
        told = [tell(line, explanation, document) for line in lines if not line.is_text]
        if asked:
            told = [one for one in told if str(one.line.key) == asked]
            if not told:
                raise Http404
        first = first_of(request.GET.get("from", ""), len(told))
        context = {
            "document": document,
            "asked": asked,
            "told": told[first : first + SHOWN],
            "count": len(told),
            "first": first,
            "shown": SHOWN,
            "header": () if asked else [step for step in explanation.of_header if step.scope == "document"],
            "taxes": () if asked else [step for step in explanation.of_header if step.scope == "tax"],
        }
        return page(request, "catalog/why.html", context)

    return why


def explained(
    document: PricedDocument, lines: Sequence[PricedLine], origin_of: FindOrigin | None, user: Any
) -> Explanation:
    """The steps as this reader may know them."""
    origin = origin_of(document, lines) if origin_of else NOWHERE
    hides_costs = "unit_cost" in hidden_fields(user, "line")
    return explain(document, lines, origin=origin, hides_costs=hides_costs)


def tell(line: PricedLine, explanation: Explanation, document: PricedDocument) -> Told:
    total = show_amount(line.total, document.currency.digits)
    return Told(line, total, explanation.of_line(line.key))


def first_of(text: str, count: int) -> int:
    """From which line on, counted from 0; the first where nothing sensible is asked."""
    asked = int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return asked if 0 <= asked < count else 0
