"""A figure leads to exactly the deals that make it."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.utils import timezone

from kernel.periods import period_named
from kernel.tables.asked import Asked
from opportunities.links import FIELDS, deals_url
from opportunities.models import Opportunity
from opportunities.tables import OpportunityTable
from people.models import Role
from tests.factories import (
    CurrencyFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    CurrencyFactory()
    return UserFactory(role=Role.ADMINISTRATOR, team=TeamFactory())


def behind(user, **conditions):
    """The deals that the address leads to."""
    asked = Asked(OpportunityTable, QueryDict(urlsplit(deals_url(**conditions)).query), user)
    assert len(asked.groups) == len(conditions), "every condition is understood"
    return set(asked.narrow(Opportunity.objects.all()))


def test_a_figure_of_a_stage_and_of_a_pipeline_leads_to_its_deals(boss):
    first, second = StageFactory(), StageFactory(position=2)
    other = StageFactory(pipeline=PipelineFactory(name="Renewals"), position=1)
    here, there, elsewhere = (OpportunityFactory(stage=stage) for stage in (first, second, other))

    assert behind(boss, stage=first) == {here}
    assert behind(boss, stage=[first, other]) == {here, elsewhere}
    assert behind(boss, pipeline=first.pipeline) == {here, there}
    assert behind(boss, pipeline=other.pipeline.pk, status="open") == {elsewhere}


def test_a_figure_of_a_person_a_team_or_nobody_leads_to_their_deals(boss):
    seller = UserFactory()
    theirs, nobodys = OpportunityFactory(owner=seller), OpportunityFactory(owner=None, team=seller.team)
    OpportunityFactory()

    assert behind(boss, owner=seller) == {theirs}
    assert behind(boss, owner=None) == {nobodys}
    assert behind(boss, team=seller.team) == {theirs, nobodys}
    assert nobodys not in behind(boss, owner__not=None)


def test_a_figure_of_very_many_teams_leads_to_the_deals_of_all_of_them(boss):
    deals = {OpportunityFactory() for _ in range(60)}
    OpportunityFactory()

    assert behind(boss, team=[deal.team_id for deal in deals]) == deals


def test_a_figure_of_a_period_leads_to_its_first_and_last_day_and_no_other(boss):
    days = [dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 1)]
    _before, first, last, _after = (OpportunityFactory(estimated_close_on=day) for day in days)
    never = OpportunityFactory()
    won = OpportunityFactory(status="won", closed_on=dt.date(2026, 5, 5))

    assert behind(boss, estimated_close_on=period_named("2026-Q2")) == {first, last}
    assert behind(boss, estimated_close_on=(dt.date(2026, 6, 30), dt.date(2026, 6, 30))) == {last}
    assert behind(boss, estimated_close_on=dt.date(2026, 4, 1)) == {first}
    assert behind(boss, estimated_close_on=None, status="open") == {never}
    assert behind(boss, status=["won", "lost"], closed_on=period_named("2026-05")) == {won}


def test_a_figure_of_a_category_a_currency_or_a_chance_leads_to_its_deals(boss):
    dollar = CurrencyFactory(code="USD")
    likely = OpportunityFactory(forecast="committed", probability=90, currency=dollar)
    fair = OpportunityFactory(forecast="best_case", probability=50, is_judged=True)
    poor = OpportunityFactory(forecast="pipeline", probability=10)

    assert behind(boss, forecast="committed") == {likely}
    assert behind(boss, forecast=["committed", "best_case"]) == {likely, fair}
    assert behind(boss, currency=dollar) == behind(boss, currency="USD") == {likely}
    assert behind(boss, currency=["USD", "EUR"]) == {likely, fair, poor}
    assert behind(boss, probability__gte=50) == {likely, fair}
    assert behind(boss, is_judged=True) == {fair}


def test_a_figure_of_what_is_late_or_stands_still_leads_to_its_deals(boss):
    now = timezone.now()
    late = OpportunityFactory(next_due_at=now - dt.timedelta(days=3), stage_entered_at=now)
    old = OpportunityFactory(stage_entered_at=now - dt.timedelta(days=40), estimated_revenue=Decimal(9))

    assert behind(boss, next_due_at__lt="today") == {late}
    assert behind(boss, next_due_at=None) == {old}
    assert behind(boss, stage_entered_at__lt=timezone.localdate() - dt.timedelta(days=30)) == {old}
    assert behind(boss, amount__gt=5) == {old}


def test_all_deals_are_all_deals_whatever_view_a_list_opens_with(boss):
    deal = OpportunityFactory()

    assert deals_url() == "/opportunities/?view=none"
    assert behind(boss) == {deal}


def test_what_no_list_can_be_asked_is_refused_instead_of_leading_somewhere_else(boss):
    with pytest.raises(KeyError):
        deals_url(color="blue")
    with pytest.raises(ValueError, match="stage"):
        deals_url(stage__gt=1)
    assert {"forecast", "pipeline", "stage", "owner", "team", "currency", "next_due_at"} <= FIELDS.keys()


def test_the_page_behind_a_figure_shows_its_deals_and_every_column_of_the_list(client, boss):
    client.force_login(boss)
    OpportunityFactory(name="Shown", stage=StageFactory(), stage_entered_at=timezone.now())
    OpportunityFactory(name="Hidden", status="lost")
    names = ",".join(column.name for column in OpportunityTable.columns)

    text = client.get(deals_url(status="open")).text
    wide = client.get(f"{deals_url(status='open')}&cols={names}").text

    assert "Shown" in text
    assert "Hidden" not in text
    assert "Sales" in wide
    assert "Pipeline" in wide
