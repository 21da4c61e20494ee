"""Every step through HTTP: it happens, it is refused with its reasons and changes nothing, or it is forbidden."""

import datetime as dt

import pytest
from django.utils import timezone

from kernel.models import HistoryEntry
from tests.api.conftest import client_of
from tests.api.records import OWNED, address
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import ProductFactory, StageFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()

# (where, state, step, what is sent, HTTP status, what the answer says)
HAPPENS = [
    ("leads", {}, "contact", {}, 200, {"status_reason": "contacted", "statuscode": 2}),
    ("leads", {}, "disqualify", {"reason": "lost"}, 200, {"status": "disqualified", "statuscode": 4}),
    ("leads", {"status": "disqualified"}, "reopen", {}, 200, {"status": "open"}),
    ("leads", {}, "qualify", {}, 200, {"status": "qualified", "statecode": 1}),
    ("opportunities", {}, "hold", {}, 200, {"status_reason": "on_hold"}),
    ("opportunities", {"status_reason": "on_hold"}, "resume", {}, 200, {"status_reason": "in_progress"}),
    ("opportunities", {}, "move", {"stage": "Develop"}, 200, {"stage": "Develop", "probability": 30}),
    (
        "opportunities",
        {},
        "win",
        {"actual_revenue": "10"},
        200,
        {"status": "won", "actual_revenue": "10.0000"},
    ),
    ("opportunities", {}, "lose", {"reason": "out_sold"}, 200, {"status": "lost", "statuscode": 5}),
    ("opportunities", {"status": "lost"}, "reopen", {}, 200, {"status": "open"}),
    ("opportunities", {"lines": 2}, "quote", {"name": "Offer"}, 201, {"name": "Offer", "revision": 0}),
    ("opportunities", {"lines": 1}, "order", {}, 201, {"status": "active"}),
    (
        "opportunities",
        {},
        "lines",
        {"lines": [{"description": "x", "unit_price": "5"}]},
        200,
        {"total": "5.0000"},
    ),
    ("quotes", {}, "activate", {}, 200, {"status": "active", "statecode": 1}),
    ("quotes", {"status": "active"}, "send", {}, 200, {"status_reason": "open", "statuscode": 3}),
    ("quotes", {"status": "active"}, "revise", {}, 201, {"status": "draft", "revision": 1}),
    (
        "quotes",
        {"status": "active"},
        "accept",
        {"customer_po": "PO 1"},
        201,
        {"customer_po": "PO 1", "status": "active"},
    ),
    ("quotes", {"status": "active"}, "close", {"reason": "lost"}, 200, {"status": "closed", "statuscode": 5}),
    ("quotes", {"status": "closed"}, "copy", {}, 201, {"status": "draft", "revision": 0}),
    ("orders", {}, "hold", {}, 200, {"status_reason": "pending"}),
    ("orders", {"status_reason": "pending"}, "resume", {}, 200, {"status_reason": "new"}),
    ("orders", {}, "lock", {}, 200, {"prices_locked": True}),
    ("orders", {"prices_locked": True}, "unlock", {}, 200, {"prices_locked": False}),
    ("orders", {}, "submit", {}, 200, {"status": "submitted", "statecode": 1}),
    ("orders", {}, "cancel", {"reason": "no_money"}, 200, {"status": "canceled", "statuscode": 4}),
    ("activities", {}, "complete", {}, 200, {"status": "completed"}),
    ("activities", {}, "cancel", {}, 200, {"status": "canceled"}),
]
REFUSED = [
    ("leads", {"status_reason": "contacted"}, "contact", {}, 409, "already_contacted"),
    ("leads", {"status": "qualified"}, "disqualify", {"reason": "lost"}, 409, "wrong_status"),
    ("opportunities", {"status": "won"}, "hold", {}, 409, "wrong_status"),
    ("opportunities", {}, "resume", {}, 409, "not_on_hold"),
    ("quotes", {"lines": 0}, "activate", {}, 409, "no_lines"),
    ("quotes", {}, "send", {}, 409, "wrong_status"),
    ("quotes", {}, "accept", {}, 409, "wrong_status"),
    ("quotes", {"status": "active", "expires_on": TODAY - dt.timedelta(days=1)}, "accept", {}, 409, "expired"),
    ("quotes", {"status": "won"}, "lines", {"lines": []}, 409, "wrong_status"),
    ("orders", {"ship_to_city": ""}, "submit", {}, 409, "no_ship_to"),
    ("orders", {"status": "submitted"}, "lock", {}, 409, "wrong_status"),
    ("orders", {"status": "fulfilled", "fulfillment": "complete", "status_reason": "complete"}, "cancel",
     {"reason": "other"}, 409, "wrong_status"),
    ("activities", {"status": "canceled"}, "complete", {}, 409, "wrong_status"),
]  # fmt: skip


def made(where, seller, state):
    return OWNED[where](owner=seller, **state)


def named(case):
    return f"{case[0]}-{case[2]}-{case[4]}" if isinstance(case, tuple) else None


