"""The ground an organization stands on before its first sale: currency, taxes, units, terms, a pipeline."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from catalog.models import Currency, ExchangeRate, PaymentTerms, PriceList, TaxCode, TaxRate, Unit, UnitGroup
from opportunities.models import LossReason, Pipeline, Stage

LONG_AGO = dt.date(2000, 1, 1)
CURRENCIES = [("EUR", "Euro", "€", 2), ("USD", "US dollar", "$", 2), ("GBP", "Pound sterling", "£", 2),
              ("CHF", "Swiss franc", "CHF", 2), ("JPY", "Yen", "¥", 0), ("KWD", "Kuwaiti dinar", "KD", 3)]  # fmt: skip
TAXES: list[tuple[str, str, dict[str, int | str]]] = [
         ("standard", "Standard rate", {"": 19, "FR": 20, "AT": 20, "GB": 20, "CH": "8.1", "US": 0, "JP": 10}),
         ("reduced", "Reduced rate", {"": 7, "FR": "5.5", "AT": 10, "GB": 5, "CH": "2.6", "US": 0, "JP": 8}),
         ("zero", "Not taxed", {"": 0})]  # fmt: skip
UNITS = {"Pieces": [("pc", "piece", 1), ("box", "box of 10", 10)], "Time": [("h", "hour", 1), ("day", "day", 8)],
         "Length": [("m", "meter", 1)]}  # fmt: skip
TERMS = [("PRE", "In advance", 0, "when_ordered"), ("NET14", "14 days net", 14, "when_fulfilled"),
         ("NET30", "30 days net", 30, "when_fulfilled")]  # fmt: skip
STAGES = [("Qualify", 10, "pipeline", 30), ("Develop", 30, "pipeline", 30), ("Propose", 60, "best_case", 21),
          ("Close", 90, "committed", 14)]  # fmt: skip
LOSSES = [
    ("Price", "out_sold"),
    ("Competitor", "out_sold"),
    ("Timing", "canceled"),
    ("No decision", "canceled"),
]


@transaction.atomic
def lay_ground(*, currency: str = "EUR") -> None:
    """Make what every organization needs, reporting in ``currency``; doing it again changes nothing."""
    for code, name, symbol, digits in CURRENCIES:
        facts = {"name": name, "symbol": symbol, "digits": digits, "is_base": code == currency}
        Currency.objects.get_or_create(code=code, defaults=facts)
    lay_taxes()
    lay_units()
    for code, name, days, invoicing in TERMS:
        facts = {"name": name, "net_days": days, "invoicing": invoicing}
        PaymentTerms.objects.get_or_create(code=code, defaults=facts)
    for name, reason in LOSSES:
        LossReason.objects.get_or_create(name=name, defaults={"status_reason": reason})
    base = Currency.objects.get(is_base=True)
    if not PriceList.objects.filter(is_default=True, currency=base).exists():
        PriceList.objects.create(name=f"Standard {base.code}", currency=base, is_default=True)
    lay_pipeline()


def lay_taxes() -> None:
    for code, name, rates in TAXES:
        tax, _made = TaxCode.objects.get_or_create(code=code, defaults={"name": name})
        for country, percent in rates.items():
            place = {"tax_code": tax, "country": country, "region": "", "valid_from": LONG_AGO}
            TaxRate.objects.get_or_create(**place, defaults={"percent": Decimal(str(percent))})


def lay_units() -> None:
    for group, units in UNITS.items():
        owner, _made = UnitGroup.objects.get_or_create(name=group)
        for code, name, factor in units:
            Unit.objects.get_or_create(code=code, defaults={"group": owner, "name": name, "factor": factor})


def lay_pipeline() -> None:
    """The default pipeline of the trade, unless the organization has one."""
    if Pipeline.objects.filter(is_default=True).exists():
        return
    pipeline = Pipeline.objects.create(name="Sales", is_default=True)
    Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline, name=name, position=position, probability=chance, forecast=forecast,
            rots_after_days=days,
        )
        for position, (name, chance, forecast, days) in enumerate(STAGES, 1)
    )  # fmt: skip


def rate_to_base(code: str, rate: str, *, valid_from: dt.date = LONG_AGO) -> None:
    """What one unit of a currency is worth in base currency from a day on."""
    currency = Currency.objects.get(code=code)
    ExchangeRate.objects.get_or_create(
        currency=currency, valid_from=valid_from, defaults={"rate": Decimal(rate)}
    )
