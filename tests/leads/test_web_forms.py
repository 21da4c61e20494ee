"""What visitors of web sites send: it becomes a lead, and nothing they do harms anybody or gets lost."""

import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.core.signing import TimestampSigner, b62_encode
from django.test import Client
from django.urls import reverse

from kernel import history
from kernel.errors import DomainError, TransitionRefused
from leads.models import AssignmentRule, Lead, WebEntry, WebForm
from leads.rule_actions import save_web_form
from leads.web_actions import discard_entry, release_entry
from leads.web_forms import signer
from leads.web_models import ASKABLE
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
TYPED = {"first_name": "Ada", "last_name": "Long", "email": "ada@borg.example", "need": "Two spindles"}


@pytest.fixture(autouse=True)
def _fresh_rates(monkeypatch):
    monkeypatch.setattr("leads.web_views.seconds_to_wait", lambda *args, **kwargs: 0)


@pytest.fixture
def form():
    return WebForm.objects.create(
        name="Contact", title="Write to us", topic="Contact form", campaign="Spring",
        consent_text="You may call me.", consent_required=False,
    )  # fmt: skip


def shown_long_ago(form, monkeypatch):
    two_days_ago = b62_encode(int(time.time()) - 2 * 24 * 60 * 60)
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda self: two_days_ago)
    return signer(form).sign("shown")


def send(client, form, *, at="web:web-to-lead", **values):
    return client.post(reverse(at, args=[form.key]), {**TYPED, **values})


# --- what comes in ------------------------------------------------------------------------------------------


def test_what_is_sent_becomes_a_lead_with_its_origin(client, form):
    answer = send(client, form, consent="on")

    assert (answer.status_code, answer.url) == (303, reverse("web:thanks", args=[form.key]))
    lead = Lead.objects.get()
    assert (lead.name, lead.email, lead.need) == ("Ada Long", "ada@borg.example", "Two spindles")
    assert (lead.topic, lead.source, lead.campaign) == ("Contact form", "web", "Spring")
    assert lead.consent_note == "Contact: You may call me."
    assert lead.consent_at is not None
    assert history.of(lead).get().actor.username == "service.web"
    entry = WebEntry.objects.get()
    assert (entry.status, entry.lead, entry.values["last_name"]) == ("accepted", lead, "Long")
    assert "Thank you" in client.get(answer.url).text


def test_without_consent_none_is_kept(client, form):
    send(client, form)

    assert Lead.objects.get().consent_at is None


def test_who_gets_it_is_said_by_the_form_else_by_the_rules_else_it_waits(client, form):
    seller, team = UserFactory(), TeamFactory()
    send(client, form, email="a@borg.example")
    AssignmentRule.objects.create(name="Web", target="team", team=team, sources=["web"])
    send(client, form, email="b@borg.example")
    WebForm.objects.update(owner=seller)
    send(client, form, email="c@borg.example")

    owners = [(lead.owner, lead.team) for lead in Lead.objects.order_by("pk")]
    assert owners == [(None, None), (None, team), (seller, seller.team)]


def test_the_hosted_form_shows_what_was_asked_for_and_works_without_scripts_or_cookies(client, form):
    answer = client.get(reverse("web:form", args=[form.key]))

    assert answer.status_code == 200
    for name in ("first_name", "last_name", "company", "email", "phone", "need", "consent"):
        assert f'name="{name}"' in answer.text
    assert 'name="job_title"' not in answer.text
    assert "<script" not in answer.text
    assert not answer.cookies
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert send(client, form, at="web:form").status_code == 303


def test_what_is_wrong_is_said_and_what_was_typed_stays(client, form):
    for at in ("web:form", "web:web-to-lead"):
        answer = send(client, form, at=at, last_name="", email="ada@", need="A <b>bold</b> wish")

        assert answer.status_code == 422
        assert "This field is required." in answer.text
        assert "Enter a valid email address." in answer.text
        assert "A &lt;b&gt;bold&lt;/b&gt; wish" in answer.text
        assert 'value="ada@"' in answer.text
    assert not Lead.objects.exists()
    assert not WebEntry.objects.exists()


def test_required_consent_is_required(client, form):
    WebForm.objects.update(consent_required=True)

    assert send(client, form).status_code == 422
    assert send(client, form, consent="on").status_code == 303


