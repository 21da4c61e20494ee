"""The sums that are kept with a snapshot are those of its deals, to the last digit, and stay so."""

import datetime as dt
import importlib
from collections import defaultdict
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from catalog.models import ExchangeRate
from forecasts import guards
from forecasts.actions import take_snapshot
from forecasts.models import DealAsOf, Snapshot, SumAsOf
from forecasts.selectors import forecast
from forecasts.sums import _kept
from opportunities.models import Opportunity
from tests.factories import OpportunityFactory
from tests.forecasts.world import PERIOD, TODAY, D

pytestmark = pytest.mark.django_db


def by_hand(snapshot):
    """What every row is to say of the day, deal by deal."""
    day = snapshot.taken_on
    sums = defaultdict(lambda: [0, 0, 0])
    for deal in DealAsOf.objects.filter(from_on__lte=day, until_on__gt=day).exclude(status="lost"):
        is_open = deal.status == "open"
        rate = None if is_open and deal.currency in snapshot.rates else deal.rate
        month = deal.close_on and deal.close_on.replace(day=1)
        late = is_open and deal.close_on is not None and deal.close_on < day
        key = (deal.team_id, deal.owner_id, deal.status, deal.forecast if is_open else "", deal.currency, rate,
               month, late)  # fmt: skip
        amount = int(deal.amount * 10_000)
        sums[key] = [a + b for a, b in zip(sums[key], (1, amount, amount * deal.probability), strict=True)]
    return {key: tuple(told) for key, told in sums.items()}


def kept():
    return {key: told for key, (_pk, told) in _kept(SumAsOf).items()}


def rows():
    return sorted(map(str, SumAsOf.objects.order_by("pk").values()))


def test_they_are_the_deals_of_the_day_added_up(world):
    assert kept() == {}

    snapshot = take_snapshot()

    assert kept() == by_hand(snapshot)
    assert len(kept()) > 100


def test_every_digit_is_kept(house, today):
    for _n in range(3):
        OpportunityFactory(
            owner=house.people["rep"], estimated_revenue=D("99999999999.9999"), probability=99,
            estimated_close_on=dt.date(2026, 12, 1), forecast="committed",
        )  # fmt: skip
    take_snapshot()

    found = forecast(house.people["rep"], PERIOD, as_of=TODAY).total.figures.commit

    assert (found.amount, found.weighted) == (
        3 * D("99999999999.9999"),
        3 * D("99999999999.9999") * 99 / 100,
    )


def test_only_sums_that_changed_get_another_row(world, today):
    take_snapshot(is_final=True)
    before = SumAsOf.objects.count()
    today.move_to(dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC))
    deal = Opportunity.objects.filter(status="open", estimated_close_on=dt.date(2026, 12, 31)).first()
    Opportunity.objects.filter(pk=deal.pk).update(probability=deal.probability + 1)

    snapshot = take_snapshot()

    assert kept() == by_hand(snapshot)
    assert 1 <= SumAsOf.objects.filter(from_on=snapshot.taken_on).count() <= 5
    assert SumAsOf.objects.count() - before <= 5


def test_a_picture_taken_anew_leaves_nothing_of_the_one_before(world, today):
    take_snapshot()
    Opportunity.objects.filter(status="open").update(estimated_revenue=7)
    ExchangeRate.objects.all().delete()

    snapshot = take_snapshot()

    assert kept() == by_hand(snapshot)
    assert not SumAsOf.objects.exclude(until_on=SumAsOf.FOREVER).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE forecasts_sumasof SET amount = amount + 1",
        "UPDATE forecasts_sumasof SET month = NULL",
        "UPDATE forecasts_sumasof SET until_on = '2026-11-20'",
        "DELETE FROM forecasts_sumasof",
        "INSERT INTO forecasts_sumasof"
        " (from_on, until_on, status, forecast, currency, is_late, deals, amount, percents)"
        " VALUES ('2026-11-20', '9999-12-31', 'open', 'pipeline', 'EUR', (1 = 0), 1, 1, 1)",
    ],
)
def test_the_database_itself_refuses_to_change_them(house, sql):
    OpportunityFactory(owner=house.people["rep"], estimated_close_on=dt.date(2026, 12, 1))
    take_snapshot(is_final=True)
    before = rows()

    with (
        pytest.raises(DatabaseError, match=r"what was cannot be changed|sum_as_of_lasts"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert rows() == before


def test_snapshots_from_before_there_were_sums_get_them_by_the_migration(world, today):
    take_snapshot(is_final=True)
    today.move_to(dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC))
    Opportunity.objects.filter(status="open").update(probability=50)
    take_snapshot(is_final=True)
    told = {day: forecast(world.people["manager"], PERIOD, as_of=day).total.figures for day in days()}
    counted = kept()
    with transaction.atomic():
        guards.remove(connection)
    SumAsOf.objects.all().delete()

    importlib.import_module("forecasts.migrations.0004_sums_as_of").fill(apps, None)

    assert kept() == counted
    assert {day: forecast(world.people["manager"], PERIOD, as_of=day).total.figures for day in days()} == told
    assert told[TODAY].commit.amount > Decimal(0)


def days():
    return list(Snapshot.objects.values_list("taken_on", flat=True))
