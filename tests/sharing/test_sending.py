"""Sending a quote: the letter, the moment in which it can be taken back, links and their end."""

import datetime as dt

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from kernel import postman
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage, OutgoingMail
from quotes.actions import close_quote, send_quote
from quotes.actions.sharing import Letter, cancel_sending, make_link, revoke_link, send_by_mail
from quotes.letters import usual_letter
from quotes.models import CustomerLink, Quote
from tests.factories import UserFactory
from tests.sharing.offers import offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote():
    return offer()


@pytest.fixture
def browser(quote):
    client = Client()
    client.force_login(quote.owner)
    return client


def letter(**said) -> Letter:
    words = {"to": "bea@borg.example", "subject": "Your quote", "message": "Hello\n\n{link}\n\nBye"}
    return Letter(**{**words, **said})


def told(quote) -> list[str]:
    entries = HistoryEntry.objects.filter(record_type="quotes.quote", record_id=quote.pk)
    return list(entries.order_by("id").values_list("verb", flat=True))


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("id").values_list("state", flat=True))


def the_hold_is_over() -> None:
    OutgoingMail.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))


def test_sending_makes_a_link_queues_the_letter_and_marks_the_quote_as_sent(quote):
    send_by_mail(quote, letter(), by=quote.owner)

    quote.refresh_from_db()
    assert (quote.status, quote.status_reason, quote.sent_at is not None) == ("active", "open", True)
    link, written = CustomerLink.objects.get(), OutgoingMail.objects.get()
    assert (link.sent_to, link.mail, link.expires_on) == (
        "bea@borg.example", written, quote.expires_on + dt.timedelta(days=30),
    )  # fmt: skip
    assert f"/q/{link.token}/" in written.body
    assert written.reply_to == quote.owner.email
    assert told(quote) == ["offered"]
    assert OutboxMessage.objects.filter(topic="quote.sent").count() == 1


def test_after_the_hold_it_goes_out_with_the_pdf(quote):
    send_by_mail(quote, letter(), by=quote.owner)
    assert postman.sweep() == 0

    the_hold_is_over()
    assert postman.sweep() == 1

    [sent] = outbox.outbox
    assert sent.to == ["bea@borg.example"]
    [pdf] = sent.attachments
    assert (pdf.filename, pdf.mimetype, pdf.content[:4]) == (f"{quote.ref}.pdf", "application/pdf", b"%PDF")
    assert told(quote) == ["offered", "mailed"]


def test_without_pdf_and_link_neither_goes_along(quote):
    send_by_mail(quote, letter(attach_pdf=False, with_link=False), by=quote.owner)

    written = OutgoingMail.objects.get()
    assert (written.attachments, CustomerLink.objects.count()) == ([], 0)
    assert "{link}" not in written.body


def test_a_letter_that_forgot_the_link_gets_it_at_the_end(quote):
    send_by_mail(quote, letter(message="Hello"), by=quote.owner)

    assert OutgoingMail.objects.get().body.endswith(f"/q/{CustomerLink.objects.get().token}/\n")


def test_sending_can_be_taken_back_while_it_is_held(quote):
    send_by_mail(quote, letter(), by=quote.owner)

    cancel_sending(quote, by=quote.owner)

    quote.refresh_from_db()
    assert (quote.status_reason, quote.sent_at) == ("in_progress", None)
    assert states() == ["canceled"]
    assert CustomerLink.objects.get().opens() is False
    the_hold_is_over()
    assert postman.sweep() == 0


def test_taking_a_reminder_back_leaves_the_quote_sent(quote):
    send_by_mail(quote, letter(), by=quote.owner)
    the_hold_is_over()
    postman.sweep()
    send_by_mail(quote, letter(), by=quote.owner)

    cancel_sending(quote, by=quote.owner)

    quote.refresh_from_db()
    assert quote.status_reason == "open"
    assert states() == ["sent", "canceled"]
    assert [link.opens() for link in CustomerLink.objects.order_by("id")] == [True, False]


def test_what_is_gone_cannot_be_taken_back(quote):
    send_by_mail(quote, letter(), by=quote.owner)
    the_hold_is_over()
    postman.sweep()

    with pytest.raises(DomainError) as refused:
        cancel_sending(quote, by=quote.owner)

    assert refused.value.code == "already_sent"
    quote.refresh_from_db()
    assert quote.status_reason == "open"


def test_a_reminder_is_told_as_one_and_keeps_the_first_day(quote):
    send_by_mail(quote, letter(), by=quote.owner)
    first = Quote.objects.get().sent_at
    send_by_mail(quote, letter(), by=quote.owner)

    assert Quote.objects.get().sent_at == first
    assert told(quote) == ["offered", "reminded"]


def test_a_marked_quote_may_still_be_mailed_but_not_marked_twice(quote):
    send_quote(quote, by=quote.owner)
    send_by_mail(quote, letter(), by=quote.owner)

    with pytest.raises(TransitionRefused):
        send_quote(quote, by=quote.owner)
    cancel_sending(quote, by=quote.owner)
    assert Quote.objects.get().status_reason == "open"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": "draft"}, "wrong_status"),
        ({"status": "won"}, "wrong_status"),
        ({"expires_on": dt.date(2020, 1, 1)}, "expired"),
        ({"managed_by": "demo"}, "component_owned_by_erp"),
    ],
)
def test_only_a_current_offer_of_ours_is_sent(state, code):
    quote = offer(**state)

    with pytest.raises(TransitionRefused) as refused:
        send_by_mail(quote, letter(), by=quote.owner)

    assert [blocker.code for blocker in refused.value.blockers] == [code]
    assert (OutgoingMail.objects.count(), CustomerLink.objects.count(), told(quote)) == (0, 0, [])


