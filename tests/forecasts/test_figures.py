"""Every figure of the forecast is an independent sum of the deals, for everybody, in mixed currencies."""

import datetime as dt

import pytest
from django.db.models import Sum

from forecasts.figures import COLUMNS
from forecasts.selectors import deals_behind, forecast
from kernel.periods import Period
from tests.factories import ExchangeRateFactory, OpportunityFactory, TeamFactory, UserFactory
from tests.forecasts.world import PERIOD, REACH, D, by_hand, close

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", REACH)
def test_the_total_is_the_sum_by_hand_of_what_the_role_reaches(world, name):
    found = forecast(world.people[name], PERIOD).total.figures

    for column in COLUMNS:
        deals, amount, weighted = by_hand(world, name, column)
        worth = getattr(found, column)
        assert worth.deals == deals, column
        assert close(worth.amount, amount), column
        assert close(worth.weighted, weighted), column


def test_every_team_and_person_is_the_sum_by_hand_of_their_deals(world):
    told = forecast(world.people["manager"], PERIOD)
    ids = {name: team.pk for name, team in world.teams.items()}
    rows = {
        f"team-{ids['north']}": f"o.team_id = {ids['north']}",
        f"team-{ids['south']}": f"o.team_id = {ids['south']}",
        f"team-{ids['sales']}": f"o.team_id IN ({ids['sales']}, {ids['north']}, {ids['south']})",
        f"nobody-{ids['south']}": f"o.team_id = {ids['south']} AND o.owner_id IS NULL",
        f"person-{world.people['rep'].pk}": f"o.team_id = {ids['north']}"
        f" AND o.owner_id = {world.people['rep'].pk}",
        f"person-{world.people['rep'].pk}-{ids['south']}": f"o.team_id = {ids['south']}"
        f" AND o.owner_id = {world.people['rep'].pk}",
    }

    for key, condition in rows.items():
        figures = told.find(key).figures
        for column in COLUMNS:
            deals, amount, _weighted = by_hand(world, "manager", column, condition)
            assert (getattr(figures, column).deals, True) == (
                deals,
                close(getattr(figures, column).amount, amount),
            )


def test_the_months_and_what_stands_beside_them_make_the_whole(world):
    for row in forecast(world.people["administrator"], PERIOD).rows:
        for column in ("won", "commit", "best_case", "pipeline", "omitted"):
            parts = [getattr(month, column) for month in row.months]
            assert sum(part.deals for part in parts) == getattr(row.figures, column).deals
            assert close(sum(part.amount for part in parts), getattr(row.figures, column).amount)
        assert not any(month.overdue.deals or month.undated.deals for month in row.months)


def test_a_month_holds_the_deals_of_its_days(world):
    months = forecast(world.people["administrator"], PERIOD).total.months

    for month, (first, last) in zip(
        months, [("10-01", "10-31"), ("11-01", "11-30"), ("12-01", "12-31")], strict=True
    ):
        within = f"o.estimated_close_on BETWEEN '2026-{first}' AND '2026-{last}'"
        deals, amount, _weighted = by_hand(world, "administrator", "commit", within)
        assert month.commit.deals == deals
        assert close(month.commit.amount, amount)


def test_totals_leave_out_what_is_omitted_and_what_is_beside(world):
    found = forecast(world.people["finance"], PERIOD).total.figures

    assert found.commit_total == found.won.amount + found.commit.amount
    assert found.best_total == found.commit_total + found.best_case.amount
    assert found.pipeline_total == found.best_total + found.pipeline.amount
    assert found.weighted == found.commit.weighted + found.best_case.weighted + found.pipeline.weighted
    assert found.omitted.amount > 0
    assert found.overdue.amount > 0
    assert found.undated.amount > 0


@pytest.mark.parametrize("name", ["rep", "manager", "administrator"])
def test_the_deals_behind_each_figure_are_as_many_and_the_same(world, name):
    user = world.people[name]

    for row in forecast(user, PERIOD).rows:
        for column in COLUMNS:
            deals = deals_behind(user, PERIOD, column, part=row.part)
            assert deals.count() == getattr(row.figures, column).deals, (row.key, column)


