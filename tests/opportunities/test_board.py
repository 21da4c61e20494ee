"""The board: whole sums, honest moves, the same few queries however much stands on it."""

import datetime as dt
import html
import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from kernel import history
from kernel.tables.asked import Asked
from opportunities import actions
from opportunities.models import Opportunity
from opportunities.tables import OpportunityTable
from people.access import visible
from people.models import Role
from tests.factories import (
    ActivityFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    LeadFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db
BOARD = "/opportunities/board/"
SUMS = """
SELECT o.stage_id, COUNT(*), SUM(o.estimated_revenue * CASE c.code WHEN 'EUR' THEN 1.0 WHEN 'USD' THEN 0.5
ELSE o.exchange_rate END), SUM(o.estimated_revenue * o.probability / 100.0 * CASE c.code WHEN 'EUR' THEN 1.0
WHEN 'USD' THEN 0.5 ELSE o.exchange_rate END)
FROM opportunities_opportunity o JOIN catalog_currency c ON c.id = o.currency_id
WHERE o.status = 'open' AND {where} GROUP BY o.stage_id
"""


@pytest.fixture
def stages():
    CurrencyFactory()
    return [StageFactory(position=n) for n in (1, 2, 3)]


@pytest.fixture
def seller(client, stages):
    user = UserFactory()
    client.force_login(user)
    return user


def columns_of(text):
    """What the heads of the columns say: {name: (deals, amount, weighted)}."""
    found = {}
    for head in re.findall(r'<header class="column-head".*?</header>', text, re.S):
        name = re.search(r"<h2><a[^>]*>([^<]*)</a>", head)[1]
        count = re.search(r'class="count">([^<]*)<', head)[1]
        found[name] = (int(count), *re.findall(r'class="money">([^<]*)<', head))
    return found


def cards_in(text, stage):
    """The names of the cards of a column, from the top."""
    [column] = re.findall(
        rf'<ul class="cards" id="cards-{getattr(stage, "pk", stage)}".*?</section>', text, re.S
    )
    return [html.unescape(name) for name in re.findall(r'class="deal-name"[^>]*>([^<]*)<', column)]


def bars_in(text):
    """What the bars say: (address, state, deals) of each of their parts."""
    return re.findall(r'<li><a href="([^"]*)"[^>]*><span class="dot (\w+)"[^>]*></span>(\d+)', text)


def money(amount):
    return f"€{Decimal(str(amount)):,.2f}"


# --- sums ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(stages):
    """Deals of three people in three currencies, of which one has no rate."""
    dollar, franc = CurrencyFactory(code="USD"), CurrencyFactory(code="CHF")
    ExchangeRateFactory(currency=dollar, rate=Decimal("0.5"), valid_from=dt.date(2020, 1, 1))
    people = [UserFactory(), UserFactory(role=Role.SALES_MANAGER), UserFactory(role=Role.FINANCE)]
    people[1].team = people[0].team
    people[1].save()
    euro = CurrencyFactory()
    for n, (currency, rate) in enumerate([(euro, 1), (dollar, "0.9"), (franc, "1.1")] * 6):
        OpportunityFactory(
            owner=people[n % 2], stage=stages[n % 3], currency=currency, exchange_rate=Decimal(rate),
            estimated_revenue=Decimal("100.37") * (n + 1), probability=(10, 35, 80)[n % 3],
            status="lost" if n == 7 else "open", name=f"Deal {'odd' if n % 2 else 'even'} {n}",
        )  # fmt: skip
    OpportunityFactory(stage=stages[0], estimated_revenue=Decimal(5000))
    return people


@pytest.mark.parametrize(
    ("who", "query", "where"),
    [
        (0, "", "o.owner_id = {seller}"),
        (1, "", "o.team_id = {team}"),
        (2, "", "1 = 1"),
        (1, "?owner=me", "o.owner_id = {manager}"),
        (2, "?q=odd", "o.name LIKE '%%odd%%'"),
        (2, "?f=amount:gt:900", "o.estimated_revenue > 900"),
        (2, "?f=currency:is:USD||currency:is:CHF", "c.code IN ('USD', 'CHF')"),
    ],
)
def test_the_sums_of_every_column_are_those_that_plain_sql_finds(client, mixed, stages, who, query, where):
    client.force_login(mixed[who])
    where = where.format(seller=mixed[0].pk, manager=mixed[1].pk, team=mixed[0].team_id)
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(where=where).replace("%%", "%"))
        wanted = {
            stage: (n, money(amount), money(weighted)) for stage, n, amount, weighted in cursor.fetchall()
        }

    told = columns_of(client.get(BOARD + query).text)

    assert {stage.pk: told[stage.name] for stage in stages if told[stage.name][0]} == wanted


