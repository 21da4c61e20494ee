"""What is planned next for a deal: kept true by everything that plans, does, moves or removes something."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from activities.actions import (
    call_off,
    cancel_activity,
    change_activity,
    complete_activity,
    create_activity,
    receive_task,
    reopen_activity,
    snooze_activity,
)
from opportunities.actions import change_opportunity, create_opportunity, move_opportunity, qualify_lead
from opportunities.models import Opportunity
from opportunities.next_due import day_begins, due_of
from opportunities.qualifying import Choices, NewOpportunity
from opportunities.undo_actions import undo_qualification
from people.removing import remove_record, restore_record
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2030, 5, 6, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


@pytest.fixture
def deal(boss):
    return OpportunityFactory(owner=boss)


def planned(deal):
    return Opportunity.objects.get(pk=deal.pk).next_due_at


def call(deal, boss, at):
    return create_activity(by=boss, regarding=deal, kind="call", subject="Call", due_at=at)


def test_the_earliest_open_activity_counts_and_done_ones_do_not(deal, boss):
    assert planned(deal) is None
    later = call(deal, boss, NOON + DAY)
    assert planned(deal) == NOON + DAY
    sooner = call(deal, boss, NOON)
    create_activity(by=boss, regarding=deal, kind="note", subject="N", due_at=NOON - DAY)
    create_activity(by=boss, regarding=deal, kind="task", subject="Some day")
    assert planned(deal) == NOON

    complete_activity(sooner, by=boss)
    assert planned(deal) == NOON + DAY
    reopen_activity(sooner, by=boss)
    assert planned(deal) == NOON
    snooze_activity(sooner, by=boss, until=NOON + 3 * DAY)
    assert planned(deal) == NOON + DAY
    change_activity(later, by=boss, due_at=NOON + 5 * DAY)
    assert planned(deal) == NOON + 3 * DAY
    cancel_activity(sooner, by=boss)
    call_off(later, by=boss)
    assert planned(deal) is None


def test_the_day_of_the_next_step_counts_from_its_beginning(deal, boss):
    call(deal, boss, NOON)

    change_opportunity(deal, by=boss, next_step_on=NOON.date())
    assert planned(deal) == day_begins(NOON.date()) < NOON
    change_opportunity(Opportunity.objects.get(), by=boss, next_step_on=NOON.date() + DAY)
    assert planned(deal) == NOON
    change_opportunity(Opportunity.objects.get(), by=boss, next_step_on=None)

    assert planned(deal) == NOON


def test_a_deal_is_opened_with_the_day_of_its_next_step(boss):
    CurrencyFactory()
    StageFactory(position=1)

    deal = create_opportunity(by=boss, name="A", account=AccountFactory(), next_step_on=NOON.date())

    assert planned(deal) == day_begins(NOON.date())


def test_an_older_reading_of_the_deal_never_overwrites_what_is_planned(deal, boss):
    call(deal, boss, NOON)
    stale = deal
    assert stale.next_due_at is None

    stale.need = "Much"
    stale.save()

    assert planned(deal) == NOON
    assert Opportunity.objects.get().need == "Much"
    move_opportunity(Opportunity.objects.get(), by=boss, stage=StageFactory(position=2))
    assert planned(deal) == NOON


def test_an_activity_leaves_for_the_bin_and_comes_back(deal, boss):
    activity = call(deal, boss, NOON)

    removed = remove_record(activity, by=boss)
    assert planned(deal) is None
    restore_record(removed, by=boss)

    assert planned(deal) == NOON


def test_a_deal_comes_back_from_the_bin_with_its_plans(deal, boss):
    call(deal, boss, NOON)

    restore_record(remove_record(deal, by=boss), by=boss)

    assert planned(deal) == NOON


def test_a_task_from_outside_is_planned(deal, boss):
    receive_task(regarding=deal, subject="Answer", body="", by=boss, due_at=NOON)

    assert planned(deal) == NOON


def test_a_qualified_lead_hands_its_plans_over_and_takes_them_back(boss):
    CurrencyFactory()
    StageFactory(position=1)
    lead = LeadFactory(owner=boss)
    create_activity(by=boss, regarding=lead, kind="call", subject="Call", due_at=NOON)

    qualify_lead(lead, by=boss, choices=Choices(opportunity=NewOpportunity()))
    assert planned(Opportunity.objects.get()) == NOON
    lead.refresh_from_db()
    undo_qualification(lead, by=boss)

    assert Opportunity.objects.count() == 0


def test_what_is_planned_elsewhere_changes_no_deal(deal, boss):
    create_activity(
        by=boss, regarding=AccountFactory(pk=deal.pk + 100), kind="call", subject="C", due_at=NOON
    )
    create_activity(by=boss, kind="call", subject="C", due_at=NOON)

    assert planned(deal) is None


def test_the_version_of_the_deal_stays(deal, boss):
    version = Opportunity.objects.get().version

    call(deal, boss, NOON)

    assert Opportunity.objects.get().version == version


def test_the_deals_of_before_say_what_is_planned(boss):
    fill = import_module("opportunities.migrations.0013_next_due").fill
    busy, stepping, idle = OpportunityFactory.create_batch(3)
    ActivityFactory(regarding=busy, due_at=NOON, owner=boss)
    ActivityFactory(regarding=busy, due_at=NOON + DAY, owner=boss)
    for deal, day in ((busy, NOON.date() + DAY), (stepping, NOON.date())):
        Opportunity.objects.filter(pk=deal.pk).update(next_step_on=day)
    Opportunity.objects.update(next_due_at=timezone.now())

    fill(apps, None)

    due = due_of(Opportunity.objects.all())
    assert due == {busy.pk: NOON, stepping.pk: day_begins(NOON.date())}
    assert dict(Opportunity.objects.values_list("pk", "next_due_at")) == {**due, idle.pk: None}
