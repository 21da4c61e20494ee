"""Before an order is submitted: everything in the way at once, each with the place where it is put right."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from orders.actions import override_credit, submit_order
from orders.models import Order, OrderLine
from orders.models.credit import credit_of
from orders.models.preflight import preflight
from tests.api.conftest import client_of
from tests.document_factories import InvoiceFactory, OrderFactory, OrderLineFactory
from tests.factories import AccountFactory, ExchangeRateFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def found(order):
    checks = preflight(Order.objects.get(pk=order.pk))
    return [one.code for one in checks.blockers], [one.code for one in checks.warnings]


def submitting_is_refused_with(order, by):
    with pytest.raises(TransitionRefused) as refused:
        submit_order(order, by=by)
    assert Order.objects.get(pk=order.pk).status == "active"
    assert not OutboxMessage.objects.exists()
    assert not HistoryEntry.objects.exists()
    return [blocker.code for blocker in refused.value.blockers]


# --- lines ------------------------------------------------------------------------------------------


def test_an_order_that_lacks_nothing_is_ready(rep):
    assert found(OrderFactory(owner=rep, lines=3)) == ([], [])


@pytest.mark.parametrize(
    ("status", "code", "blocks"),
    [("retired", "product_not_active", True), ("draft", "product_not_active", True),
     ("under_revision", "product_under_revision", False)],
)  # fmt: skip
def test_a_product_that_is_not_for_sale_is_named_with_its_line(status, code, blocks, rep):
    order = OrderFactory(owner=rep, lines=2)
    OrderLineFactory(order=order, position=3, product=ProductFactory(sku="CNC-40", status=status))

    checks = preflight(order)

    (one,) = checks.blockers if blocks else checks.warnings
    assert (one.code, one.record, one.fix_url) == (code, "Line 3", f"/orders/{order.ref}/#lines")
    assert "CNC-40" in str(one.text)
    assert checks.is_ready is not blocks


def test_a_line_without_a_tax_is_worth_a_remark_unless_the_customer_pays_none(rep):
    order = OrderFactory(owner=rep)
    OrderLineFactory(order=order, position=2, product=None, description="Engraving", net=5)
    exempt = OrderFactory(owner=rep, account=AccountFactory(tax_treatment="exempt"))
    OrderLineFactory(order=exempt, position=2, product=None, net=5)

    assert found(order) == ([], ["no_tax"])
    assert found(exempt) == ([], [])
    assert submit_order(order, by=rep).status == "submitted"


def test_headings_and_notes_are_not_lines_to_order(rep):
    order = OrderFactory(owner=rep, lines=0)
    OrderLineFactory(
        order=order, kind="section", product=None, quantity=0, unit_price=0, description="Part A"
    )

    assert found(order)[0] == ["no_lines"]


def test_everything_in_the_way_is_said_at_once(rep):
    limited = AccountFactory(owner=rep, credit_limit=100)
    order = OrderFactory(owner=rep, account=limited, price_list=None, bill_to_city="", ship_to_city="")
    OrderLineFactory(order=order, position=2, product=ProductFactory(status="retired"))

    codes = submitting_is_refused_with(order, rep)

    assert codes == ["no_price_list", "no_bill_to", "no_ship_to", "product_not_active", "credit_exceeded"]
    page = browser_of(rep).get(f"/orders/{order.ref}/").text
    api = client_of(rep).get(f"/api/v1/orders/{order.public_id}/preflight/").data
    assert "5 things to settle" in page
    assert f"/orders/{order.ref}/edit/#id_ship_to_city" in page
    assert [one["code"] for one in api["blockers"]] == codes
    assert not api["ready"]


def test_submitting_asks_as_often_for_1000_lines_as_for_10(rep):
    small, large = (OrderFactory(owner=rep, lines=count) for count in (10, 1000))
    for order in (small, large):
        OrderLine.objects.filter(order=order, position__lte=9).update(tax_code=None)

    few = queries(lambda: submit_order(small, by=rep))
    many = queries(lambda: submit_order(large, by=rep))

    assert len(few) == len(many) <= 9, many


# --- credit -----------------------------------------------------------------------------------------


def test_open_invoices_open_orders_and_this_order_count_against_the_limit(rep):
    account = AccountFactory(owner=rep, credit_limit=300)
    InvoiceFactory(account=account, status_reason="billed", amount_paid=Decimal(19))  # 100 open
    InvoiceFactory(account=account)  # drawn up, not confirmed: 119
    InvoiceFactory(account=account, status="canceled", status_reason="canceled")
    InvoiceFactory(account=AccountFactory(), status_reason="billed")
    OrderFactory(account=account, status="submitted")  # 119
    OrderFactory(account=account, status="invoiced", billing="complete", lines__quantity_invoiced=2)
    OrderFactory(account=account, status="canceled")
    OrderFactory(account=account)  # nobody has confirmed it yet

    credit = credit_of(OrderFactory(owner=rep, account=account))

    assert (credit.owed, credit.ordered, credit.this) == (219, 119, 119)
    assert (credit.exposure, credit.excess) == (457, 157)


def test_what_is_invoiced_or_canceled_of_an_open_order_no_longer_counts_as_ordered(rep):
    account = AccountFactory(owner=rep, credit_limit=1000)
    OrderFactory(account=account, status="submitted", billing="partial", lines__quantity_invoiced=1)
    OrderFactory(account=account, status="submitted", lines=2, lines__quantity_canceled=1)

    assert credit_of(OrderFactory(owner=rep, account=account)).ordered == Decimal("59.50") + 119


def test_other_currencies_count_at_their_rate(rep):
    rate = ExchangeRateFactory(rate=Decimal("0.5"))
    account = AccountFactory(owner=rep, credit_limit=1000)
    InvoiceFactory(account=account, status_reason="billed", currency=rate.currency, exchange_rate=rate.rate)
    OrderFactory(account=account, status="submitted", currency=rate.currency, exchange_rate=rate.rate)

    credit = credit_of(OrderFactory(owner=rep, account=account))

    assert (credit.owed, credit.ordered) == (Decimal("59.50"), Decimal("59.50"))


@pytest.mark.parametrize("limit", [None, 119, 500])
def test_within_the_limit_or_without_one_nothing_is_said(limit, rep):
    order = OrderFactory(owner=rep, account=AccountFactory(credit_limit=limit))

    assert found(order) == ([], [])


def test_somebody_with_the_right_lets_an_order_pass_with_a_reason(rep, manager):
    order = OrderFactory(owner=manager, account=AccountFactory(owner=manager, credit_limit=100))
    assert submitting_is_refused_with(order, manager) == ["credit_exceeded"]

    order = override_credit(order, by=manager, reason="Paid in advance")

    assert (HistoryEntry.objects.get().verb, HistoryEntry.objects.get().note) == (
        "credit_overridden",
        "Paid in advance",
    )
    assert submit_order(order, by=manager).status == "submitted"


def test_what_was_let_pass_holds_up_to_its_amount(manager):
    order = OrderFactory(owner=manager, account=AccountFactory(credit_limit=100))
    override_credit(order, by=manager, reason="Paid in advance")

    Order.objects.filter(pk=order.pk).update(total_base=Decimal("119.01"))

    assert found(order)[0] == ["credit_exceeded"]


def test_letting_pass_needs_a_reason_a_limit_and_the_right(rep, manager):
    order = OrderFactory(owner=manager, account=AccountFactory(credit_limit=100))
    harmless = OrderFactory(owner=manager)

    with pytest.raises(DomainError) as silent:
        override_credit(order, by=manager, reason=" ")
    with pytest.raises(TransitionRefused) as needless:
        override_credit(harmless, by=manager, reason="x")
    with pytest.raises(PermissionDenied):
        override_credit(OrderFactory(owner=rep, account=order.account), by=rep, reason="x")

    assert (silent.value.code, needless.value.blockers[0].code) == ("no_reason", "within_credit")
    assert not HistoryEntry.objects.exists()
    assert not Order.objects.exclude(credit_override_total=None).exists()


def test_a_seller_learns_that_the_limit_is_exceeded_but_not_the_limit(rep, manager):
    order = OrderFactory(owner=rep, team=manager.team, account=AccountFactory(credit_limit=Decimal("77.77")))

    page = browser_of(rep).get(f"/orders/{order.ref}/").text
    api = client_of(rep).get(f"/api/v1/orders/{order.public_id}/preflight/").data

    assert "credit limit is exceeded" in page
    assert "77.77" not in page
    assert api["credit"] is None
    assert "Override credit limit" not in page
    told = client_of(manager).get(f"/api/v1/orders/{order.public_id}/preflight/").data["credit"]
    assert (told["limit"], told["excess"]) == ("77.7700", "41.2300")
    theirs = browser_of(manager).get(f"/orders/{order.ref}/").text
    assert "77.77" in theirs
    assert "Override credit limit" in theirs


def test_the_page_lets_it_pass_after_showing_the_figures(manager):
    order = OrderFactory(owner=manager, account=AccountFactory(credit_limit=100))
    browser = browser_of(manager)

    shown = browser.get(f"/orders/{order.ref}/override-credit/").text
    silent = browser.post(f"/orders/{order.ref}/override-credit/", {"reason": ""})
    done = browser.post(f"/orders/{order.ref}/override-credit/", {"reason": "Bank guarantee"})

    assert "<dt>Above the limit</dt><dd>19.00</dd>" in shown
    assert (silent.status_code, done.status_code) == (422, 302)
    assert found(order) == ([], [])


# --- the customer's own number ----------------------------------------------------------------------


def test_the_same_number_of_the_customer_is_a_remark_and_no_dead_end(manager):
    account = AccountFactory(owner=manager)
    first = OrderFactory(owner=manager, account=account, customer_po="4500-88", status="submitted")
    again = OrderFactory(owner=manager, account=account, customer_po=" 4500-88 ")
    OrderFactory(owner=manager, customer_po="4500-88")  # another customer's

    page = browser_of(manager).get(f"/orders/{again.ref}/").text
    api = client_of(manager).get(f"/api/v1/orders/{again.public_id}/").data

    assert "order number is on another order too" in page
    assert f'href="/orders/{first.ref}/"' in page
    assert [(one["code"], one["record"]) for one in api["warnings"]] == [("same_customer_po", first.number)]
    assert found(again) == ([], ["same_customer_po"])
    assert submit_order(again, by=manager).status == "submitted"


def test_a_canceled_order_frees_its_number(manager):
    account = AccountFactory(owner=manager)
    OrderFactory(account=account, customer_po="1", status="canceled")

    assert found(OrderFactory(owner=manager, account=account, customer_po="1")) == ([], [])


def test_an_order_out_of_sight_is_not_named(rep):
    account = AccountFactory(owner=rep)
    hidden = OrderFactory(account=account, customer_po="1")
    order = OrderFactory(owner=rep, account=account, customer_po="1")

    page = browser_of(rep).get(f"/orders/{order.ref}/").text

    assert "Another order of this customer has the number 1 too." in page
    assert hidden.number not in page


def test_the_form_hints_at_it_while_the_number_is_typed_and_keeps_everything(manager):
    account = AccountFactory(owner=manager, name="Borg GmbH")
    first = OrderFactory(owner=manager, account=account, customer_po="4711")
    browser = browser_of(manager)

    hint = browser.get(
        "/orders/same-number/", {"account": "Borg GmbH", "customer_po": "4711", "order": ""},
        headers={"HX-Request": "true"},
    ).text  # fmt: skip
    own = browser.get(
        "/orders/same-number/", {"account": "Borg GmbH", "customer_po": "4711", "order": str(first.public_id)},
        headers={"HX-Request": "true"},
    ).text  # fmt: skip
    nobody = browser.get("/orders/same-number/", {"account": "?", "customer_po": "4711"}).text
    said = {"account": "Borg GmbH", "ordered_on": "2026-03-01", "currency": first.currency_id}
    made = browser.post("/orders/new/", {**said, "customer_po": "4711"})

    assert first.number in hint
    assert first.number not in own
    assert first.number not in nobody
    assert made.status_code == 302
    assert first.number in browser.get(made.url).text
    assert first.number in browser.get(f"{made.url}edit/").text
