"""The customer's page: what it shows, what can be answered, and what it keeps to itself."""

import datetime as dt
import importlib
import io
import logging
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from activities.models import Activity
from kernel.models import HistoryEntry
from kernel.ownership import ComponentOwnership
from opportunities.models import Opportunity
from orders.actions import accept_quote
from orders.models import Order
from people.models import Organization
from quotes.actions import close_quote, revise_quote
from quotes.actions.sharing import revoke_link
from quotes.models import Acceptance, CustomerLink, Quote
from tests.factories import UserFactory
from tests.sharing.offers import Customer, link_to, offer, option, sent_revision

pytestmark = pytest.mark.django_db
importlib.import_module("salesops.wsgi")  # which sets the logs up for the web server


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


def told(quote) -> list[str]:
    entries = HistoryEntry.objects.filter(record_type="quotes.quote", record_id=quote.pk)
    return list(entries.order_by("id").values_list("verb", flat=True))


def in_days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


# --- reading ----------------------------------------------------------------------------------------


def test_it_shows_lines_sections_notes_options_sums_and_how_long_it_holds():
    text = Customer(link_to(offer(expires_on=in_days(30), terms_text="Pay soon."))).text

    for words in ("Borg GmbH", "Spindles", "Machines", "Made to measure.", "2 pc × €50.00", "Installation", "€119.00",
                  "VAT 19% on €100.00", "30 days left", "Pay soon.", "ada@seller.example"):  # fmt: skip
        assert words in text, words


def test_it_speaks_the_language_of_the_quote():
    text = Customer(link_to(offer(language="de", expires_on=in_days(1)))).text

    assert '<html lang="de">' in text
    assert "Angebot annehmen" in text
    assert "noch 1 Tag" in text
    assert "119,00\xa0€" in text


def test_needs_no_log_in_and_shows_nothing_of_the_app():
    page = Customer(link_to(offer())).page

    assert page.status_code == 200
    assert "app.js" not in page.content.decode()
    assert "sidebar" not in page.content.decode()


