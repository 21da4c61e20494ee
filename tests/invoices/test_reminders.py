"""What goes to customers: invoices by e-mail, reminders level by level, proposals that nobody sends but people."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from invoices.actions import (
    dismiss_reminder,
    propose_reminders,
    record_payment,
    remind_customer,
    remind_invoice,
    send_invoice,
)
from invoices.letters import filled
from invoices.models import Reminder, ReminderLevel
from invoices.tasks import propose
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutgoingMail
from tests.document_factories import InvoiceFactory
from tests.factories import AccountFactory, ContactFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db
SAID = {"to": "pay@borg.example", "subject": "Reminder", "body": "Please pay."}


@pytest.fixture
def finance():
    return UserFactory(role="finance")


@pytest.fixture
def browser(finance):
    client = Client()
    client.force_login(finance)
    return client


@pytest.fixture(autouse=True)
def levels():
    return [
        ReminderLevel.objects.create(
            level=level, name=f"Level {level}", days_overdue=days, subject="{number}: reminder",
            text="Dear {customer}, {amount} of {number} was due {due}, {days} days ago. {unknown}",
        )
        for level, days in enumerate((7, 21, 35), 1)
    ]  # fmt: skip


def ago(days):
    return timezone.localdate() - dt.timedelta(days=days)


def late(days, **values):
    return InvoiceFactory(
        **{"status_reason": "billed", "due_on": ago(days), "issued_on": ago(days + 30), **values}
    )


def test_an_invoice_goes_out_with_its_pdf(finance):
    invoice = late(0)

    send_invoice(invoice, by=finance, **SAID)

    [mail] = OutgoingMail.objects.all()
    assert (mail.to, mail.subject) == ("pay@borg.example", "Reminder")
    assert mail.attachments == [["invoice_pdf", str(invoice.public_id)]]
    assert HistoryEntry.objects.get(verb="sent").note == "pay@borg.example"


def test_a_draft_is_not_sent(finance):
    with pytest.raises(TransitionRefused) as refused:
        send_invoice(InvoiceFactory(), by=finance, **SAID)

    assert [blocker.code for blocker in refused.value.blockers] == ["not_confirmed"]
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("to", "code"), [("", "no_recipient"), ("nobody", "not_an_address")])
def test_without_an_address_nothing_is_sent_or_noted(to, code, finance):
    with pytest.raises(DomainError) as refused:
        remind_invoice(late(10), by=finance, to=to, subject="x", body="x")

    assert (refused.value.code, refused.value.field) == (code, "to")
    assert (OutgoingMail.objects.count(), Reminder.objects.count(), HistoryEntry.objects.count()) == (0, 0, 0)


def test_each_reminder_takes_the_next_level_until_all_are_used(finance, levels):
    invoice = late(10)

    made = [remind_invoice(invoice, by=finance, **SAID) for _level in levels]

    assert [one.level.level for one in made] == [1, 2, 3]
    assert made[0].amount == invoice.balance
    with pytest.raises(DomainError) as refused:
        remind_invoice(invoice, by=finance, **SAID)
    assert refused.value.code == "all_levels_used"
    assert OutgoingMail.objects.count() == 3


def test_what_is_not_overdue_is_not_reminded(finance):
    paid = late(10)
    record_payment(paid, by=finance, amount=Decimal(119))

    for invoice, code in (
        (late(0), "not_overdue"),
        (paid, "not_overdue"),
        (InvoiceFactory(), "not_confirmed"),
    ):
        with pytest.raises(TransitionRefused) as refused:
            remind_invoice(invoice, by=finance, **SAID)
        assert code in [blocker.code for blocker in refused.value.blockers]
    assert not Reminder.objects.exists()


def test_one_letter_reminds_of_everything_a_customer_owes(finance):
    account = AccountFactory(email="pay@borg.example")
    first, second = late(10, account=account), late(40, account=account)
    late(0, account=account)
    remind_invoice(second, by=finance, **SAID)

    made = remind_customer(account, by=finance, **SAID)

    mail = OutgoingMail.objects.order_by("-id")[0]
    assert {key for _kind, key in mail.attachments} == {str(first.public_id), str(second.public_id)}
    assert {one.invoice: one.level.level for one in made} == {first: 1, second: 2}


@pytest.mark.parametrize("role", ["salesperson", "sales_manager"])
def test_sales_people_neither_send_nor_remind(role, finance):
    user = UserFactory(role=role)
    account = AccountFactory(owner=user)
    invoice = late(10, owner=user, account=account)
    propose_reminders(by=finance)

    for act in (
        lambda: send_invoice(invoice, by=user, **SAID),
        lambda: remind_invoice(invoice, by=user, **SAID),
        lambda: remind_customer(account, by=user, **SAID),
        lambda: dismiss_reminder(Reminder.objects.get(), by=user),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert not OutgoingMail.objects.exists()


# --- the clock -------------------------------------------------------------------------------------


def test_the_clock_proposes_each_level_once_and_sends_nothing():
    late(3), late(8), late(50)

    assert propose() == 2
    assert propose() == 0

    assert set(Reminder.objects.values_list("level__level", "sent_at")) == {(1, None)}
    assert not OutgoingMail.objects.exists()


def test_the_next_level_waits_as_long_as_the_levels_are_apart(finance):
    invoice = late(50)
    reminder = remind_invoice(invoice, by=finance, **SAID)

    assert propose_reminders(by=finance) == 0
    Reminder.objects.filter(pk=reminder.pk).update(sent_at=timezone.now() - dt.timedelta(days=14))

    assert propose_reminders(by=finance) == 1
    assert Reminder.objects.get(sent_at=None).level.level == 2


def test_a_proposal_is_sent_or_left_out_once(finance):
    sent, left_out = late(8), late(9)
    propose_reminders(by=finance)

    remind_invoice(sent, by=finance, **SAID)
    reminder = dismiss_reminder(left_out.reminders.get(), by=finance)

    assert Reminder.objects.filter(sent_at=None, dismissed_at=None).count() == 0
    with pytest.raises(DomainError) as refused:
        dismiss_reminder(reminder, by=finance)
    assert refused.value.code == "not_proposed"


def test_proposing_asks_as_often_for_40_invoices_as_for_one(finance):
    late(8)
    few = queries(lambda: propose_reminders(by=finance))
    Reminder.objects.all().delete()
    for _one in range(39):
        late(8)

    many = queries(lambda: propose_reminders(by=finance))

    assert len(many) == len(few), many


# --- pages -----------------------------------------------------------------------------------------


def test_the_letter_stands_ready_in_the_words_of_its_level(browser, finance):
    contact = ContactFactory(email="grace@borg.example")
    invoice = late(10, contact=contact)
    url = f"/invoices/{invoice.ref}/remind/"

    page = browser.get(url).text
    browser.post(url, {"to": "grace@borg.example", "subject": "x", "body": "y"})

    assert "grace@borg.example" in page
    assert "€119.00" in page
    assert "10 days ago. {unknown}" in page
    assert "Level 1" in browser.get(f"/invoices/{invoice.ref}/").text


def test_only_known_places_of_a_text_are_filled_in():
    assert (
        filled("{number} {number.__class__} {x!r}", {"number": "INV-1"}) == "INV-1 {number.__class__} {x!r}"
    )


def test_proposals_have_a_page_with_their_steps(browser, finance):
    invoice = late(8)
    propose_reminders(by=finance)
    reminder = Reminder.objects.get()

    page = browser.get("/invoices/reminders/").text
    browser.post(f"/invoices/reminders/{reminder.pk}/leave-out/")

    assert f"/invoices/{invoice.ref}/remind/" in page
    assert "No reminder is due" in browser.get("/invoices/reminders/").text


def test_a_customer_is_reminded_of_everything_from_the_statement(browser):
    account = AccountFactory(email="pay@borg.example")
    late(8, account=account), late(40, account=account)

    page = browser.get(f"/accounts/{account.ref}/remind/").text
    answer = browser.post(f"/accounts/{account.ref}/remind/", SAID)

    assert "2 invoices" in page
    assert answer.url == f"/accounts/{account.ref}/statement/"
    assert Reminder.objects.filter(sent_at__isnull=False).count() == 2
    assert browser.get(f"/accounts/{AccountFactory().ref}/remind/").status_code == 422


def test_machines_send_and_remind_in_the_usual_words(browser):
    invoice = late(10, account=AccountFactory(email="pay@borg.example"))
    url = f"/api/v1/invoices/{invoice.public_id}"

    answers = [
        browser.post(f"{url}/{step}/", {}, content_type="application/json").status_code
        for step in ("send", "remind")
    ]

    assert answers == [200, 200]
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {"pay@borg.example"}
