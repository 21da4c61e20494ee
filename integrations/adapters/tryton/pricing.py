"""How our net amount becomes Tryton's unit price: four decimals, and the amount of a line rounded half to
even.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

PRICE = Decimal("0.0001")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SentPrice:
    """A unit price, and what is missing to our net amount when no price of four decimals gives it exactly."""

    unit_price: Decimal
    missing: Decimal


def price_for(net: Decimal, quantity: Decimal, digits: int) -> SentPrice:
    """The unit price for which Tryton's line amount is our net amount, or a little less and the rest."""
    guess = (net / quantity).quantize(PRICE, ROUND_HALF_EVEN)
    for price in (guess, guess + PRICE, guess - PRICE):
        if line_amount(price, quantity, digits) == net:
            return SentPrice(price, ZERO)
    # Rounded towards zero: a line with the opposite sign would be taxed on its own.
    price = (net / quantity).quantize(PRICE, ROUND_DOWN)
    return SentPrice(price, net - line_amount(price, quantity, digits))


def line_amount(price: Decimal, quantity: Decimal, digits: int) -> Decimal:
    """Quantity times price as Tryton rounds it."""
    return (quantity * price).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def four_decimals(price: Decimal) -> Decimal:
    """A list price as exactly as Tryton can keep it."""
    return price.quantize(PRICE, ROUND_HALF_EVEN)


def share_taxes(
    lines: Sequence[tuple[tuple[str, ...], Decimal]], taxes: Sequence[tuple[str, Decimal]]
) -> list[Decimal | None]:
    """The taxes of a document shared out to its lines by their net amounts, so that they add up exactly.

    A line is given as the names of its taxes and its net amount; one with several taxes gets no share.
    """
    shares: list[Decimal | None] = [ZERO if not names else None for names, _ in lines]
    totals: dict[str, Decimal] = {}
    for name, amount in taxes:
        totals[name] = totals.get(name, ZERO) + amount
    for name, total in totals.items():
        members = [index for index, (names, _) in enumerate(lines) if names == (name,)]
        if not sum((lines[index][1] for index in members), ZERO) or any(
            name in names and names != (name,) for names, _ in lines
        ):
            continue
        for index, part in zip(members, _parts(total, [lines[index][1] for index in members]), strict=True):
            shares[index] = part
    return shares


def _parts(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """A total by weights, by largest remainder."""
    unit = Decimal(1).scaleb(int(total.as_tuple().exponent))
    exact = [total * weight / sum(weights, ZERO) for weight in weights]
    parts = [part.quantize(unit, ROUND_DOWN) for part in exact]
    rest = total - sum(parts, ZERO)
    by_remainder = sorted(range(len(parts)), key=lambda index: -abs(exact[index] - parts[index]))
    for index in by_remainder[: int(abs(rest) / unit)]:
        parts[index] += unit.copy_sign(rest)
    return parts
