"""The manager's home: the number, what waits for a decision, and how each person stands; the team subtree only."""

import datetime as dt
import re
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from kernel import history
from kernel.models import HistoryEntry, OutboxMessage
from kernel.periods import period_of
from people.models import Team
from quotes.models import Approval
from reports import team_page
from reports.team_asked import TeamAsked, team_asked
from reports.team_deals import silent, slipped
from reports.team_figures import monday
from reports.team_page import TeamPage
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import ActivityFactory, OpportunityFactory, TeamFactory, UserFactory
from tests.reports.mixed_currencies import brought, cents, listed, make_deals, rows, worth

pytestmark = pytest.mark.django_db
HOME = "reports:team"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    cache.clear()


@pytest.fixture
def team():
    return TeamFactory(name="EMEA")


@pytest.fixture
def below(team):
    return TeamFactory(name="North", parent=Team.objects.get(pk=team.pk))


@pytest.fixture
def boss(team, below):
    return UserFactory(role="sales_manager", team=team, first_name="Mona")


@pytest.fixture
def rep(below):
    return UserFactory(team=below, first_name="Ben", last_name="Ruiz")


def asked_by(user, **query):
    return team_asked(user, query)


def page_of(client, user, **query):
    client.force_login(user)
    return client.get(reverse(HOME), query)


# --- who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "home"),
    [("sales_manager", "/team/"), ("salesperson", "/my-day/"), ("finance", ""), ("administrator", "")],
)
def test_the_day_of_a_manager_begins_with_the_team(client, role, home):
    client.force_login(UserFactory(role=role))

    answer = client.get("/")

    assert answer.headers.get("Location", "") == home
    assert ('href="/team/"' in client.get("/overview/").text.split("<main")[0]) == (
        role in ("sales_manager", "administrator")
    )


@pytest.mark.parametrize("role", ["salesperson", "finance"])
def test_who_leads_no_team_is_refused(client, role):
    assert page_of(client, UserFactory(role=role)).status_code == 403


def test_a_team_that_one_does_not_lead_does_not_exist(client, boss):
    stranger = TeamFactory(name="South")
    OpportunityFactory(owner=UserFactory(team=stranger, first_name="Nobody", last_name="Known"))

    page = page_of(client, boss)

    assert "South" not in page.text
    assert "Nobody Known" not in page.text
    assert page_of(client, boss, team=stranger.pk).status_code == 404
    assert page_of(client, UserFactory(role="administrator", team=None), team=stranger.pk).status_code == 200


def test_the_chosen_team_counts_with_all_below_it_and_nothing_beside(boss, team, below, rep):
    OpportunityFactory(owner=rep, estimated_revenue=Decimal(200))
    OpportunityFactory(owner=boss, estimated_revenue=Decimal(50))

    whole, part = (
        TeamPage(asked_by(boss, **q)).reps() for q in ({"team": str(team.pk)}, {"team": str(below.pk)})
    )

    assert sum(one.open for one in whole) == 250
    assert [(one.label, one.open) for one in part] == [("Ben Ruiz", 200)]


# --- the number -----------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_forecast_and_every_row_leads_to_its_deals(client, boss, below):
    today = timezone.localdate()
    ben, cleo = (UserFactory(team=below, first_name=name, last_name="X") for name in ("Ben", "Cleo"))
    make_deals(ben, cleo, estimated_close_on=today, forecast="committed")
    client.force_login(boss)

    whole = TeamPage(asked_by(boss))
    head = {one.label: one for one in whole.head().figures}
    found = {one.label: one for one in whole.reps()}

    open_now, won = rows("status = 'open'"), rows(f"status = 'won' AND closed_on = '{today}'")
    commit = worth(open_now)[1] + brought(won)
    assert (cents(head["Commit"].amount), cents(head["Won"].amount)) == (commit, brought(won))
    for owner, label in ((ben, "Ben X"), (cleo, "Cleo X")):
        mine = worth(rows(f"status = 'open' AND owner_id = {owner.pk}"))
        one = found[label]
        assert (one.deals, cents(one.open), cents(one.weighted)) == mine
        assert listed(client, one.open_url) == mine[0]
        assert client.get(one.commit_url).status_code == 200
    page = client.get(reverse(HOME)).text
    assert "No exchange rate today: CHF." in page
    assert "Ben X" in page


