"""Rounding half up, and sharing an amount out so that the parts sum to it exactly."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from kernel.pricing.errors import PricingError

ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")
# Wide enough that no product or sum of legal figures is ever rounded but where we say so.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
UNITS = tuple(Decimal(1).scaleb(-digits) for digits in range(11))


def round_half_up(amount: Decimal, digits: int) -> Decimal:
    """The amount to so many decimals, halves away from zero, never a negative zero."""
    rounded = amount.quantize(UNITS[digits], ROUND_HALF_UP, EXACT)
    return rounded if rounded else rounded.copy_abs()


def percent_of(amount: Decimal, percent: Decimal, digits: int) -> Decimal:
    """So many percent of an amount, rounded where it arises; the caller holds the exact context."""
    return round_half_up(amount * percent * HUNDREDTH, digits)


def convert(amount: Decimal, rate: Decimal, digits: int) -> Decimal:
    """The amount in another currency, at so many of its units for one of ours."""
    with localcontext(EXACT):
        return round_half_up(amount * rate, digits)


def allocate(amount: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Shares of the amount in proportion to the weights, by largest remainder; ties go to the first.

    The amount must be whole in the smallest unit, the weights not negative; a weight of zero gets nothing.
    """
    with localcontext(EXACT):
        units = _whole(amount, digits)
        shares = [_scaled(weight) for weight in weights]
        whole = sum(shares)
        if any(share < 0 for share in shares):
            raise PricingError("Shares cannot be worked out from negative figures.", code="negative_weight")
        if not whole:
            if units:
                raise PricingError("There is nothing to share this amount out over.", code="nothing_to_share")
            return [UNITS[digits] * 0] * len(shares)
        sign = -1 if units < 0 else 1
        parts = _largest_remainder(abs(units), shares, whole)
        return [Decimal(sign * part).scaleb(-digits) for part in parts]


def apportion(
    amount: Decimal, done_before: Decimal, done_after: Decimal, of: Decimal, digits: int
) -> Decimal:
    """The piece of an amount between two states of completion, so that all pieces sum to the amount.

    Each piece is the difference of two rounded running totals: no cent is lost or made on the way.
    """
    with localcontext(EXACT):
        for done in (done_before, done_after):
            if not (ZERO <= done <= of or of <= done <= ZERO):
                raise PricingError("More would be done than there is.", code="beyond_whole", field="quantity")
        if not of:
            if amount:
                raise PricingError("A part of nothing cannot carry an amount.", code="nothing_to_share")
            return UNITS[digits] * 0
        return _running(amount, done_after, of, digits) - _running(amount, done_before, of, digits)


def _running(amount: Decimal, done: Decimal, of: Decimal, digits: int) -> Decimal:
    return round_half_up(amount * done / of, digits)


def _whole(amount: Decimal, digits: int) -> int:
    units = amount.scaleb(digits)
    if units != units.to_integral_value():
        raise PricingError(
            f"{amount} has more than {digits} decimals and cannot be shared out.", code="too_many_digits"
        )
    return int(units)


def _scaled(weight: Decimal) -> int:
    """The weight as a whole number, exact to ten decimals: whole numbers divide without rounding."""
    return int(weight.scaleb(10))


def _largest_remainder(units: int, shares: Sequence[int], whole: int) -> list[int]:
    parts, remainders = [], []
    for share in shares:
        part, remainder = divmod(units * share, whole)
        parts.append(part)
        remainders.append(remainder)
    short = units - sum(parts)
    if short:
        # A stable sort keeps the first of equals first, which is the tie rule.
        order = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
        for index in order[:short]:
            parts[index] += 1
    return parts
