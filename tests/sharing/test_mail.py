"""E-mail is a promise of the transaction: held a moment, sent at least once, told in the history."""

import datetime as dt
import smtplib

import pytest
from django.core import mail as outbox
from django.db import transaction
from django.utils import timezone

from kernel import mail, postman
from kernel.errors import DomainError
from kernel.models import HistoryEntry, OutgoingMail
from tests.document_factories import QuoteFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


@pytest.fixture
def quote():
    return QuoteFactory(status="active")


def queued(quote, **said) -> OutgoingMail:
    words = {"to": "ada@example.com", "subject": "Your quote", "body": "Dear Ada", "by": quote.owner}
    return mail.queue(quote, **{**words, **said})


def due(found: OutgoingMail, **columns) -> OutgoingMail:
    """As if the hold were over."""
    OutgoingMail.objects.filter(pk=found.pk).update(
        due_at=timezone.now() - dt.timedelta(seconds=1), **columns
    )
    found.refresh_from_db()
    return found


def told(quote) -> list[str]:
    entries = HistoryEntry.objects.filter(record_type="quotes.quote", record_id=quote.pk)
    return list(entries.order_by("id").values_list("verb", flat=True))


@pytest.fixture
def broken_server(monkeypatch):
    """A mail server that answers every e-mail with the given error."""

    def answer_with(error):
        def send(self, fail_silently=False):
            raise error

        monkeypatch.setattr("django.core.mail.EmailMessage.send", send)

    return answer_with


def test_an_email_is_held_for_ten_seconds_and_then_sent_once(quote):
    found = queued(quote, reply_to="rep@example.com")

    assert (found.state, 9 <= found.seconds_left <= 10) == ("held", True)
    assert postman.send(str(found.public_id)) is False
    assert outbox.outbox == []

    assert postman.send(str(due(found).public_id)) is True
    assert postman.send(str(found.public_id)) is False

    [sent] = outbox.outbox
    assert (sent.to, sent.subject, sent.reply_to) == (["ada@example.com"], "Your quote", ["rep@example.com"])
    assert sent.extra_headers["Message-ID"] == found.message_id
    found.refresh_from_db()
    assert (found.state, found.attempts, found.sent_at is not None) == ("sent", 1, True)
    assert told(quote) == ["mailed"]


def test_an_email_taken_back_is_never_sent(quote):
    found = due(queued(quote))

    mail.take_back(found, by=quote.owner)

    assert postman.sweep() == 0
    assert outbox.outbox == []
    assert told(quote) == ["mail_canceled"]


def test_what_is_on_its_way_cannot_be_taken_back(quote):
    found = due(queued(quote))
    postman.sweep()

    with pytest.raises(DomainError) as refused:
        mail.take_back(found, by=quote.owner)

    assert refused.value.code == "already_sent"
    assert told(quote) == ["mailed"]


def test_a_lost_broker_loses_nothing(quote, monkeypatch, django_capture_on_commit_callbacks):
    def no_broker(*args, **options):
        raise ConnectionError

    monkeypatch.setattr("kernel.mail.current_app.send_task", no_broker)

    with django_capture_on_commit_callbacks(execute=True):
        found = queued(quote)

    due(found)
    assert postman.sweep() == 1


def test_a_worker_that_died_is_replaced_and_the_same_message_goes_out(quote):
    found = due(queued(quote))
    postman.claim(str(found.public_id))  # and is never heard of again
    assert postman.sweep() == 0

    OutgoingMail.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))

    assert postman.sweep() == 1
    assert outbox.outbox[0].extra_headers["Message-ID"] == found.message_id


def test_a_worker_that_lost_its_lease_writes_nothing(quote):
    found = due(queued(quote))
    slow = postman.claim(str(found.public_id))
    OutgoingMail.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    postman.sweep()

    assert postman.sent(slow) is False
    assert told(quote) == ["mailed"]


def test_a_server_that_is_away_is_tried_again_later_and_later(quote, broken_server):
    broken_server(smtplib.SMTPServerDisconnected("gone"))
    found = due(queued(quote))

    postman.sweep()
    found.refresh_from_db()
    first = found.due_at - timezone.now()
    postman.send(str(due(found).public_id))
    found.refresh_from_db()

    assert (found.state, found.attempts) == ("queued", 2)
    assert found.due_at - timezone.now() > first > dt.timedelta(0)
    assert "gone" in found.last_error
    assert told(quote) == []