def test_thanks_may_lead_elsewhere_and_browsers_are_told_so(client, form):
    WebForm.objects.update(thanks_url="https://www.example.com/thanks?x=1")

    assert send(client, form).url == "https://www.example.com/thanks?x=1"
    policy = client.get(reverse("web:form", args=[form.key])).headers["Content-Security-Policy"]
    assert "form-action 'self' https://www.example.com" in policy
    assert "thanks?x" not in policy


@pytest.mark.parametrize("key", ["nothing", "x" * 200])
def test_an_unknown_form_is_not_there(client, key):
    assert client.get(f"/f/{key}/").status_code == 404
    assert client.post(f"/web-to-lead/{key}/", TYPED).status_code == 404


def test_a_closed_form_takes_nothing(client, form):
    WebForm.objects.update(is_active=False)

    assert send(client, form).status_code == 404
    assert client.get(reverse("web:form", args=[form.key])).status_code == 404
    assert not WebEntry.objects.exists()


# --- spam -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"homepage": "http://spam.example"}, ["trap"]),
        ({"began": "tampered"}, ["broken_timer"]),
        ({"need": "https://a.example http://b.example www.c.example"}, ["links"]),
        ({"need": "[url=http://spam.example]"}, ["markup"]),
        ({"first_name": '<a href="x">'}, ["markup"]),
    ],
)
def test_what_looks_like_spam_waits_for_a_person_and_the_sender_is_not_told(client, form, values, why):
    answer = send(client, form, **values)

    assert answer.url == reverse("web:thanks", args=[form.key])
    entry = WebEntry.objects.get()
    assert (entry.status, entry.suspicions, entry.lead) == ("quarantined", why, None)
    assert not Lead.objects.exists()


def test_a_form_filled_in_within_seconds_was_filled_in_by_a_machine(client, form, monkeypatch):
    began = (
        client.get(reverse("web:form", args=[form.key])).text.split('name="began" value="')[1].split('"')[0]
    )
    send(client, form, began=began)
    assert WebEntry.objects.get().suspicions == ["too_fast"]

    monkeypatch.setattr("leads.web_forms.QUICKEST", -1)
    send(client, form, began=began, email="b@borg.example")
    assert Lead.objects.get().email == "b@borg.example"


def test_a_form_that_was_open_all_night_is_a_persons(client, form, monkeypatch):
    began = shown_long_ago(form, monkeypatch)
    monkeypatch.undo()

    send(client, form, began=began)

    assert Lead.objects.exists()


def test_a_timer_of_another_form_says_nothing_good(client, form):
    other = WebForm.objects.create(name="Other", title="Other", topic="Other")

    send(client, form, began=signer(other).sign("shown"))

    assert WebEntry.objects.get().suspicions == ["broken_timer"]


def test_a_form_for_this_page_only_suspects_what_comes_from_elsewhere(client, form):
    WebForm.objects.update(embeds=False)

    send(client, form)

    assert WebEntry.objects.get().suspicions == ["no_timer"]


def test_suspected_spam_is_released_or_discarded_by_a_person(client, form):
    manager = UserFactory(role="sales_manager")
    send(client, form, homepage="x")
    entry = WebEntry.objects.get()

    lead = release_entry(entry, by=manager)
    assert (lead.name, lead.source) == ("Ada Long", "web")
    entry.refresh_from_db()
    assert (entry.status, entry.lead) == ("accepted", lead)
    with pytest.raises(TransitionRefused):
        release_entry(entry, by=manager)
    assert Lead.objects.count() == 1

    send(client, form, homepage="x", email="b@borg.example")
    spam = WebEntry.objects.get(status="quarantined")
    discard_entry(spam, by=manager)
    spam.refresh_from_db()
    assert (spam.status, spam.values["email"]) == ("discarded", "b@borg.example")
    assert release_entry(spam, by=manager).email == "b@borg.example"


@pytest.mark.parametrize("act", [release_entry, discard_entry])
@pytest.mark.parametrize("role", ["salesperson", "finance", "integration"])
def test_others_do_not_decide_about_spam(client, form, act, role):
    send(client, form, homepage="x")

    with pytest.raises(PermissionDenied):
        act(WebEntry.objects.get(), by=UserFactory(role=role))

    assert WebEntry.objects.get().status == "quarantined"
    assert not Lead.objects.exists()


