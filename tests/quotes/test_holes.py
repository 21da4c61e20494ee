"""What nobody may smuggle into a quote, and what a quote keeps whatever happens around it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalog.lines import LineChange
from catalog.models import PriceListItem
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from opportunities.actions import assign_opportunity
from orders.actions import accept_quote
from quotes.actions import (
    activate_quote,
    change_quote,
    close_quote,
    copy_quote,
    create_quote,
    lose_opportunity,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from quotes.models import Quote
from tests.document_factories import QuoteFactory
from tests.factories import (
    AccountFactory,
    ContactFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    OpportunityFactory,
    PriceListFactory,
    ProductFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture
def rep():
    return UserFactory()


def refused_with(act):
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code, refused.value.field


def customer_of(rep, **values):
    return AccountFactory(owner=rep, **values)


def test_nobody_quotes_to_a_customer_of_another_team(rep):
    theirs = AccountFactory(owner=UserFactory())
    person = ContactFactory(owner=UserFactory())
    mine = QuoteFactory(owner=rep, account=customer_of(rep))
    money = CurrencyFactory()

    assert refused_with(lambda: create_quote(by=rep, name="x", account=theirs, currency=money)) == (
        "not_found",
        "account",
    )
    assert refused_with(lambda: change_quote(mine, by=rep, account=theirs)) == ("not_found", "account")
    assert refused_with(lambda: change_quote(mine, by=rep, contact=person)) == ("not_found", "contact")
    assert Quote.objects.get().account == mine.account


def test_nobody_quotes_to_a_customer_we_stopped_dealing_with(rep):
    gone = customer_of(rep, is_active=False)
    old = QuoteFactory(owner=rep, account=gone, status="closed")

    assert refused_with(lambda: create_quote(by=rep, name="x", account=gone, currency=CurrencyFactory())) == (
        "inactive",
        "account",
    )
    assert refused_with(lambda: copy_quote(old, by=rep)) == ("inactive", "account")


def test_a_quote_always_has_a_customer(rep):
    quote = QuoteFactory(owner=rep, account=customer_of(rep))

    assert refused_with(lambda: change_quote(quote, by=rep, account=None)) == ("no_customer", "account")


def test_a_seller_gives_neither_old_nor_new_quotes_to_others(rep):
    other = UserFactory()
    quote = QuoteFactory(owner=rep)

    for act in (
        lambda: change_quote(quote, by=rep, owner=other),
        lambda: change_quote(quote, by=rep, team=other.team),
        lambda: create_quote(
            by=rep, name="x", account=customer_of(rep), currency=CurrencyFactory(), owner=other
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Quote.objects.get().owner == rep


def test_a_manager_hands_quotes_on_within_reach_only(rep):
    boss = UserFactory(role="sales_manager", team=rep.team)
    quote, colleague = QuoteFactory(owner=rep), UserFactory(team=rep.team)

    assert change_quote(quote, by=boss, owner=colleague).owner == colleague
    stranger = UserFactory(team=TeamFactory())
    assert refused_with(lambda: change_quote(quote, by=boss, owner=stranger, team=stranger.team)) == (
        "out_of_reach",
        "owner",
    )


def test_what_waits_in_the_teams_queue_may_be_taken(rep):
    quote = QuoteFactory(owner=None, team=rep.team)

    assert change_quote(quote, by=rep, owner=rep).owner == rep


@pytest.mark.parametrize(
    "field", ["status_reason", "number", "opportunity", "managed_by", "total", "revision"]
)
def test_what_steps_write_cannot_be_given_to_a_new_quote(field, rep):
    account = customer_of(rep)

    found = refused_with(
        lambda: create_quote(by=rep, name="x", account=account, currency=CurrencyFactory(), **{field: 1})
    )

    assert found == ("read_only_field", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 201), ("discount_percent", Decimal("1.23456")), ("ship_to_country", "DEU")],
)
def test_what_does_not_fit_its_column_is_refused_by_name(field, value, rep):
    quote = QuoteFactory(owner=rep)

    assert refused_with(lambda: change_quote(quote, by=rep, **{field: value}))[1] == field
    assert Quote.objects.get().version == quote.version


def test_a_quote_from_the_erp_takes_no_step_here():
    boss = UserFactory(role="administrator")
    draft, sent = QuoteFactory(managed_by="demo"), QuoteFactory(managed_by="demo", status="active")

    for act in (
        lambda: change_quote(draft, by=boss, name="x"),
        lambda: set_quote_lines(draft, [], by=boss),
        lambda: activate_quote(draft, by=boss),
        lambda: close_quote(draft, by=boss, reason="lost"),
        lambda: send_quote(sent, by=boss),
        lambda: revise_quote(sent, by=boss),
        lambda: accept_quote(sent, by=boss),
    ):
        with pytest.raises(TransitionRefused) as refused:
            act()
        assert "component_owned_by_erp" in [blocker.code for blocker in refused.value.blockers]


def test_the_quotes_of_a_deal_are_in_its_currency(rep):
    ExchangeRateFactory()
    dollar, deal = CurrencyFactory(code="USD"), OpportunityFactory(owner=rep, account=customer_of(rep))
    expected = ("currency_of_chain", "currency")

    assert refused_with(lambda: quote_from_opportunity(deal, by=rep, currency=dollar)) == expected
    quote = quote_from_opportunity(deal, by=rep)
    assert refused_with(lambda: change_quote(quote, by=rep, currency=dollar)) == expected


def test_a_deal_handed_over_is_decided_by_its_new_owner_with_all_its_quotes(rep):
    boss, heir = UserFactory(role="sales_manager", team=rep.team), UserFactory(team=rep.team)
    deal = OpportunityFactory(owner=rep)
    quote = QuoteFactory(owner=rep, opportunity=deal, status="active")
    assign_opportunity(deal, by=boss, owner=heir)

    lose_opportunity(deal, by=heir, reason="canceled")

    assert Quote.objects.get(pk=quote.pk).status_reason == "lost"
    entries = HistoryEntry.objects.filter(record_type="quotes.quote").order_by("id")
    assert [(entry.verb, entry.actor) for entry in entries] == [("assigned", boss), ("closed", heir)]
    assert OutboxMessage.objects.filter(topic="quote.closed").count() == 1


def test_a_copy_of_a_lost_deals_quote_stands_alone(rep):
    deal = OpportunityFactory(owner=rep, account=customer_of(rep), status="lost")
    quote = QuoteFactory(owner=rep, opportunity=deal, account=deal.account, status="closed")

    assert copy_quote(quote, by=rep).opportunity is None


def test_a_copy_is_worth_in_base_currency_what_the_rate_of_the_day_says(rep):
    rate = ExchangeRateFactory(rate=Decimal("0.9"))
    quote = QuoteFactory(
        owner=rep, account=customer_of(rep), currency=rate.currency, exchange_rate=Decimal("0.5")
    )

    draft = copy_quote(quote, by=rep)

    assert (draft.exchange_rate, draft.total_base) == (Decimal("0.9"), Decimal("107.10"))


def offered_at(rep, amount):
    """A draft with one product from a price list, with that list's item."""
    product = ProductFactory()
    prices = PriceListFactory(items={product: amount})
    quote = create_quote(
        by=rep, name="x", account=customer_of(rep), currency=prices.currency, price_list=prices,
        lines=[LineChange(product=product)],
    )  # fmt: skip
    return quote, PriceListItem.objects.get(), product