@pytest.mark.parametrize("case", HAPPENS, ids=named)
def test_the_step_happens_and_is_remembered(api, seller, euro, case):
    where, state, step, body, status, says = case
    StageFactory()
    StageFactory(position=2)
    record = made(where, seller, state)
    before = HistoryEntry.objects.count()

    answer = api.post(address(where, record, step), body)

    assert answer.status_code == status, answer.data
    if says is not None:
        assert {name: answer.data[name] for name in says} == says
        assert answer["ETag"] == f'"{answer.data["version"]}"'
    assert HistoryEntry.objects.count() > before


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_the_step_is_refused_with_its_reason_and_changes_nothing(api, seller, euro, case):
    where, state, step, body, status, code = case
    record = made(where, seller, state)
    before = HistoryEntry.objects.count()

    answer = api.post(address(where, record, step), body)

    assert answer.status_code == status, answer.data
    assert answer["Content-Type"] == "application/problem+json"
    assert code in [blocker["code"] for blocker in answer.data["blockers"]]
    version, status_before = record.version, record.status
    record.refresh_from_db()
    assert (record.version, record.status) == (version, status_before)
    assert HistoryEntry.objects.count() == before


@pytest.mark.parametrize("case", HAPPENS, ids=named)
def test_the_step_is_forbidden_to_who_may_only_look(seller, finance, euro, case):
    where, state, step, body, _status, _says = case
    StageFactory()
    StageFactory(position=2)
    record = made(where, seller, state)

    answer = client_of(finance).post(address(where, record, step), body)

    assert answer.status_code == 403, answer.data
    assert answer.data["code"] == "permission_denied"


@pytest.mark.parametrize("case", HAPPENS, ids=named)
def test_a_step_is_never_taken_by_reading(api, seller, euro, case):
    where, state, step, _body, _status, _says = case

    answer = api.get(address(where, made(where, seller, state), step))

    assert answer.status_code == 405


def test_a_lead_and_a_deal_are_handed_over_by_who_may(seller, manager, euro):
    colleague = UserFactory(username="colleague", team=seller.team)

    for where in ("leads", "opportunities"):
        record = made(where, seller, {})
        assert (
            client_of(seller).post(address(where, record, "assign"), {"owner": "seller"}).status_code == 403
        )

        answer = client_of(manager).post(address(where, record, "assign"), {"owner": "colleague"})

        assert answer.status_code == 200, answer.data
        record.refresh_from_db()
        assert record.owner == colleague


def test_an_invoice_goes_from_confirmation_to_payment_and_credit(seller, finance, euro):
    api = client_of(finance)
    order = OrderFactory(owner=seller, status="submitted", payment_terms=None)

    invoice = api.post(address("orders", order, "invoice"))
    assert invoice.status_code == 201, invoice.data
    where = f"/api/v1/invoices/{invoice.data['id']}/"
    confirmed = api.post(f"{where}confirm/")
    assert (confirmed.status_code, confirmed.data["status_reason"]) == (200, "billed")
    too_much = api.post(f"{where}pay/", {"amount": "1000"})
    assert (too_much.status_code, too_much.data["code"]) == (422, "overpaid")
    paid = api.post(f"{where}pay/", {"amount": "19.00", "reference": "bank"})
    assert (paid.status_code, paid.data["reference"], paid.data["account"]) == (
        201,
        "bank",
        str(order.account.public_id),
    )
    line = confirmed.data["lines"][0]["id"]
    credit = api.post(f"{where}credit/", {"quantities": [{"line": line, "quantity": "1"}]})
    assert (credit.status_code, credit.data["kind"], credit.data["total"]) == (201, "credit_note", "-59.5000")
    read = api.get(where)

    assert (read.data["amount_paid"], read.data["balance"]) == ("78.5000", "40.5000")
    assert len(read.data["allocations"]) == 2


def test_an_unconfirmed_invoice_is_canceled_and_sellers_do_neither(seller, finance, euro):
    invoice = InvoiceFactory(owner=seller)
    assert client_of(seller).post(address("invoices", invoice, "confirm")).status_code == 403

    answer = client_of(finance).post(address("invoices", invoice, "cancel"), {"note": "typed twice"})

    assert (answer.status_code, answer.data["status"]) == (200, "canceled")


def test_a_payment_is_booked_and_its_excess_settles_another_invoice(seller, finance, euro):
    api = client_of(finance)
    first = InvoiceFactory(owner=seller, status_reason="billed")
    second = InvoiceFactory(owner=seller, status_reason="billed", account=first.account)

    payment = api.post(
        "/api/v1/payments/", {"invoice": first.number, "amount": "150.00", "keep_excess": True}
    )
    assert payment.status_code == 201, payment.data
    assert payment.data["unallocated"] == "31.0000"
    used = api.post(
        f"/api/v1/payments/{payment.data['id']}/allocate/",
        {"invoice": str(second.public_id), "amount": "31.00"},
    )

    assert (used.status_code, used.data["unallocated"]) == (200, "0.0000")
    second.refresh_from_db()
    assert second.balance == 88


