"""The timeline: deals by the month of their close, whole months summed, the same few queries however many there are."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from opportunities.models import Opportunity
from opportunities.timeline_bars import bar_of, span_of
from people.models import Role
from tests.factories import (
    CurrencyFactory,
    ExchangeRateFactory,
    OpportunityFactory,
    StageFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db
TIMELINE = "/opportunities/timeline/"
MARCH = dt.date(2031, 3, 1)


@pytest.fixture
def seller(client):
    CurrencyFactory()
    user = UserFactory()
    client.force_login(user)
    return user


def months_of(text):
    """What the heads of the months say: (name, deals and sums)."""
    heads = re.findall(r'<tr class="gantt-month">(.*?)</tr>', text, re.S)
    return [html.unescape(" ".join(re.sub(r"<[^>]+>", " ", head).split())) for head in heads]


def names_of(text):
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', text)


def shown(client, path=TIMELINE):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_deals_stand_in_the_month_of_their_close_and_those_without_a_day_last(client, seller):
    for name, day in [("B", MARCH), ("C", dt.date(2031, 4, 30)), ("None", None), ("A", dt.date(2031, 2, 9))]:
        OpportunityFactory(
            owner=seller, name=name, estimated_close_on=day, estimated_revenue=100, probability=10
        )
    OpportunityFactory(owner=seller, name="Gone", status="lost", estimated_close_on=MARCH)
    OpportunityFactory(name="Somebody else's", estimated_close_on=MARCH)

    text = shown(client)

    assert names_of(text) == ["A", "B", "C", "None"]
    assert [one.split(" 1 deal")[0] for one in months_of(text)] == [
        "February 2031", "March 2031", "April 2031", "No close date",
    ]  # fmt: skip
    assert all("€100.00" in one and "€10.00" in one for one in months_of(text))


def test_a_month_is_summed_whole_though_the_page_shows_a_part_of_it(client, seller):
    ExchangeRateFactory(rate=Decimal("0.5"))
    for number in range(60):
        OpportunityFactory(
            owner=seller, estimated_close_on=MARCH + dt.timedelta(days=number % 30), estimated_revenue=10,
            currency=CurrencyFactory(code="USD") if number % 2 else CurrencyFactory(), probability=50,
        )  # fmt: skip

    text = shown(client)

    assert len(names_of(text)) == 50
    assert months_of(text) == ["March 2031 60 deals · €450.00 · weighted €225.00"]
    later = html.unescape(re.search(r'rel="next" href="([^"]+)"', text)[1])
    rest = shown(client, later)
    assert len(names_of(rest)) == 10
    assert months_of(rest) == months_of(text)
    earlier = html.unescape(re.search(r'rel="prev" href="([^"]+)"', rest)[1])
    assert names_of(shown(client, earlier)) == names_of(text)


def test_the_sum_of_a_month_leads_to_exactly_its_deals(client, seller):
    OpportunityFactory(owner=seller, name="In", estimated_close_on=MARCH)
    OpportunityFactory(owner=seller, name="Out", estimated_close_on=dt.date(2031, 4, 1))
    OpportunityFactory(owner=seller, name="Gone", status="lost", estimated_close_on=MARCH)
    text = shown(client)

    path = html.unescape(re.search(r'gantt-month"><th[^>]*><a href="([^"]+)"', text)[1])
    listed = client.get(path).content.decode()

    assert path.startswith("/opportunities/?")
    assert re.findall(r'<a href="/opportunities/OPP[^"]*"[^>]*>([^<]+)</a>', listed).count("In") == 1
    assert not {"Out", "Gone"} & set(
        re.findall(r'<a href="/opportunities/OPP[^"]*"[^>]*>([^<]+)</a>', listed)
    )


def test_the_question_of_the_list_is_asked_here_too(client, seller):
    OpportunityFactory(owner=seller, name="Big", estimated_close_on=MARCH, probability=80)
    OpportunityFactory(owner=seller, name="Small", estimated_close_on=MARCH, probability=20)
    OpportunityFactory(owner=seller, name="Lost", status="lost", estimated_close_on=MARCH, probability=90)

    assert names_of(shown(client, f"{TIMELINE}?f=probability:gte:50")) == ["Big"]
    assert names_of(shown(client, f"{TIMELINE}?status=lost")) == ["Lost"]
    assert "No result" in shown(client, f"{TIMELINE}?f=probability:gte:99")


def test_one_may_turn_to_a_month(client, seller):
    for month in (1, 2, 3):
        OpportunityFactory(owner=seller, name=f"M{month}", estimated_close_on=dt.date(2031, month, 1))

    assert names_of(shown(client, f"{TIMELINE}?from=2031-02")) == ["M2", "M3"]
    assert names_of(shown(client, f"{TIMELINE}?from=nonsense")) == ["M1", "M2", "M3"]


def test_it_costs_the_same_queries_whatever_stands_on_it(client, seller):
    shown(client)
    OpportunityFactory(owner=seller, estimated_close_on=MARCH)
    few = len(queries(lambda: shown(client)))
    for number in range(30):
        OpportunityFactory(
            owner=seller, stage=StageFactory(position=1 + number % 4),
            estimated_close_on=MARCH + dt.timedelta(days=20 * number),
        )  # fmt: skip
    OpportunityFactory(owner=seller, estimated_close_on=None)

    assert len(queries(lambda: shown(client))) == few <= 12


def test_an_empty_timeline_offers_a_first_deal(client, seller):
    assert "No open deals yet" in shown(client)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SALES_MANAGER])
def test_everybody_who_sees_deals_sees_theirs(client, role):
    CurrencyFactory()
    user = UserFactory(role=role)
    client.force_login(user)
    OpportunityFactory(owner=user, name="Mine", estimated_close_on=MARCH)

    assert names_of(shown(client)) == ["Mine"]


def test_a_bar_goes_from_the_beginning_over_the_stage_to_the_close_and_says_that_it_is_late(db):
    begun = dt.datetime(2031, 1, 1, 12, tzinfo=dt.UTC)
    deal = OpportunityFactory(estimated_close_on=MARCH, stage_entered_at=begun + dt.timedelta(days=31))
    Opportunity.objects.filter(pk=deal.pk).update(created_at=begun)
    deal.refresh_from_db()

    early = span_of([deal], dt.date(2031, 2, 2))
    late = span_of([deal], dt.date(2031, 5, 2))

    assert (early.first, early.last) == (dt.date(2031, 1, 1), dt.date(2031, 3, 31))
    assert (late.first, late.last) == (dt.date(2031, 1, 1), dt.date(2031, 5, 31))
    bar = bar_of(deal, early, dt.date(2031, 2, 2))
    assert (bar.start, bar.staged_at, bar.close, bar.late) == ("0.00%", "34.83%", "66.29%", "0.00%")
    assert not bar.is_late
    assert bar_of(deal, late, dt.date(2031, 5, 2)).is_late
    assert [tick.label for tick in early.ticks] == ["Jan 31", "Feb 31", "Mar 31"]
    assert span_of([], dt.date(2031, 1, 1)) is None


def test_a_deal_that_closed_before_it_was_entered_has_a_bar_all_the_same(db):
    deal = OpportunityFactory(estimated_close_on=dt.date(2001, 1, 5))
    today = timezone.localdate()

    span = span_of([deal], today)

    assert bar_of(deal, span, today).is_late
    assert bar_of(OpportunityFactory(estimated_close_on=None), span, today) is None