def test_a_currency_without_a_rate_is_named_and_counted(client, mixed):
    client.force_login(mixed[2])

    text = client.get(BOARD).text

    assert "CHF without a rate today" in text
    assert "USD without" not in text


def test_every_sum_leads_to_exactly_its_deals(client, mixed, stages):
    client.force_login(mixed[1])

    text = client.get(BOARD + "?q=odd").text

    links = [html.unescape(one) for one in re.findall(r'class="column-sum"><a href="([^"]*)"', text)]
    assert len(links) == 3
    for stage, link in zip(stages, links, strict=True):
        asked = Asked(OpportunityTable, QueryDict(urlsplit(link).query), mixed[1])
        behind = set(asked.narrow(visible(mixed[1], Opportunity.objects.all())))
        assert behind == set(Opportunity.objects.filter(
            stage=stage, status="open", team=mixed[1].team, name__contains="odd"
        ))  # fmt: skip


# --- columns and cards --------------------------------------------------------------------------------------------


def test_cards_stand_in_the_order_of_what_is_due_and_the_rest_comes_on_demand(client, seller, stages):
    now = timezone.now()
    for n in range(40):
        due = now + dt.timedelta(days=n) if n < 20 else None
        OpportunityFactory(owner=seller, stage=stages[0], name=f"Deal {n:02}", next_due_at=due)

    first = client.get(BOARD).text
    more = html.unescape(re.search(r'href="([^"]*after=[^"]*)"', first)[1])
    page = client.get(more).text
    part = client.get(more, headers={"HX-Request": "true"}).text

    assert cards_in(first, stages[0]) == [f"Deal {n:02}" for n in range(10)]
    assert cards_in(page, stages[0]) == [f"Deal {n:02}" for n in range(10, 35)]
    assert re.findall(r'class="deal-name"[^>]*>([^<]*)<', part) == [f"Deal {n:02}" for n in range(10, 35)]
    assert "Show 25 more" in part
    assert "<html" not in part
    last = html.unescape(re.search(r'href="([^"]*after=[^"]*)"', part)[1])
    assert cards_in(client.get(last).text, stages[0]) == [f"Deal {n:02}" for n in range(35, 40)]
    assert columns_of(first)["Qualify"][0] == 40


def test_the_bar_says_how_next_steps_stand_and_shows_those_alone(client, seller, stages):
    day, noon = dt.timedelta(days=1), timezone.now().replace(hour=12)
    for name, due in [("Late", noon - day), ("Now", noon), ("Soon", noon + day), ("Never", None)]:
        OpportunityFactory(owner=seller, stage=stages[0], name=name, next_due_at=due)

    first = client.get(BOARD).text
    address = html.unescape(re.search(r'data-bars="([^"]*)"', first)[1])
    asked = client.get(address, headers={"HX-Request": "true"}).text
    plain = client.get(address, follow=True).text

    assert bars_in(first) == []
    assert "<html" not in asked
    assert 'no-js-only" href="/opportunities/board/?bars=1"' in first
    for text in (asked, plain):
        assert {(state, count) for _url, state, count in bars_in(text)} == {
            ("late", "1"), ("today", "1"), ("planned", "1"), ("none", "1")
        }  # fmt: skip
        for url, state, _count in bars_in(text):
            narrowed = client.get(html.unescape(url)).text
            name = {"late": "Late", "today": "Now", "planned": "Soon", "none": "Never"}[state]
            assert cards_in(narrowed, stages[0]) == [name]


def test_the_bar_of_a_narrowed_board_counts_what_it_shows_and_takes_its_question_back(client, seller, stages):
    noon = timezone.now().replace(hour=12)
    for name, due in [("Late", noon - dt.timedelta(days=1)), ("Never", None)]:
        OpportunityFactory(owner=seller, stage=stages[0], name=name, next_due_at=due)

    first = client.get(BOARD + "?q=deal&f=next_due_at:empty").text
    address = html.unescape(re.search(r'data-bars="([^"]*)"', first)[1])
    found = client.get(address.replace("q=deal", "q=never"), headers={"HX-Request": "true"}).text
    [(url, state, count)] = [one for one in bars_in(found) if one[2] != "0"]

    assert (state, count) == ("none", "1")
    assert html.unescape(url) == BOARD + "?q=never"


def test_what_was_won_and_lost_lately_stands_folded_until_asked_for(client, seller, stages):
    today = timezone.localdate()
    for name, days in [("Fresh", 3), ("Stale", 300)]:
        OpportunityFactory(
            owner=seller,
            name=name,
            status="won",
            closed_on=today - dt.timedelta(days=days),
            actual_revenue=70,
        )

    folded, shown = client.get(BOARD).text, client.get(BOARD + "?show=won").text
    counted = client.get(BOARD + "next-steps/", headers={"HX-Request": "true"}).text

    assert "Fresh" not in folded
    assert 'id="count-won"></span>' in folded
    assert 'id="count-won" data-swap>1</span>' in counted
    assert cards_in(shown, "won") == ["Fresh"]
    assert columns_of(shown)["Won"] == (1, "€70.00")


