"""My day: one ordered list, each row with its reason; done, put off and planned on in place."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Snooze
from activities.subjects import key_of
from kernel.models import OutboxMessage
from reports.work import split, work_of
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    OpportunityFactory,
    StageFactory,
    StageVisitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = "/my-day/"
HTMX = {"HX-Request": "true", "HX-Target": "row"}


@pytest.fixture(autouse=True)
def nothing_usual():
    cache.clear()


@pytest.fixture
def rep(client):
    user = UserFactory()
    client.force_login(user)
    return user


def ago(**time) -> dt.datetime:
    return timezone.now() - dt.timedelta(**time)


def refused(order, user) -> None:
    OutboxMessage.objects.create(
        topic="order.submitted", component="orders", aggregate_type="orders.order", aggregate_id=order.public_id,
        aggregate_version=1, destination="demo", external_key=f"k{order.pk}", payload={}, actor=user, state="dead",
        error_text="Tax code DE19X unknown",
    )  # fmt: skip


# --- order and reasons -----------------------------------------------------------------------------------------


def test_the_order_is_late_due_money_risk_open_and_long_ago(rep):
    stage = StageFactory(rots_after_days=12)
    deal = OpportunityFactory(owner=rep, stage=stage, next_step="", name="Stuck")
    type(deal).objects.filter(pk=deal.pk).update(created_at=ago(days=21))
    LeadFactory(owner=rep)
    QuoteFactory(owner=rep, status="active", expires_on=timezone.localdate() + dt.timedelta(days=2))
    ActivityFactory(owner=rep, subject="Forgotten", due_at=ago(days=40))
    ActivityFactory(owner=rep, subject="Late", due_at=ago(minutes=5))
    ActivityFactory(owner=rep, subject="Later today", due_at=timezone.now() + dt.timedelta(seconds=5))

    work = work_of(rep)

    assert [row.urgency for row in work] == ["late", "due", "money", "risk", "open", "old"]
    assert [str(row.label) for row in split(work)[1]] == ["Forgotten"]
    risk = next(row for row in work if row.urgency == "risk")
    assert risk.why == "no next step, 21 days without any contact (limit 12)"


def test_a_deal_whose_customer_hears_nothing_waits_for_somebody_unless_something_is_planned(rep):
    deal = OpportunityFactory(owner=rep, stage=StageFactory(rots_after_days=12), next_step="Wait for them")
    type(deal).objects.filter(pk=deal.pk).update(created_at=ago(days=40))
    ActivityFactory(regarding=deal, kind="call", status="completed", done_at=ago(days=20))

    (row,) = work_of(rep)
    assert (row.urgency, row.why) == ("risk", "20 days since the last contact (limit 12)")

    ActivityFactory(regarding=deal, kind="appointment", due_at=timezone.now() + dt.timedelta(days=2))
    assert work_of(rep) == []


def test_what_was_put_off_before_says_so(rep):
    ActivityFactory(owner=rep, due_at=ago(hours=30), snoozed=2)

    (row,) = work_of(rep)

    assert row.why.endswith("put off 2 times")


def test_the_usual_time_in_a_stage_is_the_median_of_the_stage_itself(rep):
    stage = StageFactory(rots_after_days=90)
    for days in (3, 4, 10, 10, 60):
        StageVisitFactory(stage=stage, entered_at=ago(days=days), left_at=timezone.now())
    deal = OpportunityFactory(owner=rep, stage=stage, next_step="Call", next_step_on=None)
    StageVisitFactory(opportunity=deal, stage=stage, entered_at=ago(days=15))

    (row,) = work_of(rep)

    assert row.why == f"15 days in {stage.name} (usual 10)"


def test_a_deal_for_which_something_is_planned_waits_quietly(rep):
    deal = OpportunityFactory(owner=rep, next_step="")
    assert len(work_of(rep)) == 1

    ActivityFactory(owner=rep, regarding=deal, due_at=timezone.now() + dt.timedelta(days=3))

    assert work_of(rep) == []


def test_a_lead_with_a_planned_call_is_not_asked_for_again(rep):
    lead = LeadFactory(owner=rep)
    ActivityFactory(owner=rep, regarding=lead, due_at=timezone.now() + dt.timedelta(days=3))

    assert work_of(rep) == []


def test_high_priority_comes_first_among_its_like(rep):
    ActivityFactory(owner=rep, subject="Longer late", due_at=ago(hours=20))
    ActivityFactory(owner=rep, subject="Urgent", due_at=ago(hours=1), priority="high")

    assert [row.label for row in work_of(rep)] == ["Urgent", "Longer late"]


def test_what_one_may_not_see_is_not_named(client, rep):
    lead = LeadFactory(company="Secret Works")
    ActivityFactory(owner=rep, regarding=lead, subject="Help out", due_at=ago(hours=1))

    page = client.get(DAY).text

    assert "Help out" in page
    assert str(lead) not in page


# --- the page --------------------------------------------------------------------------------------------------


def test_salespeople_begin_with_their_day_and_others_with_the_overview(client):
    for role, where in (
        ("salesperson", DAY),
        ("sales_manager", reverse("reports:team")),
        ("finance", None),
        ("administrator", None),
    ):
        client.force_login(UserFactory(role=role))
        answer = client.get("/")
        assert (answer.url if where else answer.status_code) == (where or 200)
        assert client.get(DAY).status_code == 200
        assert client.get(reverse("reports:overview")).status_code == 200


def test_an_empty_day_says_what_would_be_good_to_do(client, rep):
    assert "Nothing is due." in client.get(DAY).text


def test_done_today_and_tomorrow_are_folded_below(client, rep):
    ActivityFactory(owner=rep, subject="Was done", status="completed", done_at=timezone.now())
    ActivityFactory(owner=rep, subject="Comes tomorrow", due_at=timezone.now() + dt.timedelta(days=1))

    page = client.get(DAY).text

    assert "Done today" in page
    assert "Was done" in page
    assert "Comes tomorrow" in page


@pytest.mark.parametrize("count", [2, 30])
def test_the_day_costs_the_same_however_full(client, rep, count, django_assert_max_num_queries):
    for _each in range(count):
        lead = LeadFactory(owner=rep)
        deal = OpportunityFactory(owner=rep, next_step="")
        quote = QuoteFactory(owner=rep, status="active", expires_on=timezone.localdate())
        order = OrderFactory(owner=rep, status="submitted")
        refused(order, rep)
        for record in (lead, deal, quote, order):
            ActivityFactory(owner=rep, regarding=record, due_at=ago(hours=1))
    client.get(DAY)

    with django_assert_max_num_queries(24):
        assert client.get(DAY).status_code == 200


# --- doing -----------------------------------------------------------------------------------------------------


def test_done_asks_for_the_next_step_in_place(client, rep):
    deal = OpportunityFactory(owner=rep, next_step="")
    task = ActivityFactory(owner=rep, regarding=deal, subject="Send it", due_at=ago(hours=1))

    answer = client.post(reverse("reports:my-day-done", args=[task.ref]), {"version": "1"}, headers=HTMX)

    task.refresh_from_db()
    assert task.status == "completed"
    assert "<html" not in answer.text
    assert "Next step?" in answer.text
    said = {"about": key_of(deal), "text": "Call Ada", "when": "in 3 days 9:00"}
    client.post(reverse("reports:my-day-plan"), said, headers=HTMX)
    step = Activity.objects.get(status="open")
    assert (step.kind, step.subject, step.regarding) == ("call", "Call Ada", deal)
    assert timezone.localtime(step.due_at).date() == timezone.localdate() + dt.timedelta(days=3)


def test_done_works_without_javascript_too(client, rep):
    deal = OpportunityFactory(owner=rep)
    task = ActivityFactory(owner=rep, regarding=deal, due_at=ago(hours=1))

    page = client.post(reverse("reports:my-day-done", args=[task.ref]), {"version": "1"}, follow=True)

    assert page.redirect_chain[-1][0] == f"{DAY}?next={key_of(deal)}"
    assert "Next step?" in page.text


def test_a_record_that_is_put_off_comes_back_when_its_time_has_come(client, rep):
    lead = LeadFactory(owner=rep)
    until = timezone.now() + dt.timedelta(hours=1)

    client.post(reverse("reports:my-day-snooze"), {"about": key_of(lead), "until": until.isoformat()})
    assert work_of(rep) == []
    Snooze.objects.update(until=ago(minutes=1))

    assert [row.record for row in work_of(rep)] == [lead]


def test_putting_off_an_activity_moves_it_for_everybody(client, rep):
    task = ActivityFactory(owner=rep, due_at=ago(hours=1))
    until = timezone.now() + dt.timedelta(days=1)

    client.post(
        reverse("reports:my-day-snooze"), {"activity": task.ref, "version": "1", "until": until.isoformat()}
    )

    task.refresh_from_db()
    assert (task.due_at, task.snoozed) == (until, 1)


@pytest.mark.parametrize("said", [{}, {"until": "soon"}, {"until": "2020-01-01T00:00:00+00:00"}])
def test_a_moment_that_is_none_puts_nothing_off(client, rep, said):
    lead = LeadFactory(owner=rep)

    answer = client.post(reverse("reports:my-day-snooze"), {"about": key_of(lead), **said})

    assert answer.status_code == 422
    assert not Snooze.objects.exists()


def test_nobody_plans_or_puts_off_what_is_out_of_sight(client, rep):
    other = LeadFactory()
    until = (timezone.now() + dt.timedelta(hours=1)).isoformat()

    assert (
        client.post(reverse("reports:my-day-plan"), {"about": key_of(other), "text": "x"}).status_code == 404
    )
    assert (
        client.post(reverse("reports:my-day-snooze"), {"about": key_of(other), "until": until}).status_code
        == 404
    )
    assert client.post(reverse("reports:my-day-done", args=[ActivityFactory().ref])).status_code == 404
