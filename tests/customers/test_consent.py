"""What a person does not want, since when and how we know; and why somebody is inactive."""

import datetime as dt

import pytest
from django.utils import timezone

from customers.actions import activate_contact, change_contact, create_contact, deactivate_contact
from kernel import history
from kernel.errors import DomainError
from tests.factories import ContactFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def test_a_refusal_without_a_day_is_of_today(boss):
    contact = create_contact(by=boss, last_name="Long", do_not_post=True, do_not_post_how="By letter")

    assert (contact.do_not_post_since, contact.do_not_post_how) == (timezone.localdate(), "By letter")


def test_the_day_and_the_source_go_with_the_refusal(boss):
    day = dt.date(2025, 3, 1)
    contact = change_contact(
        ContactFactory(), by=boss, do_not_email=True, do_not_email_since=day, do_not_email_how="Link"
    )
    assert (contact.do_not_email_since, contact.do_not_email_how) == (day, "Link")

    contact = change_contact(contact, by=boss, do_not_email=False)

    assert (contact.do_not_email_since, contact.do_not_email_how) == (None, "")
    assert history.of(contact)[0].changes == {
        "do_not_email": [True, False], "do_not_email_since": ["2025-03-01", None], "do_not_email_how": ["Link", ""],
    }  # fmt: skip


def test_a_day_without_a_refusal_is_not_kept(boss):
    contact = change_contact(ContactFactory(), by=boss, do_not_phone_since=dt.date(2025, 3, 1), job_title="x")

    assert contact.do_not_phone_since is None


def test_the_page_says_what_is_not_wanted_and_offers_no_such_button(client, boss):
    client.force_login(boss)
    contact = change_contact(
        ContactFactory(email="ada@example.com", phone="030 1"),
        by=boss,
        do_not_email=True,
        do_not_email_how="Fair",
    )

    text = client.get(contact.get_absolute_url()).text

    assert ("No e-mail" in text, "Fair" in text) == (True, True)
    assert ('class="button" href="mailto:' in text, 'class="button" href="tel:' in text) == (False, True)


def test_why_somebody_is_inactive_is_remembered_until_they_are_active_again(boss):
    contact = deactivate_contact(ContactFactory(), by=boss, reason="left", note="To the rival")
    assert contact.inactive_reason == "left"
    assert (history.of(contact)[0].note, history.of(contact)[0].changes) == (
        "To the rival", {"inactive_reason": ["", "left"]},
    )  # fmt: skip

    contact = activate_contact(contact, by=boss, note="Came back")

    assert (contact.is_active, contact.inactive_reason) == (True, "")


def test_an_unknown_reason_is_refused(boss):
    contact = ContactFactory()

    with pytest.raises(DomainError) as refused:
        deactivate_contact(contact, by=boss, reason="whim")

    assert refused.value.field == "reason"
    contact.refresh_from_db()
    assert contact.is_active
