"""Changing an order that is locked: one wishes, another with the right accepts or rejects."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from invoices.actions import invoice_from_order
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from orders import hooks
from orders.actions import (
    Delivery,
    Wish,
    accept_change,
    cancel_order,
    fulfill_order,
    reject_change,
    request_change,
    withdraw_change,
)
from orders.models import ChangeRequest, Order, OrderLine
from tests.api.conftest import client_of
from tests.document_factories import OrderFactory, OrderLineFactory
from tests.factories import AccountFactory, PaymentTermsFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db
MONDAY, FRIDAY = dt.date(2026, 12, 7), dt.date(2026, 12, 11)


@pytest.fixture
def manager():
    return UserFactory(role="sales_manager")


@pytest.fixture
def rep(manager):
    return UserFactory(team=manager.team)


def submitted(owner, **more):
    return OrderFactory(owner=owner, status="submitted", prices_locked=True, **more)


def wish_for(order, quantity=None, wanted_on=None, *, by, text="", position=1):
    key = order.lines.get(position=position).key
    amount = None if quantity is None else Decimal(quantity)
    return request_change(order, by=by, text=text, wishes={key: Wish(amount, wanted_on)})


def facts(order):
    order = Order.objects.get(pk=order.pk)
    return order.total, list(order.lines.order_by("position").values_list("quantity", flat=True))


# --- asking -----------------------------------------------------------------------------------------


def test_a_wish_is_put_down_and_changes_nothing(rep):
    order = submitted(rep)

    request = wish_for(order, "5", FRIDAY, by=rep, text=" Three more, please ")

    line = request.lines.get()
    assert (request.status, request.text, request.asked_by) == ("open", "Three more, please", rep)
    assert (line.quantity_before, line.quantity, line.wanted_on) == (2, 5, FRIDAY)
    assert facts(order) == (119, [2])
    assert (HistoryEntry.objects.get().verb, HistoryEntry.objects.get().note) == (
        "change_requested",
        "Three more, please",
    )
    message = OutboxMessage.objects.get()
    assert (message.topic, message.destination) == ("order.change_requested", "")


def test_what_is_as_it_was_is_no_wish(rep):
    order = submitted(rep, requested_delivery_on=MONDAY)

    with pytest.raises(DomainError) as refused:
        request_change(
            order,
            by=rep,
            wishes={order.lines.get().key: Wish(Decimal("2.000"))},
            requested_delivery_on=MONDAY,
        )

    assert (refused.value.code, refused.value.field) == ("nothing_wished", "text")
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("quantity", ["-1", "NaN", "1e12", "1.5"])
def test_a_quantity_that_cannot_be_is_refused_at_its_line(quantity, rep):
    order = submitted(rep)
    order.lines.get().product.__class__.objects.update(decimals=0)

    with pytest.raises(DomainError) as refused:
        wish_for(order, quantity, by=rep)

    assert (refused.value.code, refused.value.field) == (
        "quantity_does_not_fit",
        f"quantity_{order.lines.get().key}",
    )


def test_one_wish_waits_at_a_time(rep):
    order = submitted(rep)
    wish_for(order, "5", by=rep)

    with pytest.raises(TransitionRefused) as refused:
        wish_for(order, "6", by=rep)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.create(order=order, asked_by=rep)

    assert refused.value.blockers[0].code == "request_open"


@pytest.mark.parametrize(
    "state", [{"status": "active"}, {"status": "canceled"}, {"status": "fulfilled", "fulfillment": "complete"},
              {"status": "invoiced"}, {"status": "submitted", "is_pulled": True}],
)  # fmt: skip
def test_only_an_order_under_way_is_wished_otherwise(state, rep):
    order = OrderFactory(owner=rep, **state)

    with pytest.raises(TransitionRefused):
        request_change(order, by=rep, text="x")

    assert not ChangeRequest.objects.exists()


def test_strangers_and_unknown_lines_are_refused(rep, manager):
    order = submitted(rep)
    note = OrderLineFactory(
        order=order, position=2, kind="note", product=None, quantity=0, unit_price=0, description="Note"
    )

    with pytest.raises(PermissionDenied):
        request_change(order, by=UserFactory(), text="x")
    with pytest.raises(PermissionDenied):
        request_change(order, by=UserFactory(role="finance"), text="x")
    for key in (uuid4(), note.key):
        with pytest.raises(DomainError) as unknown:
            request_change(order, by=rep, wishes={key: Wish(Decimal(1))})
        assert unknown.value.code == "unknown_line"
    assert not ChangeRequest.objects.exists()


# --- accepting --------------------------------------------------------------------------------------


def test_accepted_the_quantity_changes_at_the_agreed_price_and_the_day_is_promised(rep, manager):
    order = submitted(rep)
    wish_for(order, "5", FRIDAY, by=rep)

    request = accept_change(order, by=manager, answer="Fine")

    line = order.lines.get()
    assert (line.quantity, line.unit_price, line.net, line.promised_on) == (5, 50, 250, FRIDAY)
    assert facts(order) == (Decimal("297.50"), [5])
    assert (request.status, request.decided_by, request.answer) == ("accepted", manager, "Fine")
    entry = HistoryEntry.objects.order_by("-id").first()
    assert (entry.verb, entry.changes) == ("change_accepted", {"total": ["119.0000", "297.50"]})
    assert OutboxMessage.objects.filter(topic="order.changed", destination="").count() == 1
    assert Order.objects.get().total_base == Decimal("297.50")


def test_zero_calls_a_line_off(rep, manager):
    order = submitted(rep, lines=2)
    wish_for(order, "0", by=rep)

    accept_change(order, by=manager)

    assert [(line.quantity, line.quantity_open) for line in order.lines.order_by("position")] == [
        (2, 0),
        (2, 2),
    ]


def test_what_a_bundle_includes_grows_with_it(rep, manager):
    order = submitted(rep)
    OrderLineFactory(order=order, position=2, kind="included", quantity=6, unit_price=0)
    OrderLineFactory(order=order, position=3, quantity=1, product=None, description="Apart")
    wish_for(order, "3", by=rep)

    accept_change(order, by=manager)

    assert facts(order)[1] == [3, 9, 1]


def test_less_than_has_left_or_is_invoiced_is_refused_by_line(rep, manager):
    boss = UserFactory(role="administrator")
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    order = submitted(rep, payment_terms=terms, lines=2, lines__quantity=10)
    first, second = order.lines.order_by("position")
    fulfill_order(order, by=boss, delivery=Delivery("DN-1", {first.key: Decimal(4)}))
    invoice_from_order(order, by=boss, quantities={second.key: Decimal(6)})
    request_change(order, by=rep, wishes={first.key: Wish(Decimal(3)), second.key: Wish(Decimal(5))})
    entries = HistoryEntry.objects.count()

    with pytest.raises(DomainError) as refused:
        accept_change(order, by=manager)

    assert [blocker.code for blocker in refused.value.blockers] == ["below_what_happened"] * 2
    assert [blocker.record for blocker in refused.value.blockers] == [str(first.key), str(second.key)]
    assert facts(order)[1] == [10, 10]
    assert (ChangeRequest.objects.get().status, HistoryEntry.objects.count()) == ("open", entries)


def test_down_to_what_has_left_the_order_is_complete(rep, manager):
    order = submitted(rep, lines__quantity=10)
    key = order.lines.get().key
    fulfill_order(
        order, by=manager, delivery=Delivery("DN-1", {key: Decimal(4)}), backordered={key: Decimal(6)}
    )
    wish_for(order, "4", by=rep)

    accept_change(order, by=manager)

    order.refresh_from_db()
    assert (order.status, order.status_reason, order.fulfillment) == ("fulfilled", "complete", "complete")
    assert order.lines.get().quantity_backordered == 0


def test_invoices_still_add_up_to_the_order_to_the_cent(rep, manager):
    boss = UserFactory(role="administrator")
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    order = submitted(rep, payment_terms=terms, lines__quantity=3, lines__unit_price=Decimal("33.33"))
    key = order.lines.get().key
    first = invoice_from_order(order, by=boss, quantities={key: Decimal(1)})
    wish_for(order, "7", by=rep)

    accept_change(order, by=manager)
    rest = invoice_from_order(order, by=boss)

    order.refresh_from_db()
    assert (order.status, order.billing) == ("invoiced", "complete")
    assert first.total + rest.total == order.total


def test_an_invoiced_line_never_gets_other_amounts_by_a_change_beside_it(rep, manager):
    """A discount of the whole order would be spread anew; then the invoices would not add up any more."""
    boss = UserFactory(role="administrator")
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    order = submitted(rep, payment_terms=terms, lines=2, discount_amount=Decimal(30))
    first, second = order.lines.order_by("position")
    invoice_from_order(order, by=boss, quantities={first.key: Decimal(2)})
    request_change(order, by=rep, wishes={second.key: Wish(Decimal(4))})
    before = facts(order)

    with pytest.raises(DomainError) as refused:
        accept_change(order, by=manager)

    assert refused.value.code == "invoiced_amounts"
    assert facts(order) == before


def test_more_than_the_credit_allows_is_for_those_who_may_let_it_pass(rep, manager):
    account = AccountFactory(owner=rep, credit_limit=200)
    machine = UserFactory(role="integration", team=None)
    order = submitted(rep, account=account)
    wish_for(order, "4", by=rep)

    with pytest.raises(DomainError) as refused:
        accept_change(order, by=machine)
    assert (refused.value.code, facts(order)[1]) == ("credit_exceeded", [2])

    accept_change(order, by=manager)
    assert facts(order)[1] == [4]


def test_sellers_do_not_decide_and_an_answered_wish_is_answered(rep, manager):
    order = submitted(rep)
    request = wish_for(order, "5", by=rep)

    with pytest.raises(PermissionDenied):
        accept_change(order, by=rep)
    with pytest.raises(PermissionDenied):
        reject_change(order, by=rep, answer="no")
    with pytest.raises(Conflict) as other:
        accept_change(order, by=manager, request=uuid4())
    accept_change(order, by=manager, request=request.public_id)
    with pytest.raises(Conflict):
        accept_change(order, by=manager, request=request.public_id)

    assert other.value.code == "no_open_request"
    assert facts(order)[1] == [5]


# --- the other ends ---------------------------------------------------------------------------------


def test_rejecting_says_why_and_changes_nothing(rep, manager):
    order = submitted(rep)
    wish_for(order, "5", by=rep)

    with pytest.raises(DomainError) as silent:
        reject_change(order, by=manager, answer=" ")
    request = reject_change(order, by=manager, answer="Sold out")

    assert silent.value.code == "no_reason"
    assert (request.status, request.answer) == ("rejected", "Sold out")
    assert facts(order) == (119, [2])
    wish_for(order, "3", by=rep)  # another may be asked


def test_a_wish_can_be_taken_back_and_falls_with_the_order(rep):
    order, other = submitted(rep), submitted(rep)
    wish_for(order, "5", by=rep)
    wish_for(other, "5", by=rep)

    withdraw_change(order, by=rep)
    cancel_order(other, by=rep, reason="customer_request")

    assert set(ChangeRequest.objects.values_list("status", flat=True)) == {"withdrawn"}
    with pytest.raises(Conflict):
        withdraw_change(order, by=rep)


# --- where an ERP has the order ---------------------------------------------------------------------


@pytest.fixture
def erp(monkeypatch):
    """What the ERP says to whether it takes changes."""
    said = {"takes": True}
    monkeypatch.setattr(f"{__name__}.erp_says", lambda order: said["takes"])
    monkeypatch.setitem(hooks._registered, "takes_changes", [f"{__name__}.erp_says"])
    return said


def erp_says(order):
    raise NotImplementedError


def test_an_erp_that_takes_changes_is_told_with_the_new_figures(rep, manager, erp):
    order = submitted(rep, managed_by="demo")
    wish_for(order, "5", by=rep)

    accept_change(order, by=manager)

    message = OutboxMessage.objects.get(topic="order.changed")
    assert (message.destination, facts(order)[1]) == ("demo", [5])
    assert message.aggregate_version == Order.objects.get().version


def test_where_the_erp_takes_none_our_figures_stay_and_somebody_changes_it_there(rep, manager, erp):
    erp["takes"] = False
    order = submitted(rep, managed_by="demo")
    wish_for(order, "5", by=rep)
    browser = Client()
    browser.force_login(manager)

    page = browser.get(f"/orders/{order.ref}/change/accept/").text
    request = accept_change(order, by=manager)

    assert "takes no changes from here" in page
    assert (request.status, facts(order)[1]) == ("accepted", [2])
    assert not OutboxMessage.objects.exclude(destination="").exists()


# --- pages and API ----------------------------------------------------------------------------------


def test_a_seller_asks_on_the_page_and_a_manager_answers_there(rep, manager):
    order = submitted(rep)
    name = f"quantity_{order.lines.get().key}"
    seller, boss = Client(), Client()
    seller.force_login(rep)
    boss.force_login(manager)

    empty = seller.post(f"/orders/{order.ref}/request-change/", {"text": "", name: "2"})
    asked = seller.post(f"/orders/{order.ref}/request-change/", {"text": "More spindles", name: "5"})
    theirs, page = seller.get(f"/orders/{order.ref}/").text, boss.get(f"/orders/{order.ref}/").text
    form = boss.get(f"/orders/{order.ref}/change/accept/").text
    answer = boss.post(
        f"/orders/{order.ref}/change/accept/",
        {"request": ChangeRequest.objects.get().public_id, "answer": ""},
    )

    assert (empty.status_code, asked.status_code, answer.status_code) == (422, 302, 302)
    assert "More spindles" in theirs
    assert "change/withdraw/" in theirs
    assert "change/accept/" not in theirs
    assert "change/accept/" in page
    assert "5 instead of 2" in form
    assert facts(order)[1] == [5]
    assert "Accepted" in boss.get(f"/orders/{order.ref}/").text


def test_the_page_rejects_and_withdraws(rep, manager):
    order = submitted(rep)
    boss = Client()
    boss.force_login(manager)
    wish_for(order, "5", by=rep)

    silent = boss.post(f"/orders/{order.ref}/change/reject/", {"answer": ""})
    done = boss.post(f"/orders/{order.ref}/change/reject/", {"answer": "Sold out"})
    gone = boss.get(f"/orders/{order.ref}/change/reject/").text
    wish_for(order, "6", by=rep)
    back = boss.post(f"/orders/{order.ref}/change/withdraw/")

    assert (silent.status_code, done.status_code, back.status_code) == (422, 302, 302)
    assert "No change is requested any more." in gone
    assert list(ChangeRequest.objects.order_by("id").values_list("status", flat=True)) == [
        "rejected",
        "withdrawn",
    ]


def test_the_api_asks_shows_and_answers(rep, manager):
    order = submitted(rep)
    where, line = f"/api/v1/orders/{order.public_id}", str(order.lines.get().key)
    seller, boss = client_of(rep), client_of(manager)

    asked = seller.post(
        f"{where}/request-change/", {"text": "More", "lines": [{"line": line, "quantity": "5"}]}
    )
    twice = seller.post(f"{where}/request-change/", {"text": "Even more"})
    silent = boss.post(f"{where}/reject-change/", {})
    accepted = boss.post(f"{where}/accept-change/", {"request": asked.data["change_requests"][0]["id"]})
    late = seller.post(f"{where}/withdraw-change/", {})

    (request,) = asked.data["change_requests"]
    assert (request["status"], request["text"], request["asked_by"]) == ("open", "More", rep.username)
    assert request["lines"] == [
        {"line": line, "quantity_before": "2.00000", "quantity": "5.00000", "wanted_on": None}
    ]
    assert (twice.status_code, twice.data["blockers"][0]["code"]) == (409, "request_open")
    assert silent.status_code == 400
    assert (accepted.data["total"], accepted.data["change_requests"][0]["status"]) == ("297.5000", "accepted")
    assert (late.status_code, late.data["code"]) == (409, "no_open_request")


def test_accepting_asks_as_often_for_1000_lines_as_for_10(rep, manager):
    def accept(count):
        order = submitted(rep, lines=count)
        wish_for(order, "5", by=rep)
        return queries(lambda: accept_change(order, by=manager))

    accept(1)  # whose team is whose is found out once
    few, many = accept(10), accept(1000)

    assert len(few) == len(many), many
    assert OrderLine.objects.filter(quantity=5).count() == 3
