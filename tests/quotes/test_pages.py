"""Pages of quotes: what people see, what their forms do, and what is refused without losing a word."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from quotes.models import Quote
from tests.document_factories import OrderFactory, QuoteFactory, erp_keeps
from tests.factories import AccountFactory, OpportunityFactory, PriceListFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def browser(rep):
    client = Client()
    client.force_login(rep)
    return client


def test_list_and_detail_show_the_quote_with_its_sums(browser, rep):
    quote = QuoteFactory(owner=rep, lines=3)

    assert quote.ref in browser.get("/quotes/").text
    page = browser.get(f"/quotes/{quote.ref}/").text

    assert "357.00 EUR" in page
    assert "Tax 19%" in page
    assert f'action="/quotes/{quote.ref}/activate/"' in page


def test_the_list_is_narrowed_by_status_and_search(browser, rep):
    draft = QuoteFactory(owner=rep, name="Spindles")
    active = QuoteFactory(owner=rep, status="active", name="Handbooks")

    narrowed = browser.get("/quotes/?status=active").text
    found = browser.get("/quotes/", {"q": "spindl"}).text

    assert active.ref in narrowed
    assert draft.ref not in narrowed
    assert draft.ref in found
    assert active.ref not in found


def test_quotes_past_their_date_are_a_filter(browser, rep):
    late = QuoteFactory(owner=rep, status="active", expires_on=timezone.localdate() - dt.timedelta(days=1))
    fresh = QuoteFactory(owner=rep, status="active")

    page = browser.get("/quotes/?expired=yes").text

    assert late.ref in page
    assert fresh.ref not in page


@pytest.mark.parametrize("path", ["", "edit/", "lines/", "compare/", "close/", "delete/", "accept/"])
def test_a_quote_of_another_team_does_not_exist(browser, path):
    foreign = QuoteFactory(owner=UserFactory())

    assert browser.get(f"/quotes/{foreign.ref}/{path}").status_code == 404


@pytest.mark.parametrize("step", ["activate", "revise", "copy"])
def test_a_step_is_never_taken_by_looking(browser, rep, step):
    quote = QuoteFactory(owner=rep)

    assert browser.get(f"/quotes/{quote.ref}/{step}/").status_code == 405
    assert Quote.objects.get().status == "draft"


@pytest.mark.parametrize("step", ["close"])
def test_a_step_that_asks_only_shows_its_page_by_looking(browser, rep, step):
    quote = QuoteFactory(owner=rep)

    assert browser.get(f"/quotes/{quote.ref}/{step}/").status_code == 200
    assert Quote.objects.get().status == "draft"


def test_a_blocked_button_says_why(browser, rep):
    quote = QuoteFactory(owner=rep, lines=0)

    page = browser.get(f"/quotes/{quote.ref}/").text

    assert "it has no lines" in page
    assert 'aria-disabled="true"' in page


def test_a_new_quote_takes_money_and_addresses_from_its_customer(browser, rep):
    prices = PriceListFactory()
    account = AccountFactory(name="Borg GmbH", owner=rep, price_list=prices)

    answer = browser.post("/quotes/new/", {"account": "Borg GmbH"})

    quote = Quote.objects.get()
    assert answer.url == f"/quotes/{quote.ref}/"
    assert (quote.account, quote.price_list, quote.name) == (account, prices, "Borg GmbH")
    assert quote.ship_to_city == "Berlin"


def test_an_unknown_customer_is_named_and_what_was_typed_stays(browser):
    answer = browser.post(
        "/quotes/new/", {"account": "Nobody Inc", "name": "Spindles", "discount_percent": "12,5"}
    )

    assert answer.status_code == 422
    assert "Nobody Inc" in answer.text
    assert "Spindles" in answer.text
    assert "12,5" in answer.text
    assert not Quote.objects.exists()


def test_a_customer_that_somebody_else_keeps_cannot_be_chosen(browser):
    AccountFactory(name="Secret AG", owner=UserFactory())

    assert browser.post("/quotes/new/", {"account": "Secret AG"}).status_code == 422
    assert not Quote.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("discount_percent", "abc"),
        ("discount_percent", "-1"),
        ("freight", "99999999999999999"),
        ("expires_on", "soon"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(browser, rep, field, value):
    quote = QuoteFactory(owner=rep)
    data = {
        "account": f"{quote.account.number} {quote.account.name}",
        "name": "Other",
        "currency": quote.currency_id,
    }
    quote.account.owner = rep
    quote.account.save()

    answer = browser.post(f"/quotes/{quote.ref}/edit/", {**data, field: value, "version": quote.version})

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.text
    assert f'value="{value}"' in answer.text
    assert Quote.objects.get().name == quote.name


def test_editing_the_header_prices_the_lines_again(browser, rep):
    quote = QuoteFactory(owner=rep, account__owner=rep)
    data = {
        "account": quote.account.number,
        "name": "New name",
        "currency": quote.currency_id,
        "discount_percent": "10",
    }

    answer = browser.post(f"/quotes/{quote.ref}/edit/", {**data, "version": quote.version})

    assert answer.status_code == 302
    changed = Quote.objects.get()
    assert (changed.name, changed.total) == ("New name", quote.total * 9 / 10)


def test_two_people_editing_the_header_do_not_overwrite_each_other(browser, rep):
    quote = QuoteFactory(owner=rep, account__owner=rep)
    data = {
        "account": quote.account.number,
        "name": "Mine",
        "currency": quote.currency_id,
        "version": quote.version,
    }
    Quote.objects.get().save()

    answer = browser.post(f"/quotes/{quote.ref}/edit/", data)

    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "Somebody else" in answer.text
    assert Quote.objects.get().name == quote.name


def test_the_steps_lead_from_draft_to_the_next_revision(browser, rep):
    quote = QuoteFactory(owner=rep)
    base = f"/quotes/{quote.ref}/"

    assert browser.post(f"{base}activate/").url == base
    assert browser.post(f"{base}send/").url == base
    assert browser.post(f"{base}revise/").url == f"/quotes/{quote.number}-r1/"

    page = browser.get(f"/quotes/{quote.number}-r1/").text
    assert "Revisions" in page
    assert "This revision was replaced" in browser.get(base).text


def test_a_refused_step_says_why_and_changes_nothing(browser, rep):
    quote = QuoteFactory(owner=rep, lines=0)

    answer = browser.post(f"/quotes/{quote.ref}/activate/")

    assert answer.status_code == 409
    assert "it has no lines" in answer.text
    assert Quote.objects.get().status == "draft"


def test_closing_needs_a_reason(browser, rep):
    quote = QuoteFactory(owner=rep, status="active")

    refused = browser.post(f"/quotes/{quote.ref}/close/", {"note": "Too dear"})
    closed = browser.post(f"/quotes/{quote.ref}/close/", {"reason": "lost", "note": "Too dear"})

    assert (refused.status_code, closed.status_code) == (422, 302)
    assert "Too dear" in refused.text
    assert Quote.objects.get().status_reason == "lost"


def test_a_draft_is_deleted_after_asking(browser, rep):
    quote = QuoteFactory(owner=rep)
    assert f"/delete/quote/{quote.public_id}/" in browser.get(quote.get_absolute_url()).text

    assert browser.post(f"/delete/quote/{quote.public_id}/").url == "/quotes/"
    assert not Quote.objects.exists()


def test_comparing_two_revisions_tells_lines_apart(browser, rep):
    first = QuoteFactory(owner=rep, status="active", lines=2)
    browser.post(f"/quotes/{first.ref}/revise/")
    second = Quote.objects.get(revision=1)
    line = second.lines.first()
    browser.post(
        f"/quotes/{second.ref}/lines/",
        {"do": "cell", "line": line.key, "cell": "quantity", "value": "5", "version": second.version},
        headers={"X-Lines": "1"},
    )

    page = browser.get(f"/quotes/{second.ref}/compare/?with=0").text

    assert "Changed" in page
    assert "Same" in page
    assert "€178.50" in page


def test_a_quote_is_made_from_an_opportunity_with_its_lines(browser, rep):
    deal = OpportunityFactory(owner=rep, lines=2)

    shown = browser.get(f"/opportunities/{deal.ref}/quote/").text
    assert "It takes over 2 lines" in shown
    browser.post(f"/opportunities/{deal.ref}/quote/")

    quote = Quote.objects.get()
    assert (quote.opportunity, quote.lines.count()) == (deal, 2)


def test_losing_a_deal_closes_its_open_quotes(browser, rep):
    deal = OpportunityFactory(owner=rep)
    quote = QuoteFactory(owner=rep, opportunity=deal, status="active")

    assert quote.ref in browser.get(f"/opportunities/{deal.ref}/lose/").text
    assert browser.post(f"/opportunities/{deal.ref}/lose/", {"competitor": "Acme"}).status_code == 422
    answer = browser.post(f"/opportunities/{deal.ref}/lose/", {"reason": "out_sold", "competitor": "Acme"})

    deal.refresh_from_db()
    assert (answer.status_code, deal.status, Quote.objects.get().status_reason) == (302, "lost", "lost")


def test_where_the_erp_makes_quotes_a_sentence_stands_for_the_button(browser):
    erp_keeps("quotes")

    page = browser.get("/quotes/")
    direct = browser.post("/quotes/new/", {"account": "x"})

    assert "/quotes/new/" not in page.text.replace('data-key="c q"', "").split("<main")[1]
    assert "made in the ERP" in page.text
    assert direct.status_code == 409
    assert "made in the ERP" in direct.text


def test_finance_reads_but_edits_nothing(rep):
    client = Client()
    client.force_login(UserFactory(role="finance"))
    quote = QuoteFactory(owner=rep)

    page = client.get(f"/quotes/{quote.ref}/").text

    assert "data-lines" not in page
    assert client.get(f"/quotes/{quote.ref}/edit/").status_code == 403
    assert client.post(f"/quotes/{quote.ref}/activate/").status_code == 403


def test_the_list_asks_as_often_for_30_quotes_as_for_one(browser, rep):
    QuoteFactory(owner=rep)
    one = queries(lambda: browser.get("/quotes/"))
    for _number in range(29):
        OrderFactory(owner=rep, quote=QuoteFactory(owner=rep, opportunity=OpportunityFactory(owner=rep)))

    many = queries(lambda: browser.get("/quotes/"))

    assert len(many) == len(one) <= 12, many


@pytest.mark.parametrize("status", ["draft", "active"])
def test_the_page_of_200_lines_asks_as_often_as_that_of_one(browser, rep, status):
    small = QuoteFactory(owner=rep, status=status, lines=1)
    large = QuoteFactory(owner=rep, status=status, lines=200)

    one = queries(lambda: browser.get(f"/quotes/{small.ref}/"))
    many = queries(lambda: browser.get(f"/quotes/{large.ref}/"))

    assert len(many) == len(one), many
    assert len(many) <= 18, many
