"""What the people in the ERP do with an order, one step at a time: pick, ship, invoice, take the money."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal

from demo_erp.events import announce
from demo_erp.intake import Refusal, Rules, checked
from demo_erp.money import cents
from demo_erp.store import Document, Store, dumps, moment

STAGES = ("accepted", "picking", "partly shipped", "shipped", "invoiced", "partly paid", "paid")
CARRIERS = ("Parcel Post", "Northern Freight", "City Courier")
DUE_DAYS = 14


def advance(store: Store, order_id: int) -> Document:
    """Take an order one step further; a finished or canceled one stays as it is."""
    with store.transaction():
        order = load(store, "orders", order_id)
        step = STEPS.get(str(order["stage"]))
        if step is None:
            return order
        step(store, order)
        due = moment(store.now() + timedelta(seconds=float(store.setting("tick", "5"))))
        store.run("UPDATE orders SET next_at = ? WHERE id = ?", due, order_id)
        return save_order(store, order)


def cancel(store: Store, order_id: int, *, reason: str) -> Document:
    """Cancel an order of which nothing has left the house; canceled again it stays as it is."""
    with store.transaction():
        order = load(store, "orders", order_id)
        if order["status"] == "canceled":
            return order
        if order["stage"] not in ("accepted", "picking"):
            raise Refusal(
                409, "order_too_far", f"Order {order['number']} is {order['stage']} and cannot be canceled."
            )
        for line in order["lines"]:
            line["canceled"] = line["quantity"]
        order |= {"status": "canceled", "stage": "canceled", "cancel_reason": reason}
        return save_order(store, order)


def replace(store: Store, order_id: int, body: Document, *, version: str, rules: Rules) -> Document:
    """Put new content into an order nobody has begun to work on."""
    with store.transaction():
        order = load(store, "orders", order_id)
        if version != order["version"]:
            raise Refusal(412, "version_stale", f"Order {order['number']} was changed meanwhile.")
        if order["stage"] != "accepted":
            raise Refusal(
                409, "order_locked", f"Order {order['number']} is {order['stage']} and cannot be changed."
            )
        draft = json.loads(dumps(checked(store, body, rules=rules)))
        if draft["external_id"] != order["external_id"]:
            raise Refusal(422, "external_id_invalid", "The external_id of an order never changes.")
        return save_order(store, order | draft)


def short_ship(store: Store, order_id: int, line_key: str, *, quantity: Decimal) -> Document:
    """Cancel what cannot be delivered of a line."""
    with store.transaction():
        order = load(store, "orders", order_id)
        line = next((line for line in order["lines"] if line["line_key"] == line_key), None)
        if line is None:
            raise Refusal(404, "not_found", "The order has no such line.")
        line["canceled"] = str(min(quantity, _open(line)) + Decimal(line["canceled"]))
        return save_order(store, order)


def credit(store: Store, invoice_id: int) -> Document:
    """Give an invoice back in full by a credit note."""
    with store.transaction():
        invoice = load(store, "invoices", invoice_id)
        if invoice["kind"] != "invoice" or invoice["credit_note_ids"]:
            raise Refusal(409, "not_creditable", f"{invoice['number']} cannot be credited.")
        note_id = store.next_id("invoices")
        totals = {name: str(-Decimal(amount)) for name, amount in invoice["totals"].items()}
        lines = [_negative(line) for line in invoice["lines"]]
        note = invoice | {
            "id": str(note_id),
            "number": f"CN-{5000 + note_id}",
            "kind": "credit_note",
            "totals": totals,
        }
        note |= {"lines": lines, "paid": "0.00", "balance": "0.00", "status": "paid", "payments": []}
        note |= {"origin_ids": [invoice["id"]], "issued": moment(store.now())[:10], "due": None}
        invoice |= {"credit_note_ids": [note["id"]], "status": "credited", "balance": "0.00"}
        save_invoice(store, invoice)
        return save_invoice(store, note)


def _pick(store: Store, order: Document) -> None:
    order |= {"stage": "picking", "status": "processing"}


def _ship_some(store: Store, order: Document) -> None:
    """About half of every line; an order too small to be split goes out at once."""
    parts = {}
    for line in order["lines"]:
        rest = _open(line)
        half = (rest / 2).to_integral_value(ROUND_FLOOR) if rest >= 2 else Decimal(0)
        if line["kind"] != "freight" and half > 0:
            parts[line["line_key"]] = half
    if parts:
        _ship(store, order, parts)
    else:
        _ship_rest(store, order)


def _ship_rest(store: Store, order: Document) -> None:
    _ship(
        store, order, {line["line_key"]: _open(line) for line in order["lines"] if line["kind"] != "freight"}
    )


def _ship(store: Store, order: Document, parts: dict[str, Decimal]) -> None:
    sent = [{"line_key": key, "quantity": str(part)} for key, part in parts.items() if part > 0]
    for line in order["lines"]:
        line["shipped"] = str(Decimal(line["shipped"]) + parts.get(line["line_key"], Decimal(0)))
    number = f"{order['number']}-S{len(order['shipments']) + 1}"
    if sent:
        shipment = {"id": number, "number": number, "shipped": moment(store.now())[:10], "lines": sent}
        shipment["carrier"] = CARRIERS[int(order["id"]) % len(CARRIERS)]
        shipment["tracking"] = f"TRK{int(order['id']):06d}{len(order['shipments']) + 1}"
        order["shipments"].append(shipment)
    done = all(_open(line) == 0 for line in order["lines"] if line["kind"] != "freight")
    order |= {
        "stage": "shipped" if done else "partly shipped",
        "fulfillment": "complete" if done else "partial",
    }


def _invoice(store: Store, order: Document) -> None:
    """One invoice for what was shipped, with the amounts the order was accepted at."""
    invoice_id, now = store.next_id("invoices"), store.now()
    lines = [_invoice_line(line, order["currency"]) for line in order["lines"]]
    net = sum((Decimal(line["net"]) for line in lines), Decimal(0))
    tax = sum((Decimal(line["tax"]) for line in lines), Decimal(0))
    invoice = {
        "id": str(invoice_id),
        "number": f"INV-{5000 + invoice_id}",
        "kind": "invoice",
        "status": "open",
        "order_id": order["id"],
        "external_id": order["external_id"],
        "customer_code": order["customer"]["code"],
        "currency": order["currency"],
        "issued": moment(now)[:10],
        "due": moment(now + timedelta(days=DUE_DAYS))[:10],
        "lines": lines,
        "totals": {"net": str(net), "tax": str(tax), "gross": str(net + tax)},
        "paid": "0.00",
        "balance": str(net + tax),
        "payments": [],
        "credit_note_ids": [],
        "origin_ids": [],
    }
    for line, invoiced in zip(order["lines"], lines, strict=True):
        line["invoiced"] = invoiced["quantity"]
    save_invoice(store, invoice)
    order["invoice_ids"].append(invoice["id"])
    order |= {"stage": "invoiced", "billing": "complete"}


def _invoice_line(line: Document, currency: str) -> Document:
    quantity = Decimal(line["quantity"]) - Decimal(line["canceled"])
    share = quantity / Decimal(line["quantity"])
    amounts = {
        name: line[name] if share == 1 else str((Decimal(line[name]) * share).quantize(cents(currency)))
        for name in ("net", "tax")
    }
    kept = ("line_key", "product_code", "description", "unit", "unit_price", "tax_code", "tax_rate")
    return {name: line[name] for name in kept} | {"quantity": str(quantity)} | amounts


def _pay_some(store: Store, order: Document) -> None:
    invoice = load(store, "invoices", int(order["invoice_ids"][-1]))
    _receive(store, invoice, (Decimal(invoice["balance"]) / 2).quantize(cents(order["currency"])))
    order["stage"] = "paid" if Decimal(invoice["balance"]) == 0 else "partly paid"
    order["status"] = "done" if order["stage"] == "paid" else order["status"]


def _pay_rest(store: Store, order: Document) -> None:
    invoice = load(store, "invoices", int(order["invoice_ids"][-1]))
    _receive(store, invoice, Decimal(invoice["balance"]))
    order |= {"stage": "paid", "status": "done"}


def _receive(store: Store, invoice: Document, amount: Decimal) -> None:
    if amount == 0:
        invoice["status"] = "paid" if Decimal(invoice["balance"]) == 0 else invoice["status"]
        save_invoice(store, invoice)
        return
    payment_id, now = store.next_id("payments"), store.now()
    payment = {"id": str(payment_id), "number": f"PAY-{7000 + payment_id}", "invoice_id": invoice["id"]}
    payment |= {"invoice_number": invoice["number"], "amount": str(amount), "currency": invoice["currency"]}
    payment |= {"paid_on": moment(now)[:10], "reference": "Bank transfer", "modified": moment(now)}
    store.run("INSERT INTO payments VALUES (?,?,?,?,?)", payment_id, payment["number"], int(invoice["id"]),
              payment["modified"], dumps(payment))  # fmt: skip
    announce(store, "payments", "payment.received", payment["id"])
    balance = Decimal(invoice["balance"]) - amount
    invoice |= {"paid": str(Decimal(invoice["paid"]) + amount), "balance": str(balance)}
    invoice["status"] = "paid" if balance == 0 else "partly_paid"
    invoice["payments"].append(payment)
    save_invoice(store, invoice)


STEPS: dict[str, Callable[[Store, Document], None]] = {
    "accepted": _pick,
    "picking": _ship_some,
    "partly shipped": _ship_rest,
    "shipped": _invoice,
    "invoiced": _pay_some,
    "partly paid": _pay_rest,
}


def load(store: Store, table: str, key: int) -> Document:
    """A document that must exist."""
    found = store.document(table, key)
    if found is None:
        raise Refusal(404, "not_found", "There is no such document here.")
    return found


def save_order(store: Store, order: Document) -> Document:
    """Store an order as changed now and tell whoever listens."""
    order["modified"] = order["version"] = moment(store.now())
    store.run(
        "UPDATE orders SET stage = ?, modified = ?, body = ? WHERE id = ?",
        order["stage"], order["modified"], dumps(order), int(order["id"]),
    )  # fmt: skip
    if order["stage"] not in STEPS:
        store.run("UPDATE orders SET next_at = NULL WHERE id = ?", int(order["id"]))
    announce(store, "orders", "order.updated", order["id"])
    return order


def save_invoice(store: Store, invoice: Document) -> Document:
    """Store an invoice as changed now and tell whoever listens."""
    invoice["modified"] = invoice["version"] = moment(store.now())
    store.run(
        "INSERT OR REPLACE INTO invoices (id, number, order_id, status, modified, body) VALUES (?,?,?,?,?,?)",
        int(invoice["id"]), invoice["number"], int(invoice["order_id"]), invoice["status"],
        invoice["modified"], dumps(invoice),
    )  # fmt: skip
    announce(store, "invoices", "invoice.updated", invoice["id"])
    return invoice


def _open(line: Document) -> Decimal:
    return Decimal(line["quantity"]) - Decimal(line["shipped"]) - Decimal(line["canceled"])


def _negative(line: Document) -> Document:
    return line | {name: str(-Decimal(line[name])) for name in ("quantity", "net", "tax")}