def test_the_pages_of_entries_tell_why_and_decide(client, form):
    send(client, form, homepage="x")
    client.force_login(UserFactory(role="sales_manager"))
    entry = WebEntry.objects.get()

    assert "Ada Long" in client.get(reverse("lead-settings:entries"), {"status": "quarantined"}).text
    page = client.get(entry.get_absolute_url()).text
    assert "filled in the field that people do not see" in page
    client.post(entry.get_absolute_url() + "release/")

    assert Lead.objects.exists()


def test_what_a_rule_of_the_house_refuses_is_kept_for_a_person(client, form, monkeypatch):
    def refuse(**values):
        raise DomainError("Tier: This field is required.")

    monkeypatch.setattr("leads.web_actions.create_lead", refuse)

    assert send(client, form).status_code == 303
    entry = WebEntry.objects.get()
    assert (entry.status, entry.suspicions) == ("quarantined", ["refused: Tier: This field is required."])


# --- twice ----------------------------------------------------------------------------------------------------


def test_the_same_sent_twice_is_one_lead(client, form):
    send(client, form)
    send(client, form)

    lead = Lead.objects.get()
    assert [entry.status for entry in WebEntry.objects.order_by("pk")] == ["accepted", "folded"]
    assert WebEntry.objects.last().lead == lead
    assert [entry.verb for entry in history.of(lead)] == ["created"]


def test_sent_again_with_a_correction_is_told_in_the_history(client, form):
    send(client, form)
    send(client, form, need="Three spindles", email="ADA@borg.example")

    lead = Lead.objects.get()
    said = history.of(lead).first()
    assert said.verb == "sent_web_form_again"
    assert said.changes["need"] == ["Two spindles", "Three spindles"]
    assert lead.need == "Two spindles"


def test_somebody_else_or_much_later_is_another_lead(client, form, monkeypatch):
    send(client, form)
    send(client, form, email="bob@borg.example")
    assert Lead.objects.count() == 2

    monkeypatch.setattr("leads.web_actions.FOLDED_WITHIN", timedelta(0))
    send(client, form)
    assert Lead.objects.count() == 3


# --- hostile input ---------------------------------------------------------------------------------------------


def test_too_much_is_refused_before_it_is_read(client, form):
    answer = send(client, form, need="x" * 70_000)

    assert answer.status_code == 413
    assert not WebEntry.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"last_name": "a\x00b"},
        {"last_name": "x" * 5000},
        {"need": "w " * 3000},
        {"phone": "1" * 300},
        {"email": "ada@borg.example\r\nBcc: all@example.com"},
    ],
)
def test_what_no_column_takes_is_refused_in_words(client, form, values):
    answer = send(client, form, **values)

    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_markup_is_shown_as_text_everywhere(client, form):
    send(client, form, last_name="<script>alert(1)</script>")
    lead = Lead.objects.get()
    client.force_login(UserFactory(role="administrator"))

    for address in (reverse("leads:list"), lead.get_absolute_url(), reverse("lead-settings:entries")):
        text = client.get(address).text
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_fields_that_were_not_asked_for_do_nothing(client, form):
    boss = UserFactory(role="administrator")

    send(
        client,
        form,
        owner=str(boss.pk),
        status="qualified",
        score="100",
        topic="Mine",
        rating="hot",
        job_title="X",
    )

    lead = Lead.objects.get()
    assert (lead.owner, lead.status, lead.score, lead.topic) == (None, "open", 0, "Contact form")
    assert (lead.rating, lead.job_title) == ("warm", "")


def test_broken_bytes_and_other_kinds_of_content_break_nothing(client, form):
    address = reverse("web:web-to-lead", args=[form.key])
    kinds = [
        "application/x-www-form-urlencoded",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ]
    for kind in kinds:
        for body in (b"\xff\xfe%00", b'{"last_name": 1}', b"last_name=%ED%A0%80&email=%FF", b"=&=&="):
            assert client.generic("POST", address, body, content_type=kind).status_code in (303, 400, 422)


