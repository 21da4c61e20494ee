"""Goals roll up from people to teams and from months to quarters; calls stand beside what the system says."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from forecasts.accuracy import accuracy
from forecasts.actions import make_call, reset_call, set_goal, take_snapshot, withdraw_goal
from forecasts.models import ForecastCall, Goal
from forecasts.progress import progress
from forecasts.selectors import calls_for, forecast, goals_for
from kernel.errors import DomainError
from kernel.models import HistoryEntry
from kernel.periods import Period
from opportunities.models import Opportunity
from tests.document_factories import OrderFactory
from tests.factories import OpportunityFactory, UserFactory
from tests.forecasts.world import PERIOD, TODAY, D

pytestmark = pytest.mark.django_db
YEAR = Period(dt.date(2026, 1, 1), 12)
OCTOBER, NOVEMBER, DECEMBER = PERIOD.parts


def row(world, key, *, asker="manager", **more):
    return forecast(world.people[asker], more.pop("period", PERIOD), **more).find(key)


def person(world, name):
    return f"person-{world.people[name].pk}"


def team(world, name):
    return f"team-{world.teams[name].pk}"


@pytest.fixture
def boss(house):
    return house.people["manager"]


def test_targets_of_people_make_the_target_of_their_team_unless_it_has_its_own(house, boss):
    set_goal(house.people["rep"], PERIOD, D(500), by=boss)
    set_goal(house.people["peer"], PERIOD, D(300), by=boss)
    set_goal(house.people["southern"], PERIOD, D(200), by=boss)
    assert (row(house, team(house, "north")).target, row(house, team(house, "sales")).target) == (800, 1000)

    set_goal(house.teams["north"], PERIOD, D(1000), by=boss)

    assert (row(house, team(house, "north")).target, row(house, team(house, "sales")).target) == (1000, 1200)
    assert row(house, person(house, "rep")).target == 500


def test_months_make_the_quarter_and_quarters_the_year_where_nothing_else_is_set(house, boss):
    rep = house.people["rep"]
    for month, target in zip(PERIOD.parts, (100, 150, 250), strict=True):
        set_goal(rep, month, D(target), by=boss)
    assert row(house, person(house, "rep")).target == 500
    assert row(house, person(house, "rep")).month_targets == (100, 150, 250)
    assert row(house, person(house, "rep"), period=YEAR).target == 500

    set_goal(rep, PERIOD, D(600), by=boss)
    set_goal(rep, PERIOD.previous, D(400), by=boss)

    assert row(house, person(house, "rep")).target == 600
    assert row(house, person(house, "rep"), period=YEAR).target == 1000
    assert row(house, person(house, "rep")).month_targets == (100, 150, 250)


def test_a_target_of_a_quarter_is_shared_evenly_by_its_months(house, boss):
    set_goal(house.people["rep"], PERIOD, D(600), by=boss)

    assert row(house, person(house, "rep")).month_targets == (200, 200, 200)
    assert row(house, team(house, "north")).month_targets == (200, 200, 200)
    assert row(house, person(house, "peer")).month_targets == (None, None, None)


def test_the_newest_goal_holds_and_a_withdrawn_one_is_none(house, boss):
    rep = house.people["rep"]
    set_goal(rep, PERIOD, D(500), by=boss)
    newest = set_goal(rep, PERIOD, D(700), by=boss)
    assert row(house, person(house, "rep")).target == 700

    withdraw_goal(rep, PERIOD, by=boss)

    assert row(house, person(house, "rep")).target is None
    assert [goal.target for goal in goals_for(boss, user=rep)] == [None, 700, 500]
    assert HistoryEntry.objects.filter(record_type="forecasts.goal", record_id=newest.pk, verb="set").exists()


def test_metrics_do_not_mix(house, boss):
    set_goal(house.people["rep"], PERIOD, D(500), by=boss)
    set_goal(house.people["rep"], PERIOD, D(12), by=boss, metric=Goal.Metric.DEALS)

    assert row(house, person(house, "rep"), metric=Goal.Metric.DEALS).target == 12
    assert row(house, person(house, "rep")).target == 500


@pytest.mark.parametrize(
    ("asker", "whose", "may_set", "may_call"),
    [
        ("rep", "rep", False, True),
        ("rep", "peer", False, False),
        ("manager", "rep", True, True),
        ("manager", "manager", True, True),
        ("manager", "outsider", False, False),
        ("northern_manager", "southern", False, False),
        ("finance", "rep", False, False),
        ("integration", "rep", False, False),
        ("administrator", "outsider", True, True),
    ],
)
def test_managers_set_goals_below_them_and_everybody_calls_for_themselves(
    house, asker, whose, may_set, may_call
):
    by, of = house.people[asker], house.people[whose]

    assert allowed(lambda: set_goal(of, PERIOD, D(1), by=by)) is may_set
    assert allowed(lambda: withdraw_goal(of, PERIOD, by=by)) is may_set
    assert allowed(lambda: make_call(of, PERIOD, D(1), by=by, note="x")) is may_call
    assert allowed(lambda: reset_call(of, PERIOD, by=by, note="x")) is may_call


@pytest.mark.parametrize(("asker", "may"), [("rep", False), ("northern_manager", True), ("finance", False)])
def test_a_team_is_called_for_by_its_manager_only(house, asker, may):
    by = house.people[asker]

    assert allowed(lambda: make_call(house.teams["north"], PERIOD, D(1), by=by, note="x")) is may
    assert allowed(lambda: set_goal(house.teams["north"], PERIOD, D(1), by=by)) is may
    assert not allowed(lambda: make_call(house.teams["south"], PERIOD, D(1), by=by, note="x"))


def allowed(act) -> bool:
    try:
        act()
    except PermissionDenied:
        return False
    return True


def test_the_rows_say_what_the_asker_may_do(house, boss):
    told = forecast(boss, PERIOD)
    assert all(one.may_set_goal and one.may_call for one in told.rows)

    mine = forecast(house.people["rep"], PERIOD).find(person(house, "rep"))
    assert (mine.may_set_goal, mine.may_call) == (False, True)
    take_snapshot()
    past = forecast(boss, PERIOD, as_of=TODAY).rows
    assert not any(one.may_set_goal or one.may_call for one in past)


def test_nobody_sees_the_goals_and_calls_of_peers(house, boss):
    for name in ("rep", "peer", "outsider"):
        set_goal(house.people[name], PERIOD, D(1), by=house.people["administrator"])
        make_call(house.people[name], PERIOD, D(1), by=house.people[name], note=name)
    set_goal(house.teams["north"], PERIOD, D(1), by=boss)

    assert [goal.user for goal in goals_for(house.people["rep"])] == [house.people["rep"]]
    assert [call.note for call in calls_for(house.people["rep"])] == ["rep"]
    assert [call.note for call in calls_for(boss)] == ["peer", "rep"]
    assert goals_for(boss).count() == 3
    assert goals_for(house.people["finance"]).count() == 4


def test_a_call_keeps_what_the_system_saw_and_stands_beside_it(house, boss):
    rep = house.people["rep"]
    OpportunityFactory(
        owner=rep, estimated_revenue=80, estimated_close_on=dt.date(2026, 12, 1), forecast="committed"
    )
    make_call(rep, PERIOD, D(60), by=rep, note="one will slip")
    Opportunity.objects.update(estimated_revenue=100)
    make_call(house.people["southern"], PERIOD, D(40), by=boss, note="as agreed")

    told = row(house, person(house, "rep"))
    assert (told.call.amount, told.call.commit, told.call.note, told.figures.commit_total) == (
        60, 80, "one will slip", 100,
    )  # fmt: skip
    whole = row(house, team(house, "sales"))
    assert (whole.call, whole.call_total, whole.uncalled) == (None, 100, 3)
    make_call(house.teams["sales"], PERIOD, D(90), by=boss, note="I take ten off")
    whole = row(house, team(house, "sales"))
    assert (whole.call_total, whole.uncalled, whole.call.by) == (90, 0, str(boss))
    reset_call(house.teams["sales"], PERIOD, by=boss, note="back to theirs")
    assert row(house, team(house, "sales")).call_total == 100


def test_a_call_says_why(house):
    rep = house.people["rep"]
    for amount, note in [(D(1), "  "), (D(-1), "x"), (D(10**12), "x"), (D("NaN"), "x"), (D(1), "x" * 501)]:
        with pytest.raises(DomainError):
            make_call(rep, PERIOD, amount, by=rep, note=note)
    with pytest.raises(DomainError):
        set_goal(rep, PERIOD, D("1.5"), by=house.people["manager"], metric=Goal.Metric.DEALS)
    with pytest.raises(DomainError):
        set_goal(rep, PERIOD, D(1), by=house.people["manager"], metric="luck")

    assert ForecastCall.objects.count() == Goal.objects.count() == 0


def test_progress_counts_what_the_metric_counts(house, boss):
    rep = house.people["rep"]
    assert progress(rep) is None
    for metric, target in {"revenue": 400, "deals": 4, "orders": 1000}.items():
        set_goal(rep, PERIOD, D(target), by=boss, metric=metric)
    won = {"owner": rep, "status": "won", "actual_revenue": 142, "exchange_rate": 2}
    OpportunityFactory(**won, closed_on=dt.date(2026, 10, 1))
    OpportunityFactory(**won, closed_on=dt.date(2026, 9, 30))
    OrderFactory(
        owner=rep, status="submitted", ordered_on=dt.date(2026, 10, 2), pre_freight_amount=100, freight=5
    )
    OrderFactory(owner=rep, status="canceled", ordered_on=dt.date(2026, 10, 2), pre_freight_amount=100)
    OrderFactory(owner=rep, status="active", ordered_on=dt.date(2026, 10, 2), pre_freight_amount=100)

    assert [(p.reached, p.percent) for p in (progress(rep, metric=m) for m in Goal.Metric.values)] == [
        (284, 71), (105, 11), (1, 25),
    ]  # fmt: skip
    assert progress(boss, house.teams["north"]).percent == 71
    assert progress(house.people["peer"], rep) is None


def test_accuracy_tells_what_was_called_and_committed_of_past_periods(house, today, boss):
    rep = house.people["rep"]
    open_deal = {"owner": rep, "estimated_revenue": 70, "forecast": "committed"}
    today.move_to(dt.datetime(2026, 7, 30, 12, tzinfo=dt.UTC))
    deal = OpportunityFactory(**open_deal, estimated_close_on=dt.date(2026, 8, 20))
    make_call(rep, PERIOD.previous, D(65), by=rep, note="sure")
    take_snapshot(is_final=True)
    today.move_to(dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC))
    make_call(rep, PERIOD.previous, D(50), by=rep, note="after the thirtieth day")
    won = {"status": "won", "status_reason": "won", "actual_revenue": 55, "closed_on": dt.date(2026, 8, 20)}
    Opportunity.objects.filter(pk=deal.pk).update(**won)
    today.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))

    [past] = accuracy(boss, PERIOD, part=row(house, person(house, "rep")).part, person=rep.pk)

    assert (past.period, past.actual, past.call, past.commit) == (PERIOD.previous, 55, 65, 70)
    assert (past.call_off, past.commit_off) == (10, 15)
    assert accuracy(boss, PERIOD, person=rep.pk, day=60)[0].call == 50


def test_the_change_of_seven_days_is_against_the_snapshot_of_then(house, today):
    rep = house.people["rep"]
    deal = OpportunityFactory(
        owner=rep, estimated_revenue=80, estimated_close_on=dt.date(2026, 12, 1), forecast="committed"
    )
    assert forecast(rep, PERIOD).total.delta is None
    take_snapshot(is_final=True)
    today.move_to(dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC))
    Opportunity.objects.filter(pk=deal.pk).update(estimated_revenue=100)
    OpportunityFactory(
        owner=house.people["peer"], estimated_revenue=5, estimated_close_on=dt.date(2026, 12, 1),
        forecast="committed",
    )  # fmt: skip

    told = forecast(house.people["manager"], PERIOD)

    assert told.compared_with == TODAY
    assert {one.key: one.delta for one in told.rows if one.delta} == {
        person(house, "rep"): 20, person(house, "peer"): 5, team(house, "north"): 25, team(house, "sales"): 25,
    }  # fmt: skip


def test_somebody_without_a_team_has_a_row_with_target_and_call_for_those_who_see_everybody(house):
    alone, boss = UserFactory(team=None), house.people["administrator"]
    set_goal(alone, PERIOD, D(500), by=boss)
    make_call(alone, PERIOD, D(400), by=alone, note="on my own")

    for asker in (boss, alone):
        found = forecast(asker, PERIOD).find(f"person-{alone.pk}")
        assert (found.target, found.call_total) == (500, 400)
    assert forecast(house.people["manager"], PERIOD).find(f"person-{alone.pk}") is None
