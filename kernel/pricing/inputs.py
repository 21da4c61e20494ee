"""What the engine is told: lines, header, currency digits and rounding profile; checked before any sum."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from kernel.pricing.errors import PricingError
from kernel.pricing.rounding import ZERO

MAX_DIGITS = 15
HUNDRED = Decimal(100)
TAX_RATE_LIMIT = Decimal(1000)
# Amounts are kept in columns of 15 digits, 4 of them decimals.
AMOUNT_LIMIT = Decimal(10) ** 11

_FIGURES = (
    "quantity",
    "unit_price",
    "volume_discount",
    "discount_amount",
    "discount_percent",
    "tax_rate",
    "typed_tax",
)
_HEADER_FIGURES = ("discount_percent", "discount_amount", "freight", "freight_tax_rate")


class Profile(StrEnum):
    """When a document rounds, and on what it taxes."""

    PER_LINE = "per_line"
    PER_DOCUMENT = "per_document"
    DYNAMICS = "dynamics"


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line as agreed; a negative quantity gives back, its discounts then give back less.

    ``volume_discount`` is per unit, ``discount_amount`` for the whole line, percents are 0 to 100.
    ``typed_tax`` counts in the dynamics profile only and carries its own sign.
    """

    key: str
    quantity: Decimal
    unit_price: Decimal
    volume_discount: Decimal = ZERO
    discount_amount: Decimal | None = None
    discount_percent: Decimal | None = None
    tax_rate: Decimal = ZERO
    tax_group: str = ""
    typed_tax: Decimal | None = None

    def __post_init__(self) -> None:
        make_exact(self, _FIGURES)


@dataclass(frozen=True, slots=True)
class HeaderInput:
    """What holds for the whole document; freight carries its own sign, discounts are never negative."""

    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    freight: Decimal = ZERO
    freight_tax_rate: Decimal = ZERO
    freight_tax_group: str = ""
    digits: int = 2
    profile: Profile = Profile.PER_LINE

    def __post_init__(self) -> None:
        make_exact(self, _HEADER_FIGURES)


def make_exact(owner: object, names: Iterable[str]) -> None:
    """Whole numbers become decimals; anything else, above all a float, is a bug of the caller."""
    for name in names:
        figure = getattr(owner, name)
        if type(figure) is Decimal or figure is None:
            continue
        if type(figure) is not int:
            raise TypeError(f"{name} must be a Decimal, not {type(figure).__name__}")
        object.__setattr__(owner, name, Decimal(figure))


def credited(lines: Iterable[LineInput], header: HeaderInput) -> tuple[list[LineInput], HeaderInput]:
    """The same document given back: priced, every amount is exactly the negative of the original."""
    back = [
        replace(
            line,
            quantity=-line.quantity,
            typed_tax=None if line.typed_tax is None else -line.typed_tax,
        )
        for line in lines
    ]
    return back, replace(header, freight=-header.freight)


def check_header(header: HeaderInput) -> None:
    """Refuse a header that means nothing, naming the field."""
    if not 0 <= header.digits <= 4:
        raise PricingError("A currency has between 0 and 4 decimals.", code="bad_digits", field="currency")
    for field in _HEADER_FIGURES:
        _check_figure(getattr(header, field), field, "")
    _check_range(header.discount_percent, HUNDRED, "discount_percent", "")
    _check_range(header.discount_amount, AMOUNT_LIMIT, "discount_amount", "")
    _check_range(header.freight_tax_rate, TAX_RATE_LIMIT, "freight_tax_rate", "")


def check_line(line: LineInput) -> None:
    """Refuse a line that means nothing, naming line and field."""
    for field in _FIGURES:
        figure = getattr(line, field)
        if figure:
            _check_figure(figure, field, line.key)
    if line.volume_discount:
        _check_volume_discount(line)
    if line.discount_percent:
        _check_range(line.discount_percent, HUNDRED, "discount_percent", line.key)
    if line.discount_amount:
        _check_range(line.discount_amount, AMOUNT_LIMIT, "discount_amount", line.key)
    if line.discount_amount and line.discount_percent:
        raise PricingError(
            "Give a line discount as an amount or as a percentage, not both.",
            code="two_discounts",
            field="discount_percent",
            line=line.key,
        )
    if line.tax_rate:
        _check_range(line.tax_rate, TAX_RATE_LIMIT, "tax_rate", line.key)


def check_amount(amount: Decimal, field: str, line: str = "") -> None:
    """Refuse a result that no column could keep exactly."""
    if not -AMOUNT_LIMIT < amount < AMOUNT_LIMIT:
        raise PricingError(
            f"The amount {amount:,f} is too large.", code="too_many_digits", field=field, line=line
        )


def _check_figure(figure: Decimal, field: str, line: str) -> None:
    _, digits, exponent = figure.as_tuple()
    if isinstance(exponent, str):
        raise PricingError("This is not a number.", code="not_a_number", field=field, line=line)
    if len(digits) <= MAX_DIGITS and -MAX_DIGITS <= exponent <= 0:
        return
    _, digits, exponent = figure.normalize().as_tuple()
    before, after = max(len(digits) + int(exponent), 0), max(-int(exponent), 0)
    if before + after > MAX_DIGITS:
        raise PricingError(
            f"At most {MAX_DIGITS} digits can be kept.", code="too_many_digits", field=field, line=line
        )


def _check_range(figure: Decimal, most: Decimal, field: str, line: str) -> None:
    if figure < 0:
        raise PricingError(
            "This cannot be negative; add a line for a surcharge.", code="negative", field=field, line=line
        )
    if figure > most:
        raise PricingError(f"This cannot be more than {most:,f}.", code="too_large", field=field, line=line)


def _check_volume_discount(line: LineInput) -> None:
    _check_range(line.volume_discount, AMOUNT_LIMIT, "volume_discount", line.key)
    if line.volume_discount > line.unit_price:
        raise PricingError(
            "The volume discount is larger than the unit price.",
            code="discount_too_large",
            field="volume_discount",
            line=line.key,
        )
