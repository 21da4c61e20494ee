"""Rows of the forecast, for the pages of the back office."""

import datetime as dt
from typing import Any

from forecasts.models import DealAsOf, ForecastCall, Goal, Snapshot, SumAsOf
from tests.factories import OpportunityFactory


def make(n: int, owner: Any) -> None:
    """One more of each: a goal, a call, a picture and a deal in it."""
    Goal.objects.create(period="2026-Q1", user=owner, by=owner, target=1)
    ForecastCall.objects.create(period="2026-Q1", team=owner.team, by=owner, amount=1, note="x")
    Snapshot.objects.create(taken_on=dt.date(2026, 1, 1) + dt.timedelta(days=n), base="EUR")
    deal = OpportunityFactory(owner=owner)
    DealAsOf.objects.create(
        from_on=dt.date(2026, 1, 1), opportunity=deal, number=deal.number, name=deal.name, owner=owner,
        team=owner.team, stage=deal.stage, status="open", forecast="pipeline", amount=1, currency="EUR", rate=1,
        probability=10,
    )  # fmt: skip
    SumAsOf.objects.create(
        from_on=dt.date(2026, 1, 1), owner=owner, team=owner.team, status="open", forecast="pipeline",
        currency="EUR", deals=1, amount=10_000, percents=100_000,
    )  # fmt: skip