def test_a_new_name_does_not_reprice_a_draft(rep):
    quote, item, _product = offered_at(rep, "90.00")
    PriceListItem.objects.filter(pk=item.pk).update(amount=Decimal("99.00"))
    type(item.price_list).objects.update(valid_to=YESTERDAY)

    quote = change_quote(quote, by=rep, name="Better name", expires_on=timezone.localdate())

    assert quote.lines.get().unit_price == Decimal("90.00")


def test_what_is_offered_holds_whatever_becomes_of_catalog_and_price_list(rep):
    quote, item, product = offered_at(rep, "90.00")
    total = quote.total
    quote = activate_quote(quote, by=rep)
    PriceListItem.objects.filter(pk=item.pk).update(amount=Decimal("99.00"))
    type(item.price_list).objects.update(valid_to=YESTERDAY, is_active=False)
    type(product).objects.filter(pk=product.pk).update(status="retired", list_price=1)

    draft = revise_quote(quote, by=rep)
    order = accept_quote(activate_quote(draft, by=rep), by=rep)

    assert draft.total == order.total == total
    assert order.lines.get().unit_price == Decimal("90.00")


def test_a_quote_that_expires_today_can_still_be_accepted(rep):
    quote = QuoteFactory(owner=rep, status="active", expires_on=timezone.localdate())

    assert accept_quote(quote, by=rep).quote == quote


@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_quote_of_a_decided_deal_is_not_accepted(status, rep):
    deal = OpportunityFactory(owner=rep, status=status)
    quote = QuoteFactory(owner=rep, status="active", opportunity=deal)

    with pytest.raises(TransitionRefused) as refused:
        accept_quote(quote, by=rep)

    assert [blocker.code for blocker in refused.value.blockers] == ["opportunity_closed"]


def test_changing_what_somebody_deleted_is_a_conflict(rep):
    quote = QuoteFactory(owner=rep)
    Quote.objects.all().delete()

    with pytest.raises(Conflict):
        change_quote(quote, by=rep, name="x")


def test_a_change_that_changes_nothing_leaves_no_trace(rep):
    quote = QuoteFactory(owner=rep)

    assert change_quote(quote, by=rep, name=quote.name).version == quote.version
    assert not HistoryEntry.objects.exists()


def test_freight_counts_before_there_is_a_line(rep):
    quote = create_quote(by=rep, name="x", account=customer_of(rep), currency=CurrencyFactory())

    assert change_quote(quote, by=rep, freight=Decimal(20)).total == 20
