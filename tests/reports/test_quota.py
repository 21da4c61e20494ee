"""My day says how far one is in the quarter, and goes on without it when it cannot be told."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from forecasts.models import Goal
from kernel.periods import period_of
from reports import day_views
from tests.factories import CurrencyFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db
QUOTA = "reports:my-day-quota"


@pytest.fixture
def rep(client):
    CurrencyFactory()
    rep = UserFactory()
    client.force_login(rep)
    return rep


def test_the_quota_of_the_quarter_stands_in_my_day(client, rep):
    today = timezone.localdate()
    Goal.objects.create(period=period_of(today).key, user=rep, by=rep, target=Decimal(2000))
    OpportunityFactory(owner=rep, status="won", actual_revenue=Decimal(1420), closed_on=today)

    part = client.get(reverse(QUOTA), headers={"HX-Request": "true"}).text

    assert "71% · €1,420.00 of €2,000.00" in part
    assert "<html" not in part
    assert reverse(QUOTA) in client.get(reverse("reports:my-day")).text


def test_without_a_target_it_says_so(client, rep):
    assert "No target for this quarter." in client.get(reverse(QUOTA)).text


def test_a_quota_that_cannot_be_told_can_be_asked_for_again(client, rep, monkeypatch):
    def broken(user):
        raise RuntimeError("no figures")

    monkeypatch.setattr(day_views, "progress", broken)

    answer = client.get(reverse(QUOTA))

    assert answer.status_code == 200
    assert "Quota unavailable." in answer.text
    assert client.get(reverse("reports:my-day")).status_code == 200