def test_the_share_with_a_next_step_leads_to_the_deals_without_one(client, boss, rep):
    soon = timezone.now() + dt.timedelta(days=2)
    OpportunityFactory(owner=rep, next_due_at=soon)
    OpportunityFactory.create_batch(2, owner=rep, next_due_at=None)
    client.force_login(boss)

    (one,) = [row for row in TeamPage(asked_by(boss)).reps() if row.deals]

    assert one.planned_percent == 33
    assert listed(client, one.unplanned_url) == 2


# --- what needs the manager -----------------------------------------------------------------------------------


def put_off(deal, by, *days, ago=1):
    """The close date was moved to these days, one after the other."""
    for old, new in pairwise(days):
        entry = history.record(deal, "changed", by=by, changes={"estimated_close_on": [old, new]})
        HistoryEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - dt.timedelta(days=ago))


def test_a_deal_put_off_twice_in_90_days_needs_its_manager(client, boss, rep):
    twice, once, earlier, nearer, long_ago = OpportunityFactory.create_batch(5, owner=rep)
    put_off(twice, rep, "2026-01-31", "2026-02-28", "2026-03-31")
    put_off(once, rep, "2026-01-31", "2026-02-28")
    put_off(earlier, rep, "2026-03-31", "2026-02-28", "2026-01-31")
    put_off(nearer, rep, "2026-01-31", "2026-02-28", None, "2026-03-31")
    put_off(long_ago, rep, "2026-01-31", "2026-02-28", "2026-03-31", ago=91)
    put_off(OpportunityFactory(owner=rep, status="lost"), rep, "2026-01-31", "2026-02-28", "2026-03-31")

    asked = asked_by(boss)
    found = slipped(asked.open_deals(), TeamPage(asked).rates)

    assert [(row.pk, row.why) for row in found] == [(twice.pk, "put off 2 times")]
    client.force_login(boss)
    page = client.get(reverse("reports:team-deals", args=["slipped"])).text
    assert twice.number in page
    assert once.number not in page


def test_a_deal_silent_for_more_than_14_days_with_nothing_planned_needs_its_manager(client, boss, rep):
    now = timezone.now()
    quiet, spoken, planned, fresh, held = (
        aged(rep, 40),
        aged(rep, 40),
        aged(rep, 40),
        aged(rep, 3),
        aged(rep, 40),
    )
    call = {"kind": "call", "status": "completed", "owner": rep}
    ActivityFactory(regarding=spoken, done_at=now - dt.timedelta(days=2), **call)
    ActivityFactory(regarding=quiet, done_at=now - dt.timedelta(days=20), **call)
    ActivityFactory(regarding=planned, owner=rep, due_at=now + dt.timedelta(days=2))
    type(held).objects.filter(pk=held.pk).update(status_reason="on_hold")

    asked = asked_by(boss)
    found = silent(asked.open_deals(), TeamPage(asked).rates)

    assert [(row.pk, row.why) for row in found] == [(quiet.pk, "20 days silent")]
    (row,) = [one for one in TeamPage(asked).reps() if one.stale]
    client.force_login(boss)
    page = client.get(row.stale_url).text
    assert (row.stale, quiet.number in page, spoken.number in page) == (1, True, False)
    assert fresh.number not in page


