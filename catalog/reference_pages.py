"""What the pages of reference data show, each in a constant number of queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from catalog.models import (
    Currency,
    DiscountList,
    ExchangeRate,
    PriceListItem,
    TaxCode,
    TaxRate,
    Unit,
    UnitGroup,
)

RATES_SHOWN = 12
READ = 2000


@dataclass
class Group:
    """A group of units, the base unit first."""

    group: UnitGroup
    units: list[Unit] = field(default_factory=list)

    @property
    def base(self) -> Unit | None:
        """The unit the others are measured by: the one that holds 1."""
        return next((unit for unit in self.units if unit.factor == 1), None)


def unit_groups() -> list[Group]:
    """All groups with their units."""
    groups = {group.pk: Group(group) for group in UnitGroup.objects.order_by("name")}
    for unit in Unit.objects.order_by("factor", "code"):
        groups[unit.group_id].units.append(unit)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate and whether it holds, is past, or is still to come."""

    rate: TaxRate
    state: str


def tax_codes_on(day: dt.date) -> list[tuple[TaxCode, list[DatedRate]]]:
    """Each code with all its rates, by place, the present one of each place first."""
    found: dict[int, list[TaxRate]] = {}
    for rate in TaxRate.objects.order_by("country", "region", "-valid_from"):
        found.setdefault(rate.tax_code_id, []).append(rate)
    return [(code, dated(found.get(code.pk, []), day)) for code in TaxCode.objects.order_by("code")]


def dated(rates: Sequence[TaxRate], day: dt.date) -> list[DatedRate]:
    """The rates with what they are on the day; they come latest first within a place."""
    holding: set[tuple[str, str]] = set()
    made = []
    for rate in rates:
        place = (rate.country, rate.region)
        if rate.valid_from > day:
            state = "to_come"
        else:
            state = "past" if place in holding else "now"
            holding.add(place)
        made.append(DatedRate(rate, state))
    return made


@dataclass
class Money:
    """A currency, what it is worth today, and its rates, the latest first."""

    currency: Currency
    now: ExchangeRate | None = None
    rates: list[ExchangeRate] = field(default_factory=list)
    total: int = 0


def currencies_with_rates(day: dt.date) -> list[Money]:
    """Every currency with its last rates; a currency without one cannot be sold in."""
    found = {one.pk: Money(one) for one in Currency.objects.order_by("-is_base", "code")}
    for rate in ExchangeRate.objects.order_by("-valid_from")[:READ]:
        money = found[rate.currency_id]
        money.total += 1
        if money.now is None and rate.valid_from <= day:
            money.now = rate
        if len(money.rates) < RATES_SHOWN:
            money.rates.append(rate)
    return list(found.values())


def discount_lists_with_use() -> QuerySet[DiscountList]:
    """The discount lists with their tiers and how many prices use each."""
    return DiscountList.objects.select_related("currency").prefetch_related("tiers").order_by("name")


def uses_of() -> dict[int, int]:
    """How many prices use each discount list, by its key."""
    used = PriceListItem.objects.filter(discount_list__isnull=False).order_by()
    return dict(used.values_list("discount_list").annotate(count=Count("pk")))
