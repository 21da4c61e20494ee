"""What nobody may smuggle into an order, and what an order of the ERP refuses here."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from kernel.errors import DomainError, TransitionRefused
from orders.actions import (
    cancel_order,
    change_order,
    create_order,
    hold_order,
    lock_order,
    order_from_opportunity,
    resume_order,
    set_order_lines,
    submit_order,
    unlock_order,
)
from orders.models import Order
from tests.document_factories import OrderFactory
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    OpportunityFactory,
    PriceListFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


def refused_with(act):
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code, refused.value.field


def test_nobody_orders_for_a_customer_of_another_team(rep):
    theirs, mine = AccountFactory(owner=UserFactory()), OrderFactory(owner=rep)

    found = refused_with(lambda: create_order(by=rep, name="x", account=theirs, currency=CurrencyFactory()))
    assert found == ("not_found", "account")
    assert refused_with(lambda: change_order(mine, by=rep, account=theirs)) == ("not_found", "account")


def test_a_seller_gives_neither_old_nor_new_orders_to_others(rep):
    other, account = UserFactory(), AccountFactory(owner=rep)
    order = OrderFactory(owner=rep)

    for act in (
        lambda: change_order(order, by=rep, owner=other),
        lambda: create_order(by=rep, name="x", account=account, currency=CurrencyFactory(), owner=other),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize(
    "field", ["status_reason", "quote", "managed_by", "is_pulled", "prices_locked", "billing"]
)
def test_what_steps_write_cannot_be_given_to_a_new_order(field, rep):
    account = AccountFactory(owner=rep)

    def act():
        create_order(by=rep, name="x", account=account, currency=CurrencyFactory(), **{field: None})

    assert refused_with(act) == ("read_only_field", field)


def test_an_order_of_the_erp_takes_no_step_here():
    boss = UserFactory(role="administrator")
    order = OrderFactory(is_pulled=True, managed_by="demo", prices_locked=True)
    waiting = OrderFactory(is_pulled=True, managed_by="demo", status_reason="pending")

    for act in (
        lambda: change_order(order, by=boss, name="x"),
        lambda: set_order_lines(order, [], by=boss),
        lambda: hold_order(order, by=boss),
        lambda: resume_order(waiting, by=boss),
        lambda: unlock_order(order, by=boss),
        lambda: lock_order(waiting, by=boss),
        lambda: submit_order(order, by=boss),
        lambda: cancel_order(order, by=boss, reason="other"),
    ):
        with pytest.raises(TransitionRefused) as refused:
            act()
        assert "managed_in_erp" in [blocker.code for blocker in refused.value.blockers]


def test_a_lost_deal_gives_no_order(rep):
    deal = OpportunityFactory(owner=rep, status="lost")

    assert refused_with(lambda: order_from_opportunity(deal, by=rep))[0] == "opportunity_closed"


def test_the_orders_of_a_deal_are_in_its_currency(rep):
    dollar = ExchangeRateFactory().currency
    order = OrderFactory(owner=rep, lines=0, opportunity=OpportunityFactory(owner=rep))

    assert refused_with(lambda: change_order(order, by=rep, currency=dollar)) == (
        "currency_of_chain",
        "currency",
    )


def test_an_order_from_a_deal_is_worth_in_base_currency_what_the_rate_of_the_day_says(rep):
    rate = ExchangeRateFactory(rate=Decimal("0.9"))
    deal = OpportunityFactory(owner=rep, currency=rate.currency, lines=2)
    type(deal).objects.filter(pk=deal.pk).update(total=200, total_base=100, exchange_rate=Decimal("0.5"))

    order = order_from_opportunity(deal, by=rep)

    assert (order.exchange_rate, order.total, order.total_base) == (Decimal("0.9"), 200, Decimal("180.00"))


def test_an_agreed_order_without_a_price_list_can_be_given_one_and_submitted(rep):
    order = OrderFactory(owner=rep, price_list=None, prices_locked=True)

    order = change_order(order, by=rep, price_list=PriceListFactory())

    assert (order.total, submit_order(order, by=rep).status) == (Decimal("119.00"), "submitted")
    locked = OrderFactory(owner=rep, prices_locked=True)
    assert refused_with(lambda: change_order(locked, by=rep, price_list=PriceListFactory())) == (
        "prices_locked",
        "price_list",
    )
    assert Order.objects.get(pk=locked.pk).price_list == locked.price_list
