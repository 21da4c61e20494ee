"""How this ERP counts: it never trusts the sender's sums, and its rounding is a setting like in any other
ERP.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation

PROFILES = ("per_line", "per_document", "half_even")
MINOR_UNITS = {"JPY": 0, "KRW": 0, "CLP": 0, "BHD": 3, "KWD": 3, "TND": 3, "OMR": 3, "JOD": 3}


@dataclass(frozen=True)
class Line:
    """What the amounts of one line are made from; the rate is in percent."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    tax_rate: Decimal


@dataclass(frozen=True)
class Amounts:
    """The ERP's own amounts: net and tax per line, and their sums."""

    lines: list[tuple[Decimal, Decimal]]
    net: Decimal
    tax: Decimal
    gross: Decimal


def decimal(value: object) -> Decimal:
    """A decimal string as a number; raises TypeError or ValueError for anything else, floats included."""
    if not isinstance(value, str):
        raise TypeError("decimal numbers are sent as strings")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a decimal number")
    return number


def cents(currency: str) -> Decimal:
    """The smallest coin of a currency."""
    return Decimal(1).scaleb(-MINOR_UNITS.get(currency, 2))


def calculate(lines: list[Line], currency: str, profile: str) -> Amounts:
    """Price the lines by one of the rounding profiles."""
    unit = cents(currency)
    way = ROUND_HALF_EVEN if profile == "half_even" else ROUND_HALF_UP
    nets = [(line.quantity * line.unit_price - line.discount).quantize(unit, way) for line in lines]
    taxes = [(net * line.tax_rate / 100).quantize(unit, way) for net, line in zip(nets, lines, strict=True)]
    if profile == "per_document":
        taxes = _taxed_together(lines, nets, taxes, unit)
    net, tax = sum(nets, Decimal(0)), sum(taxes, Decimal(0))
    return Amounts(list(zip(nets, taxes, strict=True)), net, tax, net + tax)


def _taxed_together(
    lines: list[Line], nets: list[Decimal], taxes: list[Decimal], unit: Decimal
) -> list[Decimal]:
    """Tax per rate on the sum; what the lines do not add up to goes to the largest line of the rate."""
    result = list(taxes)
    members: dict[Decimal, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        members[line.tax_rate].append(index)
    for rate, indexes in members.items():
        together = (sum(nets[i] for i in indexes) * rate / 100).quantize(unit, ROUND_HALF_UP)
        largest = max(indexes, key=lambda i: abs(nets[i]))
        result[largest] += together - sum(taxes[i] for i in indexes)
    return result
