"""The timeline of a record: where it comes from, how it folds, filters and goes on, and how one writes into it."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from activities.actions import attach_files, complete_activity, create_activity
from activities.models import Activity
from activities.story import read
from activities.subjects import key_of
from customers.actions import change_account
from kernel import history
from kernel.models import HistoryEntry, OutboxMessage
from leads.actions import contact_lead
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import AccountFactory, ActivityFactory, LeadFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def lead(seller):
    return LeadFactory(owner=seller)


def story_url(record) -> str:
    return reverse("activities:story", args=[key_of(record)])


def log_url(record) -> str:
    return reverse("activities:log", args=[key_of(record)])


def changed(record, by, *, minutes_ago, note="", **changes) -> None:
    entry = history.record(record, "changed", by=by, changes=changes, note=note)
    HistoryEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - dt.timedelta(minutes=minutes_ago))


def happen(lead, seller) -> None:
    """One entry of every sort."""
    contact_lead(lead, by=seller)
    changed(lead, seller, minutes_ago=1, topic=["old", "new"])
    for kind in ("note", "call", "email", "appointment", "task"):
        create_activity(by=seller, regarding=lead, kind=kind, subject=f"A {kind}", done=True)
    attach_files(lead, [SimpleUploadedFile("list.csv", b"a,b")], by=seller)


# --- reading ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("notes", ["A task", ""]), ("calls", ["A call"]), ("mail", ["A email"]), ("meetings", ["A appointment"]),
        ("files", ["list.csv"]), ("steps", [""]), ("changes", [""]),
    ],
)  # fmt: skip
def test_each_filter_shows_its_sort_and_all_shows_all(seller, lead, show, titles):
    happen(lead, seller)

    assert [entry.title for entry in read([lead], user=seller, show=show).entries] == titles
    assert len(read([lead], user=seller).entries) == 8


def test_what_is_only_planned_or_was_given_up_is_no_story(seller, lead):
    ActivityFactory(owner=seller, regarding=lead)
    ActivityFactory(owner=seller, regarding=lead, status="canceled")

    assert read([lead]).entries == []


def test_changes_of_one_person_within_five_minutes_are_one(seller, lead):
    changed(lead, seller, minutes_ago=12, topic=["a", "b"])
    changed(lead, seller, minutes_ago=8, topic=["b", "c"], city=["", "Ulm"])
    changed(lead, seller, minutes_ago=4, topic=["c", "d"])

    (one,) = read([lead]).entries

    assert (one.changes, one.count) == ({"topic": ["a", "d"], "city": ["", "Ulm"]}, 3)


def test_changes_of_two_people_or_far_apart_or_with_remarks_stay_apart(seller, lead):
    changed(lead, seller, minutes_ago=30, topic=["a", "b"])
    changed(lead, seller, minutes_ago=20, topic=["b", "c"])
    changed(lead, UserFactory(), minutes_ago=19, topic=["c", "d"])
    changed(lead, seller, minutes_ago=2, note="first", topic=["d", "e"])
    changed(lead, seller, minutes_ago=1, note="second", topic=["e", "f"])

    assert len(read([lead]).entries) == 5


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_reading_on_shows_every_entry_once_in_order(seller, lead, size):
    happen(lead, seller)
    same = timezone.now() - dt.timedelta(hours=1)  # entries of one moment, from every source
    HistoryEntry.objects.update(at=same)
    Activity.objects.update(done_at=same)

    seen, before = [], ""
    for _page in range(20):
        page = read([lead], before=before, size=size)
        seen += [entry.pk for entry in page.entries]
        before = page.older
        if not before:
            break

    assert seen == [entry.pk for entry in read([lead]).entries]
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize(
    "before",
    ["x", "2026-01-01~h1", "2026-01-01T00:00:00+00:00~q1", "9999~h1", "~", "a~h99999999999999999999"],
)
def test_a_place_that_makes_no_sense_is_the_beginning(client, seller, lead, before):
    happen(lead, seller)

    assert len(read([lead], before=before).entries) == 8
    assert client.get(story_url(lead), {"before": before}).status_code == 200


@pytest.mark.parametrize("count", [1, 25])
def test_a_page_of_the_story_is_four_queries_however_long(seller, lead, count, django_assert_num_queries):
    read([lead], user=seller)
    for _each in range(count):
        happen(LeadFactory(owner=seller), seller)
        create_activity(by=seller, regarding=lead, kind="call", subject="Call", done=True)
        changed(lead, seller, minutes_ago=3, topic=["a", "b"])

    with django_assert_num_queries(3):  # a lead says nothing to the ERP
        assert read([lead], user=seller).entries
    order = OrderFactory(owner=seller)
    read([order], user=seller)
    with django_assert_num_queries(4):
        read([order], user=seller)


def test_what_is_reserved_to_other_roles_is_not_told_by_the_story(client, seller):
    boss = UserFactory(role="sales_manager", team=seller.team)
    account = AccountFactory(owner=seller)
    change_account(account, by=boss, credit_limit=Decimal("77123.00"), city="Ulm")

    assert "77,123" not in client.get(story_url(account)).text
    assert "Ulm" in client.get(story_url(account)).text
    client.force_login(boss)
    assert "77,123" in client.get(story_url(account)).text


def test_what_went_to_the_erp_stands_in_the_story_of_a_document(seller):
    order = OrderFactory(owner=seller)
    OutboxMessage.objects.create(
        topic="order.submitted", component="orders", aggregate_type="orders.order", aggregate_id=order.public_id,
        aggregate_version=1, destination="demo", external_key="k", payload={}, actor=seller, state="dead",
        error_text="Tax code DE19X unknown",
    )  # fmt: skip

    (one,) = read([order], show="sync").entries

    assert (one.verb, one.note, one.tone) == ("sent it to the ERP", "Tax code DE19X unknown", "danger")


# --- the page --------------------------------------------------------------------------------------------------


def test_the_story_of_a_record_is_for_those_who_see_the_record(client, seller):
    other = LeadFactory()

    for address in (story_url(other), reverse("activities:people") + f"?about={key_of(other)}"):
        assert client.get(address).status_code == 404
    assert client.post(log_url(other), {"kind": "note", "body": "x"}).status_code == 404


def test_the_filter_is_remembered_and_can_be_taken_back(client, seller, lead):
    happen(lead, seller)

    client.get(story_url(lead), {"show": "calls"})
    page = client.get(lead.get_absolute_url()).text
    assert "A call" in page
    assert "A appointment" not in page

    client.get(story_url(lead), {"show": ""})
    assert "A appointment" in client.get(lead.get_absolute_url()).text


def test_every_entry_has_an_address_of_its_own(client, seller, lead):
    happen(lead, seller)
    call = Activity.objects.get(kind="call")

    page = client.get(lead.get_absolute_url()).text

    assert f'id="e-a{call.pk}"' in page
    assert f'href="#e-a{call.pk}"' in page


def test_the_whole_chain_is_one_story_without_what_is_out_of_sight(client, seller):
    lead = LeadFactory(owner=seller)
    deal = OpportunityFactory(owner=seller, lead=lead)
    quote = QuoteFactory(owner=seller, opportunity=deal)
    hidden = QuoteFactory(opportunity=deal)
    boss = UserFactory(role="administrator")
    for record in (lead, deal, quote, hidden):
        create_activity(
            by=boss, regarding=record, kind="note", subject=f"About {record._meta.model_name} {record.pk}"
        )

    page = client.get(story_url(deal), {"scope": "chain"}).text

    assert [f"About {one._meta.model_name} {one.pk}" in page for one in (lead, deal, quote)] == [True] * 3
    assert f"About quote {hidden.pk}" not in page
    assert quote.ref in page


def test_the_story_of_a_chain_costs_the_same_however_long(client, seller, django_assert_max_num_queries):
    deal = OpportunityFactory(owner=seller, lead=LeadFactory(owner=seller))
    for _each in range(6):
        quote = QuoteFactory(owner=seller, opportunity=deal)
        create_activity(by=seller, regarding=quote, kind="note", subject="Note")
        history.record(quote, "created", by=seller)

    with django_assert_max_num_queries(18):
        assert client.get(story_url(deal), {"scope": "chain"}).status_code == 200


# --- writing ---------------------------------------------------------------------------------------------------


def test_a_note_is_called_after_its_first_line(client, seller, lead):
    client.post(log_url(lead), {"kind": "note", "body": "  Decides in January.\nThen with the board. "})

    note = Activity.objects.get()
    assert (note.kind, note.subject, note.status) == ("note", "Decides in January.", "completed")
    assert note.body == "Decides in January.\nThen with the board."


def test_a_call_is_logged_with_how_it_went_and_the_next_step_is_asked(client, seller, lead):
    said = {
        "kind": "call",
        "subject": "Prices",
        "direction": "in",
        "minutes": "12",
        "outcome": "reached",
        "body": "Fine.",
    }

    page = client.post(log_url(lead), said, follow=True)

    call = Activity.objects.get()
    assert (call.status, call.direction, call.minutes, call.outcome, call.body) == (
        "completed", "in", 12, "reached", "Fine.",
    )  # fmt: skip
    assert "Next step?" in page.text
    client.post(log_url(lead), {"kind": "task", "text": "Follow up", "when": "tomorrow 9:00"})
    step = Activity.objects.get(status="open")
    assert (step.subject, timezone.localtime(step.due_at).hour) == ("Follow up", 9)


def test_an_email_is_logged_with_who_wrote_it(client, seller, lead):
    said = {
        "kind": "email",
        "direction": "in",
        "sender": "ada@borg.example",
        "subject": "Drawings",
        "body": "Attached.",
    }

    client.post(log_url(lead), said)

    mail = Activity.objects.get()
    assert (mail.kind, mail.sender, mail.status) == ("email", "ada@borg.example", "completed")
    assert "from ada@borg.example" in client.get(story_url(lead)).text


def test_a_task_is_saved_only_as_it_was_shown(client, seller, lead):
    shown = client.post(log_url(lead), {"kind": "task", "text": "call Ada in 3 days 15:00"})
    assert shown.status_code == 422
    assert "It is read like this." in shown.text
    assert not Activity.objects.exists()

    read_due = re.search(r'name="read_due" value="([^"]*)"', shown.text)[1]
    said = {"kind": "task", "text": "call Ada in 3 days 15:00", "read_kind": "call", "read_due": read_due}
    client.post(log_url(lead), said)

    call = Activity.objects.get()
    assert (call.kind, call.subject, call.status) == ("call", "Call Ada", "open")
    assert call.due_at == dt.datetime.fromisoformat(read_due)


def test_a_task_read_otherwise_than_it_was_shown_is_shown_again(client, seller, lead):
    said = {
        "kind": "task",
        "text": "call Ada tomorrow",
        "read_kind": "call",
        "read_due": "2020-01-01T00:00:00+00:00",
    }

    assert client.post(log_url(lead), said).status_code == 422
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {}, {"kind": "note", "body": " "}, {"kind": "call"}, {"kind": "task", "text": ""},
        {"kind": "call", "subject": "x", "minutes": "-1", "direction": "out"},
        {"kind": "call", "subject": "x", "direction": "up"},
    ],
)  # fmt: skip
def test_bad_input_is_shown_beside_its_field_and_nothing_is_written(client, seller, lead, said):
    answer = client.post(log_url(lead), said)

    assert answer.status_code == 422
    assert "Please correct this" in answer.text
    assert not Activity.objects.exists()


def test_htmx_gets_the_part_with_the_new_entry_and_the_question(client, seller, lead):
    headers = {"HX-Request": "true", "HX-Target": "story"}

    answer = client.post(
        log_url(lead), {"kind": "call", "subject": "Prices", "direction": "out"}, headers=headers
    )

    assert "<html" not in answer.text
    assert 'id="story"' in answer.text
    assert "Next step?" in answer.text
    assert "Prices" in answer.text


def test_who_may_only_look_finds_no_form_to_write_with(client, lead):
    client.force_login(UserFactory(role="finance"))

    assert "composer" not in client.get(lead.get_absolute_url()).text
    assert client.post(log_url(lead), {"kind": "note", "body": "x"}).status_code == 403


# --- doing -----------------------------------------------------------------------------------------------------


def test_done_asks_for_the_result_and_the_next_step(client, seller, lead):
    call = ActivityFactory(owner=seller, regarding=lead, kind="call", subject="Prices")
    address = reverse("activities:complete", args=[call.ref])
    assert "Next step?" in client.get(address).text

    said = {
        "outcome": "reached",
        "minutes": "5",
        "result": "Agreed.",
        "next_step": "email the offer tomorrow",
        "version": "1",
    }
    client.post(address, said)

    call.refresh_from_db()
    assert (call.status, call.outcome, call.minutes, call.result) == ("completed", "reached", 5, "Agreed.")
    step = Activity.objects.get(status="open")
    assert (step.kind, step.subject, step.regarding) == ("email", "Email the offer", lead)
    assert history.of(call)[0].note == "Agreed."


def test_what_was_said_before_stays_when_done_is_clicked_plainly(client, seller):
    task = ActivityFactory(owner=seller, result="Half of it")

    client.post(reverse("activities:complete", args=[task.ref]), {"version": "1"})

    task.refresh_from_db()
    assert (task.status, task.result) == ("completed", "Half of it")


def test_what_was_done_can_be_opened_again(client, seller):
    task = complete_activity(ActivityFactory(owner=seller), by=seller)

    client.post(reverse("activities:reopen", args=[task.ref]), {"version": str(task.version)})

    task.refresh_from_db()
    assert (task.status, task.done_at) == ("open", None)


def test_putting_off_moves_the_end_along_and_counts(client, seller):
    begin = timezone.now().replace(microsecond=0) + dt.timedelta(days=1)
    visit = ActivityFactory(
        owner=seller, kind="appointment", due_at=begin, ends_at=begin + dt.timedelta(hours=2)
    )

    until = begin + dt.timedelta(days=3)
    client.post(
        reverse("activities:snooze", args=[visit.ref]),
        {"until": until.strftime("%Y-%m-%dT%H:%M:%S"), "version": "1"},
    )

    visit.refresh_from_db()
    assert (visit.due_at, visit.ends_at, visit.snoozed) == (until, until + dt.timedelta(hours=2), 1)


def test_the_past_is_no_moment_to_put_off_to(client, seller):
    task = ActivityFactory(owner=seller)

    answer = client.post(reverse("activities:snooze", args=[task.ref]), {"until": "2020-01-01T09:00"})

    assert answer.status_code == 422
    assert "Choose a moment to come." in answer.text


# --- planning --------------------------------------------------------------------------------------------------


def test_an_appointment_has_a_place_an_end_and_people(client, seller, lead):
    colleague = UserFactory(username="ben")
    said = {
        "kind": "appointment", "subject": "Visit", "due_at": "2027-01-31T09:00", "ends_at": "2027-01-31T10:30",
        "place": "Ulm", "participants": "@ben, Ada@Borg.example", "priority": "high",
    }  # fmt: skip

    client.post(f"{reverse('activities:new')}?about={key_of(lead)}", said)

    made = Activity.objects.get()
    assert (made.place, made.priority, made.until - made.due_at) == ("Ulm", "high", dt.timedelta(minutes=90))
    assert sorted(one.said for one in made.participants.all()) == ["@ben", "Ada@Borg.example"]
    client.force_login(colleague)
    assert "Visit" in client.get(made.get_absolute_url()).text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"participants": "@nobody"}, "Nobody here is called @nobody."),
        ({"participants": "borg"}, "borg is no e-mail address"),
        ({"ends_at": "2027-01-31T08:00"}, "It ends before it begins."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(client, seller, wrong, words):
    said = {"kind": "appointment", "subject": "Visit", "due_at": "2027-01-31T09:00"} | wrong

    answer = client.post(reverse("activities:new"), said)

    assert answer.status_code == 422
    assert words in answer.text
    assert not Activity.objects.exists()


def test_two_people_at_one_activity_lose_nothing(client, seller):
    task = ActivityFactory(owner=seller, subject="Call", body="")
    address = reverse("activities:edit", args=[task.ref])
    form = client.get(address).text
    shown = re.search(r'name="shown" value="([^"]*)"', form)[1].replace("&#34;", '"').replace("&quot;", '"')
    first = {
        "version": "1",
        "shown": shown,
        "kind": "task",
        "subject": "Call Ada",
        "body": "",
        "priority": "normal",
    }
    second = first | {"subject": "Call", "body": "About prices"}

    client.post(address, first)
    client.post(address, second)

    task.refresh_from_db()
    assert (task.subject, task.body) == ("Call Ada", "About prices")
    third = first | {"subject": "Write to Ada"}
    assert client.post(address, third).status_code == 409
