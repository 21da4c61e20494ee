"""Where a figure lies on an axis, at which round values the axis is marked, and how those read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_compact_decimal

from kernel.formats import MINUS, locale, number

STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
BIG = 10_000  # from here on an axis speaks of thousands and millions


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` laid out between two places of the sheet."""

    low: Decimal
    high: Decimal
    begin: float
    end: float
    ticks: Sequence[Decimal] = ()

    def at(self, value: Decimal | int | float) -> float:
        """The place of a value."""
        share = (Decimal(str(value)) - self.low) / (self.high - self.low)
        return self.begin + float(share) * (self.end - self.begin)

    def length(self, value: Decimal | int | float) -> float:
        """How long a value is, whatever its sign."""
        return abs(self.at(value) - self.at(0))


def scale(
    values: Iterable[Decimal | int], begin: float, end: float, *, most: int = 5, from_zero: bool = True
) -> Scale:
    """An axis for these values that begins and ends at round ones."""
    known = [Decimal(value) for value in values] or [Decimal(0)]
    low, high = min(known), max(known)
    if from_zero:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        high = low + 1
    is_whole = all(value == value.to_integral_value() for value in known)
    step = step_of(high - low, most, is_whole=is_whole)
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    last = (high / step).to_integral_value(rounding="ROUND_CEILING")
    ticks = [step * (first + n) for n in range(int(last - first) + 1)]
    return Scale(ticks[0], ticks[-1], begin, end, ticks)


def step_of(span: Decimal, most: int, *, is_whole: bool) -> Decimal:
    """The smallest round step that needs no more ticks than wanted."""
    rough = span / most
    power = Decimal(1).scaleb(rough.adjusted())
    step: Decimal = next(power * one for one in STEPS if power * one >= rough)
    if is_whole and step != step.to_integral_value():
        step = max(Decimal(1), step.to_integral_value(rounding="ROUND_CEILING"))
    return step


def short(value: Decimal | int) -> str:
    """A value beside an axis: 48K, 1.5M, by the reader's language; small ones whole."""
    exact = Decimal(value)
    if -BIG < exact < BIG:
        return number(exact.normalize() if exact else exact)
    return format_compact_decimal(exact, fraction_digits=2, locale=locale()).replace("-", MINUS)
