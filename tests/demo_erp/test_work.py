"""An order on its way: picked, sent in two parts, invoiced, paid in two parts, on a clock or by hand."""

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.demo_erp.orders import body, get, line, place
from tests.integrations.erp_fixtures import DemoErp, running_demo_erp

D = Decimal


def test_an_order_takes_seven_stages_from_accepted_to_paid(demo_erp: DemoErp) -> None:
    stages = [place(demo_erp).json()["stage"]]

    for _ in range(7):
        stages.append(demo_erp.advance("SO-10001")[0]["stage"])

    assert stages == [
        "accepted", "picking", "partly shipped", "shipped", "invoiced", "partly paid", "paid", "paid",
    ]  # fmt: skip


def test_what_is_sent_adds_up_to_what_was_ordered(demo_erp: DemoErp) -> None:
    place(demo_erp)

    (order,) = demo_erp.advance(to="partly shipped")
    assert order["fulfillment"] == "partial"
    assert {entry["line_key"]: entry["shipped"] for entry in order["lines"]} == {
        "l1": "5", "l2": "0", "freight": "0",
    }  # fmt: skip
    (order,) = demo_erp.advance(to="shipped")

    assert order["fulfillment"] == "complete"
    assert [shipment["lines"] for shipment in order["shipments"]] == [
        [{"line_key": "l1", "quantity": "5"}],
        [{"line_key": "l1", "quantity": "5"}, {"line_key": "l2", "quantity": "1"}],
    ]
    assert all(shipment["carrier"] and shipment["tracking"] for shipment in order["shipments"])


def test_the_invoice_has_the_orders_amounts_and_is_paid_in_two_parts(demo_erp: DemoErp) -> None:
    order = place(demo_erp).json()

    (order,) = demo_erp.advance(to="invoiced")
    invoice = get(demo_erp, f"/v1/invoices?order_id={order['id']}")["items"][0]
    assert (invoice["totals"], invoice["status"], invoice["balance"]) == (order["totals"], "open", "164.22")
    demo_erp.advance(to="partly paid")
    partly = get(demo_erp, f"/v1/invoices/{invoice['id']}")
    demo_erp.advance(to="paid")
    paid = get(demo_erp, f"/v1/invoices/{invoice['id']}")

    assert (partly["status"], partly["paid"], partly["balance"]) == ("partly_paid", "82.11", "82.11")
    assert (paid["status"], paid["paid"], paid["balance"]) == ("paid", "164.22", "0.00")
    payments = get(demo_erp, "/v1/changes/payments")["items"]
    assert payments == paid["payments"]
    assert sum(D(payment["amount"]) for payment in payments) == D("164.22")
    assert get(demo_erp, f"/v1/orders/{order['id']}")["status"] == "done"


def test_only_what_can_be_delivered_is_invoiced(demo_erp: DemoErp) -> None:
    place(demo_erp)
    demo_erp.control("short_ship", order="SO-10001", line_key="l1", quantity="4")

    (order,) = demo_erp.advance(to="invoiced")

    invoice = get(demo_erp, f"/v1/invoices/{order['invoice_ids'][0]}")
    assert [(entry["quantity"], entry["net"]) for entry in invoice["lines"]] == [
        ("6", "59.40"), ("1", "34.00"), ("1", "5.00"),
    ]  # fmt: skip
    assert order["fulfillment"] == "complete"


def test_a_credit_note_takes_the_invoice_back(demo_erp: DemoErp) -> None:
    place(demo_erp)
    (order,) = demo_erp.advance(to="invoiced")

    note = demo_erp.control("credit", invoice=order["invoice_ids"][0])

    invoice = get(demo_erp, f"/v1/invoices/{order['invoice_ids'][0]}")
    assert (note["kind"], note["totals"]["gross"], note["origin_ids"]) == (
        "credit_note",
        "-164.22",
        [invoice["id"]],
    )
    assert (invoice["status"], invoice["credit_note_ids"]) == ("credited", [note["id"]])


