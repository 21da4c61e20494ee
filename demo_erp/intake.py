"""Taking an order in: every field is looked at, and every refusal is a sentence a salesperson can act on."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from demo_erp.money import Amounts, Line, calculate, decimal
from demo_erp.store import Document, Store, dumps, moment
from demo_erp.troubles import why_blocked

FIRST_NUMBER = 10_000
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
LINE_KINDS = ("goods", "write_in", "freight")


@dataclass
class Refusal(Exception):
    """The ERP says no: an HTTP status, a code for programs, a sentence for people, and one more for each
    line.
    """

    status: int
    code: str
    message: str
    lines: list[dict[str, str]] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """How this ERP is set up: `strict` knows no one it was not told about; `rounding` is a profile of
    `money`.
    """

    strict: bool = False
    rounding: str = "per_line"


def fingerprint(body: Document) -> str:
    """Equal bodies have equal fingerprints, whatever the order of their fields."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def accept(store: Store, body: Document, *, key: str, rules: Rules) -> tuple[Document, bool]:
    """Book an order once per key; the second value says whether it was booked just now."""
    with store.transaction():
        before = store.row("SELECT * FROM idempotency WHERE key = ?", key)
        if before:
            if before["fingerprint"] != fingerprint(body):
                sentence, details = (
                    "This Idempotency-Key came with another body before.",
                    _order(before["order_id"]),
                )
                raise Refusal(409, "idempotency_key_reused", sentence, details=details)
            return store.document("orders", before["order_id"]) or {}, False
        draft = checked(store, body, rules=rules)
        taken = store.row("SELECT id, number FROM orders WHERE external_id = ?", draft["external_id"])
        if taken:
            sentence = f"Order {taken['number']} already has this external_id."
            raise Refusal(409, "external_id_taken", sentence, details=_order(taken["id"]))
        return book(store, draft, key=key, print_of_body=fingerprint(body)), True


def _order(key: int) -> dict[str, str]:
    return {"order_id": str(key)}


def book(store: Store, draft: Document, *, key: str, print_of_body: str) -> Document:
    """Give a checked order its number and enter it in the ledger of creates."""
    now = store.now()
    order_id = store.next_id("orders")
    order = {
        "id": str(order_id),
        "number": f"SO-{FIRST_NUMBER + order_id}",
        **draft,
        "status": "accepted",
        "stage": "accepted",
        "fulfillment": "none",
        "billing": "none",
        "shipments": [],
        "invoice_ids": [],
        "created": moment(now),
        "modified": moment(now),
        "version": moment(now),
    }
    due = moment(now + timedelta(seconds=float(store.setting("tick", "5"))))
    store.run(
        "INSERT INTO orders (id, number, external_id, stage, next_at, modified, body) VALUES (?,?,?,?,?,?,?)",
        order_id, order["number"], order["external_id"], "accepted", due, order["modified"], dumps(order),
    )  # fmt: skip
    store.run("INSERT INTO idempotency VALUES (?,?,?,?)", key, print_of_body, order_id, order["created"])
    store.run(
        "INSERT INTO ledger (external_id, order_id, idempotency_key, at) VALUES (?,?,?,?)",
        order["external_id"], order_id, key, order["created"],
    )  # fmt: skip
    kept: Document = json.loads(dumps(order))
    return kept


def checked(store: Store, body: Document, *, rules: Rules) -> Document:
    """The order as this ERP will keep it, with its own amounts beside the sender's; raises `Refusal`."""
    external_id = body.get("external_id")
    if not isinstance(external_id, str) or not KEY.fullmatch(external_id):
        raise Refusal(
            422, "external_id_invalid", "The order needs an external_id of up to 64 letters and digits."
        )
    currency = body.get("currency")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise Refusal(
            422, "currency_invalid", "The order needs a currency of three capital letters, like EUR."
        )
    if body.get("prices_include_tax"):
        raise Refusal(422, "tax_included", "Prices must be sent without tax.")
    order_date = _date(body.get("order_date"), "order_date")
    customer = _customer(store, body.get("customer"), rules=rules)
    lines, amounts = _lines(store, body.get("lines"), currency=currency, rules=rules)
    return {
        "external_id": external_id,
        "external_version": body.get("version", 1),
        "customer": customer,
        "currency": currency,
        "order_date": order_date,
        "requested_date": body.get("requested_date"),
        "payment_terms": str(body.get("payment_terms") or ""),
        "customer_po": str(body.get("customer_po") or ""),
        "note": str(body.get("note") or ""),
        "custom": body.get("custom") if isinstance(body.get("custom"), dict) else {},
        "lines": lines,
        "totals": {"net": amounts.net, "tax": amounts.tax, "gross": amounts.gross},
        "requested_totals": body.get("totals") or {},
    }


