"""Sending and links through the API, and how far an offer is in the list."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from kernel.models import OutgoingMail
from quotes.models import CustomerLink, Quote
from tests.api.conftest import client_of
from tests.factories import UserFactory
from tests.sharing.offers import Customer, link_to, offer
from tests.sharing.test_customer_page import in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote():
    return offer()


@pytest.fixture
def api(quote):
    return client_of(quote.owner)


def address(quote, step: str = "") -> str:
    return f"/api/v1/quotes/{quote.public_id}/{step}"


def test_sending_takes_the_usual_words_unless_others_are_given(quote, api):
    answer = api.post(address(quote, "send/"), {"to": "bea@borg.example", "subject": "Mine"})

    assert (answer.status_code, answer.json()["status_reason"]) == (200, "open")
    written, link = OutgoingMail.objects.get(), CustomerLink.objects.get()
    assert (written.subject, written.to, written.attachments) == (
        "Mine", "bea@borg.example", [["quote_pdf", str(quote.public_id)]],
    )  # fmt: skip
    assert f"/q/{link.token}/" in written.body


def test_without_an_address_it_is_only_marked_as_sent(quote, api):
    assert api.post(address(quote, "send/"), {}).json()["status_reason"] == "open"
    assert not OutgoingMail.objects.exists()


def test_what_is_no_address_is_refused_by_name(quote, api):
    answer = api.post(address(quote, "send/"), {"to": "bea"})

    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_address")
    assert Quote.objects.get().status_reason == "in_progress"


def test_sending_is_taken_back_while_it_is_held(quote, api):
    api.post(address(quote, "send/"), {"to": "bea@borg.example"})

    assert api.post(address(quote, "cancel-sending/"), {}).json()["status_reason"] == "in_progress"
    assert api.post(address(quote, "cancel-sending/"), {}).status_code == 422


def test_links_are_made_listed_and_revoked(quote, api):
    made = api.post(address(quote, "customer-link/"), {}, headers={"Idempotency-Key": "one"})
    again = api.post(address(quote, "customer-link/"), {}, headers={"Idempotency-Key": "one"})
    assert (made.status_code, made.json()["id"]) == (201, again.json()["id"])
    link = CustomerLink.objects.get()
    assert made.json()["url"].endswith(f"/q/{link.token}/")

    Customer(link)
    [shown] = api.get(address(quote, "customer-links/")).json()
    assert (shown["views"], shown["revoked_at"]) == (1, None)

    assert api.post(address(quote, "revoke-links/"), {"link": shown["id"]}).status_code == 200
    [closed] = api.get(address(quote, "customer-links/")).json()
    assert (closed["url"], closed["revoked_at"] is None) == ("", False)


def test_all_links_are_revoked_at_once_and_those_of_others_never(quote, api):
    link_to(quote)
    link_to(quote)
    other = link_to(offer())

    assert api.post(address(quote, "revoke-links/"), {"link": str(other.public_id)}).status_code == 404
    api.post(address(quote, "revoke-links/"), {})

    assert CustomerLink.objects.filter(revoked_at=None).get() == other


def test_who_may_only_read_quotes_gets_no_link(quote):
    link_to(quote)
    finance = client_of(UserFactory(role="finance"))

    assert finance.get(address(quote, "customer-links/")).status_code == 403
    assert finance.post(address(quote, "customer-link/"), {}).status_code == 403
    assert finance.post(address(quote, "revoke-links/"), {}).status_code == 403


# --- the list ---------------------------------------------------------------------------------------


def test_the_tabs_tell_how_far_an_offer_is():
    rep = UserFactory()
    Quote.objects.all().delete()
    made = {
        "draft": offer(rep=rep, status="draft", name="Is draft"),
        "active": offer(rep=rep, name="Is fresh"),
        "sent": offer(rep=rep, status_reason="open", name="Is sent"),
        "viewed": offer(rep=rep, status_reason="open", name="Is viewed"),
        "won": offer(rep=rep, status="won", name="Is won"),
        "expired": offer(rep=rep, expires_on=in_days(-1), name="Is past"),
        "gone": offer(rep=rep, status="closed", status_reason="expired", name="Is expired"),
        "lost": offer(rep=rep, status="closed", status_reason="lost", name="Is lost"),
    }
    Quote.objects.filter(pk=made["viewed"].pk).update(last_viewed_at=timezone.now() - dt.timedelta(hours=2))
    client = Client()
    client.force_login(rep)

    def names(tab: str) -> set[str]:
        text = client.get(f"/quotes/?status={tab}").content.decode()
        return {name for name, quote in made.items() if quote.ref in text}

    assert names("draft") == {"draft"}
    assert names("active") == {"active", "sent", "viewed", "expired"}
    assert names("sent") == {"sent", "viewed"}
    assert names("viewed") == {"viewed"}
    assert names("won") == {"won"}
    assert names("expired") == {"expired", "gone"}
    assert names("lost") == {"lost"}
    assert "2 hours ago" in client.get("/quotes/").content.decode()
