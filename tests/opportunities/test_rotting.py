"""A deal rots while its customer hears nothing: what counts as contact, what does not, and what it waits for."""

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from kernel import history
from kernel.models import HistoryEntry
from opportunities.actions import change_opportunity
from opportunities.rotting import rot_of, rots_of
from people.service import service_user
from tests.document_factories import QuoteFactory
from tests.factories import ActivityFactory, LeadFactory, OpportunityFactory, StageFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 20, 11, 0, tzinfo=dt.UTC)


def ago(days):
    return NOW - dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def a_deal(*, opened=30, limit=12, **values):
    stage = StageFactory()
    type(stage).objects.filter(pk=stage.pk).update(rots_after_days=limit)
    deal = OpportunityFactory(**values)
    type(deal).objects.filter(pk=deal.pk).update(created_at=ago(opened))
    return deal


def contact(about, kind="call", days=5, **values):
    return ActivityFactory(regarding=about, kind=kind, status="completed", done_at=ago(days), **values)


def told(quote, verb, days, by):
    entry = history.record(quote, verb, by=by)
    HistoryEntry.objects.filter(pk=entry.pk).update(at=ago(days))


def test_a_customer_who_was_never_spoken_to_is_counted_from_the_first_day():
    rot = rot_of(a_deal(opened=30))

    assert (rot.days, rot.is_rotten) == (30, True)
    assert rot.words == "30 days without any contact (limit 12)"
    assert rot.reset_by == "No contact with the customer yet; the deal was opened on 18 Feb 2026."


@pytest.mark.parametrize("kind", ["call", "appointment", "email"])
def test_calls_meetings_and_mails_that_took_place_are_contact(kind):
    deal = a_deal()
    contact(deal, kind, days=20)
    contact(deal, kind, days=5)

    rot = rot_of(deal)

    assert (rot.days, rot.is_rotten) == (5, False)
    assert rot.words == "5 days since the last contact"
    assert "15 Mar 2026" in rot.reset_by


def test_what_reached_nobody_is_no_contact():
    deal = a_deal()
    contact(deal, "call", outcome="not_reached")
    contact(deal, "appointment", outcome="did_not_come")
    contact(deal, "note")
    contact(deal, "task")
    ActivityFactory(regarding=deal, kind="call", status="canceled")

    assert rot_of(deal).days == 30


def test_changing_fields_is_no_contact():
    deal = a_deal()

    change_opportunity(deal, by=deal.owner, need="More of everything")

    assert rot_of(deal).days == 30


def test_what_the_customer_does_with_the_quote_is_contact_and_so_is_sending_it():
    customer, deal = service_user("customer"), a_deal()
    quote = QuoteFactory(opportunity=deal, owner=deal.owner)

    told(quote, "offered", 9, deal.owner)
    assert (rot_of(deal).days, rot_of(deal).contact) == (9, "quote sent by e-mail")
    told(quote, "viewed", 3, customer)
    assert (rot_of(deal).days, rot_of(deal).contact) == (3, "the customer opened the quote")


def test_what_goes_out_by_itself_is_no_contact():
    deal = a_deal()
    quote = QuoteFactory(opportunity=deal, owner=deal.owner)

    told(quote, "reminded", 2, service_user("reminders"))
    told(quote, "mailed", 2, service_user("reminders"))
    told(quote, "changed", 2, deal.owner)

    assert rot_of(deal).days == 30


def test_a_call_about_the_quote_is_contact_about_the_deal():
    deal = a_deal()
    contact(QuoteFactory(opportunity=deal, owner=deal.owner), days=4)

    assert rot_of(deal).days == 4


def test_a_deal_that_waits_for_a_planned_step_is_not_rotten():
    by_hand = a_deal(next_step="Call back", next_step_on=dt.date(2026, 4, 2))
    by_activity = a_deal()
    # An old task that nobody has done does not hide the meeting that is planned.
    ActivityFactory(regarding=by_activity, due_at=ago(10))
    ActivityFactory(regarding=by_activity, kind="appointment", due_at=NOW + dt.timedelta(days=6))

    for deal, day in ((by_hand, "2 Apr 2026"), (by_activity, "26 Mar 2026")):
        rot = rot_of(deal)
        assert (rot.is_rotten, rot.state, rot.words) == (False, "waiting", f"waiting until {day}")


def test_a_step_that_is_over_is_no_plan():
    assert rot_of(a_deal(next_step="Call back", next_step_on=dt.date(2026, 3, 1))).is_rotten


def test_a_deal_on_hold_or_closed_rests():
    for deal in (a_deal(status_reason="on_hold"), a_deal(status="won"), a_deal(status="lost")):
        assert (rot_of(deal).is_rotten, rot_of(deal).words) == (False, "")


def test_a_stage_without_a_limit_calls_nothing_rotten():
    assert not rot_of(a_deal(limit=None)).is_rotten


def test_exactly_the_limit_is_not_yet_rotten():
    deal = a_deal(limit=12)
    contact(deal, days=12)
    assert not rot_of(deal).is_rotten

    type(deal.stage).objects.filter(pk=deal.stage_id).update(rots_after_days=11)
    assert rot_of(deal).is_rotten


def test_contact_with_one_customer_is_none_with_another():
    deals = [a_deal(), a_deal(), a_deal()]
    contact(deals[0], days=1)
    contact(QuoteFactory(opportunity=deals[1], owner=deals[1].owner), days=2)
    # A record of another kind with the same key is another record.
    contact(LeadFactory(pk=deals[2].pk), days=3)

    assert {pk: rot.days for pk, rot in rots_of(deals).items()} == {
        deals[0].pk: 1, deals[1].pk: 2, deals[2].pk: 30,
    }  # fmt: skip


@pytest.mark.parametrize("many", [1, 12])
def test_many_deals_cost_two_queries(many, django_assert_max_num_queries):
    deals = [a_deal() for _number in range(many)]
    for deal in deals:
        for _number in range(3):
            told(QuoteFactory(opportunity=deal, owner=deal.owner), "viewed", 2, service_user("customer"))
        contact(deal)
    ContentType.objects.get_for_models(type(deals[0]), QuoteFactory._meta.model)

    with django_assert_max_num_queries(2):
        found = rots_of([deal.pk for deal in deals])

    assert {rot.days for rot in found.values()} == {2}
    assert rots_of([]) == {}
