"""Orders as a partner writes them, by the letter of docs/erp-contract.md."""

from typing import Any

import httpx

from tests.integrations.erp_fixtures import DemoErp


def body(external_id: str = "CRM1-ORD-1", **changes: Any) -> dict[str, Any]:
    """An order of two goods and freight: 138.00 and 26.22 of tax."""
    return {
        "external_id": external_id,
        "currency": "EUR",
        "order_date": "2026-11-22",
        "customer": {"code": "ACC-1", "name": "Alpha GmbH"},
        "lines": [
            line("l1", "WIDGET", quantity="10", unit_price="10.00", discount="1.00"),
            line("l2", "GADGET", quantity="1", unit_price="34.00"),
            line("freight", "", kind="freight", quantity="1", unit_price="5.00"),
        ],
        "totals": {"net": "138.00", "tax": "26.22", "gross": "164.22"},
        **changes,
    }


def line(key: str, product: str, **fields: str) -> dict[str, str]:
    """One line at 19 %."""
    return {"line_key": key, "product_code": product, "tax_code": "VAT19", "tax_rate": "19", **fields}


def place(erp: DemoErp, order: dict[str, Any] | None = None, *, key: str = "") -> httpx.Response:
    """POST an order."""
    order = order or body()
    key = key or str(order["external_id"])
    return erp.request("POST", "/v1/orders", json=order, headers={"Idempotency-Key": key})


def get(erp: DemoErp, path: str) -> Any:
    """GET, which must succeed."""
    response = erp.request("GET", path)
    assert response.status_code == 200, response.text
    return response.json()
