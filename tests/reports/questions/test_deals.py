"""What the reports on deals say is what the database says when it is asked by hand, for each in their own reach."""

import datetime as dt
from decimal import Decimal
from statistics import median
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from opportunities.models import Opportunity, StageVisit
from reports.questions.asked import asked_of
from reports.registry import report_named
from tests.factories import (
    ActivityFactory,
    CurrencyFactory,
    LossReasonFactory,
    OpportunityCloseFactory,
    OpportunityFactory,
    StageFactory,
    StageVisitFactory,
)
from tests.forecasts.world import REACH, by_hand
from tests.pages import queries

D = Decimal
PEOPLE = ("rep", "manager", "northern_manager", "administrator")


def answer_to(world, name: str, slug: str, **params: str):
    user, report = world.people[name], report_named(slug)
    return report.answer(user, asked_of(params, user, takes=report.takes))


def listed(client, world, name: str, url: str):
    """The deals in the list that an address leads to."""
    split = urlsplit(url)
    assert split.path == "/opportunities/", url
    client.force_login(world.people[name])
    told = client.get("/api/v1/opportunities/", dict_of(split.query) | {"page_size": 200})
    assert told.status_code == 200, told.content
    return {row["number"] for row in told.json()["results"]}


def dict_of(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        found.setdefault(name, []).append(value)
    return found


def rows_by_hand(world, name: str, condition: str, columns: str = "o.number"):
    """Rows of deals in somebody's reach, by SQL of the test's own."""
    told = {"me": world.people[name].pk} | {key: team.pk for key, team in world.teams.items()}
    sql = (
        f"SELECT {columns} FROM opportunities_opportunity o JOIN catalog_currency c ON c.id = o.currency_id"
        f" JOIN opportunities_stage s ON s.id = o.stage_id WHERE {REACH[name]} AND {condition}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql % told)
        return cursor.fetchall()


def worth_by_hand(rows) -> D:
    rates = {"EUR": D(1), "USD": D("0.9125")}
    return sum((D(str(amount)) * rates.get(code, D(str(own))) for amount, own, code in rows), D(0))


def figure(answer, label: str):
    return next(one for one in answer.figures if str(one.label) == label)


# --- where deals are stuck ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PEOPLE)
def test_the_funnel_has_the_open_deals_of_each_stage_and_their_worth(world, client, name) -> None:
    stages = [StageFactory(position=n) for n in (1, 2, 3)]
    for n, deal in enumerate(Opportunity.objects.order_by("pk")):
        Opportunity.objects.filter(pk=deal.pk).update(stage=stages[n % 3])

    answer = answer_to(world, name, "stuck")

    for stage, row in zip(stages, answer.tables[0].rows, strict=True):
        found = rows_by_hand(
            world,
            name,
            f"o.status = 'open' AND o.stage_id = {stage.pk}",
            "o.estimated_revenue, o.exchange_rate, c.code",
        )
        assert row[1].value == len(found)
        assert abs(row[2].value - worth_by_hand(found)) < D("0.0001")
        numbers = {
            one[0] for one in rows_by_hand(world, name, f"o.status = 'open' AND o.stage_id = {stage.pk}")
        }
        assert listed(client, world, name, row[1].url) == numbers
    assert any("JPY" in str(note) for note in answer.notes)


def test_of_a_stage_those_go_on_that_were_won_or_stand_or_were_lost_later(world) -> None:
    Opportunity.objects.all().delete()
    first, second, third = (StageFactory(position=n) for n in (1, 2, 3))
    today = timezone.localdate()
    for stage, status, many in (
        (first, "lost", 3),
        (second, "lost", 2),
        (second, "open", 4),
        (third, "won", 5),
    ):
        for _n in range(many):
            OpportunityFactory(stage=stage, status=status, closed_on=None if status == "open" else today)
    OpportunityFactory(stage=first, status="lost", closed_on=today - dt.timedelta(days=400))

    rows = answer_to(world, "administrator", "stuck").tables[0].rows

    assert [(row[5].value, row[6].value) for row in rows] == [(11, 3), (5, 2), (5, 0)]
    assert rows[0][4].value == D(1100) / 14
    assert rows[1][4].value == D(500) / 7


def test_the_usual_days_in_a_stage_are_the_median_of_the_stays_that_ended(world) -> None:
    stage, now = StageFactory(), timezone.now()
    deal = OpportunityFactory(owner=world.people["rep"], stage=stage)
    stays = [1, 2, 8, 30]
    for days in stays:
        StageVisitFactory(opportunity=deal, stage=stage, entered_at=now - dt.timedelta(days=days + 3),
                          left_at=now - dt.timedelta(days=3))  # fmt: skip
    StageVisitFactory(opportunity=deal, stage=stage, entered_at=now - dt.timedelta(days=900))
    StageVisitFactory(opportunity=OpportunityFactory(owner=world.people["outsider"]), stage=stage,
                      entered_at=now - dt.timedelta(days=300), left_at=now)  # fmt: skip

    row = answer_to(world, "rep", "stuck").tables[0].rows[0]

    assert row[7].value == D(str(median(stays)))
    assert StageVisit.objects.count() == 6


# --- the number, and what changed ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PEOPLE)
def test_the_number_is_the_forecast_and_each_month_leads_to_its_deals(world, client, name) -> None:
    answer = answer_to(world, name, "number", period="2026-Q4")

    won, commit, best = (by_hand(world, name, column)[1] for column in ("won", "commit", "best_case"))
    assert abs(figure(answer, "Won").value - won) < D("0.0001")
    assert abs(figure(answer, "Commit").value - won - commit) < D("0.0001")
    assert abs(figure(answer, "Best case").value - won - commit - best) < D("0.0001")
    for row in answer.tables[0].rows:
        first, last = {
            "October": ("10-01", "10-31"), "November": ("11-01", "11-30"), "December": ("12-01", "12-31"),
        }[str(row[0].text).split()[0]]  # fmt: skip
        span = f"BETWEEN '2026-{first}' AND '2026-{last}'"
        committed = f"o.status = 'open' AND o.forecast = 'committed' AND o.estimated_close_on {span}"
        rows = rows_by_hand(world, name, committed, "o.estimated_revenue, o.exchange_rate, c.code")
        assert abs(row[3].value - worth_by_hand(rows)) < D("0.0001")
        assert listed(client, world, name, row[3].url) == {
            one[0] for one in rows_by_hand(world, name, committed)
        }
        brought = f"o.status = 'won' AND o.closed_on {span}"
        assert listed(client, world, name, row[2].url) == {
            one[0] for one in rows_by_hand(world, name, brought)
        }


def test_without_a_snapshot_nothing_is_said_to_have_changed(world) -> None:
    answer = answer_to(world, "manager", "changed")

    assert not answer.figures
    assert answer.charts[0].start is None
    assert "no snapshot" in str(answer.charts[0].empty)


# --- which deals need somebody --------------------------------------------------------------------------------


def test_deals_need_somebody_whose_close_date_has_passed_or_whose_customers_hear_nothing(world) -> None:
    Opportunity.objects.all().delete()
    rep, today = world.people["rep"], timezone.localdate()
    long_ago = timezone.now() - dt.timedelta(days=40)

    def deal(name: str, days: int, **more):
        made = OpportunityFactory(owner=rep, name=name, estimated_close_on=today + dt.timedelta(days=days),
                                  estimated_revenue=100, **more)  # fmt: skip
        Opportunity.objects.filter(pk=made.pk).update(created_at=long_ago)
        return made

    deal("late", -3)
    deal("silent", 5)
    heard = deal("heard", 5)
    ActivityFactory(regarding=heard, kind="call", status="completed", done_at=timezone.now(), owner=rep)
    deal("far", 200)
    deal("resting", 5, status_reason="on_hold")

    answer = answer_to(world, "rep", "attention")

    assert {str(row[0].text) for row in answer.tables[0].rows} == {"late", "silent"}
    assert {dot.label for dot in answer.charts[0].dots} == {"late", "silent", "heard"}
    assert figure(answer, "Late or due in 60 days").value == 300
    assert not answer_to(world, "outsider", "attention").charts[0].dots


@pytest.mark.parametrize("name", PEOPLE)
def test_the_deals_that_are_late_or_close_soon_are_worth_what_the_list_says(world, client, name) -> None:
    found = figure(answer_to(world, name, "attention"), "Late or due in 60 days")

    condition = (
        "o.status = 'open' AND o.status_reason = 'in_progress' AND o.estimated_close_on <= '2027-01-19'"
    )
    rows = rows_by_hand(world, name, condition, "o.estimated_revenue, o.exchange_rate, c.code")
    assert abs(found.value - worth_by_hand(rows)) < D("0.0001")
    assert listed(client, world, name, found.url) == {one[0] for one in rows_by_hand(world, name, condition)}


# --- won and lost ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PEOPLE)
def test_the_win_rate_of_a_quarter_is_of_the_deals_decided_in_it(world, client, name) -> None:
    answer = answer_to(world, name, "wins", period="2026-Q4")

    row = answer.tables[0].rows[-1]
    won, lost = (
        rows_by_hand(
            world, name, f"o.status = '{status}' AND o.closed_on BETWEEN '2026-10-01' AND '2026-12-31'"
        )
        for status in ("won", "lost")
    )
    assert (row[1].value, row[2].value) == (len(won), len(lost))
    if won or lost:
        assert row[4].value == D(100 * len(won)) / (len(won) + len(lost))
    assert listed(client, world, name, row[3].url) == {one[0] for one in [*won, *lost]}
    assert abs(figure(answer, "Won, Q4 2026").value - by_hand(world, name, "won")[1]) < D("0.0001")


def test_reasons_for_losing_are_counted_with_those_where_nobody_said_why(world, client) -> None:
    Opportunity.objects.all().delete()
    rep, today = world.people["rep"], timezone.localdate()
    price, timing = LossReasonFactory(name="Price"), LossReasonFactory(name="Timing")
    usd = CurrencyFactory(code="USD")

    def lose(reason, amount: int, *, canceled: bool = False, closes: bool = True):
        deal = OpportunityFactory(owner=rep, status="lost", closed_on=today, estimated_revenue=amount, currency=usd,
                                  exchange_rate=D("0.5"))  # fmt: skip
        if closes:
            OpportunityCloseFactory(opportunity=deal, loss_reason=reason, is_canceled=canceled)
        return deal

    said = [lose(price, 100), lose(price, 300)]
    OpportunityCloseFactory(opportunity=said[0], loss_reason=timing, is_canceled=True)
    lose(timing, 50)
    bare = [lose(None, 10), lose(None, 20, closes=False), lose(price, 40, canceled=True)]

    table = answer_to(world, "rep", "wins").tables[1]

    assert [(str(r[0].text), r[1].value, r[2].value) for r in table.rows] == [
        ("Price", 2, D(200)), ("Timing", 1, D(25)), ("Not said", 3, D(35)),
    ]  # fmt: skip
    assert listed(client, world, "rep", table.rows[0][1].url) == {deal.number for deal in said}
    assert listed(client, world, "rep", table.rows[2][1].url) == {deal.number for deal in bare}


# --- the cycle ------------------------------------------------------------------------------------------------


def test_the_cycle_is_the_median_of_days_from_opening_to_winning(world) -> None:
    Opportunity.objects.all().delete()
    rep, today = world.people["rep"], timezone.localdate()
    lasted = [0, 3, 4, 10, 11, 40, 41, 60, 90, 200, 300]
    for days in lasted:
        deal = OpportunityFactory(
            owner=rep, status="won", closed_on=today - dt.timedelta(days=2), actual_revenue=1
        )
        opened = timezone.now() - dt.timedelta(days=days + 2)
        Opportunity.objects.filter(pk=deal.pk).update(created_at=opened)
    OpportunityFactory(owner=world.people["outsider"], status="won", closed_on=today, actual_revenue=1)

    answer = answer_to(world, "rep", "cycle")

    half, nine = figure(answer, "Median days to win"), figure(answer, "Four of five within")
    assert half.value == median(lasted)
    assert nine.value == 200
    strip = answer.charts[0].strips[0]
    assert sorted(strip.values) == lasted
    assert (strip.low, strip.high) == (3, 200)


def test_reports_ask_a_constant_number_of_questions(world, client) -> None:
    slugs = ("attention", "stuck", "number", "changed", "wins", "cycle")
    for slug in slugs:
        asks(world, slug)  # what is remembered for the whole process is asked once
    before = {slug: asks(world, slug) for slug in slugs}

    for n in range(30):
        OpportunityFactory(
            owner=world.people["rep"], estimated_close_on=timezone.localdate(), estimated_revenue=n
        )

    assert {slug: asks(world, slug) for slug in before} == before
    assert max(before.values()) <= 18


def asks(world, slug: str) -> int:
    return len(queries(lambda: answer_to(world, "manager", slug)))