def test_each_pipeline_has_its_own_board_and_a_stage_out_of_use_stays_while_deals_stand_in_it(
    client, seller, stages
):
    renewal = StageFactory(pipeline=PipelineFactory(name="Renewals"), position=1, name="Ask again")
    gone = StageFactory(position=7, name="Forgotten", is_active=False)
    empty = StageFactory(position=8, name="Empty", is_active=False)
    OpportunityFactory(owner=seller, stage=renewal, name="Again")
    OpportunityFactory(owner=seller, stage=gone, name="Left behind")

    usual = client.get(BOARD).text
    other = client.get(f"{BOARD}?f=pipeline:is:{renewal.pipeline_id}").text

    assert cards_in(usual, gone) == ["Left behind"]
    assert empty.name not in columns_of(usual)
    assert "Again" not in usual
    assert cards_in(other, renewal) == ["Again"]
    assert "Renewals" in usual


def test_a_board_takes_the_same_queries_however_many_columns_and_cards_it_has(client, seller, stages):
    def some(count, stage):
        for _ in range(count):
            deal = OpportunityFactory(owner=seller, stage=stage)
            ActivityFactory(owner=seller, regarding=deal)

    some(1, stages[0])
    client.get(BOARD)
    few = queries(lambda: client.get(BOARD))
    for position in range(4, 8):
        some(4, StageFactory(position=position))
    some(30, stages[1])

    many = queries(lambda: client.get(BOARD))

    assert len(many) == len(few)
    assert len(many) <= 15


def test_an_empty_board_says_how_to_begin_and_a_filtered_one_how_to_go_back(client, seller, stages):
    bare = client.get(BOARD).text
    OpportunityFactory(owner=seller)
    filtered = client.get(BOARD + "?q=nothing-like-it").text

    assert "Add deal" in bare
    assert "Create from lead" in bare
    assert "Clear filters" in filtered


def test_the_same_question_is_asked_as_table_and_as_board(client, seller, stages):
    OpportunityFactory(owner=seller)

    table = client.get(reverse("opportunities:list") + "?f=amount:gt:5&q=deal").text
    board = client.get(BOARD + "?f=amount:gt:5&q=deal").text

    assert 'href="/opportunities/board/?f=amount%3Agt%3A5&amp;q=deal"' in table
    assert 'href="/opportunities/?f=amount%3Agt%3A5&amp;q=deal"' in board


def test_a_filter_asked_for_on_the_board_leads_back_to_the_board(client, seller, stages):
    asked = {"_at": "board", "_field": "amount", "_op": "gt", "_gt": "5"}

    answer = client.get("/lists/opportunities/filter/", asked)

    assert answer["Location"].startswith(f"{BOARD}?f=amount")


# --- moves --------------------------------------------------------------------------------------------------------


def move(client, deal, stage, *, script=True, query="", **more):
    headers = {"HX-Request": "true", "HX-Target": "move"} if script else {}
    return client.post(f"{BOARD}{deal.ref}/move/{query}", {"stage": stage, **more}, headers=headers)


def test_a_move_answers_with_the_card_and_the_heads_of_both_columns(client, seller, stages):
    deal = OpportunityFactory(owner=seller, name="Borg", stage=stages[0], estimated_revenue=100)
    OpportunityFactory(owner=seller, stage=stages[2], next_due_at=timezone.now())

    answer = move(client, deal, stages[2].pk, version=deal.version)

    assert answer.status_code == 200
    assert "Borg moved to Propose, 2 of 2." in answer.text
    assert columns_of(answer.text) == {"Qualify": (0, "€0.00", "€0.00"), "Propose": (2, "€100.00", "€60.00")}
    assert "<html" not in answer.text
    deal.refresh_from_db()
    assert deal.stage == stages[2]
    assert [entry.verb for entry in history.of(deal)] == ["moved"]


def test_without_scripts_a_move_comes_back_to_the_same_board(client, seller, stages):
    deal = OpportunityFactory(owner=seller, name="Borg", stage=stages[0])

    answer = move(client, deal, stages[1].pk, script=False, query="?q=borg")

    assert answer["Location"] == f"{BOARD}?q=borg#deal-{deal.ref}"
    assert "Borg moved to Develop, 1 of 1." in client.get(answer["Location"]).text


