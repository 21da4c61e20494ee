"""By how much a quote goes beyond what its owner may offer alone.

The rules are those of the role of the quote's owner, whoever activates it: what may be offered does not change with the
person who presses the button. A quote that waits for a team is measured as a salesperson's. Options count as far as
the customer could make it worse by choosing them, since nobody is asked again then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.documents import LineKind
from catalog.models import Currency
from catalog.prices import PriceRequest, resolve_prices
from catalog.totals import in_base
from kernel import formats
from kernel.pricing import round_half_up
from kernel.shown import found_once
from people.models import Role
from quotes.models.rules import ApprovalRule

ZERO, HUNDRED = Decimal(0), Decimal(100)
SECRET = {ApprovalRule.Kind.MARGIN.value}  # figures from which one could work out what things cost


@dataclass(frozen=True, slots=True)
class Excess:
    """One rule that the quote breaks: its limit, and what was found."""

    kind: str
    limit: Decimal
    found: Decimal
    line: str = ""  # the worst line, in words
    currency: str = ""

    def words(self, *, figures: bool = False) -> str:
        """The broken rule as a clause; figures that tell of costs only where ``figures`` says so."""
        said = {"found": show(self.found), "limit": show(self.limit), "line": self.line}
        if self.kind == ApprovalRule.Kind.DISCOUNT:
            return _("%(line)s: its discount is %(found)s%%, without approval it may be %(limit)s%%") % said
        if self.kind == ApprovalRule.Kind.AMOUNT:
            said |= {name: formats.money(getattr(self, name), self.currency) for name in ("found", "limit")}
            return _("its total is %(found)s, without approval it may be %(limit)s") % said
        if figures:
            return _("its margin is %(found)s%%, without approval it must be %(limit)s%% or more") % said
        return _("its margin is below what may be offered without approval")

    def is_no_worse_than(self, other: "Excess") -> bool:
        """Whether who agreed to the other one agreed to this one too."""
        if self.kind == ApprovalRule.Kind.MARGIN:
            return self.found >= other.found
        return self.found <= other.found

    def kept(self) -> dict[str, str]:
        """The excess as the request for approval remembers it."""
        return {
            "kind": self.kind, "limit": str(self.limit), "found": str(self.found), "line": self.line,
            "currency": self.currency, "text": self.words(),
        }  # fmt: skip

    @classmethod
    def from_kept(cls, kept: Mapping[str, str]) -> "Excess":
        return cls(
            kept["kind"], Decimal(kept["limit"]), Decimal(kept["found"]), kept.get("line", ""), kept.get("currency", "")
        )  # fmt: skip


def exceeded(quote: Any) -> list[Excess]:
    """Every rule that the quote breaks; one query where its owner's role has no rules."""
    broken: list[Excess] = found_once(quote, "exceeded", lambda: measured(quote))
    return broken


def measured(quote: Any) -> list[Excess]:
    role = quote.owner.role if quote.owner else Role.SALESPERSON
    rules = list(ApprovalRule.objects.filter(role=role, is_active=True).order_by("kind"))
    if not rules:
        return []
    lines = priced_lines(quote)
    found = [MEASURES[rule.kind](quote, lines, rule.limit) for rule in rules]
    return [one for one in found if one is not None]


def priced_lines(quote: Any) -> list[Any]:
    """The lines that cost something, or that the customer may choose."""
    found = quote.lines.select_related("product__unit", "unit").order_by("position", "id")
    return [line for line in found if not line.is_text]