def test_nobodys_rights_are_used_also_when_a_colleague_is_logged_in(form):
    """A page elsewhere may make a colleague's browser post: that is a visitor's entry, done by the service user."""
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "https://evil.example"})
    browser.force_login(UserFactory(role="administrator"))

    answer = browser.post(
        reverse("web:web-to-lead", args=[form.key]), urlencode(TYPED),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert answer.status_code == 303
    assert history.of(Lead.objects.get()).get().actor.username == "service.web"


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_the_endpoint_is_posted_to_only(client, form, method):
    assert getattr(client, method)(reverse("web:web-to-lead", args=[form.key])).status_code == 405


class TestRates:
    """How often one may send."""

    @pytest.fixture(autouse=True)
    def _counted(self, monkeypatch):
        counts = {}

        def wait(name, *, limit, per=60):
            counts[name] = counts.get(name, 0) + 1
            return 0 if counts[name] <= limit else 90

        monkeypatch.setattr("leads.web_views.seconds_to_wait", wait)

    def test_too_much_from_one_place_has_to_wait_and_keeps_what_it_typed(self, client, form, settings):
        settings.WEB_FORM_RATE_ADDRESS = 2
        for number in range(2):
            assert send(client, form, email=f"{number}@borg.example").status_code == 303

        answer = send(client, form, email="3@borg.example")

        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "90")
        assert "in 2 minutes" in answer.text
        assert "3@borg.example" in answer.text
        assert Lead.objects.count() == 2

    def test_too_much_for_one_form_has_to_wait_wherever_it_comes_from(self, client, form, settings):
        settings.WEB_FORM_RATE_FORM = 1
        send(client, form)

        answer = client.post(
            reverse("web:web-to-lead", args=[form.key]), TYPED, headers={"X-Forwarded-For": "192.0.2.9"}
        )

        assert answer.status_code == 429

    def test_looking_too_often_has_to_wait_too(self, client, form, monkeypatch):
        monkeypatch.setattr("leads.web_views.LOOKS", 1)
        client.get("/f/nothing/")

        assert client.get("/f/nothing/").status_code == 429


# --- settings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def boss(client):
    user = UserFactory(role="administrator")
    client.force_login(user)
    return user


def test_a_form_is_made_on_the_settings_page_and_its_html_can_be_copied(client, boss):
    typed = {
        "name": "Fair",
        "is_active": "on",
        "title": "At the fair",
        "topic": "Fair",
        "source": "trade_show",
    }
    typed |= {
        "embeds": "on",
        "use_last_name": "required",
        "use_email": "optional",
        "label_email": "Your mail",
    }

    answer = client.post(reverse("lead-settings:web-form-new"), typed)

    assert answer.status_code == 422  # every field has to be decided about
    off = {f"use_{name}": "off" for name in ASKABLE}
    answer = client.post(reverse("lead-settings:web-form-new"), {**off, **typed})
    form = WebForm.objects.get()
    assert form.fields == {
        "last_name": {"required": True, "label": ""},
        "email": {"required": False, "label": "Your mail"},
    }
    page = client.get(answer.url).text
    assert "&lt;form action=&#34;http://testserver/web-to-lead/" in page
    assert "Your mail" in page
    assert "homepage" in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"fields": {"email": {"required": True}}}, "fields"),
        ({"fields": {"last_name": {"required": False}}}, "fields"),
        ({"fields": {"last_name": {"required": True}, "score": {}}}, "fields"),
        ({"thanks_url": "javascript:alert(1)"}, "thanks_url"),
        ({"source": "nowhere"}, "source"),
        ({"title": ""}, "title"),
    ],
)
def test_a_form_that_cannot_work_is_refused(boss, values, field):
    with pytest.raises(DomainError) as refused:
        save_web_form(WebForm(), by=boss, **{"name": "F", "title": "T", "topic": "T"} | values)

    assert refused.value.field == field
    assert not WebForm.objects.exists()


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "finance", "integration"])
def test_only_administrators_make_forms(role):
    with pytest.raises(PermissionDenied):
        save_web_form(WebForm(), by=UserFactory(role=role), name="F", title="T", topic="T")


def test_a_lead_keeps_living_when_its_form_is_gone(client, form):
    send(client, form)

    form.delete()

    assert Lead.objects.count() == 1