def aged(owner, days):
    deal = OpportunityFactory(owner=owner)
    type(deal).objects.filter(pk=deal.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    return deal


def test_an_approval_is_decided_on_the_page_and_the_manager_stays_there(client, boss, rep):
    quote, other = QuoteFactory(owner=rep), QuoteFactory(owner=rep)
    asked, second = (Approval.objects.create(quote=one, asked_by=rep) for one in (quote, other))
    page = page_of(client, boss).text
    assert quote.ref in page

    answer = client.post(reverse("quotes:approve", args=[quote.ref]), {"approval": asked.pk, "from": "team"})
    silent_no = client.post(
        reverse("quotes:reject", args=[other.ref]), {"approval": second.pk, "from": "team"}
    )
    client.post(
        reverse("quotes:reject", args=[other.ref]), {"approval": second.pk, "from": "team", "note": "Too low"}
    )

    assert answer.headers["Location"] == reverse(HOME)
    assert silent_no.status_code == 422
    decided = list(Approval.objects.order_by("pk").values_list("status", flat=True))
    assert decided == ["approved", "rejected"]


def test_an_order_that_the_erp_refused_counts_with_its_rep(client, boss, rep):
    order = OrderFactory(owner=rep, status="submitted")
    OutboxMessage.objects.create(
        topic="order.submitted", component="orders", aggregate_type="orders.order", aggregate_id=order.public_id,
        aggregate_version=1, destination="demo", external_key="k", payload={}, actor=rep, state="dead",
        error_text="Tax code DE19X unknown",
    )  # fmt: skip
    OpportunityFactory(owner=rep)

    (row,) = [one for one in TeamPage(asked_by(boss)).reps() if one.problems]

    client.force_login(boss)
    assert row.label == "Ben Ruiz"
    assert "Tax code DE19X unknown" in client.get(row.problems_url).text


# --- what holds -----------------------------------------------------------------------------------------------


def test_a_part_that_fails_shows_its_last_figures_with_their_time_and_the_rest_stays(
    client, boss, rep, monkeypatch
):
    OpportunityFactory(owner=rep, estimated_revenue=Decimal(4321))
    assert "4,321" in page_of(client, boss).text

    def broken(*args, **kwargs):
        raise RuntimeError("the forecast is away")

    monkeypatch.setattr(team_page, "forecast_of", broken)
    page = page_of(client, boss)

    assert page.status_code == 200
    assert "cannot be told just now; this is from" in page.text
    assert "4,321" in page.text
    cache.clear()
    assert "The forecast cannot be told just now." in page_of(client, boss).text


def test_a_manager_without_deals_sees_a_calm_page(client):
    page = page_of(client, UserFactory(role="sales_manager", team=TeamFactory())).text

    assert "No deal was put off twice." in page
    assert "No approval waits for you." in page


def test_the_page_asks_as_many_questions_for_many_people_as_for_few(
    client, boss, below, django_assert_max_num_queries
):
    def fill(n):
        for _each in range(n):
            owner = UserFactory(team=below)
            aged(owner, 40)
            quote = QuoteFactory(owner=owner)
            Approval.objects.create(quote=quote, asked_by=owner)
            put_off(OpportunityFactory(owner=owner), owner, "2026-01-31", "2026-02-28", "2026-03-31")

    fill(2)
    page_of(client, boss)
    with django_assert_max_num_queries(60) as few:
        page_of(client, boss)
    fill(6)
    with django_assert_max_num_queries(len(few)):
        page_of(client, boss)


@pytest.mark.parametrize("value", ["", "0", "-1", "9" * 30, "x", "\u0000", "2026-Q9", "'; --"])
def test_no_address_breaks_the_page(client, boss, value):
    for name in ("team", "period", "of"):
        assert page_of(client, boss, **{name: value}).status_code in (200, 404)
        address = reverse("reports:team-deals", args=["silent"])
        assert client.get(address, {name: value}).status_code in (200, 404)
    assert client.get(reverse("reports:team-deals", args=["nonsense"])).status_code == 404


def test_hostile_names_are_texts(client, boss, below):
    name = "<script>alert(1)</script>"
    OpportunityFactory(owner=UserFactory(team=below, first_name=name), name=name)

    text = page_of(client, boss).text

    assert not re.search(r"<script>alert", text)


@pytest.mark.parametrize(
    ("today", "since"),
    [("2026-11-22", "2026-11-16"), ("2026-11-23", "2026-11-16"), ("2026-11-24", "2026-11-23")],
)
def test_monday_is_the_last_one_that_is_over(today, since):
    assert monday(dt.date.fromisoformat(today)) == dt.date.fromisoformat(since)


def test_what_the_page_asks_for_stands_in_its_address(boss, team):
    quarter = period_of(dt.date(2026, 5, 1))

    asked = TeamAsked(boss, quarter, (team,), team)

    assert asked.url() == f"/team/?period=2026-Q2&team={team.pk}"
