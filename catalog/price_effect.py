"""What a new price list, customer or day does to the prices of a document: shown line by line before it is done."""

import copy
import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from catalog.documents import PricedDocument, PricedLine
from catalog.figures import show_amount, show_figure
from catalog.line_rows import lines_of
from catalog.lines import changes_from, lines_wanted
from kernel.errors import DomainError
from kernel.http import page

AGREED, RECONSIDER = "agreed", "reconsider"
NOT_THE_FORM = {"csrfmiddlewaretoken", AGREED, RECONSIDER}


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A line whose price changes, as texts."""

    product: str
    quantity: str
    before: str
    after: str
    net_before: str
    net_after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """The lines whose price changes, how many keep theirs, and the totals."""

    lines: list[NewPrice]
    by_hand: int
    before: str
    after: str
    currency: str

    @property
    def seal(self) -> str:
        """What somebody agrees to: if other prices come out meanwhile, they are asked again."""
        return ";".join([self.after, *(line.after for line in self.lines)])


def price_effect(
    document: PricedDocument,
    values: Mapping[str, Any],
    *,
    names: Collection[str],
    day: Callable[[Any], dt.date],
) -> Effect | None:
    """What the header's new values do to unit prices; nothing where none changes, or where the change is refused."""
    new = {name: values[name] for name in names if name in values and values[name] != getattr(document, name)}
    there = lines_of(document) if new and not getattr(document, "prices_locked", False) else []
    if not there:
        return None
    trial: Any = copy.copy(document)
    for name, value in new.items():
        setattr(trial, name, value)
    before = {line.key: (unit_of(line), line.net) for line in there}
    try:
        lines = lines_wanted(trial, there, changes_from(there), on=day(trial))
    except DomainError:
        return None  # the action says why, beside the field
    digits = trial.currency.digits
    changed = [
        new_price(line, *before[line.key], digits) for line in lines if unit_of(line) != before[line.key][0]
    ]
    if not changed:
        return None
    return Effect(
        lines=changed, by_hand=sum(line.price_is_overridden for line in lines), currency=trial.currency.code,
        before=show_amount(document.total, digits), after=show_amount(trial.total, digits),
    )  # fmt: skip


def unit_of(line: PricedLine) -> Decimal:
    """What one unit costs after the discount for the quantity."""
    return line.unit_price - line.volume_discount


def new_price(line: PricedLine, unit: Decimal, net: Decimal, digits: int) -> NewPrice:
    return NewPrice(
        product=f"{line.product.sku} {line.description}" if line.product else line.description,
        quantity=show_figure(line.quantity),
        before=show_figure(unit.normalize(), digits),
        after=show_figure(unit_of(line).normalize(), digits),
        net_before=show_amount(net, digits),
        net_after=show_amount(line.net, digits),
    )


def ask_about_prices(
    request: HttpRequest, document: PricedDocument, effect: Effect | None
) -> HttpResponse | None:
    """The page that shows the effect and asks; nothing where there is none or it was agreed to."""
    if effect is None or request.POST.get(AGREED) == effect.seal:
        return None
    typed = [
        (name, text)
        for name in request.POST
        for text in request.POST.getlist(name)
        if name not in NOT_THE_FORM
    ]
    context = {"document": document, "effect": effect, "typed": typed}
    return page(request, "components/price_effect.html", context)
