"""How our net amount becomes Tryton's unit price: four decimals, and the amount of a line rounded half to
even.
"""

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
