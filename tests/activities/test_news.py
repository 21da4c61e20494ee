"""Who is told what: mentions, what one is given, follows or has to do; in the bell, by e-mail, or not at all."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.actions import (
    assign_activity,
    choose_news,
    complete_activity,
    create_activity,
    follow,
    followers,
    hear_news,
    notify,
    read_all,
    remind_of_due,
    send_digests,
    snooze_activity,
    unfollow,
)
from activities.models import Activity, Notification
from activities.subjects import key_of
from kernel.models import Job, OutgoingMail
from kernel.relay import deliver_internal
from kernel.snapshots import remove, restore
from leads.actions import assign_lead
from people.service import service_user
from quotes.actions import ask_approval, change_quote
from quotes.models import ApprovalRule
from tests.document_factories import QuoteFactory
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    OpportunityFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def seller(client, team):
    user = UserFactory(team=team)
    client.force_login(user)
    return user


@pytest.fixture
def boss(team):
    return UserFactory(username="mei", role="sales_manager", team=team)


def told(user) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(user=user).order_by("id").values_list("kind", "text"))


# --- mentions --------------------------------------------------------------------------------------------------


def test_who_is_named_in_a_note_is_told_and_led_to_it(client, seller, boss):
    lead = LeadFactory(owner=seller)

    note = create_activity(
        by=seller, regarding=lead, kind="note", subject="Remark", body="Please look, @Mei."
    )

    one = Notification.objects.get(user=boss)
    assert (one.kind, one.text, one.record, one.anchor) == (
        "mention",
        "Please look, @Mei.",
        lead,
        f"e-a{note.pk}",
    )
    client.force_login(boss)
    answer = client.get(one.get_absolute_url())
    assert answer.url == f"{lead.get_absolute_url()}#e-a{note.pk}"
    assert Notification.objects.get(user=boss).read_at is not None


def test_nobody_is_told_of_a_record_out_of_their_sight_and_the_writer_hears_so(client, seller):
    other = UserFactory(username="stranger")
    lead = LeadFactory(owner=seller)

    page = client.post(
        reverse("activities:log", args=[key_of(lead)]),
        {"kind": "note", "body": "Hello @stranger"},
        follow=True,
    )

    assert told(other) == []
    assert f"{other} cannot see this and was not told." in page.text


@pytest.mark.parametrize("text", ["ada@example.com", "@nobody", "@", "@@mei", "me@mei", "price: 5@3"])
def test_not_every_at_sign_is_a_call(seller, boss, text):
    create_activity(by=seller, regarding=LeadFactory(owner=seller), kind="note", subject="Remark", body=text)

    assert told(boss) == []


def test_naming_oneself_or_somebody_twice_tells_nobody_twice(seller, boss):
    lead = LeadFactory(owner=seller)

    create_activity(by=seller, regarding=lead, kind="note", subject="@mei", body=f"@mei @{seller.username}")

    assert [kind for kind, _text in told(boss)] == ["mention"]
    assert told(seller) == []


def test_the_names_offered_are_of_those_who_may_see_the_record(client, seller, boss):
    UserFactory(username="meister")
    lead = LeadFactory(owner=seller)

    found = client.get(reverse("activities:people"), {"q": "mei", "about": key_of(lead)}).json()

    assert [one["username"] for one in found["people"]] == ["mei"]


# --- following -------------------------------------------------------------------------------------------------


def test_the_owner_follows_without_asking_and_may_stop(seller, boss):
    deal = OpportunityFactory(owner=seller)
    assert followers(deal) == [seller]

    follow(deal, by=boss)
    unfollow(deal, by=seller)

    assert followers(deal) == [boss]
    follow(deal, by=seller)
    assert set(followers(deal)) == {boss, seller}


def test_followers_hear_of_steps_but_not_of_their_own(seller, boss):
    deal = OpportunityFactory(owner=seller)
    follow(deal, by=boss)

    hear_news(deal, "opportunity.won", by=boss)

    assert told(seller) == [("followed", "closed it as won")]
    assert told(boss) == []


def test_followers_hear_of_what_was_done_and_each_person_only_once(seller, boss):
    deal = OpportunityFactory(owner=seller)
    follow(deal, by=boss)

    call = create_activity(by=seller, regarding=deal, kind="call", subject="Prices, @mei", done=True)
    task = create_activity(by=seller, regarding=deal, subject="Send it")
    complete_activity(task, by=seller)

    assert told(boss) == [("mention", call.subject), ("followed", "done: Send it")]


def test_unread_news_of_one_record_by_one_person_is_one_line(seller, boss):
    deal = OpportunityFactory(owner=seller)
    for topic in ("opportunity.moved", "opportunity.moved", "opportunity.won"):
        hear_news(deal, topic, by=boss)

    one = Notification.objects.get(user=seller)
    assert (one.text, one.times) == ("closed it as won", 3)
    read_all(by=seller)
    hear_news(deal, "opportunity.lost", by=boss)
    assert Notification.objects.filter(user=seller).count() == 2


def test_who_lost_sight_of_a_record_hears_no_more_of_it(client, seller, boss):
    deal = OpportunityFactory(owner=seller)
    follow(deal, by=boss)
    hear_news(deal, "opportunity.moved", by=seller)
    type(boss).objects.filter(pk=boss.pk).update(team=TeamFactory())
    boss = type(boss).objects.get(pk=boss.pk)

    hear_news(deal, "opportunity.won", by=seller)

    client.force_login(boss)
    assert len(told(boss)) == 1
    page = client.get(reverse("activities:notifications")).text
    assert deal.name not in page
    assert client.get(Notification.objects.get().get_absolute_url()).url == reverse(
        "activities:notifications"
    )


def test_following_is_a_button_without_javascript(client, seller, boss):
    lead = LeadFactory(owner=boss, team=seller.team)
    client.force_login(boss)

    client.post(reverse("activities:follow", args=[key_of(lead)]), {"stop": "1"})
    assert followers(lead) == []
    client.post(reverse("activities:follow", args=[key_of(lead)]))

    assert followers(lead) == [boss]
    assert 'aria-pressed="true"' in client.get(reverse("activities:story", args=[key_of(lead)])).text


# --- what one is given ---------------------------------------------------------------------------------------------


def test_a_task_from_somebody_else_is_told(seller, boss):
    task = create_activity(by=boss, subject="Call Borg", owner=seller)

    assert told(seller) == [("assigned", "Call Borg")]
    assign_activity(task, by=boss, owner=boss)
    assert told(boss) == []


def test_a_lead_that_was_given_to_somebody_reaches_them_through_the_outbox(seller, boss):
    lead = LeadFactory(owner=boss, team=seller.team)

    assign_lead(lead, by=boss, owner=seller)
    deliver_internal()
    deliver_internal()

    assert told(seller) == [("assigned", "is yours now")]


# --- what is due, what has ended ----------------------------------------------------------------------------------


def test_what_is_due_is_told_once_and_again_after_it_was_put_off(seller):
    now = timezone.now()
    task = ActivityFactory(owner=seller, subject="Send it", due_at=now - dt.timedelta(minutes=1))
    ActivityFactory(owner=seller, due_at=now + dt.timedelta(hours=1))
    ActivityFactory(owner=seller, due_at=now - dt.timedelta(days=40))

    assert [remind_of_due(), remind_of_due()] == [2, 0]
    assert told(seller) == [("due", "Task: Send it")]

    task.refresh_from_db()
    snooze_activity(task, by=seller, until=now + dt.timedelta(hours=2))
    assert remind_of_due(now=now + dt.timedelta(hours=3)) == 2
    assert told(seller).count(("due", "Task: Send it")) == 2


def test_an_appointment_is_told_a_quarter_of_an_hour_before(seller):
    ActivityFactory(owner=seller, kind="appointment", due_at=timezone.now() + dt.timedelta(minutes=10))

    remind_of_due()

    assert [kind for kind, _text in told(seller)] == ["due"]


def test_the_end_of_a_long_job_is_told_to_who_asked_for_it(seller):
    job = Job.objects.create(kind="x", title="Export of leads", asked_by=seller, state="done")

    notify([seller], text="Export of leads: done", record=job, kind="job")

    assert told(seller) == [("job", "Export of leads: done")]


# --- how one is told -----------------------------------------------------------------------------------------------


def test_each_kind_of_news_is_told_the_way_one_wants(client, seller, boss):
    choose_news(
        by=boss, ways={"mention": (False, "off"), "followed": (True, "instant"), "due": (True, "daily")}
    )
    deal = OpportunityFactory(owner=seller)
    follow(deal, by=boss)

    create_activity(by=seller, regarding=deal, kind="note", subject="@mei")
    hear_news(deal, "opportunity.won", by=seller)

    assert told(boss) == [("followed", "closed it as won")]
    letter = OutgoingMail.objects.get()
    assert (letter.to, letter.record_type) == (boss.email, "people.user")
    assert str(deal) in letter.subject
    assert f"/notifications/{Notification.objects.get(user=boss).public_id}/" in letter.body


def test_the_daily_letter_gathers_what_waited_and_goes_out_once(seller):
    choose_news(by=seller, ways={"due": (True, "daily")})
    for number in range(3):
        ActivityFactory(owner=seller, subject=f"Thing {number}", due_at=timezone.now())
    remind_of_due(now=timezone.now() + dt.timedelta(minutes=1))

    clock = service_user("reminders")
    assert [send_digests(by=clock), send_digests(by=clock)] == [1, 0]

    letter = OutgoingMail.objects.get()
    assert letter.subject == "3 notifications"
    assert all(f"Thing {number}" in letter.body for number in range(3))


def test_the_settings_page_keeps_what_is_chosen(client, seller):
    address = reverse("activities:notification-settings")
    said = {f"mail_{kind}": "off" for kind in Notification.Kind.values} | {
        "bell_due": "on",
        "mail_mention": "daily",
    }

    client.post(address, said)
    notify([seller], text="x", kind="followed")
    notify([seller], text="y", kind="mention")

    one = Notification.objects.get()
    assert (one.kind, one.in_bell, one.mail) == ("mention", False, "daily")
    assert client.get(reverse("activities:notification-count")).json()["count"] == 0
    assert 'value="daily" selected' in client.get(address).text


# --- the bell --------------------------------------------------------------------------------------------------


def test_the_bell_counts_and_says_when_nothing_is_new(client, seller):
    address = reverse("activities:notification-count")
    empty = client.get(address)
    assert empty.json() == {"count": 0, "shown": "", "text": "0 notifications"}
    assert client.get(address, headers={"If-None-Match": empty["ETag"]}).status_code == 304

    notify([seller], text="x", kind="mention")
    news = client.get(address, headers={"If-None-Match": empty["ETag"]})

    assert (news.status_code, news.json()["shown"]) == (200, "1")


def test_reading_one_and_reading_all(client, seller):
    notify([seller], text="first", kind="mention")
    notify([seller], text="second", kind="mention")
    first = Notification.objects.get(text="first")

    client.post(reverse("activities:notification-read", args=[first.public_id]))
    assert list(Notification.objects.filter(read_at=None).values_list("text", flat=True)) == ["second"]
    client.post(reverse("activities:notifications-read"))

    assert not Notification.objects.filter(read_at=None).exists()


def test_the_notifications_of_others_are_not_there(client, seller, boss):
    notify([boss], text="secret", kind="mention")
    one = Notification.objects.get()

    assert client.get(one.get_absolute_url()).status_code == 404
    assert client.post(reverse("activities:notification-read", args=[one.public_id])).status_code == 404
    assert "secret" not in client.get(reverse("activities:notifications")).text


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_costs_the_same_however_much_there_is_to_tell(
    client, seller, count, django_assert_max_num_queries
):
    for _each in range(count):
        deal = OpportunityFactory(owner=seller)
        notify([seller], text="x", record=deal, kind="mention", by=UserFactory(team=seller.team))

    with django_assert_max_num_queries(7):
        assert client.get(reverse("activities:notifications")).status_code == 200


def test_a_record_that_leaves_takes_its_notifications_along_and_brings_them_back(seller, boss):
    lead = LeadFactory(owner=seller)
    create_activity(by=seller, regarding=lead, kind="note", subject="@mei")

    gone = remove(lead, by=boss)
    assert (Notification.objects.count(), Activity.objects.count()) == (0, 0)
    restore(gone, by=boss)

    assert (Notification.objects.get().record, Activity.objects.get().regarding) == (lead, lead)


def test_who_may_approve_is_told_that_a_request_waits(seller, boss):
    ApprovalRule.objects.create(kind="discount", limit=Decimal(5), role="salesperson")
    quote = QuoteFactory(owner=seller, team=seller.team, lines=1)
    quote = change_quote(quote, by=seller, discount_percent=Decimal(15))

    ask_approval(quote, by=seller, note="Big customer")
    deliver_internal()

    assert told(boss) == [("approval", "Big customer")]
    assert Notification.objects.get(user=boss).record == quote