def test_a_product_comes_into_and_out_of_sale(manager, api, euro):
    product = ProductFactory(status="draft")
    where = f"/api/v1/products/{product.public_id}/"
    assert api.post(f"{where}activate/").status_code == 403

    for step, status in (
        ("activate", "active"),
        ("revise", "under_revision"),
        ("activate", "active"),
        ("retire", "retired"),
    ):
        answer = client_of(manager).post(f"{where}{step}/")
        assert (answer.status_code, answer.data["status"]) == (200, status)


class TestFulfilling:
    """Deliveries: by hand, and told by a fulfillment system as often as it likes."""

    def told(self, order, note="DN-1", quantity="1"):
        line = str(order.lines.get().key)
        return {
            "deliveries": [
                {"delivery_note": note, "carrier": "DHL", "lines": [{"line": line, "quantity": quantity}]}
            ]
        }

    def test_by_hand_a_delivery_note_counts_once(self, seller, manager, euro):
        order = OrderFactory(owner=seller, status="submitted")
        api = client_of(manager)

        first = api.post(address("orders", order, "fulfill"), self.told(order))
        again = api.post(address("orders", order, "fulfill"), self.told(order))

        assert (first.status_code, first.data["fulfillment"]) == (200, "partial")
        assert (again.status_code, again.data["code"]) == (422, "duplicate_delivery_note")

    def test_a_machine_may_tell_it_twice_even_when_the_erp_keeps_the_order(self, seller, machine, euro):
        order = OrderFactory(owner=seller, status="submitted", managed_by="demo")
        api = client_of(machine)

        first = api.post(address("orders", order, "fulfill"), self.told(order))
        again = api.post(address("orders", order, "fulfill"), self.told(order))
        rest = api.post(address("orders", order, "fulfill"), self.told(order, "DN-2"))

        assert [a.status_code for a in (first, again, rest)] == [200, 200, 200]
        assert again.data["lines"][0]["quantity_shipped"] == "1.00000"
        assert (rest.data["status"], rest.data["fulfillment"]) == ("fulfilled", "complete")
        assert [s["delivery_note"] for s in rest.data["shipments"]] == ["DN-1", "DN-2"]

    def test_people_leave_an_order_of_the_erp_alone(self, seller, manager, euro):
        order = OrderFactory(owner=seller, status="submitted", managed_by="demo")

        answer = client_of(manager).post(address("orders", order, "fulfill"), self.told(order))

        assert (answer.status_code, answer.data["code"]) == (409, "component_owned_by_erp")

    def test_too_much_and_unknown_lines_are_refused(self, seller, machine, euro):
        order = OrderFactory(owner=seller, status="submitted")
        api = client_of(machine)

        too_much = api.post(address("orders", order, "fulfill"), self.told(order, quantity="3"))
        body = self.told(order)
        body["deliveries"][0]["lines"][0]["line"] = "00000000-0000-0000-0000-000000000000"
        unknown = api.post(address("orders", order, "fulfill"), body)
        twice = api.post(
            address("orders", order, "fulfill"), {"deliveries": self.told(order)["deliveries"] * 2}
        )

        assert (too_much.status_code, too_much.data["code"]) == (422, "more_than_ordered")
        assert (unknown.status_code, unknown.data["code"]) == (422, "unknown_line")
        assert (twice.status_code, twice.data["errors"][0]["field"]) == (400, "deliveries")
        assert not order.shipments.exists()


def test_the_steps_of_a_record_say_what_is_blocked_and_why(api, seller, euro):
    quote = QuoteFactory(owner=seller, lines=0)

    answer = api.get(address("quotes", quote, "steps"))

    steps = {step["name"]: step for step in answer.data}
    assert not steps["activate"]["allowed"]
    assert [blocker["code"] for blocker in steps["activate"]["blockers"]] == ["no_lines"]
    assert steps["close"]["allowed"]
    assert steps["close"]["url"].endswith(address("quotes", quote, "close"))


def test_an_account_can_be_put_out_of_use_unless_business_is_open(manager, euro):
    api = client_of(manager)
    quote = QuoteFactory(owner=manager, account__owner=manager)

    shown = api.get(address("accounts", quote.account, "steps"))
    refused = api.post(address("accounts", quote.account, "deactivate"))

    assert [blocker["code"] for blocker in shown.data[0]["blockers"]] == ["open_quote"]
    assert refused.status_code == 409


def test_history_hides_what_the_reader_may_not_see(api, seller, manager, euro):
    account = OWNED["accounts"](owner=seller)
    changed = client_of(manager).patch(
        address("accounts", account), {"credit_limit": "777.00", "city": "Bonn"}
    )
    assert changed.status_code == 200, changed.data

    to_seller = api.get(address("accounts", account, "history"))
    to_manager = client_of(manager).get(address("accounts", account, "history"))

    assert set(to_seller.data["results"][0]["changes"]) == {"city"}
    assert set(to_manager.data["results"][0]["changes"]) == {"city", "credit_limit"}
    assert to_seller.data["results"][0]["actor"] == "manager"