def test_after_the_last_attempt_it_is_left_to_a_person(quote, broken_server):
    broken_server(ConnectionRefusedError("nobody there"))
    found = due(queued(quote), attempts_since_again=postman.BUDGET - 1)

    postman.sweep()

    found.refresh_from_db()
    assert found.state == "failed"
    assert told(quote) == ["mail_failed"]


def test_a_refused_recipient_is_not_tried_again(quote, broken_server):
    broken_server(smtplib.SMTPRecipientsRefused({"ada@example.com": (550, b"unknown")}))
    found = due(queued(quote))

    postman.sweep()

    found.refresh_from_db()
    assert (found.state, found.attempts) == ("failed", 1)


def test_attachments_are_drawn_at_sending_time(quote):
    drawn = []

    def draw(public_id):
        drawn.append(public_id)
        return mail.Attachment("Quote.pdf", b"%PDF-1.7 ...")

    mail.register_attachment("test_pdf", draw)
    found = queued(quote, attachments=[("test_pdf", quote.public_id)])
    assert drawn == []

    postman.send(str(due(found).public_id))

    assert drawn == [str(quote.public_id)]
    assert outbox.outbox[0].attachments[0].filename == "Quote.pdf"


def test_an_attachment_that_cannot_be_drawn_costs_an_attempt_and_no_email_goes_out(quote):
    def draw(public_id):
        raise RuntimeError("no ink")

    mail.register_attachment("test_pdf", draw)
    found = due(queued(quote, attachments=[("test_pdf", quote.public_id)]))

    assert postman.sweep() == 0

    found.refresh_from_db()
    assert (found.state, found.last_error, outbox.outbox) == ("queued", "RuntimeError: no ink", [])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"to": ""}, "no_recipient"),
        ({"to": "nobody"}, "not_an_address"),
        ({"to": "ada@example.com\nBcc: eve@example.com"}, "not_an_address"),
        ({"to": [f"{n}@example.com" for n in range(30)]}, "too_many"),
        ({"subject": "   "}, "no_subject"),
        ({"reply_to": "me"}, "not_an_address"),
    ],
)
def test_nonsense_is_refused_before_anything_is_promised(quote, said, code):
    with pytest.raises(DomainError) as refused:
        queued(quote, **said)

    assert refused.value.code == code
    assert not OutgoingMail.objects.exists()


def test_a_subject_never_carries_a_header(quote):
    assert queued(quote, subject="Quote\r\nBcc: eve@example.com").subject == "Quote Bcc: eve@example.com"


@pytest.mark.django_db(transaction=True)
def test_an_email_is_queued_only_in_the_transaction_it_belongs_to():
    quote = QuoteFactory(status="active")

    with pytest.raises(transaction.TransactionManagementError):
        queued(quote)


def test_without_a_server_emails_are_written_below_var_and_pages_say_so(settings, client):
    assert str(settings.VAR_DIR / "mail") == settings.EMAIL_FILE_PATH
    settings.EMAIL_BACKEND = mail.FILE_BACKEND
    client.force_login(UserFactory(role="administrator"))

    assert "written to files in var/mail" in client.get("/mails/").content.decode()


# --- the page of those who look after the post -----------------------------------------------------


def test_an_administrator_sees_what_failed_and_sends_it_again(client, quote):
    found = due(queued(quote), state="failed", last_error="550 unknown", attempts_since_again=10)
    client.force_login(UserFactory(role="administrator"))

    assert "Your quote" in client.get("/mails/?state=failed").content.decode()
    page = client.get(f"/mails/{found.public_id}/").content.decode()
    assert "550 unknown" in page
    assert "Dear Ada" not in page
    client.post(f"/mails/{found.public_id}/send-again/")

    assert postman.sweep() == 1
    assert told(quote) == ["mailed_again", "mailed"]


def test_others_neither_see_nor_send_them(client, quote):
    found = due(queued(quote), state="failed")
    client.force_login(quote.owner)

    assert client.get("/mails/").status_code == 403
    assert client.post(f"/mails/{found.public_id}/send-again/").status_code == 403
    found.refresh_from_db()
    assert found.state == "failed"


def test_the_list_of_emails_costs_the_same_however_long_it_is(client, quote, django_assert_max_num_queries):
    for _n in range(30):
        queued(quote)
    client.force_login(UserFactory(role="administrator"))

    with django_assert_max_num_queries(8):
        assert client.get("/mails/").status_code == 200
