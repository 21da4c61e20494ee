"""Deals in several currencies, and what they come to by arithmetic of our own: rows read with SQL, added in Python."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import (
    CurrencyFactory,
    ExchangeRateFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
)

CENT = Decimal("0.01")
RATES = {"EUR": Decimal(1), "USD": Decimal("0.87654321"), "JPY": Decimal("0.00617283")}
UNRATED = "CHF"  # has no rate today: its deals count at the rates they were entered with
SQL = """
SELECT d.id, d.owner_id, d.stage_id, d.status, c.code, d.estimated_revenue, d.actual_revenue, d.probability,
       d.exchange_rate, d.closed_on
FROM opportunities_opportunity d JOIN catalog_currency c ON c.id = d.currency_id
"""


def make_deals(*owners: Any, **more: Any) -> None:
    """Open, won and lost deals of each owner in every currency, with amounts that have odd cents."""
    today = timezone.localdate()
    for code, rate in RATES.items():
        currency = CurrencyFactory(code=code)
        if code != "EUR":
            ExchangeRateFactory(currency=currency, rate=rate + 1, valid_from=today - dt.timedelta(days=90))
            ExchangeRateFactory(currency=currency, rate=rate, valid_from=today - dt.timedelta(days=1))
            ExchangeRateFactory(currency=currency, rate=rate + 2, valid_from=today + dt.timedelta(days=9))
    CurrencyFactory(code=UNRATED)
    stages = [StageFactory(position=n, name=f"Step {n}") for n in (3, 4)]
    stages.append(StageFactory(pipeline=PipelineFactory(name="Renewals", is_default=False), position=1))
    for place, owner in enumerate(owners, 1):
        for n, code in enumerate([*RATES, UNRATED]):
            head = {
                "owner": owner, "currency": CurrencyFactory(code=code), "exchange_rate": Decimal("0.7391"),
                "stage": stages[n % 3], **more,
            }  # fmt: skip
            OpportunityFactory(**head, estimated_revenue=Decimal(f"{place}017.{n}7"), probability=35 + n)
            OpportunityFactory(**head, estimated_revenue=Decimal("0.05"), probability=99)
            OpportunityFactory(**head, status="lost", estimated_revenue=Decimal(77), closed_on=today)
            OpportunityFactory(
                **head, status="won", actual_revenue=Decimal(f"{place}3.3{n}"), closed_on=today
            )
            long_ago = today.replace(year=today.year - 2, day=1)
            OpportunityFactory(**head, status="won", actual_revenue=Decimal(500), closed_on=long_ago)


def rows(where: str = "1 = 1") -> list[dict[str, Any]]:
    """The deals as they lie in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SQL} WHERE {where}")
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    amounts = ("estimated_revenue", "actual_revenue", "exchange_rate")
    return [row | {name: Decimal(str(row[name] or 0)) for name in amounts} for row in found]


def worth(found: list[dict[str, Any]]) -> tuple[int, Decimal, Decimal]:
    """How many open deals, what they are worth today, and that by their chance; to the cent."""
    each = [(row["estimated_revenue"] * RATES.get(row["code"], row["exchange_rate"]), row) for row in found]
    amount = sum((value for value, _row in each), Decimal(0))
    weighted = sum((value * row["probability"] / 100 for value, row in each), Decimal(0))
    return len(found), cents(amount), cents(weighted)


def brought(found: list[dict[str, Any]]) -> Decimal:
    """What won deals brought at the rates they were made with."""
    return cents(sum((row["actual_revenue"] * row["exchange_rate"] for row in found), Decimal(0)))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)


def listed(client: Client, url: str) -> int:
    """How many records the list behind a figure shows."""
    text = client.get(f"{url}&size=100").text
    return text.split("<tbody")[1].split("</tbody>")[0].count("<tr") if "<tbody" in text else 0
