"""Taking orders in: once, checked, and with the ERP's own sums."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.demo_erp.orders import body, get, line, place
from tests.integrations.erp_fixtures import DemoErp, running_demo_erp


def test_an_order_gets_a_number_and_keeps_what_was_sent(demo_erp: DemoErp) -> None:
    sent = body(custom={"promotion": "SPRING"}, customer_po="PO-7")

    answer = place(demo_erp, sent)

    assert answer.status_code == 201
    order = answer.json()
    assert (order["number"], order["status"], order["stage"]) == ("SO-10001", "accepted", "accepted")
    assert order["totals"] == order["requested_totals"] == sent["totals"]
    assert (order["custom"], order["customer_po"]) == (sent["custom"], "PO-7")
    assert get(demo_erp, "/v1/orders?external_id=CRM1-ORD-1")["items"] == [order]
    assert get(demo_erp, f"/v1/orders/{order['id']}") == order


def test_its_own_sums_stand_beside_ours(demo_erp: DemoErp) -> None:
    order = place(demo_erp, body(totals={"net": "1.00", "tax": "0.00", "gross": "1.00"})).json()

    assert order["totals"]["gross"] == "164.22"
    assert order["requested_totals"]["gross"] == "1.00"


def test_the_same_key_and_body_is_the_same_order(demo_erp: DemoErp) -> None:
    first = place(demo_erp)

    again = place(demo_erp)

    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json()["id"] == first.json()["id"]
    assert len(demo_erp.ledger()) == 1


def test_a_key_is_never_used_for_two_bodies_nor_an_id_for_two_orders(demo_erp: DemoErp) -> None:
    order = place(demo_erp, key="k-1").json()

    other_body = place(demo_erp, body(customer_po="other"), key="k-1")
    other_key = place(demo_erp, key="k-2")

    assert (other_body.status_code, other_body.json()["code"]) == (409, "idempotency_key_reused")
    assert (other_key.status_code, other_key.json()["code"]) == (409, "external_id_taken")
    assert other_body.json()["order_id"] == other_key.json()["order_id"] == order["id"]
    assert len(demo_erp.ledger()) == 1


def test_fifty_at_once_with_one_key_are_one_order(demo_erp: DemoErp) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: place(demo_erp), range(50)))

    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len(demo_erp.ledger()) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"external_id": ""}, "external_id_invalid"),
        ({"external_id": "a b"}, "external_id_invalid"),
        ({"currency": "euro"}, "currency_invalid"),
        ({"order_date": "22.11.2026"}, "date_invalid"),
        ({"customer": {}}, "customer_missing"),
        ({"customer": None}, "customer_missing"),
        ({"lines": []}, "lines_missing"),
        ({"lines": "many"}, "lines_missing"),
        ({"lines": [line("l1", "A", quantity="0")]}, "quantity_invalid"),
        ({"lines": [line("l1", "A", quantity="NaN")]}, "number_invalid"),
        ({"lines": [{"line_key": "l1", "product_code": "A", "quantity": 1.5}]}, "number_invalid"),
        ({"lines": [line("l1", "", quantity="1")]}, "product_missing"),
        ({"lines": [line("l1", "A", quantity="1"), line("l1", "B", quantity="1")]}, "line_key_invalid"),
        ({"lines": [line("l1", "A", quantity="1", kind="moon")]}, "line_kind_invalid"),
        ({"prices_include_tax": True}, "tax_included"),
    ],
)
def test_a_wrong_order_is_refused_with_a_sentence(
    demo_erp: DemoErp, change: dict[str, Any], code: str
) -> None:
    answer = place(demo_erp, body(**change), key="k-1")

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["message"].endswith(".")
    assert demo_erp.ledger() == []


def test_requests_that_are_no_orders_are_refused(demo_erp: DemoErp) -> None:
    headers = {"Idempotency-Key": "k"}

    assert demo_erp.request("POST", "/v1/orders", json=body()).status_code == 400
    assert demo_erp.request("POST", "/v1/orders", content=b"{", headers=headers).status_code == 400
    assert demo_erp.request("POST", "/v1/orders", content=b"[]", headers=headers).status_code == 400
    assert demo_erp.request("GET", "/v1/orders?limit=x").status_code == 400
    assert demo_erp.request("GET", "/v1/changes/orders?modified_since=yesterday").status_code == 400
    assert demo_erp.request("GET", "/v1/orders/7").status_code == 404
    assert demo_erp.request("GET", "/v1/changes/moons").status_code == 404
    assert demo_erp.request("GET", "/v1/nothing").status_code == 404
    wrong = {"Authorization": "Bearer wrong"}
    assert demo_erp.request("GET", "/v1/info", headers=wrong).status_code == 401
    assert demo_erp.request("POST", "/v1/_test/reset", json={}, headers=wrong).status_code == 401


def test_a_strict_erp_names_every_line_it_has_no_code_for(tmp_path: Path) -> None:
    with running_demo_erp(tmp_path, "--strict") as erp:
        assert place(erp).json()["code"] == "unknown_customer"
        erp.request("PUT", "/v1/customers/ACC-1", json={"name": "Alpha"})
        erp.request("PUT", "/v1/products/WIDGET", json={"name": "Widget"})

        answer = place(erp).json()

        assert {entry["line_key"]: entry["code"] for entry in answer["lines"]} == {
            "l1": "unknown_tax",
            "l2": "unknown_product",
            "freight": "unknown_tax",
        }
        known = get(erp, "/v1/products?code=WIDGET&code=GADGET")
        assert ([item["code"] for item in known["items"]], known["creates_unknown"]) == (["WIDGET"], False)


def test_an_erp_that_rounds_per_document_says_so_in_its_sums(tmp_path: Path) -> None:
    lines = [line(f"l{n}", "A", quantity="1", unit_price="0.13") for n in range(3)]
    with running_demo_erp(tmp_path, "--rounding", "per_document") as erp:
        order = place(erp, body(lines=lines)).json()

    assert order["totals"] == {"net": "0.39", "tax": "0.07", "gross": "0.46"}
    assert sorted(entry["tax"] for entry in order["lines"]) == ["0.02", "0.02", "0.03"]


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with running_demo_erp(tmp_path) as erp:
        order = place(erp).json()
        erp.kill()
        erp.start()

        assert get(erp, f"/v1/orders/{order['id']}") == order
        assert place(erp).status_code == 200
        assert place(erp, body("CRM1-ORD-2")).json()["number"] == "SO-10002"
