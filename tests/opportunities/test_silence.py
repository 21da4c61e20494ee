"""Which deals are silent is said by the database as their clocks say it one by one."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from kernel import history
from kernel.models import HistoryEntry
from opportunities.models import Opportunity
from opportunities.next_due import refresh
from opportunities.rotting import rots_of
from opportunities.silence import silent_for
from people.service import service_user
from tests.document_factories import QuoteFactory
from tests.factories import ActivityFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 20, 11, 0, tzinfo=dt.UTC)
DAYS = 14


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def ago(days):
    return NOW - dt.timedelta(days=days)


def done(about, days, kind="call", **values):
    ActivityFactory(regarding=about, kind=kind, status="completed", done_at=ago(days), **values)


def due(about, days):
    ActivityFactory(regarding=about, kind="call", due_at=ago(days))


def step(deal, days):
    day = timezone.localdate() - dt.timedelta(days=days)
    Opportunity.objects.filter(pk=deal.pk).update(next_step="Visit", next_step_on=day)


def said(deal, days, verb, by=None):
    entry = history.record(QuoteFactory(opportunity=deal), verb, by=by or UserFactory())
    HistoryEntry.objects.filter(pk=entry.pk).update(at=ago(days))


HAPPENED = {
    "nothing": lambda deal, days: None,
    "call": done,
    "call in vain": lambda deal, days: done(deal, days, outcome="not_reached"),
    "task done": lambda deal, days: done(deal, days, kind="task"),
    "call to come": lambda deal, days: due(deal, -days),
    "call missed": due,
    "step to come": lambda deal, days: step(deal, -days),
    "step missed": step,
    "call about the quote": lambda deal, days: done(QuoteFactory(opportunity=deal), days),
    "call about the quote to come": lambda deal, days: due(QuoteFactory(opportunity=deal), -days),
    "quote viewed": lambda deal, days: said(deal, days, "viewed"),
    "quote sent": lambda deal, days: said(deal, days, "sent"),
    "quote sent by itself": lambda deal, days: said(deal, days, "sent", service_user("reminders")),
    "quote changed": lambda deal, days: said(deal, days, "changed"),
    "on hold": lambda deal, days: Opportunity.objects.filter(pk=deal.pk).update(status_reason="on_hold"),
}


def make(what, days, opened, **values):
    """A deal of that age to which this happened so many days ago."""
    deal = OpportunityFactory(**values)
    HAPPENED[what](deal, days)
    Opportunity.objects.filter(pk=deal.pk).update(created_at=ago(opened))
    return deal.pk


def test_the_database_says_the_same_of_all_deals_as_the_clock_of_each():
    keys = [
        make(what, days, opened)
        for what in HAPPENED
        for days, opened in ((0, 40), (3, 40), (14, 40), (15, 40), (30, 40), (3, 5), (14, 14), (15, 15))
    ]
    keys.append(make("nothing", 0, 40, status="lost"))
    refresh(keys)
    deals = Opportunity.objects.all()

    found = set(silent_for(deals, DAYS).values_list("pk", flat=True))

    told = rots_of(deals.values_list("pk", flat=True))
    assert found == {
        pk for pk, rot in told.items() if rot.days > DAYS and rot.waits_until is None and not rot.rests
    }
    assert 20 < len(found) < len(keys) - 20


def test_a_customer_may_hear_of_another_deal_and_this_one_is_silent_all_the_same():
    quiet, other = make("nothing", 0, 40), make("call", 2, 40)

    assert list(silent_for(Opportunity.objects.all(), DAYS).values_list("pk", flat=True)) == [quiet]
    assert other != quiet