def _customer(store: Store, given: Any, *, rules: Rules) -> Document:
    if not isinstance(given, dict) or not str(given.get("code") or "").strip():
        raise Refusal(422, "customer_missing", "The order needs a customer with a code.")
    code, name = str(given["code"]).strip(), str(given.get("name") or given["code"])
    if not known(store, "customer", code):
        if rules.strict:
            raise Refusal(422, "unknown_customer", f"There is no customer with the code {code} here.")
        learn(store, "customer", code, {"code": code, "name": name})
    return {**given, "code": code, "name": name}


def _lines(store: Store, given: Any, *, currency: str, rules: Rules) -> tuple[list[Document], Amounts]:
    if not isinstance(given, list) or not given:
        raise Refusal(422, "lines_missing", "The order needs at least one line.")
    faults: list[dict[str, str]] = []
    lines: list[Document] = []
    figures: list[Line] = []
    for position, line in enumerate(given, start=1):
        try:
            clean, figure = _line(store, line, rules=rules, taken={str(known["line_key"]) for known in lines})
        except Refusal as refusal:
            key = str(line.get("line_key") or "") if isinstance(line, dict) else ""
            faults.append(
                {"line_key": key, "code": refusal.code, "message": f"Line {position}: {refusal.message}"}
            )
        else:
            lines.append(clean)
            figures.append(figure)
    if faults:
        raise Refusal(422, faults[0]["code"], " ".join(fault["message"] for fault in faults), lines=faults)
    amounts = calculate(figures, currency, rules.rounding)
    for line, (net, tax) in zip(lines, amounts.lines, strict=True):
        line |= {
            "net": net,
            "tax": tax,
            "shipped": Decimal(0),
            "invoiced": Decimal(0),
            "canceled": Decimal(0),
        }
    return lines, amounts


def _line(store: Store, line: Any, *, rules: Rules, taken: set[str]) -> tuple[Document, Line]:
    if not isinstance(line, dict):
        raise Refusal(422, "line_invalid", "a line is an object.")
    key = str(line.get("line_key") or "")
    if not KEY.fullmatch(key) or key in taken:
        raise Refusal(422, "line_key_invalid", "a line needs a line_key of its own.")
    product, kind = str(line.get("product_code") or ""), str(line.get("kind") or "goods")
    if kind not in LINE_KINDS:
        raise Refusal(422, "line_kind_invalid", f"the kind of a line is one of {', '.join(LINE_KINDS)}.")
    if kind == "goods" and not product:
        raise Refusal(422, "product_missing", "the product code is missing.")
    if reason := why_blocked(product):
        raise Refusal(422, "product_blocked", f"{reason}.")
    try:
        numbers = {
            name: decimal(line.get(name, "0")) for name in ("quantity", "unit_price", "discount", "tax_rate")
        }
    except (TypeError, ValueError) as error:
        raise Refusal(422, "number_invalid", f"{error}.") from None
    if numbers["quantity"] <= 0:
        raise Refusal(422, "quantity_invalid", "the quantity must be more than zero.")
    _known_codes(store, line, product=product, rules=rules)
    clean = {name: str(line.get(name) or "") for name in ("description", "unit", "tax_code")}
    sent = {"requested_net": line.get("net"), "requested_tax": line.get("tax")}
    figure = Line(numbers["quantity"], numbers["unit_price"], numbers["discount"], numbers["tax_rate"])
    return {"line_key": key, "kind": kind, "product_code": product, **clean, **numbers, **sent}, figure


def _known_codes(store: Store, line: Document, *, product: str, rules: Rules) -> None:
    tax = str(line.get("tax_code") or "")
    if product and not known(store, "product", product):
        if rules.strict:
            raise Refusal(422, "unknown_product", f"there is no product with the code {product} here.")
        learn(store, "product", product, {"code": product, "name": str(line.get("description") or product)})
    if tax and not known(store, "tax", tax):
        if rules.strict:
            raise Refusal(422, "unknown_tax", f"there is no tax with the code {tax} here.")
        learn(store, "tax", tax, {"code": tax, "rate": str(line.get("tax_rate", "0"))})


def _date(value: Any, name: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise Refusal(422, "date_invalid", f"The {name} must be a date like 2026-11-22.") from None


def known(store: Store, kind: str, code: str) -> bool:
    """Whether the ERP has a customer, product or tax of this code."""
    return store.row("SELECT 1 FROM codes WHERE kind = ? AND code = ?", kind, code) is not None


def learn(store: Store, kind: str, code: str, body: Document) -> None:
    """Add a customer, product or tax."""
    store.run("INSERT OR REPLACE INTO codes (kind, code, body) VALUES (?,?,?)", kind, code, dumps(body))
