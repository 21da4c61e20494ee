"""What amounts in many currencies are worth in one: by the rates of one day, and never without saying so."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from catalog.models import Currency, ExchangeRate


@dataclass(frozen=True)
class Rates:
    """The rates of a day to the base currency, by code; a currency without a rate is not among them."""

    day: dt.date
    base: str
    by_code: Mapping[str, Decimal]
    codes: Mapping[int, str] = field(
        default_factory=dict
    )  # of all currencies, by key, where they were read along

    def knows(self, code: str) -> bool:
        return code in self.by_code

    def value(self, amount: Decimal, code: str, *, at_own_rate: Decimal) -> Decimal:
        """The amount in base currency; where the day has no rate, what it was at the rates of its documents.

        Whoever shows the sum says which currencies were valued so: ``unrated``.
        """
        rate = self.by_code.get(code)
        return at_own_rate if rate is None else amount * rate


def rates_at(day: dt.date) -> Rates:
    """The rates that hold on a day, in one query."""
    newest = ExchangeRate.objects.filter(currency=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from")
    rows = Currency.objects.values_list("pk", "code", "is_base", Subquery(newest.values("rate")[:1]))
    found = list(rows)
    by_code = {
        code: Decimal(1) if is_base else rate
        for _pk, code, is_base, rate in found
        if is_base or rate is not None
    }
    base = next((code for _pk, code, is_base, _rate in found if is_base), "")
    return Rates(day, base, by_code, {pk: code for pk, code, _is_base, _rate in found})
