"""What many deals are worth together: the one place that adds them up, for board, forecast, dashboard and report.

Open deals are valued at the rates of the day that is asked about, won deals at the rate they were made with. A currency
without a rate on that day is valued at the rates of its deals and named in ``unrated``: never dropped.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, QuerySet, Sum

from catalog.valuing import Rates
from kernel.pricing import round_half_up

AMOUNT: DecimalField[Any, Any] = DecimalField(max_digits=29, decimal_places=14)
EXACT = 8  # digits after the point: SQLite adds decimals as floats, beyond this its digits mean nothing
NOTHING = Decimal(0)


def _product(*factors: Any) -> Any:
    found = factors[0]
    for factor in factors[1:]:
        found = found * factor
    return ExpressionWrapper(found, output_field=AMOUNT)


ESTIMATE = F("estimated_revenue")
WEIGHTED = _product(ESTIMATE, F("probability"), Decimal("0.01"))
ESTIMATE_AT_OWN_RATE = _product(ESTIMATE, F("exchange_rate"))
WEIGHTED_AT_OWN_RATE = _product(ESTIMATE, F("probability"), Decimal("0.01"), F("exchange_rate"))
REVENUE = _product(F("actual_revenue"), F("exchange_rate"))


@dataclass(frozen=True)
class Worth:
    """So many deals, and what they are worth in base currency, exactly: rounding is for those who show it."""

    deals: int = 0
    amount: Decimal = NOTHING
    weighted: Decimal = NOTHING
    unrated: frozenset[str] = frozenset()  # codes that the day has no rate for

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(
            self.deals + other.deals, self.amount + other.amount, self.weighted + other.weighted,
            self.unrated | other.unrated,
        )  # fmt: skip


def total(worths: Iterable[Worth]) -> Worth:
    """All of them together."""
    found = Worth()
    for worth in worths:
        found = found + worth
    return found


def open_worth(deals: QuerySet[Any], *by: str, rates: Rates) -> dict[tuple[Hashable, ...], Worth]:
    """What open deals are worth, by the named columns, in one query: ``{("pipeline",): Worth(...)}``."""
    rows = deals.order_by().values(*by, "currency__code").annotate(
        n=Count("pk"), amount=Sum(ESTIMATE), weighted=Sum(WEIGHTED), own=Sum(ESTIMATE_AT_OWN_RATE),
        own_weighted=Sum(WEIGHTED_AT_OWN_RATE),
    )  # fmt: skip
    found: dict[tuple[Hashable, ...], Worth] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        found[key] = found.get(key, Worth()) + valued(row, rates)
    return found


def valued(row: Mapping[str, Any], rates: Rates) -> Worth:
    """One sum of deals in one currency, in base currency."""
    code = row["currency__code"]
    return Worth(
        row["n"],
        rates.value(exact(row["amount"]), code, at_own_rate=exact(row["own"])),
        rates.value(exact(row["weighted"]), code, at_own_rate=exact(row["own_weighted"])),
        frozenset() if rates.knows(code) else frozenset([code]),
    )


def won_worth(deals: QuerySet[Any], *by: str) -> dict[tuple[Hashable, ...], Worth]:
    """What won deals brought, by the named columns, in one query."""
    # Without any column Django would group by all of them: every deal a row of its own.
    rows = deals.order_by().values(*(by or ("status",))).annotate(n=Count("pk"), brought=Sum(REVENUE))
    found: dict[tuple[Hashable, ...], Worth] = {}
    for row in rows:
        key, brought = tuple(row[name] for name in by), exact(row["brought"])
        found[key] = found.get(key, Worth()) + Worth(row["n"], brought, brought)
    return found


def exact(amount: Any) -> Decimal:
    """A sum as the database meant it."""
    return round_half_up(Decimal(str(amount or 0)), EXACT)