def discount(quote: Any, lines: Sequence[Any], limit: Decimal) -> Excess | None:
    """The line that is furthest below the price list, all discounts counted."""
    listed = listed_prices(quote, lines)
    digits, worst = quote.currency.digits, None
    unit = Decimal(1).scaleb(-digits)
    for line in lines:
        reference = line.quantity * listed.get(line.pk, line.unit_price - line.volume_discount)
        given = reference - net_of(quote, line)
        # The last cent of a line may come from rounding; that is nobody's discount.
        if reference <= 0 or given <= round_half_up(reference * limit / HUNDRED, digits) + unit:
            continue
        share = given * HUNDRED / reference
        if worst is None or share > worst[0]:
            worst = (
                share,
                _("Line %(number)s, %(what)s") % {"number": line.position, "what": line.description[:60]},
            )
    return Excess("discount", limit, shown_apart(worst[0], limit), worst[1]) if worst else None


def net_of(quote: Any, line: Any) -> Decimal:
    """What the line brings after all discounts; an option as if it were chosen."""
    if line.kind == LineKind.OPTIONAL:
        return Decimal(line.net - line.net * quote.discount_percent / HUNDRED)
    return Decimal(line.net - line.header_discount)


def listed_prices(quote: Any, lines: Sequence[Any]) -> dict[int, Decimal]:
    """What the price list says today for lines whose price was set by hand, by primary key of the line."""
    by_hand = [line for line in lines if line.product and line.price_is_overridden]
    if not by_hand:
        return {}
    on = quote.effective_from or timezone.localdate()
    prices = quote.price_list
    fits = prices is not None and prices.currency_id == quote.currency_id and holds(prices, on)
    requests = [PriceRequest(line.product, line.unit_id, line.quantity) for line in by_hand]
    found = resolve_prices(requests, price_list=prices if fits else None, on=on, currency=quote.currency)
    return {line.pk: one.unit_price - one.volume_discount for line, one in zip(by_hand, found, strict=True)}


def holds(prices: Any, on: Any) -> bool:
    """Whether the price list is in force on the day."""
    starts, ends = prices.valid_from, prices.valid_to
    return bool(prices.is_active and (not starts or starts <= on) and (not ends or on <= ends))


def margin(quote: Any, lines: Sequence[Any], limit: Decimal) -> Excess | None:
    """What is earned of each hundred, of the lines whose costs are known."""
    net = cost = ZERO
    for line in lines:
        if line.unit_cost is None:
            continue
        own_net, own_cost = net_of(quote, line) * quote.exchange_rate, cost_of(line)
        is_option = line.kind == LineKind.OPTIONAL
        if is_option and (own_net - own_cost) * HUNDRED >= limit * own_net:
            continue  # choosing it would only do the margin good
        net, cost = net + own_net, cost + own_cost
    if (net - cost) * HUNDRED >= limit * net:
        return None
    found = (net - cost) * HUNDRED / net if net > 0 else -HUNDRED
    return Excess("margin", limit, shown_apart(found, limit))


def cost_of(line: Any) -> Decimal:
    """What the line costs us, in base currency; costs are kept for the product's own unit."""
    factor = line.unit.factor / line.product.unit.factor if line.unit and line.product else Decimal(1)
    return Decimal(line.quantity * line.unit_cost * factor)


def amount(quote: Any, lines: Sequence[Any], limit: Decimal) -> Excess | None:
    """The total in base currency, with all that the customer may still choose."""
    options = sum((line.total for line in lines if line.kind == LineKind.OPTIONAL), ZERO)
    found = quote.total_base
    if options > 0:
        found += in_base(options, quote.exchange_rate)
    if found <= limit:
        return None
    code = Currency.objects.filter(is_base=True).values_list("code", flat=True).first() or ""
    return Excess("amount", limit, found, currency=code)


MEASURES: dict[str, Callable[[Any, Sequence[Any], Decimal], Excess | None]] = {
    "discount": discount, "margin": margin, "amount": amount,
}  # fmt: skip


def shown_apart(found: Decimal, limit: Decimal) -> Decimal:
    """The figure with two decimals, or with as many as it takes to tell it from the limit."""
    rounded = round_half_up(found, 2)
    return rounded if rounded != limit else round_half_up(found, 8)


def show(figure: Decimal) -> str:
    return formats.number(figure)
