"""Activities: planned, done, canceled, and told as one story with the history of their record."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions import cancel_activity, change_activity, complete_activity, create_activity
from activities.models import Activity
from activities.selectors import planned, timeline
from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from leads.actions import contact_lead
from tests.factories import ActivityFactory, LeadFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_a_task_is_planned_about_a_record(seller):
    lead = LeadFactory(owner=seller)

    activity = create_activity(by=seller, regarding=lead, kind="call", subject="Call back")

    assert (activity.status, activity.regarding, activity.owner) == ("open", lead, seller)
    assert planned(lead) == [activity]
    assert history.of(activity).get().verb == "created"


def test_a_note_is_done_when_it_is_written(seller):
    note = create_activity(by=seller, kind="note", subject="Met at the fair")

    assert note.status == "completed"
    assert note.done_at is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "S", "kind": "dance"}, "kind"),
        ({"subject": "S", "status": "x"}, "status"),
    ],
)
def test_a_value_that_does_not_fit_names_its_field(seller, values, field):
    with pytest.raises(DomainError) as refused:
        create_activity(by=seller, **values)

    assert refused.value.field == field
    assert not Activity.objects.exists()


def test_nothing_is_planned_about_a_record_one_cannot_see(seller):
    with pytest.raises(DomainError) as refused:
        create_activity(by=seller, regarding=LeadFactory(), subject="Spy")

    assert refused.value.code == "not_found"


def test_nobody_plans_for_somebody_out_of_reach(seller):
    with pytest.raises(PermissionDenied):
        create_activity(by=seller, subject="Do it", owner=UserFactory())


def test_finance_plans_nothing():
    with pytest.raises(PermissionDenied):
        create_activity(by=UserFactory(role="finance"), subject="S")


def test_completing_keeps_when(seller):
    activity = complete_activity(ActivityFactory(owner=seller), by=seller)

    assert activity.status == "completed"
    assert activity.done_at is not None
    entry = history.of(activity).get()
    assert (entry.verb, entry.from_status, entry.to_status) == ("completed", "open", "completed")


def test_canceling_is_not_completing(seller):
    activity = cancel_activity(ActivityFactory(owner=seller), by=seller)

    assert (activity.status, activity.done_at) == ("canceled", None)


@pytest.mark.parametrize("status", ["completed", "canceled"])
@pytest.mark.parametrize("step", [complete_activity, cancel_activity, change_activity])
def test_what_is_over_stays_over(seller, status, step):
    done_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if status == "completed" else None
    activity = ActivityFactory(owner=seller, status=status, done_at=done_at)

    with pytest.raises(TransitionRefused, match=f"it is {status}"):
        step(activity, by=seller)

    assert Activity.objects.get().version == 1


@pytest.mark.parametrize("step", [complete_activity, cancel_activity, change_activity])
def test_other_peoples_activities_are_theirs(seller, step):
    with pytest.raises(PermissionDenied):
        step(ActivityFactory(owner=UserFactory(team=seller.team)), by=seller)


def test_a_stale_page_completes_nothing(seller):
    activity = ActivityFactory(owner=seller)
    change_activity(activity, by=seller, subject="Other", version=1)

    with pytest.raises(Conflict):
        complete_activity(activity, by=seller, version=1)


def test_the_timeline_tells_changes_and_finished_activities_newest_first(seller):
    lead = LeadFactory(owner=seller)
    contact_lead(lead, by=seller)
    call = create_activity(
        by=seller, regarding=lead, kind="call", subject="Asked for prices", body="By phone"
    )
    complete_activity(call, by=seller)
    create_activity(by=seller, regarding=lead, subject="Still to do")

    told = timeline(lead)

    assert [(entry.verb, entry.title) for entry in told] == [
        ("made a call", "Asked for prices"),
        ("contacted", ""),
    ]
    assert (told[0].actor, told[0].note) == (seller, "By phone")


@pytest.mark.parametrize("count", [1, 40])
def test_the_timeline_is_three_queries_and_at_most_its_limit(seller, count, django_assert_num_queries):
    lead = LeadFactory(owner=seller)
    timeline(lead)  # the content type is looked up once a process
    for _number in range(count):
        history.record(lead, "changed", by=seller)
        create_activity(by=seller, regarding=lead, kind="note", subject="Note")

    with django_assert_num_queries(3):
        told = timeline(lead)
        assert [entry.actor for entry in told] == [seller] * min(count * 2, 30)


@pytest.mark.parametrize(
    "columns",
    [{"status": "completed"}, {"done_at": "2026-01-01T00:00Z"}, {"status": "nonsense"}, {"subject": ""}],
)
def test_the_database_refuses_a_broken_activity(columns):
    ActivityFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.update(**columns)


# --- pages -------------------------------------------------------------------------------------------------------


def test_something_is_noted_from_the_page_of_a_record(client, seller):
    lead = LeadFactory(owner=seller)
    address = f"{reverse('activities:new')}?about=leads.lead:{lead.ref}"
    assert lead.name in client.get(address).text

    answer = client.post(address, {"kind": "task", "subject": "Send brochure", "due_at": "2027-01-31T09:00"})

    assert (answer.status_code, answer.url) == (302, lead.get_absolute_url())
    assert "Send brochure" in client.get(lead.get_absolute_url()).text


def test_bad_input_names_its_field(client, seller):
    answer = client.post(reverse("activities:new"), {"kind": "task", "body": "typed", "due_at": "soon"})

    assert answer.status_code == 422
    assert "Subject: This field is required." in answer.text
    assert "Due: Enter a valid date/time." in answer.text
    assert "typed" in answer.text


@pytest.mark.parametrize("about", ["leads.lead:LEA-1", "people.user:1", "nonsense", "a.b.c:1", "leads.lead"])
def test_a_record_that_is_not_there_is_404(client, seller, about):
    assert client.get(reverse("activities:new"), {"about": about}).status_code == 404


def test_a_record_of_others_is_404(client, seller):
    about = f"leads.lead:{LeadFactory().ref}"

    assert client.get(reverse("activities:new"), {"about": about}).status_code == 404


def test_done_and_cancel_lead_back_to_the_record(client, seller):
    lead = LeadFactory(owner=seller)
    first, second = ActivityFactory.create_batch(2, owner=seller, regarding=lead)

    answer = client.post(first.get_absolute_url() + "complete/", {"version": "1"})
    assert answer.url == lead.get_absolute_url()
    client.post(second.get_absolute_url() + "cancel/", {"version": "1"})

    assert list(Activity.objects.order_by("id").values_list("status", flat=True)) == ["completed", "canceled"]


def test_other_peoples_activities_do_not_exist(client, seller):
    base = ActivityFactory().get_absolute_url()

    assert client.get(base).status_code == 404
    assert client.post(base + "complete/").status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_however_long(client, seller, rows, django_assert_max_num_queries):
    ActivityFactory.create_batch(rows, owner=seller, regarding=LeadFactory(owner=seller))

    with django_assert_max_num_queries(8):
        assert client.get(reverse("activities:list")).status_code == 200


def test_the_list_parts_what_is_for_today_this_week_later_and_what_is_done(client, seller):
    with time_machine.travel(dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC), tick=False):  # a Wednesday
        now = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
        for subject, days in (("Late", -3), ("Evening", 0.4), ("Friday", 2), ("Monday", 5), ("Spring", 120)):
            ActivityFactory(owner=seller, subject=subject, due_at=now + dt.timedelta(days=days))
        ActivityFactory(owner=seller, subject="Someday")
        ActivityFactory(owner=seller, subject="Over", status="completed", done_at=now)
        client.force_login(seller)
        pages = {when: client.get(reverse("activities:list"), {"when": when}).text for when in WHEN}

    names = ["Late", "Evening", "Friday", "Monday", "Spring", "Someday", "Over"]
    assert {when: [name for name in names if f">{name}<" in page] for when, page in pages.items()} == {
        "today": ["Late", "Evening"],
        "week": ["Friday"],
        "later": ["Monday", "Spring", "Someday"],
        "done": ["Over"],
    }


WHEN = ("today", "week", "later", "done")


@pytest.mark.parametrize("rows", [1, 30])
def test_the_lists_say_what_is_planned_with_one_query_more(
    client, seller, rows, django_assert_max_num_queries
):
    for _number in range(rows):
        deal = OpportunityFactory(owner=seller)
        ActivityFactory(owner=seller, regarding=deal, subject="Visit them", due_at="2027-01-31T09:00:00Z")
        ActivityFactory(owner=seller, regarding=deal, subject="Much later", due_at="2028-01-31T09:00:00Z")

    with django_assert_max_num_queries(12):
        page = client.get(reverse("opportunities:list")).text

    assert page.count("Visit them · 31 Jan 2027") == rows
    assert "Much later" not in page