def test_it_is_kept_nowhere_and_told_to_nobody():
    customer = Customer(link_to(offer()))

    for path in ("", "decline/", "pdf/"):
        page = customer.client.get(customer.base + path)
        assert "no-store" in page["Cache-Control"]
        assert page["X-Robots-Tag"].startswith("noindex")
        assert page["Referrer-Policy"] in ("no-referrer", "no-referrer, same-origin")
        policy = page["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
    assert '<meta name="robots" content="noindex' in customer.text


def test_all_in_it_weighs_less_than_sixty_kilobytes():
    quote = offer(terms_text="Long terms. " * 200)
    for number in range(60):
        quote.lines.create(
            position=10 + number, description=f"Part number {number} in stainless steel", quantity=2,
            unit_price=50, net=100, tax=19, total=119, tax_rate=19,
        )  # fmt: skip
    page = Customer(link_to(quote)).page.content

    with open("static/css/customer.css", "rb") as css, open("static/js/customer.js", "rb") as js:
        assert len(page) + len(css.read()) + len(js.read()) < 60_000


def test_a_long_quote_costs_no_more_queries(django_assert_max_num_queries):
    quote = offer()
    link = link_to(quote)
    customer = Customer(link)
    for number in range(40):
        quote.lines.create(position=10 + number, description=f"Part {number}", quantity=1, unit_price=1)

    with django_assert_max_num_queries(22):
        assert customer.look().status_code == 200


def test_the_pdf_is_the_quote():
    page = Customer(link_to(offer())).client.get(f"/q/{CustomerLink.objects.get().token}/pdf/")

    assert page["Content-Type"] == "application/pdf"
    assert page.content.startswith(b"%PDF")


# --- who gets in ------------------------------------------------------------------------------------


def test_every_wrong_address_looks_the_same():
    quote = offer()
    revoked, good = link_to(quote), link_to(quote)
    revoke_link(revoked, by=quote.owner)
    draft = offer(status="draft")
    hidden = CustomerLink.objects.create(quote=draft, created_by=draft.owner)
    old = CustomerLink.objects.create(quote=quote, created_by=quote.owner, expires_on=in_days(-1))
    name, _dot, mark = good.token.partition(".")
    wrong = [
        revoked.token, hidden.token, old.token, "nonsense", name, f"{name}.{mark[:-1]}x",
        f"{hidden.public_id.hex}.{mark}",
    ]  # fmt: skip

    answers = {(page.status_code, page.content) for page in (Client().get(f"/q/{token}/") for token in wrong)}

    assert len(answers) == 1
    [(status, text)] = answers
    assert status == 404
    assert quote.name.encode() not in text
    for path in ("accept/", "decline/", "ask/", "pdf/", "compare/", "logo/"):
        assert Client().get(f"/q/{revoked.token}/{path}").status_code == 404


def test_a_link_opens_its_own_quote_only():
    mine, other = offer(name="Mine"), offer(name="Other")
    customer = Customer(link_to(mine))

    refused = customer.accept(option(other, "Installation"))

    assert refused.status_code in (302, 409)
    other.refresh_from_db()
    assert other.status == "active"
    assert not Order.objects.filter(quote=other).exists()
    assert "Other" not in customer.text


def test_a_link_ends_thirty_days_after_the_offer():
    assert link_to(offer(expires_on=in_days(10))).expires_on == in_days(40)
    assert link_to(offer(expires_on=None)).expires_on is None


def test_a_form_without_its_token_does_nothing():
    quote = offer()
    link = link_to(quote)
    client = Client(enforce_csrf_checks=True)

    for path in ("accept/", "decline/", "ask/", ""):
        answer = client.post(f"/q/{link.token}/{path}", {"name": "Eve", "wish": "new_offer"})
        assert answer.status_code == 403
        assert "customer.css" in answer.content.decode()
    quote.refresh_from_db()
    assert (quote.status, Activity.objects.count()) == ("active", 0)


def test_asking_too_often_is_told_when_to_come_back(settings):
    settings.CUSTOMER_RATE_LINK = 3
    customer = Customer(link_to(offer()))
    for _n in range(2):
        assert customer.look().status_code == 200

    late = customer.look()

    assert (late.status_code, 1 <= int(late["Retry-After"]) <= 61) == (429, True)
    assert Customer(link_to(offer())).page.status_code == 200


def test_one_place_cannot_try_addresses_without_end(settings):
    settings.CUSTOMER_RATE_ADDRESS = 1000
    statuses = [Client().get(f"/q/{n}.nothing/").status_code for n in range(40)]

    assert statuses[0] == 404
    assert statuses[-1] == 429


# --- views ------------------------------------------------------------------------------------------


def test_views_are_counted_and_told_once_a_day():
    quote = offer()
    link = link_to(quote)
    customer = Customer(link)
    customer.look()

    link.refresh_from_db()
    quote.refresh_from_db()
    assert (link.views, link.last_viewed_at is not None, quote.last_viewed_at is not None) == (2, True, True)
    assert told(quote).count("viewed") == 1

    CustomerLink.objects.update(last_viewed_at=timezone.now() - dt.timedelta(days=1, hours=1))
    customer.look()
    assert told(quote).count("viewed") == 2


def test_looking_does_not_change_the_version_of_the_quote():
    quote = offer()
    link = link_to(quote)
    before = Quote.objects.get().version
    Customer(link)

    assert Quote.objects.get().version == before


def test_our_own_people_and_browsers_that_fetch_ahead_are_not_counted():
    quote = offer()
    link = link_to(quote)
    rep = Client()
    rep.force_login(quote.owner)

    rep.get(f"/q/{link.token}/")
    assert rep.get(f"/quotes/{quote.ref}/preview/").status_code == 200
    Client().get(f"/q/{link.token}/", headers={"Sec-Purpose": "prefetch"})

    link.refresh_from_db()
    assert (link.views, told(quote)) == (0, ["link_made"])


def test_the_preview_shows_the_page_without_forms_that_send():
    quote = offer(status="draft")
    rep = Client()
    rep.force_login(quote.owner)

    text = rep.get(f"/quotes/{quote.ref}/preview/").content.decode()

    assert "Installation" in text
    assert "csrfmiddlewaretoken" not in text


# --- options ----------------------------------------------------------------------------------------


def test_options_are_counted_by_the_server_and_nothing_is_kept():
    quote = offer()
    customer = Customer(link_to(quote))

    page = customer.recalculate(option(quote, "Installation")).content.decode()

    assert "€178.50" in page
    assert Decimal(customer.hidden("seen_total")) == Decimal("178.50")
    quote.refresh_from_db()
    assert quote.total == Decimal(119)
    assert quote.lines.filter(kind="optional").count() == 2


def test_what_was_typed_survives_counting_the_options():
    quote = offer()
    customer = Customer(link_to(quote))

    page = customer.post(
        option=str(option(quote, "Training")), name="Bea Buyer", customer_po="77"
    ).content.decode()

    assert 'value="Bea Buyer"' in page
    assert 'value="77"' in page


# --- accepting --------------------------------------------------------------------------------------


def test_the_typed_name_makes_the_order_and_is_kept():
    quote = offer(deal=True, expires_on=in_days(0), terms_text="Pay soon.")
    customer = Customer(link_to(quote), REMOTE_ADDR="203.0.113.9")

    answer = customer.accept()

    assert (answer.status_code, answer.url) == (302, customer.base)
    order, signed = Order.objects.get(), Acceptance.objects.get()
    assert (order.total, order.customer_po, order.lines.count()) == (Decimal(119), "4500-88", 3)
    assert (signed.name, signed.email, signed.address) == ("Bea Buyer", "bea@borg.example", "203.0.113.9")
    assert (signed.total, signed.terms_text, signed.quote) == (Decimal(119), "Pay soon.", quote)
    quote.refresh_from_db()
    assert (quote.status, Opportunity.objects.get().status) == ("won", "won")
    task = Activity.objects.get()
    assert (task.regarding, task.owner, order.number in task.subject) == (order, quote.owner, True)
    entry = HistoryEntry.objects.get(verb="accepted")
    assert entry.actor.username == "service.customer"


def test_the_rep_reads_who_accepted_from_where():
    quote = offer()
    Customer(link_to(quote), REMOTE_ADDR="203.0.113.9").accept()
    rep = Client()
    rep.force_login(quote.owner)

    text = rep.get(f"/quotes/{quote.ref}/").content.decode()

    assert "by Bea Buyer, bea@borg.example, order number 4500-88" in text
    assert "203.0.113.9" in text


def test_the_receipt_names_the_order_and_reloading_changes_nothing():
    quote = offer()
    customer = Customer(link_to(quote))
    customer.accept()

    for _n in range(2):
        text = customer.text
        assert Order.objects.get().number in text
        assert "Accepted by Bea Buyer" in text
        assert "Accept quote" not in text
        assert "/pdf/" in text


def test_chosen_options_become_part_of_the_order_at_the_offered_price():
    quote = offer()
    chosen = quote.lines.get(description="Installation")
    chosen.product.list_price = Decimal(9999)
    chosen.product.save()
    customer = Customer(link_to(quote))
    customer.recalculate(chosen.key)

    customer.accept(chosen.key)

    order = Order.objects.get()
    assert order.total == Decimal("178.50")
    assert list(order.lines.filter(kind="item").values_list("description", flat=True)) == [
        "Spindle",
        "Installation",
    ]
    assert Acceptance.objects.get().total == Decimal("178.50")


def test_nobody_accepts_a_total_that_the_page_has_not_shown():
    quote = offer()
    customer = Customer(link_to(quote))

    answer = customer.accept(option(quote, "Installation"))

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "€178.50, not €119.00" in text
    assert 'value="Bea Buyer"' in text
    assert not Order.objects.exists()
    customer.page = answer
    assert customer.accept(option(quote, "Installation")).status_code == 302
    assert Order.objects.get().total == Decimal("178.50")


def test_what_changed_while_the_page_was_open_is_not_accepted_and_both_are_shown():
    quote = offer()
    customer = Customer(link_to(quote))
    line = quote.lines.get(description="Spindle")
    type(line).objects.filter(pk=line.pk).update(
        unit_price=60, net=120, tax=Decimal("22.80"), total=Decimal("142.80")
    )
    Quote.objects.filter(pk=quote.pk).update(total=Decimal("142.80"))

    answer = customer.accept()

    assert answer.status_code == 409
    assert "You saw €119.00; it is €142.80 now" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_reminder_meanwhile_does_not_disturb_the_customer():
    quote = offer()
    link = link_to(quote)
    customer = Customer(link)
    quote.refresh_from_db()
    quote.save()  # a new version of the record, the same offer

    assert customer.accept().status_code == 302


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "Type your full name."),
        ({"name": "x"}, "Type your full name."),
        ({"email": "bea"}, "This is no e-mail address."),
        ({"email": ""}, "Type your e-mail address."),
        ({"terms": ""}, "Tick that you accept"),
        ({"customer_po": "x" * 61}, "This is too long."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_accepted(said, words):
    quote = offer()
    answer = Customer(link_to(quote)).accept(**said)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Order.objects.exists()


def test_accepting_twice_makes_one_order():
    quote = offer()
    customer = Customer(link_to(quote))
    page = customer.page

    customer.accept()
    customer.page = page
    again = customer.accept()

    assert again.status_code == 302
    assert (Order.objects.count(), Acceptance.objects.count()) == (1, 1)


def test_an_expired_offer_cannot_be_accepted_but_asked_for_anew():
    quote = offer(expires_on=in_days(1))
    customer = Customer(link_to(quote))
    Quote.objects.update(expires_on=in_days(-1))

    late = customer.accept()

    assert late.status_code == 409
    assert not Order.objects.exists()
    text = customer.text
    assert "Expired on" in text
    assert "Ask for a new one" in text
    for _n in range(2):
        customer.post("ask/", wish="new_offer")
    task = Activity.objects.get()
    assert (task.owner, task.regarding) == (quote.owner, quote)
    assert told(quote).count("asked_for_offer") == 1


def test_what_the_rep_closed_or_revised_meanwhile_cannot_be_accepted():
    for end in (
        lambda q: close_quote(q, by=q.owner, reason="canceled"),
        lambda q: revise_quote(q, by=q.owner),
    ):
        quote = offer()
        customer = Customer(link_to(quote))
        end(quote)

        answer = customer.accept()

        assert answer.status_code == 409
        assert "could not be accepted" in answer.content.decode()
    assert not Order.objects.exists()


def test_of_two_offers_for_one_deal_the_first_yes_wins():
    first = offer(deal=True)
    second = offer(rep=first.owner)
    Quote.objects.filter(pk=second.pk).update(opportunity=first.opportunity)
    one, two = Customer(link_to(first)), Customer(link_to(second))

    assert two.accept().status_code == 302
    assert one.accept().status_code == 409

    first.refresh_from_db()
    assert (first.status, first.status_reason, Order.objects.count()) == ("closed", "canceled", 1)
    assert "no longer open" in one.text


def test_where_the_erp_makes_the_orders_the_page_says_how_to_order():
    boss = UserFactory(role="administrator")
    ComponentOwnership.objects.create(
        connection_code="demo", component="orders", owner="erp", changed_by=boss
    )
    customer = Customer(link_to(offer()))

    assert "answer the e-mail" in customer.text
    assert "Accept quote" not in customer.text


def test_an_order_noted_by_the_rep_shows_as_accepted():
    quote = offer()
    link = link_to(quote)
    accept_quote(quote, by=quote.owner)

    text = Customer(link).text

    assert "This quote was accepted." in text
    assert Order.objects.get().number in text


# --- declining and asking ---------------------------------------------------------------------------


def test_declining_closes_the_quote_as_lost_with_the_customers_words():
    quote = offer()
    customer = Customer(link_to(quote))
    customer.page = customer.client.get(f"{customer.base}decline/")

    for _n in range(2):
        assert customer.post("decline/", reason="Too dear.").status_code == 302

    quote.refresh_from_db()
    assert (quote.status, quote.status_reason) == ("closed", "lost")
    entry = HistoryEntry.objects.get(verb="declined")
    assert (entry.note, entry.actor.username) == ("Too dear.", "service.customer")
    assert (Activity.objects.get().owner, Activity.objects.get().body) == (quote.owner, "Too dear.")
    assert "was declined" in customer.text


def test_reading_the_decline_page_declines_nothing():
    quote = offer()
    customer = Customer(link_to(quote))
    customer.client.get(f"{customer.base}decline/")

    quote.refresh_from_db()
    assert quote.status == "active"


def test_a_question_to_a_line_becomes_a_task_of_the_owner():
    quote = offer()
    customer = Customer(link_to(quote))

    for _n in range(2):
        answer = customer.post("ask/", line=str(option(quote, "Training")), question="For how many people?")

    assert answer.url.endswith("?done=asked")
    task = Activity.objects.get()
    assert (task.owner, task.status, task.regarding) == (quote.owner, "open", quote)
    assert "Training" in task.subject
    assert task.body.startswith("For how many people?")
    assert told(quote).count("asked") == 1
    assert "Your question was sent" in customer.client.get(answer.url).content.decode()


def test_an_empty_question_asks_nothing():
    customer = Customer(link_to(offer()))

    answer = customer.post("ask/", question="  ")

    assert answer.status_code == 422
    assert "Write your question." in answer.content.decode()
    assert not Activity.objects.exists()


def test_what_customers_type_is_shown_as_text():
    quote = offer(name="<b>bold</b>")
    customer = Customer(link_to(quote))
    customer.accept(name="<script>alert(1)</script> Bea")

    assert "<script>alert" not in customer.text
    assert "<b>bold" not in customer.text


# --- revisions --------------------------------------------------------------------------------------


def test_a_replaced_offer_leads_to_the_newer_one_and_says_what_changed():
    quote = offer()
    old = Customer(link_to(quote))
    assert "newer version" not in old.text

    link = sent_revision(quote)

    text = old.text
    assert "There is a newer version" in text
    assert f"/q/{link.token}/" in text
    for customer in (old, Customer(link)):
        changes = customer.client.get(f"{customer.base}compare/").content.decode()
        assert "Spindle" in changes
        assert "€150.00" in changes
        assert "Installation" not in changes


def test_a_draft_of_the_next_revision_is_never_shown():
    quote = offer()
    customer = Customer(link_to(quote))
    revise_quote(quote, by=quote.owner)

    assert "newer version" not in customer.text
    assert customer.client.get(f"{customer.base}compare/").status_code == 404


def test_the_letterhead_is_the_organizations():
    Organization.objects.create(
        pk=1, name="Acme Ltd", street="Road 1", city="York", quote_terms="House terms."
    )
    text = Customer(link_to(offer())).text

    assert "Acme Ltd" in text
    assert "Road 1" in text
    assert "House terms." in text


# --- logs -------------------------------------------------------------------------------------------


def test_no_log_names_the_address_of_a_customer():
    token = link_to(offer()).token
    [console] = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    written = io.StringIO()
    before = console.setStream(written)
    try:
        Client().get(f"/q/{token}x/")  # not found
        Client(enforce_csrf_checks=True).post(f"/q/{token}/accept/")  # forbidden
        Client().delete(f"/q/{token}/pdf/")  # method not allowed
        logging.getLogger("django.server").getChild("x").warning('"GET /q/%s/ HTTP/1.1" 200', token)
        logging.getLogger("kernel.http").error("error reference %s: %s %s", "A", "GET", f"/q/{token}/?done=x")
    finally:
        console.setStream(before)

    assert "/q/…" in written.getvalue()
    assert token[:16] not in written.getvalue()


def test_the_web_servers_own_log_names_no_address_of_a_customer(caplog):
    """As gunicorn writes it: the whole request line, and where the browser came from."""
    token = link_to(offer()).token
    line = {"r": f"GET /q/{token}/ HTTP/1.1", "f": f"https://crm.example.com/q/{token}/decline/", "s": "200"}
    with caplog.at_level(logging.INFO, logger="gunicorn.access"):
        logging.getLogger("gunicorn.access").info('"%(r)s" %(s)s "%(f)s"', line)

    assert caplog.messages == ['"GET /q/…/ HTTP/1.1" 200 "https://crm.example.com/q/…/decline/"']
