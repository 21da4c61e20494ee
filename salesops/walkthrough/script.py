"""What is sold in the walkthrough and what it must come to, worked out here from literal numbers.

On purpose this shares nothing with the pricing engine: fractions and whole cents, no Decimal, no quantize. The
prices are those of the demo organization's catalog.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

TAX_PERCENT = {"standard": Fraction(19), "reduced": Fraction(7)}
FREIGHT = "85.00"
FREIGHT_TAX = "standard"
CUSTOMER_PO = "PO-WALK-1"
LEAD = {
    "topic": "Retrofit of a milling line",
    "first_name": "Greta",
    "last_name": "Lindqvist",
    "company": "Lindqvist Verktyg",
    "email": "greta@lindqvist.example",
    "phone": "+49 40 555 0123",
    "street": "Hafenstraße 7",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "need": "Two spindles before the trade show.",
}
ESTIMATE = Decimal("14000.00")


@dataclass(frozen=True)
class Sold:
    """A line as it is offered; without a code it is written in."""

    code: str
    quantity: str
    price: str
    tax: str = "standard"
    percent: str = ""
    amount: str = ""
    off_each: str = ""  # the price list's own discount for this quantity
    words: str = ""


@dataclass(frozen=True)
class Offer:
    """Five lines and a discount on the whole."""

    lines: tuple[Sold, ...]
    percent: str


@dataclass(frozen=True)
class Sums:
    """What lines, or a whole document, come to, as people read it."""

    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Worked:
    """An offer worked out: its sums, and net and tax of each line."""

    sums: Sums
    discount: Decimal
    lines: tuple[tuple[Decimal, Decimal], ...]


FIRST_OFFER = Offer(
    (
        Sold("CNC-20", "2", "6400.00", percent="5"),
        Sold("MIL-10", "12", "39.90", off_each="1.995"),
        Sold("BOOK-CNC", "3", "59.00", tax="reduced"),
        Sold("SRV-INST", "6.5", "145.00", amount="42.50"),
        Sold("", "1", "120.15", words="Packing and insurance"),
    ),
    percent="2",
)
# What the customer wants otherwise: more off the spindles, one book more, more off the whole.
SECOND_OFFER = Offer(
    (
        replace(FIRST_OFFER.lines[0], percent="7.5"),
        FIRST_OFFER.lines[1],
        replace(FIRST_OFFER.lines[2], quantity="4"),
        *FIRST_OFFER.lines[3:],
    ),
    percent="3",
)
# The demo ERP sends half of each line first, in whole pieces.
FIRST_DELIVERY = ("1", "6", "2", "3", "0")


def worked_out(offer: Offer) -> Worked:
    """The offer by the rules of tax per line: each amount rounded where it arises, half a cent upward."""
    nets = [net_of(line) for line in offer.lines]
    discount = cents(Fraction(sum(nets), 100) * Fraction(offer.percent) / 100)
    shares = shared_out(discount, nets)
    taxes = [
        cents(Fraction(net - share, 100) * TAX_PERCENT[line.tax] / 100)
        for line, net, share in zip(offer.lines, nets, shares, strict=True)
    ]
    net = sum(nets) - discount + cents(Fraction(FREIGHT))
    tax = sum(taxes) + cents(Fraction(FREIGHT) * TAX_PERCENT[FREIGHT_TAX] / 100)
    lines = tuple((money(net), money(tax)) for net, tax in zip(nets, taxes, strict=True))
    return Worked(Sums(money(net), money(tax), money(net + tax)), money(discount), lines)


def net_of(line: Sold) -> int:
    """Cents of one line after its own discount."""
    base = cents(Fraction(line.quantity) * (Fraction(line.price) - Fraction(line.off_each or 0)))
    if line.percent:
        return base - cents(Fraction(base, 100) * Fraction(line.percent) / 100)
    return base - cents(Fraction(line.amount or 0))


def shared_out(whole: int, weights: list[int]) -> list[int]:
    """Whole cents in proportion; what is left goes to the largest fractions, the first line first."""
    exact = [Fraction(whole * weight, sum(weights)) for weight in weights]
    parts = [floor(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in order[: whole - sum(parts)]:
        parts[index] += 1
    return parts


def cents(amount: Fraction) -> int:
    """An amount in whole cents, half a cent upward; nothing here is negative."""
    return floor(amount * 100 + Fraction(1, 2))


def money(whole_cents: int) -> Decimal:
    """Cents as an amount."""
    return Decimal(whole_cents).scaleb(-2)
