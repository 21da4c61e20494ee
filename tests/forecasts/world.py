"""A small sales force with deals in three currencies, one of which has no rate, and the sums of them by hand."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.models import Currency
from kernel.periods import Period
from people.models import Team, User
from tests.factories import CurrencyFactory, ExchangeRateFactory, OpportunityFactory, TeamFactory, UserFactory

PERIOD = Period(dt.date(2026, 10, 1), 3)
TODAY = dt.date(2026, 11, 20)
D = Decimal
ALL_CATEGORIES = ("committed", "best_case", "pipeline", "omitted")


@dataclass
class World:
    people: dict[str, User]
    teams: dict[str, Team]
    currencies: dict[str, Currency]


def build() -> World:
    """Sales with North and South below it; yen have no rate."""
    sales, other = TeamFactory(name="Sales"), TeamFactory(name="Elsewhere")
    north, south = TeamFactory(name="North", parent=sales), TeamFactory(name="South", parent=sales)
    people = {
        "rep": UserFactory(username="rep", team=north),
        "peer": UserFactory(username="peer", team=north),
        "southern": UserFactory(username="southern", team=south),
        "outsider": UserFactory(username="outsider", team=other),
        "manager": UserFactory(username="manager", role="sales_manager", team=sales),
        "northern_manager": UserFactory(username="northern.manager", role="sales_manager", team=north),
        "finance": UserFactory(username="finance", role="finance", team=None),
        "integration": UserFactory(username="machine", role="integration", team=None),
        "administrator": UserFactory(username="admin", role="administrator", team=None),
    }
    usd = ExchangeRateFactory(rate=D("0.9125")).currency
    currencies = {"EUR": CurrencyFactory(), "USD": usd, "JPY": CurrencyFactory(code="JPY", digits=0)}
    teams = {"sales": sales, "north": north, "south": south, "other": other}
    return World(people, teams, currencies)


def fill(world: World) -> None:
    """Deals of everybody and nobody, in every category, month and currency; some late, some without a day."""
    owners = [*(world.people[name] for name in ("rep", "peer", "southern", "outsider", "manager")), None]
    days: list[dt.date | None] = [
        dt.date(2026, 10, 1), dt.date(2026, 11, 19), dt.date(2026, 12, 31), dt.date(2027, 1, 1),
        dt.date(2026, 9, 30), None,
    ]  # fmt: skip
    number = 0
    for at, owner in enumerate(owners):
        for day in days:
            for category in ALL_CATEGORIES:
                number += 1
                currency = list(world.currencies.values())[number % 3]
                OpportunityFactory(
                    owner=owner, team=owner.team if owner else world.teams["south"], currency=currency,
                    exchange_rate=RATES_OF_DEALS[currency.code], estimated_revenue=D(number * 137) / 4,
                    estimated_close_on=day, forecast=category, probability=(number * 7) % 101,
                )  # fmt: skip
            won_on = day or dt.date(2026, 12, 1)
            currency = list(world.currencies.values())[at % 3]
            OpportunityFactory(
                owner=owner, team=owner.team if owner else world.teams["north"], currency=currency, status="won",
                exchange_rate=RATES_OF_DEALS[currency.code], actual_revenue=D(number * 11) / 8, closed_on=won_on,
                estimated_revenue=1, estimated_close_on=won_on,
            )  # fmt: skip
            OpportunityFactory(
                owner=owner, team=owner.team if owner else None, status="lost", estimated_revenue=99,
                closed_on=won_on, estimated_close_on=won_on,
            )  # fmt: skip
    # Somebody else's team, and no team at all.
    OpportunityFactory(
        owner=world.people["rep"], team=world.teams["south"], estimated_revenue=1000, forecast="committed",
        estimated_close_on=dt.date(2026, 12, 2),
    )  # fmt: skip
    OpportunityFactory(
        owner=world.people["rep"], team=None, estimated_revenue=2000, forecast="best_case",
        estimated_close_on=dt.date(2026, 12, 3),
    )  # fmt: skip


RATES_OF_DEALS = {"EUR": D(1), "USD": D("0.88"), "JPY": D("0.00612345")}
# What each role reaches, said as SQL by hand: %(me)s is the person, the teams are named.
REACH = {
    "rep": "(o.owner_id = %(me)s OR (o.owner_id IS NULL AND o.team_id = %(north)s))",
    "southern": "(o.owner_id = %(me)s OR (o.owner_id IS NULL AND o.team_id = %(south)s))",
    "outsider": "(o.owner_id = %(me)s OR (o.owner_id IS NULL AND o.team_id = %(other)s))",
    "manager": "(o.owner_id = %(me)s OR o.team_id IN (%(sales)s, %(north)s, %(south)s))",
    "northern_manager": "(o.owner_id = %(me)s OR o.team_id = %(north)s)",
    "finance": "1 = 1",
    "integration": "1 = 1",
    "administrator": "1 = 1",
}
LIVE = """SELECT o.estimated_revenue, o.actual_revenue, o.exchange_rate, o.probability, c.code
    FROM opportunities_opportunity o JOIN catalog_currency c ON c.id = o.currency_id WHERE {reach} AND {column}"""
COLUMNS = {
    "won": "o.status = 'won' AND o.closed_on BETWEEN '2026-10-01' AND '2026-12-31'",
    **{
        name: f"o.status = 'open' AND o.forecast = '{column}'"
        " AND o.estimated_close_on BETWEEN '2026-10-01' AND '2026-12-31'"
        for name, column in {
            "commit": "committed",
            "best_case": "best_case",
            "pipeline": "pipeline",
            "omitted": "omitted",
        }.items()
    },
    "overdue": "o.status = 'open' AND o.estimated_close_on < '2026-10-01'",
    "undated": "o.status = 'open' AND o.estimated_close_on IS NULL",
}


def by_hand(world: World, name: str, column: str, more: str = "1 = 1") -> tuple[int, Decimal, Decimal]:
    """How many deals a column has for a person, their worth and their weighted worth, row by row."""
    told = {"me": world.people[name].pk} | {key: team.pk for key, team in world.teams.items()}
    sql = LIVE.format(reach=REACH[name], column=f"{COLUMNS[column]} AND {more}")
    with connection.cursor() as cursor:
        wanted = sql % {key: int(value) for key, value in told.items()}
        cursor.execute(wanted)
        rows = cursor.fetchall()
    amount = weighted = D(0)
    for estimate, brought, own_rate, probability, code in rows:
        if column == "won":
            worth = D(str(brought)) * D(str(own_rate))
            amount, weighted = amount + worth, weighted + worth
        else:
            rate = {"EUR": D(1), "USD": D("0.9125")}.get(code, D(str(own_rate)))
            worth = D(str(estimate)) * rate
            amount, weighted = amount + worth, weighted + worth * probability / 100
    return len(rows), amount, weighted


def close(one: Any, other: Any) -> bool:
    """Equal far below the cent: SQLite adds decimals as floats."""
    return abs(D(one) - D(other)) < D("0.000001")