def test_a_stage_that_asks_for_something_refuses_says_what_and_changes_nothing(client, seller, stages):
    stages[1].required_fields = ["amount", "need"]
    stages[1].save()
    deal = OpportunityFactory(owner=seller, stage=stages[0])
    before = Opportunity.objects.filter(pk=deal.pk).values().get()

    answer = move(client, deal, stages[1].pk, version=deal.version)

    assert answer.status_code == 422
    assert 'name="estimated_revenue"' in answer.text
    assert 'name="need"' in answer.text
    assert Opportunity.objects.filter(pk=deal.pk).values().get() == before
    assert not history.of(deal).exists()


def test_what_a_stage_asks_for_is_given_with_the_move(client, seller, stages):
    stages[1].required_fields = ["amount"]
    stages[1].save()
    deal = OpportunityFactory(owner=seller, stage=stages[0])

    answer = move(client, deal, stages[1].pk, version=deal.version, estimated_revenue="250")

    deal.refresh_from_db()
    assert answer.status_code == 200
    assert (deal.stage, deal.estimated_revenue) == (stages[1], Decimal(250))


def test_the_menu_lists_every_stage_blocked_ones_with_what_is_missing(client, seller, stages):
    stages[2].required_fields = ["amount"]
    stages[2].save()
    deal = OpportunityFactory(owner=seller, stage=stages[0])

    text = client.get(f"{BOARD}{deal.ref}/move/").text

    assert re.search(rf'name="stage" value="{stages[1].pk}"[^>]*data-near', text)
    assert f'name="stage" value="{stages[2].pk}"' not in text
    assert "Needs amount: add here" in text
    asked = client.get(f"{BOARD}{deal.ref}/move/?stage={stages[2].pk}").text
    assert 'name="estimated_revenue"' in asked


def test_the_next_allowed_stage_is_the_nearest_that_asks_for_nothing(client, seller, stages):
    stages[1].required_fields = ["amount"]
    stages[1].save()
    deal = OpportunityFactory(owner=seller, stage=stages[0])

    move(client, deal, "next")
    deal.refresh_from_db()
    beyond = move(client, deal, "next")

    assert deal.stage == stages[2]
    assert beyond.status_code == 422
    assert "no further stage" in beyond.text


def test_who_saw_an_older_deal_moves_nothing_and_is_told(client, seller, stages):
    deal = OpportunityFactory(owner=seller, stage=stages[0])
    seen = deal.version
    actions.change_opportunity(deal, by=seller, need="Speed")

    answer = move(client, deal, stages[1].pk, version=seen)

    assert answer.status_code == 409
    assert "data-stale" in answer.text
    deal.refresh_from_db()
    assert deal.stage == stages[0]


def test_a_card_that_the_question_no_longer_asks_for_leaves_the_board_and_says_so(client, seller, stages):
    deal = OpportunityFactory(owner=seller, stage=stages[0], name="Borg")

    answer = move(client, deal, stages[1].pk, query="?f=probability:lt:20")

    assert "out of this view" in answer.text
    assert "deal-name" not in answer.text


def test_who_only_looks_reads_the_cards_and_is_told_why_nothing_moves(client, seller, stages):
    deal = OpportunityFactory(owner=seller, stage=stages[0], name="Borg")
    client.force_login(UserFactory(role=Role.FINANCE))

    board, menu = client.get(BOARD).text, client.get(f"{BOARD}{deal.ref}/move/").text

    assert cards_in(board, stages[0]) == ["Borg"]
    assert "not move it" in menu
    assert '<button name="stage"' not in menu
    assert move(client, deal, stages[1].pk).status_code == 403


def test_deals_of_strangers_are_on_no_board(client, seller, stages):
    deal = OpportunityFactory(name="Strange")

    assert "Strange" not in client.get(BOARD).text
    assert client.get(f"{BOARD}{deal.ref}/move/").status_code == 404


# --- what cards tell ----------------------------------------------------------------------------------------------


def test_what_cards_tell_is_chosen_for_everybody_by_who_may_arrange_pipelines(client, seller, stages):
    LeadFactory()
    deal = OpportunityFactory(owner=seller, stage=stages[0], probability=35)
    admin = UserFactory(role=Role.ADMINISTRATOR)
    address = reverse("opportunities:board-fields")

    assert client.post(address, {"fields": ["number"]}).status_code == 403
    client.force_login(admin)
    too_many = ["amount", "customer", "next_step", "age", "quote", "owner"]
    assert client.post(address, {"fields": too_many}).status_code == 422
    client.post(address, {"fields": ["number", "probability"]})

    client.force_login(seller)
    text = client.get(BOARD).text
    assert f"</span>{deal.number}</li>" in text
    assert "35%" in text
    assert "deal-next" not in text
