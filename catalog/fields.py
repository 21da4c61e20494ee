"""Column types for money, quantities and rates: at most 15 digits, which every database keeps exactly."""

from decimal import Decimal
from typing import Any

from django.db import models

from kernel.pricing import round_half_up


class AmountField(models.DecimalField):
    """An amount or a price; four places, since currencies have up to three and unit prices may need one more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class QuantityField(models.DecimalField):
    """How many or how much, up to five places."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 5)
        super().__init__(*args, **kwargs)


class PercentField(models.DecimalField):
    """A rate in percent: 19.0000 means 19 %."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 9)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


AMOUNT_PLACES = 4


def exact(total: Decimal | None) -> Decimal:
    """A sum from the database as exact as the columns it adds up: SQLite adds in binary and leaves a trace of it."""
    return round_half_up(total, AMOUNT_PLACES) if total else Decimal(0)