def test_a_wrong_address_changes_nothing(quote):
    with pytest.raises(DomainError):
        send_by_mail(quote, letter(to="bea"), by=quote.owner)

    quote.refresh_from_db()
    assert (quote.status_reason, CustomerLink.objects.count(), told(quote)) == ("in_progress", 0, [])


def test_nobody_sends_or_opens_a_colleagues_quote(quote):
    stranger = UserFactory()

    for act in (
        lambda: send_by_mail(quote, letter(), by=stranger),
        lambda: make_link(quote, by=stranger),
        lambda: cancel_sending(quote, by=stranger),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert (OutgoingMail.objects.count(), CustomerLink.objects.count()) == (0, 0)


# --- links ------------------------------------------------------------------------------------------


def test_the_database_holds_nothing_that_opens_a_link(quote):
    link = make_link(quote, by=quote.owner)

    assert link.public_id.hex in link.token
    assert Client().get(f"/q/{link.public_id.hex}/").status_code == 404
    assert Client().get(f"/q/{link.token}/").status_code == 200


def test_a_revoked_link_opens_nothing_and_is_told_once(quote):
    link = make_link(quote, by=quote.owner)

    for _n in range(2):
        revoke_link(link, by=quote.owner)

    assert Client().get(f"/q/{link.token}/").status_code == 404
    assert told(quote) == ["link_made", "link_revoked"]


def test_a_link_is_made_for_active_quotes_only(quote):
    close_quote(quote, by=quote.owner, reason="lost")

    with pytest.raises(DomainError):
        make_link(quote, by=quote.owner)


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "Best regards"),
        ("de", "Mit freundlichen"),
        ("fr", "Cordialement"),
        ("es", "Un saludo"),
        ("xx", "Best"),
    ],
)
def test_the_letter_speaks_the_language_of_the_quote(language, word):
    quote = offer(language=language)

    usual = usual_letter(quote, by=quote.owner)

    assert usual.to == "buyer@borg.example"
    assert word in usual.message
    assert "{link}" in usual.message
    assert quote.ref in usual.subject


def test_who_wants_no_email_is_not_proposed(quote):
    quote.contact.do_not_email = True
    quote.account.email = "office@borg.example"

    assert usual_letter(quote, by=quote.owner).to == "office@borg.example"


def test_the_second_letter_is_a_reminder(quote):
    send_quote(quote, by=quote.owner)
    quote.refresh_from_db()

    assert usual_letter(quote, by=quote.owner).subject.startswith("Reminder")


# --- pages ------------------------------------------------------------------------------------------


def test_the_page_of_the_letter_is_filled_in_and_sends_nothing_by_looking(quote, browser):
    text = browser.get(f"/quotes/{quote.ref}/send/").content.decode()

    assert "buyer@borg.example" in text
    assert "Mark as sent without e-mail" in text
    quote.refresh_from_db()
    assert (quote.status_reason, OutgoingMail.objects.count()) == ("in_progress", 0)


def test_the_rep_sends_cancels_and_sees_what_became_of_it(quote, browser):
    base = f"/quotes/{quote.ref}/"
    form = {"to": "bea@borg.example", "subject": "S", "message": "M", "attach_pdf": "on", "with_link": "on"}

    assert browser.post(f"{base}send/", form).url == base
    page = browser.get(base).content.decode()
    assert "Cancel sending" in page
    assert "bea@borg.example" in page
    assert CustomerLink.objects.get().token in page

    assert browser.post(f"{base}cancel-sending/").url == base
    page = browser.get(base).content.decode()
    assert "Canceled" in page
    assert CustomerLink.objects.get().token not in page


def test_a_wrong_address_is_told_on_the_form_and_what_was_typed_stays(quote, browser):
    form = {"to": "bea", "subject": "Mine", "message": "M"}
    answer = browser.post(f"/quotes/{quote.ref}/send/", form)

    assert answer.status_code == 422
    assert "bea is no e-mail address." in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()


def test_links_are_made_and_revoked_on_the_page_of_the_quote(quote, browser):
    base = f"/quotes/{quote.ref}/"
    browser.post(f"{base}link/")
    link = CustomerLink.objects.get()
    assert link.token in browser.get(base).content.decode()

    browser.post(f"{base}link/revoke/", {"link": link.pk})

    assert link.token not in browser.get(base).content.decode()
    other = make_link(offer(), by=UserFactory(role="administrator"))
    assert browser.post(f"{base}link/revoke/", {"link": other.pk}).status_code == 404
    assert browser.post(f"{base}link/revoke/", {"link": "x"}).status_code == 404


def test_who_may_not_send_sees_no_link(quote):
    make_link(quote, by=quote.owner)
    client = Client()
    client.force_login(UserFactory(role="finance"))

    text = client.get(f"/quotes/{quote.ref}/").content.decode()

    assert "/q/" not in text