def test_an_order_can_be_canceled_until_something_was_sent(demo_erp: DemoErp) -> None:
    first, second = place(demo_erp).json(), place(demo_erp, body("CRM1-ORD-2")).json()
    demo_erp.advance(second["id"], to="partly shipped")

    for _ in range(2):
        answer = demo_erp.request("POST", f"/v1/orders/{first['id']}/cancel", json={"reason": "no money"})
        assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    late = demo_erp.request("POST", f"/v1/orders/{second['id']}/cancel", json={})

    assert (late.status_code, late.json()["code"]) == (409, "order_too_far")
    assert demo_erp.advance(first["id"])[0]["stage"] == "canceled"


def test_changes_come_in_pages_that_lose_nothing(demo_erp: DemoErp) -> None:
    for number in range(5):
        place(demo_erp, body(f"CRM1-ORD-{number}"))
    demo_erp.advance("CRM1-ORD-0")

    seen: list[str] = []
    page = _changes(demo_erp)
    while True:
        seen += [item["external_id"] for item in page["items"]]
        if not page["has_more"]:
            break
        page = _changes(demo_erp, **page["next"])

    assert seen == [f"CRM1-ORD-{number}" for number in (1, 2, 3, 4, 0)]
    assert _changes(demo_erp, **page["next"])["items"] == []
    again = {"modified_since": page["next"]["modified_since"]}
    assert [item["external_id"] for item in _changes(demo_erp, **again)["items"]] == ["CRM1-ORD-0"]
    before = page["items"][-1]["modified"].replace("Z", "+00:00")
    assert _changes(demo_erp, until="2000-01-01T00:00:00Z")["items"] == []
    assert before <= page["server_time"].replace("Z", "+00:00")


def test_open_orders_and_invoices_are_listed_without_a_watermark(demo_erp: DemoErp) -> None:
    for number in range(3):
        place(demo_erp, body(f"CRM1-ORD-{number}"))
    demo_erp.advance("CRM1-ORD-1", to="paid")
    demo_erp.advance("CRM1-ORD-2", to="invoiced")

    assert [item["id"] for item in get(demo_erp, "/v1/orders?open=1")["items"]] == ["1", "3"]
    assert [item["external_id"] for item in get(demo_erp, "/v1/invoices?open=1")["items"]] == ["CRM1-ORD-2"]
    first = get(demo_erp, "/v1/orders?open=1&limit=1")
    assert (first["has_more"], first["items"][0]["id"]) == (True, "1")
    assert get(demo_erp, "/v1/orders?open=1&limit=1&after_id=1")["items"][0]["id"] == "3"


def test_the_clock_moves_orders_by_itself_and_can_be_stopped(tmp_path: Path) -> None:
    with running_demo_erp(tmp_path, "--tick", "0.2") as erp:
        place(erp)
        _until_stage(erp, "paid")
        erp.control("clock", paused=True)
        waiting = place(erp, body("CRM1-ORD-2")).json()
        time.sleep(0.6)
        assert get(erp, f"/v1/orders/{waiting['id']}")["stage"] == "accepted"
        erp.control("clock", paused=False, tick=0.2)
        _until_stage(erp, "paid", waiting["id"])


def test_an_order_of_single_pieces_is_sent_at_once(demo_erp: DemoErp) -> None:
    place(demo_erp, body(lines=[line("l1", "A", quantity="1", unit_price="1.00")]))

    (order,) = demo_erp.advance(steps=2)

    assert (order["stage"], len(order["shipments"])) == ("shipped", 1)


def _changes(erp: DemoErp, **query: str) -> Any:
    response = erp.request("GET", "/v1/changes/orders", params={"limit": "2", **query})
    return response.json()


def _until_stage(erp: DemoErp, stage: str, order: str = "1") -> None:
    end = time.monotonic() + 60
    while get(erp, f"/v1/orders/{order}")["stage"] != stage:
        assert time.monotonic() < end, f"the order does not become {stage}"
        time.sleep(0.05)
