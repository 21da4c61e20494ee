"""Two clocks at once: what is due is started by one of them, and sent once."""

import datetime as dt

import pytest
from django.utils import timezone

from kernel.models import Job
from reports.models import Subscription
from reports.subscription_actions import create_subscription, start_due
from tests.factories import UserFactory
from tests.races.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_what_is_due_is_started_by_one_of_many_clocks():
    boss = UserFactory(role="sales_manager")
    for n in range(5):
        create_subscription(by=boss, recipients=[boss], about="forecast", name=f"Forecast {n}")
    Subscription.objects.update(next_at=timezone.now() - dt.timedelta(hours=1))
    started = []

    outcome = at_once(lambda _n: started.append(start_due()))

    assert outcome == {"done": 12}
    assert sum(started) == 5
    assert sorted(job.arguments["subscription"] for job in Job.objects.all()) == sorted(
        Subscription.objects.values_list("pk", flat=True)
    )
    assert not Subscription.objects.filter(next_at__lte=timezone.now()).exists()