def test_a_currency_without_a_rate_is_valued_and_named_not_dropped(house):
    rep = house.people["rep"]
    OpportunityFactory(
        owner=rep, currency=house.currencies["JPY"], exchange_rate=D("0.006"), estimated_revenue=10_000,
        estimated_close_on=dt.date(2026, 12, 1), forecast="committed",
    )  # fmt: skip

    told = forecast(house.people["manager"], PERIOD)

    assert told.total.figures.commit.amount == 60
    assert told.unrated == {"JPY"}
    assert told.find(f"person-{rep.pk}").figures.unrated == {"JPY"}
    assert told.find(f"team-{house.teams['south'].pk}").figures.unrated == frozenset()


def test_open_deals_follow_the_rate_of_the_day_and_won_ones_keep_theirs(house, today):
    rep, usd = house.people["rep"], house.currencies["USD"]
    ExchangeRateFactory(currency=usd, rate=D("0.5"), valid_from=dt.date(2026, 11, 22))
    for status, more in {
        "open": {},
        "won": {"actual_revenue": 100, "closed_on": dt.date(2026, 11, 1)},
    }.items():
        OpportunityFactory(
            owner=rep, currency=usd, exchange_rate=D("0.8"), estimated_revenue=100, status=status,
            estimated_close_on=dt.date(2026, 12, 1), forecast="committed", **more,
        )  # fmt: skip
    before = forecast(rep, PERIOD).total.figures
    today.move_to(dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    after = forecast(rep, PERIOD).total.figures

    assert (before.commit.amount, before.won.amount) == (D("91.25"), 80)
    assert (after.commit.amount, after.won.amount) == (50, 80)


def test_a_rep_sees_no_peer_and_no_team(world):
    told = forecast(world.people["rep"], PERIOD)

    assert [(row.kind, row.user_id) for row in told.rows] == [
        ("person", world.people["rep"].pk),
        ("nobody", None),  # what waits in the team's queue
    ]


def test_a_team_looked_at_alone_is_the_row_of_the_whole_tree(world):
    whole = forecast(world.people["manager"], PERIOD).find(f"team-{world.teams['north'].pk}")
    alone = forecast(world.people["manager"], PERIOD, team=world.teams["north"])

    assert alone.roots == (whole,) or alone.roots[0].figures == whole.figures
    assert alone.total.figures == whole.figures
    assert forecast(world.people["northern_manager"], PERIOD, team=world.teams["south"]).rows == []


def test_next_quarter_does_not_speak_of_deals_due_before_it_but_not_late(house):
    rep = house.people["rep"]
    for day in [dt.date(2026, 11, 1), dt.date(2026, 12, 20), dt.date(2027, 2, 1)]:
        OpportunityFactory(owner=rep, estimated_revenue=10, estimated_close_on=day, forecast="committed")

    found = forecast(rep, PERIOD.next).total.figures

    assert (found.overdue.deals, found.commit.deals, found.undated.deals) == (1, 1, 0)


@pytest.mark.parametrize("period", [Period(dt.date(2026, 11, 1), 1), Period(dt.date(2026, 1, 1), 12)])
def test_months_and_years_add_up_too(world, period):
    user = world.people["administrator"]
    told = forecast(user, period).total

    deals = deals_behind(user, period, "won")
    assert told.figures.won.deals == deals.count()
    assert len(told.months) == period.months
    euros = deals.filter(currency__code="EUR").aggregate(sum=Sum("actual_revenue"))["sum"] or 0
    assert told.figures.won.amount >= euros


def test_the_queries_do_not_grow_with_people_or_deals(world, django_assert_num_queries):
    boss = world.people["administrator"]
    with django_assert_num_queries(8):
        forecast(boss, PERIOD)
    team = world.teams["north"]
    for _n in range(3):
        team = TeamFactory(parent=team)
        OpportunityFactory(owner=UserFactory(team=team), estimated_close_on=dt.date(2026, 12, 1))

    with django_assert_num_queries(8):
        forecast(boss, PERIOD)
