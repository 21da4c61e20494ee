"""Winning a deal: quotes, order and ERP in one stroke, or nothing at all; for people and for machines."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import ComponentOwnership, HistoryEntry, OutboxMessage
from kernel.writing import as_seen
from opportunities.models import Opportunity
from orders.actions import win_opportunity
from orders.models import Order
from quotes.models import Approval, Quote
from tests.api.conftest import client_of
from tests.document_factories import QuoteFactory, erp_keeps
from tests.factories import AccountFactory, OpportunityFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def deal(rep):
    return OpportunityFactory(owner=rep, estimated_revenue=Decimal(120))


@pytest.fixture
def pushed():
    """Orders made here are handed to an ERP."""
    return ComponentOwnership.objects.create(
        connection_code="demo", component="orders", owner="crm", push=True,
        changed_by=UserFactory(role="administrator"),
    )  # fmt: skip


def offered(deal, **values):
    return QuoteFactory(
        **{"owner": deal.owner, "account": deal.account, "opportunity": deal, "status": "active", **values}
    )


def state_of(record):
    return type(record).objects.values_list("status", "status_reason").get(pk=record.pk)


def nothing_changed(deal, *quotes):
    return (
        state_of(deal) == ("open", "in_progress")
        and all(state_of(quote)[0] in ("draft", "active") for quote in quotes)
        and not Order.objects.exists()
        and not HistoryEntry.objects.exists()
        and not OutboxMessage.objects.exists()
    )


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def win_page(deal):
    return deal.get_absolute_url() + "win/"


def won_with(quote, **said):
    return {"quote": quote.pk, "actual_revenue": "", "closed_on": "2026-03-31", "version": "1", **said}


# --- the action --------------------------------------------------------------------------------------------------


def test_the_order_is_made_and_goes_to_the_erp_in_the_same_stroke(rep, deal, pushed):
    quote, other = offered(deal), offered(deal, status="draft")

    order = win_opportunity(deal, by=rep, quote=quote, submit=True, close_quotes_as="lost")

    assert state_of(order) == ("submitted", "in_progress")
    assert order.managed_by == "demo"
    assert (state_of(deal), state_of(quote), state_of(other)) == (
        ("won", "won"), ("won", "won"), ("closed", "lost"),
    )  # fmt: skip


def test_a_quote_wins_the_deal_without_an_order(rep, deal):
    quote = offered(deal)

    assert win_opportunity(deal, by=rep, quote=quote, order=False) is None

    deal.refresh_from_db()
    assert (deal.status, deal.actual_revenue, state_of(quote)) == ("won", Decimal(100), ("won", "won"))
    assert not Order.objects.exists()


def test_a_credit_stop_refuses_the_whole_stroke_and_names_the_quote(rep, deal, pushed):
    account = AccountFactory(owner=rep, credit_limit=Decimal(50))
    deal = OpportunityFactory(owner=rep, account=account)
    quote = offered(deal)

    with pytest.raises(TransitionRefused) as refused:
        win_opportunity(deal, by=rep, quote=quote, submit=True)

    [blocker] = refused.value.blockers
    assert (blocker.code, blocker.record, blocker.field) == ("credit_exceeded", quote.ref, "submit")
    assert nothing_changed(deal, quote)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"submit": True}, "nothing_to_submit"),
        ({"close_quotes_as": "expired"}, "unknown_reason"),
        ({"actual_revenue": Decimal(-1)}, "negative_revenue"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(rep, deal, said, code):
    quote = offered(deal)

    with pytest.raises(DomainError) as refused:
        win_opportunity(deal, by=rep, **said)

    assert refused.value.code == code
    assert nothing_changed(deal, quote)


def test_an_expired_quote_does_not_win(rep, deal):
    quote = offered(deal, expires_on=YESTERDAY)

    with pytest.raises(TransitionRefused) as refused:
        win_opportunity(deal, by=rep, quote=quote)

    assert [blocker.code for blocker in refused.value.blockers] == ["expired"]
    assert nothing_changed(deal, quote)


def test_a_stranger_does_not_win_it(deal):
    quote = offered(deal)

    with pytest.raises(PermissionDenied):
        win_opportunity(deal, by=UserFactory(team=TeamFactory()), quote=quote)

    assert nothing_changed(deal, quote)


def test_whoever_saw_an_older_deal_does_not_win_it(rep, deal):
    with pytest.raises(Conflict):
        win_opportunity(as_seen(deal, {"version": "7"}), by=rep)

    assert nothing_changed(deal)


# --- the page ----------------------------------------------------------------------------------------------------


def test_the_page_suggests_the_quotes_amount_and_says_how_far_that_is_from_the_estimate(rep, deal):
    quote = offered(deal)

    page = browser_of(rep).get(win_page(deal)).text

    assert 'name="actual_revenue" value="100' in page
    assert "€20.00 (17%) less than the estimate of €120.00." in page
    assert f"Order from {quote.ref}" in page
    assert "send it to the ERP" not in page


def test_the_page_lists_what_becomes_of_every_quote_and_why_one_cannot_win(rep, deal):
    quote = offered(deal)
    old, waiting = offered(deal, expires_on=YESTERDAY), offered(deal, status="draft")
    Approval.objects.create(quote=waiting, asked_by=rep)

    page = browser_of(rep).get(win_page(deal)).text

    assert "expired on" in page
    assert "a draft that waits for an approval" in page
    fates = page[page.index("What becomes of the other quotes") :]
    assert old.ref in fates
    assert waiting.ref in fates
    assert quote.ref not in fates


def test_an_amount_that_was_only_suggested_follows_the_quote_that_is_chosen(rep, deal):
    offered(deal)
    large = offered(deal, lines=3)

    said = won_with(large, actual_revenue="100", suggested="100", then="none")
    browser_of(rep).post(win_page(deal), said)

    assert Opportunity.objects.get(pk=deal.pk).actual_revenue == Decimal(300)


def test_a_form_that_says_only_the_quote_makes_the_order(rep, deal):
    quote = offered(deal)

    answer = browser_of(rep).post(win_page(deal), won_with(quote))

    assert answer.headers["Location"] == Order.objects.get().get_absolute_url()
    assert Opportunity.objects.get(pk=deal.pk).closed_on == dt.date(2026, 3, 31)


def test_the_page_sends_the_order_to_the_erp_where_nothing_is_missing(rep, deal, pushed):
    quote = offered(deal)
    client = browser_of(rep)

    assert "create it and send it to the ERP at once" in client.get(win_page(deal)).text
    client.post(win_page(deal), won_with(quote, then="submit"))

    assert state_of(Order.objects.get()) == ("submitted", "in_progress")


def test_the_page_says_what_is_missing_with_limit_exposure_and_who_may_let_it_pass(deal, pushed):
    team = TeamFactory()
    manager = UserFactory(role="sales_manager", team=team, last_name="Approves")
    account = AccountFactory(owner=manager, credit_limit=Decimal(50))
    deal = OpportunityFactory(owner=manager, account=account)
    quote = offered(deal)

    page = browser_of(manager).get(win_page(deal)).text
    assert "limit 50.00" in page
    assert "Ask: Ada Approves" in page
    assert "come to 119.00, 69.00 above it" in page
    answer = browser_of(manager).post(win_page(deal), won_with(quote, then="submit"))
    assert answer.status_code == 409
    assert "credit limit is exceeded" in answer.text
    assert nothing_changed(deal, quote)


def test_a_salesperson_reads_no_figures_of_the_limit(rep, pushed):
    deal = OpportunityFactory(owner=rep, account=AccountFactory(owner=rep, credit_limit=Decimal(51)))
    offered(deal)

    page = browser_of(rep).get(win_page(deal)).text

    assert "credit limit is exceeded" in page
    assert "51.00" not in page
    assert "send it to the ERP at once" not in page  # not offered while something is missing


def test_where_the_erp_makes_orders_none_is_offered(rep, deal):
    erp_keeps("orders")
    quote = offered(deal)
    client = browser_of(rep)

    page = client.get(win_page(deal)).text
    assert "Orders are made in the ERP" in page
    assert client.post(win_page(deal), won_with(quote)).status_code == 302
    assert (state_of(deal)[0], state_of(quote)[0], Order.objects.count()) == ("won", "won", 0)


def test_a_conflict_keeps_what_was_typed(rep, deal):
    quote = offered(deal)

    answer = browser_of(rep).post(win_page(deal), won_with(quote, actual_revenue="77", version="9"))

    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile." in answer.text
    assert 'value="77"' in answer.text
    assert nothing_changed(deal, quote)


def test_winning_and_losing_are_one_address_and_lead_to_each_other(rep, deal):
    client, address = browser_of(rep), deal.get_absolute_url() + "close/"

    won, lost = client.get(address, {"as": "won"}).text, client.get(address, {"as": "lost"}).text

    assert "Close as won" in won
    assert "Close as lost" in lost
    assert f'href="{deal.get_absolute_url()}lose/" data-dialog' in won
    assert f'href="{win_page(deal)}" data-dialog' in lost


@pytest.mark.parametrize("quotes", [1, 8])
def test_the_page_costs_the_same_however_many_quotes_there_are(
    rep, deal, pushed, quotes, django_assert_max_num_queries
):
    for _each in range(quotes):
        offered(deal)
    client = browser_of(rep)
    client.get(win_page(deal))

    with django_assert_max_num_queries(20):
        chosen = Quote.objects.first()
        assert client.get(win_page(deal), {"quote": chosen.pk}).status_code == 200


# --- machines ----------------------------------------------------------------------------------------------------


def test_machines_win_with_order_and_erp(rep, deal, pushed):
    quote, other = offered(deal), offered(deal)
    said = {"quote": str(quote.public_id), "submit": True, "close_quotes_as": "lost"}

    answer = client_of(rep).post(f"/api/v1/opportunities/{deal.public_id}/win/", said)

    assert (answer.status_code, answer.json()["status"]) == (200, "won")
    assert state_of(Order.objects.get()) == ("submitted", "in_progress")
    assert state_of(other) == ("closed", "lost")


def test_machines_hear_why_not(rep, pushed):
    deal = OpportunityFactory(owner=rep, account=AccountFactory(owner=rep, credit_limit=Decimal(50)))
    quote = offered(deal)
    said = {"quote": str(quote.public_id), "submit": True}

    answer = client_of(rep).post(f"/api/v1/opportunities/{deal.public_id}/win/", said)

    assert answer.status_code == 409
    assert "credit_exceeded" in answer.text
    assert nothing_changed(deal, quote)
