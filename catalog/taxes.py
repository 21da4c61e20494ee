"""Which rate of tax a code means, for this customer, at this place, on this day, and why."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import TaxCode, TaxRate

ZERO = Decimal(0)

# How customers.Account names the treatments that mean no tax.
UNTAXED = ("exempt", "reverse_charge")

REASONS = {
    "exempt": _("the customer is exempt from tax"),
    "reverse_charge": _("reverse charge: the customer owes the tax"),
    "no_rate": _("no rate is set up for this tax code, place and day"),
    "rate": _("%(percent)s %% since %(since)s"),
    "rate_in_country": _("%(percent)s %% in %(country)s since %(since)s"),
    "rate_in_region": _("%(percent)s %% in %(region)s, %(country)s since %(since)s"),
}


@dataclass(frozen=True, slots=True)
class ResolvedTax:
    """A rate in percent and why it is that one."""

    rate: Decimal
    code: str
    row: TaxRate | None = None

    @property
    def because(self) -> str:
        row = self.row
        if row is None:
            return str(REASONS[self.code])
        figures = {"percent": f"{row.percent.normalize():f}", "country": row.country, "region": row.region}
        return str(REASONS[self.code] % (figures | {"since": row.valid_from.isoformat()}))


def tax_rate_for(
    tax_code: TaxCode, *, country: str, on: dt.date, treatment: str = "normal", region: str = ""
) -> ResolvedTax:
    """The rate of one code; the same answer as resolve_taxes() gives for many."""
    return resolve_taxes({tax_code.pk}, country=country, on=on, treatment=treatment, region=region)[
        tax_code.pk
    ]


def tax_rates(
    codes: Collection[int], *, country: str, on: dt.date, treatment: str = "normal", region: str = ""
) -> dict[int, Decimal]:
    """The rate of each code in percent, without the reasons."""
    found = resolve_taxes(codes, country=country, on=on, treatment=treatment, region=region)
    return {code: tax.rate for code, tax in found.items()}


def resolve_taxes(
    codes: Collection[int], *, country: str, on: dt.date, treatment: str = "normal", region: str = ""
) -> dict[int, ResolvedTax]:
    """The rate of each code: the region's before the country's before everybody's, of these the latest.

    At most one query. A code without any rate there and then is taxed at 0, and says so.
    """
    if treatment in UNTAXED:
        return {code: ResolvedTax(ZERO, treatment) for code in codes}
    if not codes:
        return {}
    country = country.strip().upper()
    region = region.strip() if country else ""
    rows = TaxRate.objects.filter(
        tax_code__in=codes, valid_from__lte=on, country__in={"", country}, region__in={"", region}
    )
    best: dict[int, TaxRate] = {}
    for row in rows:
        if row.tax_code_id not in best or _precedence(row) > _precedence(best[row.tax_code_id]):
            best[row.tax_code_id] = row
    return {code: _resolved(best.get(code)) for code in codes}


def _precedence(row: TaxRate) -> tuple[Any, ...]:
    return bool(row.country), bool(row.region), row.valid_from


def _resolved(row: TaxRate | None) -> ResolvedTax:
    if row is None:
        return ResolvedTax(ZERO, "no_rate")
    if row.region:
        return ResolvedTax(row.percent, "rate_in_region", row)
    return ResolvedTax(row.percent, "rate_in_country" if row.country else "rate", row)
