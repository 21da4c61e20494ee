"""A branch with two people, a branch beside it, and deals of every kind in three currencies, due in a coming year."""

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from kernel.periods import Period
from people.models import Role
from tests.factories import (
    CurrencyFactory,
    ExchangeRateFactory,
    OpportunityFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

D = Decimal
RATES = {"EUR": D(1), "USD": D("0.9")}  # and none for francs


def coming() -> Period:
    """The first quarter of next year: no test minds where in a quarter today lies."""
    return Period(dt.date(timezone.localdate().year + 1, 1, 1), 3)


def build() -> SimpleNamespace:
    """Everybody and their deals."""
    period = coming()
    region, south = TeamFactory(name="Region"), TeamFactory(name="South")
    berlin = TeamFactory(name="Berlin", parent=region)
    made = SimpleNamespace(
        period=period, region=region, berlin=berlin, south=south,
        ada=UserFactory(username="ada", last_name="Ada", team=berlin),
        ben=UserFactory(username="ben", last_name="Ben", team=berlin),
        mei=UserFactory(username="mei", role=Role.SALES_MANAGER, team=region),
        sam=UserFactory(username="sam", last_name="Sam", team=south),
        root=UserFactory(username="root", role=Role.ADMINISTRATOR, team=None),
        fin=UserFactory(username="fin", role=Role.FINANCE, team=None),
        stage=StageFactory(), deals=[],
    )  # fmt: skip
    ExchangeRateFactory(rate=RATES["USD"])
    for number, (owner, code) in enumerate(
        (owner, code) for owner in (made.ada, made.ben, made.sam) for code in ("EUR", "USD", "CHF")
    ):
        made.deals += deals_of(made, owner, CurrencyFactory(code=code), number)
    return made


def deals_of(made: SimpleNamespace, owner: Any, currency: Any, number: int) -> list[Any]:
    """One of each category, one won, one lost, one elsewhere, one overdue and one without a day."""
    amount, day = D("1000.37") * (number + 1), made.period.starts_on + dt.timedelta(days=11 * (number % 8))
    common = {
        "owner": owner,
        "currency": currency,
        "exchange_rate": D("1.05"),
        "stage": made.stage,
        "probability": 35,
    }
    expected = common | {"estimated_close_on": day}
    long_ago = timezone.localdate() - dt.timedelta(days=400)
    won = {"status": "won", "actual_revenue": amount + 7, "closed_on": day, "estimated_revenue": amount}
    return [
        *(
            OpportunityFactory(estimated_revenue=amount + n, forecast=category, **expected)
            for n, category in enumerate(("pipeline", "best_case", "committed", "omitted"))
        ),
        OpportunityFactory(**won, **expected),
        OpportunityFactory(**won | {"closed_on": long_ago}, **expected),
        OpportunityFactory(status="lost", estimated_revenue=amount, closed_on=day, **expected),
        OpportunityFactory(**common, estimated_close_on=made.period.next.starts_on, estimated_revenue=amount),
        OpportunityFactory(**common, estimated_close_on=long_ago, estimated_revenue=amount),
        OpportunityFactory(**common, estimated_revenue=amount),
    ]


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- what the page says -----------------------------------------------------------------------------------------


def figures_on(html: str, key: str) -> dict[str, Decimal]:
    """The figures of one row by the heads of their columns."""
    row = html.partition(f'<tr id="row-{key}"')[2].partition("</tr>")[0]
    cells = re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</td>', row, re.S)
    found = {label: re.search(r'<data value="([^"]+)"', cell) for label, cell in cells}
    return {label: Decimal(one[1]) for label, one in found.items() if one}


def rows_on(html: str) -> list[str]:
    return re.findall(r'<tr id="row-([^"]+)"', html)


# --- what the database says, asked in its own words ---------------------------------------------------------------


def asked_of_the_database(period: Period, owners: list[Any]) -> dict[str, Decimal]:
    """The figures of these people's deals, each deal read and valued one by one."""
    marks = ", ".join(["%s"] * len(owners))
    rows = read(
        "SELECT c.code, o.forecast, o.estimated_revenue, o.probability, o.exchange_rate"
        " FROM opportunities_opportunity o JOIN catalog_currency c ON c.id = o.currency_id"
        " WHERE o.status = 'open' AND o.forecast <> 'omitted'"
        f" AND o.estimated_close_on BETWEEN %s AND %s AND o.owner_id IN ({marks})",
        [period.starts_on, period.ends_on, *(owner.pk for owner in owners)],
    )
    won = sum(
        (
            exact(revenue) * exact(rate)
            for revenue, rate in read(
                "SELECT o.actual_revenue, o.exchange_rate FROM opportunities_opportunity o WHERE o.status = 'won'"
                f" AND o.closed_on BETWEEN %s AND %s AND o.owner_id IN ({marks})",
                [period.starts_on, period.ends_on, *(owner.pk for owner in owners)],
            )
        ),
        D(0),
    )
    worth = [
        (category, exact(amount) * RATES.get(code, exact(rate)), chance)
        for code, category, amount, chance, rate in rows
    ]
    of = {
        name: sum((w for c, w, _p in worth if c == name), D(0))
        for name in ("committed", "best_case", "pipeline")
    }
    commit = won + of["committed"]
    best = commit + of["best_case"]
    return {
        "Won": won, "Commit": commit, "Best case": best, "Pipeline": best + of["pipeline"],
        "Weighted": won + sum((w * p / 100 for _c, w, p in worth), D(0)),
    }  # fmt: skip


def read(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(one) if isinstance(one, dt.date) else one for one in parameters])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def exact(value: Any) -> Decimal:
    return round(D(str(value)), 8)
