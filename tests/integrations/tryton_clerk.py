"""The people in Tryton, for tests: they post and pay invoices and ship goods, over the JSON-RPC of their own
client.
"""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx

Answers = Mapping[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]]
SHIPPING = ("wait", "assign_try", "pick", "pack", "do")


class TrytonRefused(AssertionError):
    """Tryton did not let the clerk do it."""


class TrytonClerk:
    """One clerk with a session of their own per call (Basic), so that nothing expires during a long test."""

    def __init__(self, address: str, credentials: Mapping[str, str], facts: Mapping[str, Any]) -> None:
        self._url = f"{address}/rpc/"
        self._auth = (credentials["login"], credentials["password"])
        self._facts = facts
        self._context = {"company": facts["company"]["id"]}

    def call(self, method: str, *params: Any) -> Any:
        """One JSON-RPC call."""
        body = json.dumps({"id": 1, "method": method, "params": list(params)}, default=_encode)
        answer = httpx.post(
            self._url,
            content=body,
            headers={"Content-Type": "application/json"},
            auth=self._auth,
            timeout=120,
            trust_env=False,
        )
        answer.raise_for_status()
        value = json.loads(answer.content, object_hook=_decode)
        if "error" in value:
            raise TrytonRefused(f"{method}: {value['error']}")
        return value["result"]

    def model(self, model: str, method: str, *params: Any) -> Any:
        """A method of a model, in the company's context."""
        return self.call(f"model.{model}.{method}", *params, self._context)

    def invoice_of(self, sale_id: str | int) -> int:
        """The id of the newest invoice of a sale."""
        found = self.model(
            "account.invoice", "search", [["sales", "=", int(sale_id)]], 0, 1, [["id", "DESC"]]
        )
        assert found, f"sale {sale_id} has no invoice"
        return int(found[0])

    def post_invoice(self, invoice_id: int) -> None:
        """Make a draft invoice official: number, date, amounts due."""
        (invoice,) = self.model("account.invoice", "read", [invoice_id], ["invoice_date"])
        if not invoice["invoice_date"]:
            self.model("account.invoice", "write", [invoice_id], {"invoice_date": date.today()})  # noqa: DTZ011
        self.model("account.invoice", "post", [invoice_id])

    def pay_invoice(self, invoice_id: int, amount: str | Decimal, text: str = "Bank statement 4711") -> None:
        """Book money received; less than the balance leaves the invoice partly paid."""
        form = {
            "amount": Decimal(amount),
            "payment_method": self._facts["payment_methods"]["Bank"],
            "description": text,
        }
        self._wizard(
            "account.invoice.pay",
            "account.invoice",
            invoice_id,
            {"start": (lambda _: form, "choice"), "ask": (lambda _: {"type": "partial"}, "pay")},
        )

    def credit_invoice(self, invoice_id: int) -> None:
        """Credit an invoice in full, with the credit note posted at once."""
        self._wizard(
            "account.invoice.credit",
            "account.invoice",
            invoice_id,
            {"start": (lambda _: {"with_refund": True, "invoice_date": None}, "credit")},
        )

    def ship(self, sale_id: str | int, quantities: Mapping[str, float] | None = None) -> None:
        """Send the open shipment of a sale; `quantities` by product code sends less and leaves a rest."""
        (sale,) = self.model("sale.sale", "read", [int(sale_id)], ["shipments"])
        domain = [["id", "in", list(sale["shipments"])], ["state", "in", ["draft", "waiting"]]]
        (shipment_id,) = self.model("stock.shipment.out", "search", domain, 0, 1, [["id", "ASC"]])
        if quantities:
            self._reduce(shipment_id, quantities)
        for action in SHIPPING:
            self.model("stock.shipment.out", action, [shipment_id])

    def _reduce(self, shipment_id: int, quantities: Mapping[str, float]) -> None:
        self.model("stock.shipment.out", "draft", [shipment_id])
        (shipment,) = self.model("stock.shipment.out", "read", [shipment_id], ["outgoing_moves"])
        domain = [["id", "in", list(shipment["outgoing_moves"])], ["product.code", "in", list(quantities)]]
        moves = self.model("stock.move", "search_read", domain, 0, None, None, ["product.code"])
        for move in moves:
            quantity = float(quantities[move["product."]["code"]])
            self.model("stock.move", "write", [move["id"]], {"quantity": quantity})

    def sales_by_reference(self, reference: str) -> list[dict[str, Any]]:
        """The ERP's own view of how many sales carry our key."""
        fields = ["number", "state", "total_amount"]
        return self.model("sale.sale", "search_read", [["reference", "=", reference]], 0, None, None, fields)

    def _wizard(self, name: str, model: str, record_id: int, answers: Answers) -> None:
        session, state, _ = self.call(f"wizard.{name}.create", self._context)
        context = {**self._context, "active_model": model, "active_id": record_id, "active_ids": [record_id]}
        data: dict[str, Any] = {}
        while view := self.call(f"wizard.{name}.execute", session, data, state, context).get("view"):
            form = view["state"]
            # "company." and the like hold names for display: not to be sent back
            data[form] = {key: value for key, value in view["defaults"].items() if not key.endswith(".")}
            values, state = answers[form]
            data[form].update(values(data[form]))
        self.call(f"wizard.{name}.delete", session, self._context)


def _encode(value: object) -> dict[str, Any]:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(f"no JSON for {value!r}")


def _decode(value: dict[str, Any]) -> Any:
    kind = value.pop("__class__", None)
    if kind == "Decimal":
        return Decimal(value["decimal"])
    if kind == "date":
        return date(**value)
    if kind == "datetime":
        return datetime(**value)  # noqa: DTZ001 - Tryton's moments are naive UTC
    return base64.b64decode(value["base64"]) if kind == "bytes" else value
