"""What changed between two days is told without a rest: each step with its deals, all steps together the difference."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.valuing import Rates
from forecasts.actions import take_snapshot
from forecasts.bridge import Bridge, bridge
from forecasts.compared import FIGURES
from forecasts.reasons import STEPS, Change, Side, parts_of
from forecasts.selectors import forecast
from opportunities.models import Opportunity
from tests.factories import ExchangeRateFactory, OpportunityFactory
from tests.forecasts.world import PERIOD, TODAY, D, close

NEXT_WEEK = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
WITHIN, LATER = dt.date(2026, 12, 10), dt.date(2027, 2, 10)
START = Rates(TODAY, "EUR", {"EUR": D(1), "USD": D("0.9")})
END = Rates(NEXT_WEEK.date(), "EUR", {"EUR": D(1), "USD": D("0.8"), "JPY": D("0.006")})


def deal(owner, **values):
    usual = {"estimated_revenue": 100, "estimated_close_on": WITHIN, "forecast": "committed"}
    return OpportunityFactory(owner=owner, **usual | values)


def steps(found: Bridge) -> dict[str, tuple[object, int]]:
    return {step.name: (step.amount, step.deals) for step in found.steps}


def change(one: Opportunity, **values: object) -> None:
    Opportunity.objects.filter(pk=one.pk).update(**values)


@pytest.mark.django_db
def test_each_kind_of_change_is_a_step_of_its_own(house, today):
    rep, peer = house.people["rep"], house.people["peer"]
    deals = {name: deal(rep) for name in (
        "same", "grown", "shrunk", "moved_out", "category_down", "lost", "removed", "won", "handed_out",
    )}  # fmt: skip
    moved_in = deal(rep, estimated_close_on=LATER, estimated_revenue=11)
    up = deal(rep, forecast="pipeline", estimated_revenue=12)
    handed_in = deal(peer, estimated_revenue=13)
    lost_before = deal(rep, status="lost", closed_on=TODAY, estimated_revenue=14)
    take_snapshot()
    today.move_to(NEXT_WEEK)
    change(deals["grown"], estimated_revenue=130)
    change(deals["shrunk"], estimated_revenue=80)
    change(deals["moved_out"], estimated_close_on=LATER)
    change(deals["category_down"], forecast="best_case")
    won = {"status": "won", "status_reason": "won", "actual_revenue": 107, "closed_on": TODAY}
    Opportunity.objects.filter(pk=deals["won"].pk).update(**won)
    lost = {"status": "lost", "status_reason": "canceled", "closed_on": TODAY}
    Opportunity.objects.filter(pk=deals["lost"].pk).update(**lost)
    Opportunity.objects.filter(pk=deals["removed"].pk).delete()
    change(deals["handed_out"], owner=peer)
    change(moved_in, estimated_close_on=WITHIN)
    change(up, forecast="committed")
    change(handed_in, owner=rep)
    again = {"status": "open", "status_reason": "in_progress", "closed_on": None}
    Opportunity.objects.filter(pk=lost_before.pk).update(**again)
    deal(rep, estimated_revenue=15)

    found = bridge(rep, PERIOD, TODAY, figure="commit")

    assert steps(found) == {
        "new": (15, 1), "moved_in": (11, 1), "handed_in": (13, 1), "reopened": (14, 1), "category_up": (12, 1),
        "grown": (30, 1), "won": (7, 1), "shrunk": (-20, 1), "category_down": (-100, 1), "moved_out": (-100, 1),
        "handed_out": (-100, 1), "lost": (-100, 1), "removed": (-100, 1),
    }  # fmt: skip
    assert (found.start, found.end) == (900, 482)
    assert [step.name for step in found.steps] == [name for name in STEPS if name in steps(found)]
    assert [move.number for move in found.step("lost").moves] == [deals["lost"].number]
    assert steps(bridge(rep, PERIOD, TODAY, figure="open"))["won"] == (-100, 1)
    # What a colleague's deal was before, or is now, is not told.
    assert found.step("handed_in").moves[0].before is None
    assert found.step("handed_out").moves[0].after is None


@pytest.mark.django_db
def test_other_rates_are_a_step_too(house, today):
    usd = house.currencies["USD"]
    ExchangeRateFactory(currency=usd, rate=D("0.8"), valid_from=NEXT_WEEK.date())
    for _n in range(2):
        deal(house.people["rep"], currency=usd)
    grown = deal(house.people["rep"], currency=usd)
    take_snapshot()
    today.move_to(NEXT_WEEK)
    change(grown, estimated_revenue=200)

    found = bridge(house.people["manager"], PERIOD, TODAY)

    assert steps(found) == {"grown": (80, 1), "rates": (D("-33.75"), 3)}
    assert (found.start, found.end) == (D("273.75"), 320)


@pytest.mark.django_db
@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", ["rep", "manager", "finance"])
def test_it_leads_from_one_forecast_to_the_other(world, today, name, figure):
    user, total = (
        world.people[name],
        {"commit": "commit_total", "best": "best_total"}.get(figure, "pipeline_total"),
    )
    take_snapshot(is_final=True)
    today.move_to(NEXT_WEEK)
    change_much(world)
    take_snapshot(is_final=True)

    found = bridge(user, PERIOD, TODAY, NEXT_WEEK.date(), figure=figure)

    ends = [forecast(user, PERIOD, as_of=day).total.figures for day in (TODAY, NEXT_WEEK.date())]
    told = [getattr(one, total) - (one.won.amount if figure == "open" else 0) for one in ends]
    assert close(found.start, told[0])
    assert close(found.end, told[1])
    assert found.start != found.end
    assert found.start + sum(step.amount for step in found.steps) == found.end
    for step in found.steps:
        if step.name != "rates":
            assert step.amount == sum(move.amount for move in step.moves)
    now = bridge(user, PERIOD, TODAY, figure=figure)
    assert (now.start, now.end, steps(now)) == (found.start, found.end, steps(found))


def change_much(world) -> None:
    """A week in which everything happens to every third deal."""
    changes = [
        {"estimated_revenue": 7}, {"estimated_close_on": LATER}, {"estimated_close_on": WITHIN},
        {"forecast": "committed"}, {"forecast": "omitted"}, {"owner": world.people["southern"]},
        {"team": world.teams["other"]}, {"exchange_rate": 3},
        {"status": "lost", "status_reason": "canceled", "closed_on": TODAY},
        {"status": "won", "status_reason": "won", "closed_on": TODAY, "actual_revenue": 5},
        {"currency": world.currencies["USD"]},
    ]  # fmt: skip
    for number, one in enumerate(Opportunity.objects.filter(status="open").order_by("pk")[::2]):
        values = changes[number % len(changes)]
        Opportunity.objects.filter(pk=one.pk).update(**values)
    gone = list(Opportunity.objects.order_by("pk").values_list("pk", flat=True))[5:60:7]
    Opportunity.objects.filter(pk__in=gone).delete()
    ExchangeRateFactory(currency=world.currencies["USD"], rate=D("0.75"), valid_from=NEXT_WEEK.date())


@pytest.mark.django_db
def test_it_is_narrowed_to_a_row_of_the_forecast(world, today):
    boss = world.people["manager"]
    take_snapshot(is_final=True)
    today.move_to(NEXT_WEEK)
    change_much(world)

    for row in forecast(boss, PERIOD).rows:
        found = bridge(boss, PERIOD, TODAY, figure="commit", part=row.part)
        before = forecast(boss, PERIOD, as_of=TODAY).find(row.key)
        assert close(found.end, row.figures.commit_total)
        assert close(found.start, before.figures.commit_total if before else 0)
        assert found.difference == sum(step.amount for step in found.steps)


@pytest.mark.django_db
def test_the_deals_of_a_step_come_in_pages(house):
    take_snapshot()
    made = {deal(house.people["rep"], estimated_revenue=n % 5 + 1).number for n in range(23)}
    step = bridge(house.people["rep"], PERIOD, TODAY).step("new")

    seen, cursor = [], ""
    while True:
        page, cursor = step.page(cursor, size=5)
        seen += page
        if not cursor:
            break

    assert {move.number for move in seen} == made
    assert len(seen) == len(made)
    assert [abs(move.amount) for move in seen] == sorted((move.amount for move in seen), reverse=True)


@pytest.mark.django_db
def test_a_bridge_takes_as_many_queries_for_many_deals_as_for_few(world, today, django_assert_num_queries):
    boss = world.people["administrator"]
    deals = [deal(boss), deal(boss)]
    take_snapshot(is_final=True)
    today.move_to(NEXT_WEEK)
    change(deals[0], estimated_close_on=LATER)
    deal(boss)
    with django_assert_num_queries(6):
        bridge(boss, PERIOD, TODAY, figure="pipeline")
    change_much(world)

    with django_assert_num_queries(6):
        bridge(boss, PERIOD, TODAY, figure="pipeline")


def sides() -> st.SearchStrategy[Side | None]:
    money = st.decimals(0, 10**9, places=4)
    found = st.builds(
        Side, opportunity_id=st.just(1), number=st.just("1"), name=st.just(""),
        status=st.sampled_from(["open", "won", "lost"]),
        forecast=st.sampled_from(["committed", "best_case", "pipeline", "omitted"]), amount=money,
        currency=st.sampled_from(["EUR", "USD", "JPY", "CHF"]),
        rate=st.decimals("0.00000001", 1000, places=8),
        close_on=st.none() | st.dates(dt.date(2026, 9, 1), dt.date(2027, 1, 31)),
        owner_id=st.none(), team_id=st.none(),
    )  # fmt: skip
    return st.none() | found


@given(sides(), sides(), st.sampled_from(sorted(FIGURES)), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_to_a_deal_its_parts_are_what_it_changed_the_figure_by(
    before, after, figure, was_within, is_within
):
    def counts(side, within):
        categories, with_won = FIGURES[figure]
        if side is None or not within or side.close_on is None or side.close_on not in PERIOD:
            return False
        return (side.status == "won" and with_won) or (side.status == "open" and side.forecast in categories)

    counted, is_counted = counts(before, was_within), counts(after, is_within)
    if not counted and not is_counted:
        return
    case = Change(before, after, counted, is_counted, was_within, is_within)

    parts = parts_of(case, START, END, PERIOD)

    expected = (after.value(END) if is_counted else 0) - (before.value(START) if counted else 0)
    assert sum(amount for _name, amount in parts) == expected
    assert {name for name, _amount in parts} <= set(STEPS)
