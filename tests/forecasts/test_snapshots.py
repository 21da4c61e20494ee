"""What was stays: a snapshot tells the same for ever, whatever is done to deals, rates, teams and people afterwards."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from catalog.models import ExchangeRate
from forecasts.actions import ask_for_snapshot, make_call, set_goal, take_snapshot
from forecasts.models import DealAsOf, Snapshot
from forecasts.selectors import deals_behind, forecast
from forecasts.snapshot_actions import nightly
from kernel.errors import DomainError
from opportunities.models import Opportunity
from tests.factories import OpportunityFactory
from tests.forecasts.world import PERIOD, REACH, TODAY, D, by_hand, close

pytestmark = pytest.mark.django_db
TOMORROW = dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC)


def told(world, as_of=None):
    """Everything that everybody would read."""
    return {
        name: [
            (row.key, row.label, row.figures, row.target, row.call_total)
            for row in forecast(world.people[name], PERIOD, as_of=as_of).total.walk()
        ]
        for name in REACH
    }


def test_a_snapshot_tells_what_the_day_told(world):
    set_goal(world.people["rep"], PERIOD, D(5000), by=world.people["manager"])
    make_call(world.people["rep"], PERIOD, D(4000), by=world.people["rep"], note="two are sure")
    live = told(world)

    take_snapshot()

    for name, rows in told(world, TODAY).items():
        for then, now in zip(rows, live[name], strict=True):
            assert then[:2] == now[:2]
            assert then[3:] == now[3:]
            assert close(then[2].pipeline_total, now[2].pipeline_total)
            assert (then[2].deals, then[2].overdue.deals, then[2].undated.deals, then[2].unrated) == (
                now[2].deals, now[2].overdue.deals, now[2].undated.deals, now[2].unrated,
            )  # fmt: skip


@pytest.mark.parametrize("name", REACH)
def test_the_figures_of_a_snapshot_are_sums_by_hand(world, name):
    by_column = {column: by_hand(world, name, column) for column in ("won", "commit", "overdue", "undated")}
    take_snapshot()
    Opportunity.objects.all().delete()

    found = forecast(world.people[name], PERIOD, as_of=TODAY).total.figures

    for column, (deals, amount, weighted) in by_column.items():
        worth = getattr(found, column)
        assert (worth.deals, close(worth.amount, amount), close(worth.weighted, weighted)) == (
            deals, True, True,
        ), column  # fmt: skip


def test_yesterday_stays_as_it_was_whatever_is_done_today(world, today):
    rep, boss = world.people["rep"], world.people["manager"]
    set_goal(rep, PERIOD, D(5000), by=boss)
    make_call(rep, PERIOD, D(4000), by=rep, note="two are sure")
    take_snapshot(is_final=True)
    before = told(world, TODAY)
    behind = sorted(deals_behind(boss, PERIOD, "commit", as_of=TODAY).values_list("number", "amount"))
    today.move_to(TOMORROW)

    deals = Opportunity.objects.filter(status="open").order_by("pk")
    deals.filter(pk__in=deals[:20]).update(estimated_revenue=1, name="Another name")
    deals.filter(pk__in=deals[20:30]).delete()
    Opportunity.objects.filter(owner=rep).update(owner=world.people["peer"], team=world.teams["south"])
    Opportunity.objects.filter(status="won").update(exchange_rate=5)
    ExchangeRate.objects.update(rate=D("0.5"))
    set_goal(rep, PERIOD, D(9999), by=boss)
    make_call(rep, PERIOD, D(1), by=rep, note="no longer")
    north, south = world.teams["north"], world.teams["south"]
    north.name, south.parent = "Renamed", north
    north.save()
    south.save()
    rep.team, rep.first_name = south, "Somebody else"
    rep.save()
    take_snapshot(is_final=True)

    assert told(world, TODAY)["manager"] == before["manager"]
    assert told(world, TODAY)["administrator"] == before["administrator"]
    assert told(world, TODAY)["finance"] == before["finance"]
    again = deals_behind(boss, PERIOD, "commit", as_of=TODAY).values_list("number", "amount")
    assert sorted(again) == behind
    assert told(world)["administrator"] != before["administrator"]


def test_only_deals_that_changed_get_another_row(house, today):
    one, other, gone = (
        OpportunityFactory(owner=house.people["rep"], estimated_revenue=10) for _n in range(3)
    )
    take_snapshot()
    today.move_to(TOMORROW)
    Opportunity.objects.filter(pk=other.pk).update(probability=77)
    Opportunity.objects.filter(pk=gone.pk).delete()
    fresh = OpportunityFactory(owner=house.people["rep"])

    taken = take_snapshot()

    day, ever = taken.taken_on, DealAsOf.FOREVER
    assert taken.deals == 3
    assert sorted(DealAsOf.objects.values_list("opportunity_id", "from_on", "until_on")) == sorted(
        [
            (one.pk, TODAY, ever),
            (other.pk, TODAY, day),
            (other.pk, day, ever),
            (gone.pk, TODAY, day),
            (fresh.pk, day, ever),
        ]
    )


def test_a_picture_of_today_is_taken_anew_until_the_night_takes_it_for_good(house, today):
    deal = OpportunityFactory(owner=house.people["rep"], estimated_revenue=10, forecast="committed")
    Opportunity.objects.update(estimated_close_on=TODAY)
    take_snapshot()
    Opportunity.objects.update(estimated_revenue=20)
    again = take_snapshot()
    Opportunity.objects.update(estimated_revenue=30)
    today.move_to(dt.datetime(2026, 11, 21, 0, 1, tzinfo=dt.UTC))

    final = nightly()
    Opportunity.objects.update(estimated_revenue=40)

    assert (again.is_final, final.is_final, final.pk, final.taken_on) == (False, True, again.pk, TODAY)
    assert nightly() is None
    assert take_snapshot(TODAY).taken_at == final.taken_at
    assert DealAsOf.objects.filter(opportunity=deal.pk).count() == 1
    assert forecast(house.people["rep"], PERIOD, as_of=TODAY).total.figures.commit.amount == 30


def test_where_nobody_works_at_night_the_picture_of_the_day_is_taken_once_by_day(house, today):
    OpportunityFactory(owner=house.people["rep"])
    first = nightly()
    assert (first.taken_on, first.is_final) == (TODAY, False)
    assert nightly() is None
    today.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))

    second = nightly()

    first.refresh_from_db()
    assert (second.taken_on, second.is_final, first.is_final) == (dt.date(2026, 11, 23), False, True)


def test_no_picture_is_taken_before_one_that_was(house, today):
    take_snapshot()

    for day in [TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=90)]:
        with pytest.raises(DomainError):
            take_snapshot(day)


def test_as_of_a_day_without_a_picture_is_the_picture_before_it(house, today):
    with pytest.raises(DomainError):
        forecast(house.people["rep"], PERIOD, as_of=TODAY)
    take_snapshot(is_final=True)

    told = forecast(house.people["rep"], PERIOD, as_of=dt.date(2026, 11, 27))

    assert (told.day, told.is_final) == (TODAY, True)


def test_managers_ask_for_a_picture_and_reps_do_not(house):
    assert ask_for_snapshot(by=house.people["manager"]).taken_on == TODAY
    with pytest.raises(PermissionDenied):
        ask_for_snapshot(by=house.people["rep"])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE forecasts_dealasof SET amount = amount + 1",
        "UPDATE forecasts_dealasof SET owner_id = NULL",
        "UPDATE forecasts_dealasof SET until_on = '2026-11-20'",
        "DELETE FROM forecasts_dealasof",
        "UPDATE forecasts_snapshot SET rates = '{}'",
        "UPDATE forecasts_snapshot SET is_final = (1 = 0)",
        "DELETE FROM forecasts_snapshot",
        "INSERT INTO forecasts_snapshot (taken_on, taken_at, base, rates, tree, deals, is_final)"
        " VALUES ('2026-11-19', '2026-11-19', 'EUR', '{}', '{}', 0, (1 = 0))",
    ],
)
def test_the_database_itself_refuses_to_change_what_was(house, sql):
    OpportunityFactory(owner=house.people["rep"])
    take_snapshot(is_final=True)
    before = list(DealAsOf.objects.values()), list(Snapshot.objects.values())

    with (
        pytest.raises(DatabaseError, match=r"what was cannot be changed|as_of_lasts"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert (list(DealAsOf.objects.values()), list(Snapshot.objects.values())) == before


def test_no_row_is_added_to_a_day_that_is_over(house):
    OpportunityFactory(owner=house.people["rep"])
    take_snapshot(is_final=True)
    row = DealAsOf.objects.get()
    row.pk, row.opportunity_id, row._state.adding = None, row.opportunity_id + 1, True

    with pytest.raises(DatabaseError, match="what was cannot be changed"), transaction.atomic():
        row.save()


def test_a_snapshot_is_read_with_few_queries(world, django_assert_num_queries):
    take_snapshot()

    with django_assert_num_queries(5):
        forecast(world.people["administrator"], PERIOD, as_of=TODAY)
