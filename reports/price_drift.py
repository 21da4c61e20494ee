"""Which open quotes a change of prices would reach, and how far."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.documents import LineKind
from catalog.models import Unit
from catalog.price_preview import Preview
from kernel.pricing import convert
from people.access import visible
from quotes.models import Quote, QuoteLine

OPEN = (Quote.Status.DRAFT, Quote.Status.ACTIVE)
READ = 5000
SHOWN = 20


@dataclass
class Reached:
    """The open quotes with such prices; drafts follow the list when they are priced again, offers stay as sent."""

    quotes: list[tuple[Quote, Decimal]] = field(default_factory=list)
    drafts: int = 0
    offers: int = 0
    drafts_change: Decimal = Decimal(0)
    offers_change: Decimal = Decimal(0)
    is_complete: bool = True

    @property
    def count(self) -> int:
        return self.drafts + self.offers


def reached_quotes(context: Any, preview: Preview) -> Reached:
    """The open quotes of the reader on this list whose prices would change, the most changed first; two queries."""
    lines = lines_on(preview, context["request"].user)
    found = Reached(is_complete=len(lines) < READ)
    changes: dict[int, Decimal] = {}
    for line, change in changed_lines(preview, lines):
        changes[line.quote_id] = changes.get(line.quote_id, Decimal(0)) + change
    quotes = {line.quote_id: line.quote for line in lines}
    for pk, change in changes.items():
        if quotes[pk].status == Quote.Status.DRAFT:
            found.drafts, found.drafts_change = found.drafts + 1, found.drafts_change + change
        else:
            found.offers, found.offers_change = found.offers + 1, found.offers_change + change
    ordered = sorted(changes, key=lambda pk: (-abs(changes[pk]), pk))
    found.quotes = [(quotes[pk], changes[pk]) for pk in ordered[:SHOWN]]
    return found


def lines_on(preview: Preview, user: Any) -> list[QuoteLine]:
    """The lines of open quotes that took their price from the list."""
    products = {product for product, _unit in preview.prices}
    quotes = visible(user, Quote.objects.filter(price_list=preview.price_list, status__in=OPEN))
    found = QuoteLine.objects.filter(
        quote__in=quotes, kind__in=(LineKind.ITEM, LineKind.OPTIONAL), price_is_overridden=False,
        product__isnull=False,
    )  # fmt: skip
    rows = found.select_related("quote__currency").order_by("-quote", "position")[:READ]
    return [line for line in rows if line.product_id in products]


def changed_lines(preview: Preview, lines: Iterable[QuoteLine]) -> Iterable[tuple[QuoteLine, Decimal]]:
    """Each line that would cost something else, with the difference before discounts."""
    lines = list(lines)
    asked = {unit for _product, unit in preview.prices} | {line.unit_id for line in lines if line.unit_id}
    factors = dict(Unit.objects.order_by().filter(pk__in=asked).values_list("pk", "factor"))
    priced: dict[int, list[int]] = {}
    for product, unit in preview.prices:
        priced.setdefault(product, []).append(unit)
    for line in lines:
        units = priced[line.product_id or 0]
        unit = line.unit_id if line.unit_id in units else units[0]
        own: Any = line.unit_id
        price = preview.prices[line.product_id or 0, unit] * factors[own] / factors[unit]
        difference = line.quantity * (price - line.unit_price)
        if change := convert(difference, Decimal(1), line.quote.currency.digits):
            yield line, change
