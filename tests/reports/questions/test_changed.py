"""What changed since last week: both ends and every step are what the deals are and were."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from forecasts import guards
from forecasts.snapshot_actions import take_snapshot
from opportunities.models import Opportunity
from tests.factories import OpportunityFactory
from tests.forecasts.world import by_hand
from tests.reports.questions.test_deals import answer_to, listed, rows_by_hand

D = Decimal


@pytest.fixture
def kept(db):
    """The triggers that keep the past, which tests without migrations lack."""
    with transaction.atomic():
        guards.install(connection)


def open_by_hand(world, name: str) -> Decimal:
    return sum((by_hand(world, name, column)[1] for column in ("commit", "best_case", "pipeline")), D(0))


@pytest.mark.parametrize("name", ["rep", "manager", "administrator"])
def test_the_bridge_goes_from_the_deals_of_last_week_to_those_of_now(
    kept, world, today, client, name
) -> None:
    today.move_to(dt.datetime(2026, 11, 12, 15, tzinfo=dt.UTC))
    take_snapshot()
    before = open_by_hand(world, name)
    today.move_to(dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC))
    rep = world.people["rep"]
    grown = Opportunity.objects.filter(owner=rep, status="open", forecast="committed",
                                       estimated_close_on=dt.date(2026, 12, 31)).first()  # fmt: skip
    Opportunity.objects.filter(pk=grown.pk).update(estimated_revenue=grown.estimated_revenue + 1000)
    OpportunityFactory(owner=rep, estimated_revenue=500, estimated_close_on=dt.date(2026, 12, 1))

    answer = answer_to(world, name, "changed", period="2026-Q4")

    start, end, difference = answer.figures
    assert abs(start.value - before) < D("0.0001")
    assert abs(end.value - open_by_hand(world, name)) < D("0.0001")
    picture = answer.charts[0]
    assert abs(start.value + sum(step.value for step in picture.steps) - end.value) < D("0.0001")
    assert difference.value == end.value - start.value
    assert sum(row[2].value for row in answer.tables[0].rows) == difference.value
    names = {table.name for table in answer.tables}
    assert all(step.url[len("#table-") :] in names for step in picture.steps if step.url)
    due = "o.status = 'open' AND o.forecast <> 'omitted' AND o.estimated_close_on BETWEEN '2026-10-01' AND '2026-12-31'"
    assert listed(client, world, name, end.url) == {row[0] for row in rows_by_hand(world, name, due)}
    page = client.get(f"/opportunities/?{urlsplit(end.url).query}")
    assert page.status_code == 200
