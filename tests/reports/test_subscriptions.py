"""Reports that come by themselves: when, to whom, and that each gets what they may see, once."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from activities.models import Notification
from kernel import jobs
from kernel.errors import DomainError
from kernel.files import forget_expired
from kernel.models import HistoryEntry, Job, OutgoingMail, SavedView, StoredFile
from kernel.postman import sweep
from reports import letters
from reports import subscription_actions as actions
from reports.models import Recipient, Subscription
from reports.subscription_actions import KIND, start_due
from tests.factories import OpportunityFactory, TeamFactory, UserFactory
from tests.printing.making import text_of

pytestmark = pytest.mark.django_db
LIST = "reports:subscriptions"


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def boss(team):
    return UserFactory(role="sales_manager", team=team, first_name="Mona", last_name="Boss")


@pytest.fixture
def rep(team):
    return UserFactory(team=team, first_name="Ben", last_name="Ruiz")


def view_of(owner, *, query="f=status:is:open&sort=number", table="opportunities", **more):
    return SavedView.objects.create(owner=owner, table=table, name="Open deals", query=query, **more)


def subscribe(owner, *recipients, **values):
    said = {"about": "view", "view": None, "name": "Monday list", "format": "both", **values}
    if said["about"] == "view" and said["view"] is None:
        said["view"] = view_of(owner)
    return actions.create_subscription(by=owner, recipients=recipients or [owner], **said)


def work():
    """What workers do: run the jobs that wait, then send the e-mails that are due."""
    for public_id in Job.objects.filter(kind=KIND, state="queued").values_list("public_id", flat=True):
        while jobs.run(str(public_id)):
            pass
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=30), tick=False):
        sweep(limit=100)


def files_to(user):
    """What was attached to the e-mail to somebody, by the ending of its name."""
    (letter,) = [one for one in outbox.outbox if one.to == [user.email]]
    return {name.rpartition(".")[2]: content for name, content, _kind in letter.attachments}


# --- setting up -----------------------------------------------------------------------------------------------


def test_a_subscription_says_when_it_goes_out_next_by_its_owners_clock(boss):
    type(boss).objects.filter(pk=boss.pk).update(time_zone="America/New_York")
    boss.refresh_from_db()
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        made = subscribe(boss, every="week", weekday=0, hour=7)

    assert made.next_at == dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    assert HistoryEntry.objects.get(record_type="reports.subscription").verb == "created"


def test_only_colleagues_get_something(boss, rep):
    gone, machine = UserFactory(is_active=False), UserFactory(is_service=True)

    for people in ([gone], [rep, machine], []):
        with pytest.raises(DomainError) as refused:
            actions.create_subscription(by=boss, recipients=people, about="forecast", name="Forecast")
        assert refused.value.field == "recipients"
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(("name", "value"), [("hour", 24), ("weekday", 7), ("month_day", 0), ("name", " ")])
def test_what_makes_no_sense_is_refused(boss, name, value):
    with pytest.raises(DomainError):
        subscribe(boss, **{name: value})
    assert not Subscription.objects.exists()


def test_only_its_owner_and_administrators_change_it(boss, rep):
    made = subscribe(boss, rep)

    for step in (
        lambda by: actions.change_subscription(made, by=by, name="Mine"),
        lambda by: actions.pause_subscription(made, by=by),
        lambda by: actions.send_subscription_now(made, by=by),
        lambda by: actions.delete_subscription(made, by=by),
    ):
        with pytest.raises(PermissionDenied):
            step(rep)
    made.refresh_from_db()
    assert (made.name, made.is_active, Job.objects.count()) == ("Monday list", True, 0)
    actions.pause_subscription(made, by=UserFactory(role="administrator"))
    made.refresh_from_db()
    assert (made.is_active, made.next_at) == (False, None)


def test_who_has_unsubscribed_is_not_signed_up_again_by_others(boss, rep):
    made = subscribe(boss, rep, boss)
    actions.unsubscribe(made, by=rep)

    with pytest.raises(DomainError) as refused:
        actions.change_subscription(made, by=boss, recipients=[rep, boss])
    actions.change_subscription(made, by=boss, recipients=[boss])

    assert refused.value.code == "has_left"
    assert Recipient.objects.get(user=rep).left_at is not None
    actions.subscribe_again(made, by=rep)
    assert Recipient.objects.get(user=rep).left_at is None
    with pytest.raises(DomainError):
        actions.unsubscribe(made, by=UserFactory())


# --- the clock ------------------------------------------------------------------------------------------------


def test_what_is_due_is_started_once_and_then_waits_for_its_next_time(boss):
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        made = subscribe(boss, every="day", hour=7)
    with time_machine.travel("2026-11-23T06:59:00Z", tick=False):
        assert start_due() == 0
    with time_machine.travel("2026-11-23T07:00:30Z", tick=False):
        assert [start_due(), start_due()] == [1, 0]

    made.refresh_from_db()
    assert made.next_at == dt.datetime(2026, 11, 24, 7, tzinfo=dt.UTC)
    assert Job.objects.get().arguments == {"subscription": made.pk}


def test_after_days_of_silence_it_is_sent_once_and_not_once_for_each_day(boss):
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        made = subscribe(boss, every="day", hour=7)
    with time_machine.travel("2026-12-05T15:00:00Z", tick=False):
        assert [start_due(), start_due()] == [1, 0]

    made.refresh_from_db()
    assert made.next_at == dt.datetime(2026, 12, 6, 7, tzinfo=dt.UTC)


def test_over_the_change_of_clocks_it_keeps_its_hour_and_misses_no_day(boss):
    type(boss).objects.filter(pk=boss.pk).update(time_zone="Europe/Berlin")
    boss.refresh_from_db()
    with time_machine.travel("2026-03-27T12:00:00Z", tick=False) as clock:
        subscribe(boss, every="day", hour=2)
        started = 0
        while timezone.now() < dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC):
            clock.shift(dt.timedelta(minutes=30))
            started += start_due()

    assert started == 5


def test_what_is_paused_is_not_sent_and_not_made_up_for(boss):
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        made = subscribe(boss, every="day", hour=7)
        actions.pause_subscription(made, by=boss)
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False):
        assert start_due() == 0
        made.refresh_from_db()
        actions.resume_subscription(made, by=boss)
        assert start_due() == 0
        made.refresh_from_db()

    assert made.next_at == dt.datetime(2026, 11, 26, 7, tzinfo=dt.UTC)


def test_what_somebody_had_sent_who_has_left_is_paused(boss, rep):
    made = subscribe(boss, rep)
    Subscription.objects.update(next_at=timezone.now() - dt.timedelta(hours=1))
    type(boss).objects.filter(pk=boss.pk).update(is_active=False)

    assert start_due() == 0

    made.refresh_from_db()
    assert (made.is_active, Job.objects.count()) == (False, 0)


def test_send_now_does_not_wait_and_is_not_done_twice_at_once(boss):
    made = subscribe(boss)
    before = made.next_at

    actions.send_subscription_now(made, by=boss)
    with pytest.raises(DomainError) as refused:
        actions.send_subscription_now(made, by=boss)
    work()

    made.refresh_from_db()
    assert (refused.value.code, made.next_at, made.last_sent_at is not None) == ("being_sent", before, True)
    assert len(outbox.outbox) == 1


# --- what each gets -------------------------------------------------------------------------------------------


def test_each_recipient_gets_their_own_deals_as_pdf_and_csv(boss, rep):
    OpportunityFactory(owner=rep, name="Bens deal", estimated_revenue=Decimal(1234))
    OpportunityFactory(owner=boss, name="Monas deal", estimated_revenue=Decimal(99))
    OpportunityFactory(name="Strangers deal")
    actions.send_subscription_now(subscribe(boss, boss, rep), by=boss)

    work()

    for user, seen, unseen in (
        (boss, ["Bens deal", "Monas deal"], "Strangers"),
        (rep, ["Bens deal"], "Monas"),
    ):
        files = files_to(user)
        paper, table = text_of(files["pdf"]), files["csv"]
        assert all(name in paper and name in table for name in seen)
        assert unseen not in paper + table
        assert "Monday list" in paper
        assert "As of" in paper
        assert "Status is Open" in paper
    assert "1234" in files_to(rep)["csv"]


def test_a_moment_is_told_by_the_recipients_own_clock(boss, rep):
    type(rep).objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")
    OpportunityFactory(owner=rep)
    with time_machine.travel("2026-11-22T20:00:00Z", tick=False):
        actions.send_subscription_now(subscribe(boss, rep, format="pdf"), by=boss)
        work()

    assert "23 Nov 2026 05:00 JST" in text_of(files_to(rep)["pdf"])


def test_who_may_see_nothing_gets_nothing_and_the_owner_is_told(boss, rep):
    clerk = UserFactory(role="finance", team=None, first_name="Fay", last_name="Cash")
    mute = UserFactory(first_name="Max", last_name="Mute", email="")
    actions.send_subscription_now(subscribe(boss, rep, clerk, mute), by=boss)

    work()

    made = Subscription.objects.get()
    assert [one.to for one in outbox.outbox] == [[rep.email]]
    assert made.last_problem == "Fay Cash: may not export Opportunities; Max Mute: has no e-mail address"
    told = Notification.objects.get(user=boss, kind="job", record_type__model="subscription")
    assert "did not go to 2 people: Fay Cash: may not export Opportunities" in told.text


def test_a_report_that_cannot_be_made_for_one_does_not_keep_it_from_the_others(boss, rep, monkeypatch):
    made_for = letters.content_for

    def broken(subscription, user):
        if user == rep:
            raise RuntimeError("no ink")
        return made_for(subscription, user)

    monkeypatch.setattr(letters, "content_for", broken)
    actions.send_subscription_now(subscribe(boss, rep, boss), by=boss)

    work()

    assert [one.to for one in outbox.outbox] == [[boss.email]]
    assert "Ben Ruiz: could not be made" in Subscription.objects.get().last_problem
    assert Job.objects.get().outcome == {"sent": 1, "missed": 1}


def test_what_fails_again_and_again_is_paused(boss):
    made = subscribe(boss, UserFactory(email=""))
    for _turn in range(5):
        actions.send_subscription_now(made, by=boss)
        work()

    made.refresh_from_db()
    assert (made.is_active, made.failures) == (False, 5)
    assert Notification.objects.filter(user=boss, text__startswith="Paused. Monday list did not go").exists()


def test_a_worker_that_dies_sends_nobody_anything_twice(boss, rep):
    job = actions.send_subscription_now(subscribe(boss, boss, rep), by=boss)
    one_chunk = jobs.runner_of(KIND)(jobs.claim(str(job.public_id)))
    next(one_chunk)  # the first recipient's e-mail is queued, then the worker is gone

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=5), tick=False):
        jobs.run(str(job.public_id))

    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == sorted([boss.email, rep.email])
    job.refresh_from_db()
    assert (job.state, job.outcome) == ("done", {"sent": 2, "missed": 0})


def test_somebody_elses_private_view_shows_each_their_own_rows(boss, rep):
    view = view_of(boss, query="owner=me")
    OpportunityFactory(owner=rep, name="Bens deal")
    OpportunityFactory(owner=boss, name="Monas deal")
    actions.send_subscription_now(subscribe(boss, rep, boss, view=view, format="csv"), by=boss)

    work()

    assert "Bens deal" in files_to(rep)["csv"]
    assert "Bens deal" not in files_to(boss)["csv"]


def test_a_view_that_is_deleted_sends_nothing_and_says_so(boss):
    made = subscribe(boss)
    SavedView.objects.all().delete()
    actions.send_subscription_now(made, by=boss)

    work()

    made.refresh_from_db()
    assert "the view is deleted" in made.last_problem
    assert outbox.outbox == []


def test_the_forecast_goes_out_with_each_readers_figures(boss, rep):
    today = timezone.localdate()
    for owner, amount in ((rep, 1000), (boss, 234)):
        OpportunityFactory(
            owner=owner, forecast="committed", estimated_close_on=today, estimated_revenue=Decimal(amount)
        )
    actions.send_subscription_now(subscribe(boss, boss, rep, about="forecast", format="pdf"), by=boss)

    work()

    assert "€1,234.00" in text_of(files_to(boss)["pdf"])
    mine = text_of(files_to(rep)["pdf"])
    assert "€1,000.00" in mine
    assert "1,234" not in mine


def test_files_are_kept_for_a_while_only(boss):
    actions.send_subscription_now(subscribe(boss), by=boss)
    work()
    assert StoredFile.objects.count() == 2

    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
        forget_expired()

    assert not StoredFile.objects.exists()


def test_names_that_mean_harm_are_texts_in_subject_paper_and_table(boss):
    OpportunityFactory(owner=boss, name='=HYPERLINK("http://x","y") #import "x.typ"')
    name = 'Report\r\nBcc: all@example.com #eval("1") <b>'
    made = subscribe(boss, name=name.replace("\r\n", " "))
    Subscription.objects.filter(pk=made.pk).update(name=name)
    actions.send_subscription_now(made, by=boss)

    work()

    (letter,) = outbox.outbox
    assert "\n" not in letter.subject
    assert letter.to == [boss.email]
    assert '#eval("1")' in text_of(files_to(boss)["pdf"])
    assert "'=HYPERLINK" in files_to(boss)["csv"]


# --- pages ----------------------------------------------------------------------------------------------------


def test_a_subscription_is_set_up_edited_paused_and_deleted_on_its_pages(client, boss, rep):
    view = view_of(boss)
    client.force_login(boss)
    said = {
        "subject": f"view:{view.public_id}", "name": "Open deals", "every": "month", "weekday": "0", "month_day": "31",
        "hour": "6", "format": "pdf", "recipients": [boss.pk, rep.pk], "query": "",
    }  # fmt: skip
    page = client.get(reverse("reports:subscription-new"), {"about": f"view:{view.public_id}"}).text
    assert 'value="Open deals"' in page

    client.post(reverse("reports:subscription-new"), said)
    made = Subscription.objects.get()
    assert (made.view, made.every, made.recipients.count()) == (view, "month", 2)
    assert "On day 31 of the month at 06:00" in client.get(reverse(LIST)).text

    edit = reverse("reports:subscription-edit", args=[made.public_id])
    client.post(edit, said | {"subject": "forecast", "recipients": [rep.pk], "version": made.version})
    made.refresh_from_db()
    assert (made.about, made.view, made.recipients.count()) == ("forecast", None, 1)
    assert client.post(edit, said | {"version": 1}).status_code == 409
    client.post(reverse("reports:subscription-pause", args=[made.public_id]))
    assert "Paused" in client.get(made.get_absolute_url()).text
    client.post(reverse("reports:subscription-resume", args=[made.public_id]))
    client.post(reverse("reports:subscription-send", args=[made.public_id]))
    assert Job.objects.count() == 1
    client.post(reverse("reports:subscription-delete", args=[made.public_id]))
    assert not Subscription.objects.exists()


def test_somebody_elses_view_cannot_be_sent(client, boss):
    view = view_of(UserFactory())
    client.force_login(boss)
    said = {"subject": f"view:{view.public_id}", "name": "x", "every": "day", "hour": "6", "format": "pdf",
            "recipients": [boss.pk]}  # fmt: skip

    assert client.post(reverse("reports:subscription-new"), said).status_code == 422
    assert not Subscription.objects.exists()


def test_a_recipient_sees_it_and_leaves_by_the_link_of_the_e_mail(client, boss, rep):
    made = subscribe(boss, rep, boss)
    actions.send_subscription_now(made, by=boss)
    work()
    (letter,) = [one for one in outbox.outbox if one.to == [rep.email]]
    link = re.search(r"Unsubscribe: https?://[^/]+(/\S+)", letter.body)[1]
    client.force_login(rep)
    assert "Mona Boss has this sent to you." in client.get(link).text

    client.post(link)

    assert Recipient.objects.get(user=rep).left_at is not None
    assert client.get(reverse("reports:subscription-edit", args=[made.public_id])).status_code == 403
    client.force_login(UserFactory())
    assert client.get(made.get_absolute_url()).status_code == 404


def test_the_page_asks_as_many_questions_for_many_as_for_few(
    client, boss, rep, django_assert_max_num_queries
):
    client.force_login(boss)
    view = view_of(boss)
    subscribe(boss, rep, boss, view=view)
    subscribe(rep, boss, about="forecast")
    with django_assert_max_num_queries(25) as few:
        client.get(reverse(LIST))
    for n in range(5):
        subscribe(boss, rep, boss, view=view, name=f"More {n}")
        subscribe(rep, boss, about="forecast", name=f"More {n}")
    with django_assert_max_num_queries(len(few)):
        client.get(reverse(LIST))
