"""Tryton's records in our words, without any HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.adapters.content import hash_of
from integrations.adapters.documents import (
    FoundOrder,
    InvoiceDoc,
    InvoiceLineDoc,
    OrderLineState,
    OrderState,
    PaymentDoc,
    RemoteRef,
    ShipmentDoc,
    ShipmentLineDoc,
    TaxDoc,
)

Record = Mapping[str, Any]
ZERO = Decimal(0)
NOTE = "salesops:"
ROUNDING = ":rounding"

SALE = (
    "number", "reference", "state", "invoice_state", "shipment_state", "party.code", "currency.code",
    "currency.digits", "untaxed_amount", "tax_amount", "total_amount", "last_modified_at", "lines.type",
    "lines.note", "lines.quantity", "lines.amount", "lines.product.code", "lines.product.type",
    "lines.invoice_lines.quantity", "lines.invoice_lines.invoice_state", "shipments.number",
    "shipments.state", "shipments.effective_date",
)  # fmt: skip
MOVE = ("origin", "shipment", "quantity", "state")
INVOICE = (
    "number", "state", "invoice_date", "party.code", "currency.code", "untaxed_amount", "tax_amount",
    "total_amount", "amount_to_pay", "last_modified_at", "sales.id", "sales.reference",
    "origin_invoices.id", "origin_invoices.sales.id", "origin_invoices.sales.reference", "origin_invoices.lines.note",
    "lines.type",
    "lines.note", "lines.origin", "lines.product.code", "lines.description", "lines.quantity",
    "lines.unit.symbol", "lines.unit_price", "lines.amount", "lines.taxes.name", "lines.taxes.rate",
    "lines_to_pay.maturity_date", "payment_lines.date", "payment_lines.debit", "payment_lines.credit",
    "payment_lines.description", "payment_lines.amount_second_currency",
    "payment_lines.second_currency.code", "payment_lines.last_modified_at", "taxes.base", "taxes.amount",
    "taxes.tax.name", "taxes.tax.rate",
)  # fmt: skip
PHASES = {"draft": "draft", "quotation": "draft", "done": "archived", "cancelled": "canceled"}
STATUSES = {"draft": "draft", "quotation": "draft", "confirmed": "accepted", "cancelled": "canceled"}
SHIPPED = {"partially shipped": "partial", "sent": "complete"}
GOODS = ("goods", "assets")


def note_of(line_key: str) -> str:
    """Our line key as it stands in the note of a line there, which its invoice lines inherit."""
    return NOTE + line_key


def key_of(line: Record) -> str:
    """Our line key of a line there; empty when it is not a line of ours."""
    note = str(line.get("note") or "")
    return note.removeprefix(NOTE).split()[0] if note.startswith(NOTE) and len(note) > len(NOTE) else ""


def sale_ref(sale: Record) -> RemoteRef:
    """Where a sale lives."""
    return _ref("sale.sale", sale)


def found_order(sale: Record) -> FoundOrder:
    """A sale as a trace of our key."""
    return FoundOrder(
        ref=sale_ref(sale),
        phase=PHASES.get(sale["state"], "open"),
        content_hash=_content_hash(sale),
        total_net=sale["untaxed_amount"],
        total_tax=sale["tax_amount"],
        total_gross=sale["total_amount"],
    )


def _content_hash(sale: Record) -> str:
    amounts = _amounts(sale)
    rows = [
        (key_of(line), _code(line.get("product")), number(line["quantity"]), amounts[line["id"]])
        for line in _own_lines(sale)
    ]
    return hash_of(str(sale["reference"] or ""), _code(sale["party"]), sale["currency"]["code"], rows)


def _amounts(sale: Record) -> dict[int, Decimal]:
    """The amount of every line by its id; a line that only carries a rest of rounding counts to the line it
    is of.
    """
    rests = {key_of(line): line["amount"] for line in _lines(sale) if key_of(line).endswith(ROUNDING)}
    return {
        line["id"]: line["amount"] + rests.get(key_of(line) + ROUNDING, ZERO) for line in _own_lines(sale)
    }


def _own_lines(sale: Record) -> list[Record]:
    return [line for line in _lines(sale) if not key_of(line).endswith(ROUNDING)]


def order_state(sale: Record, moves: Sequence[Record]) -> OrderState:
    """A sale as the ERP has it now, with what its stock moves say was sent."""
    sent = [move for move in moves if move["state"] == "done" and move.get("shipment")]
    amounts = _amounts(sale)
    lines = [_line_state(sale, line, sent, net_amount=amounts[line["id"]]) for line in _own_lines(sale)]
    return OrderState(
        ref=sale_ref(sale),
        external_key=str(sale["reference"] or ""),
        status=_status(sale),
        fulfillment=_fulfillment(sale),
        billing=_share([(line.invoiced, line.ordered) for line in lines]),
        currency=sale["currency"]["code"],
        total_net=sale["untaxed_amount"],
        total_tax=sale["tax_amount"],
        total_gross=sale["total_amount"],
        lines=lines,
        shipments=_shipments(sale, sent),
        status_text=f"{sale['state']}, invoice {sale['invoice_state']}, shipment {sale['shipment_state']}",
    )


def _status(sale: Record) -> str:
    state, invoice, shipment = sale["state"], sale["invoice_state"], sale["shipment_state"]
    if "exception" in (invoice, shipment):
        return "exception"
    if state == "done" and invoice == "none" and shipment == "none":
        # A processed sale whose invoice and shipment people called off ends as "done", never as "cancelled".
        return "canceled"
    return STATUSES.get(state, "done" if state == "done" else "processing")


def _fulfillment(sale: Record) -> str:
    """Services are never shipped there: they count as delivered with the last of the goods."""
    if sale["shipment_state"] in SHIPPED:
        return SHIPPED[sale["shipment_state"]]
    return "complete" if _nothing_to_ship(sale) and _status(sale) in ("processing", "done") else "none"


def _nothing_to_ship(sale: Record) -> bool:
    return sale["shipment_state"] == "none" and not any(_is_goods(line) for line in _lines(sale))


def _line_state(sale: Record, line: Record, sent: Sequence[Record], *, net_amount: Decimal) -> OrderLineState:
    origin = f"sale.line,{line['id']}"
    ordered = number(line["quantity"])
    if _is_goods(line):
        shipped = sum((number(move["quantity"]) for move in sent if move["origin"] == origin), ZERO)
    else:
        shipped = ordered if _fulfillment(sale) == "complete" else ZERO
    issued = [part for part in line.get("invoice_lines") or () if part["invoice_state"] in ("posted", "paid")]
    return OrderLineState(
        line_key=key_of(line),
        remote_id=str(line["id"]),
        ordered=ordered,
        shipped=shipped,
        canceled=ordered if _status(sale) == "canceled" else ZERO,
        invoiced=sum((number(part["quantity"]) for part in issued), ZERO),
        net_amount=net_amount,
    )


def _shipments(sale: Record, sent: Sequence[Record]) -> list[ShipmentDoc]:
    keys = {f"sale.line,{line['id']}": key_of(line) for line in _lines(sale)}
    result = []
    for shipment in sale.get("shipments") or ():
        mine = [move for move in sent if move["shipment"] == f"stock.shipment.out,{shipment['id']}"]
        if mine:
            lines = [ShipmentLineDoc(keys.get(move["origin"], ""), number(move["quantity"])) for move in mine]
            key, label = str(shipment["id"]), str(shipment["number"] or "")
            result.append(ShipmentDoc(key, label, shipment["effective_date"], lines=lines))
    return result


def invoice(record: Record) -> InvoiceDoc:
    """An issued invoice or credit note, figure for figure."""
    sales = list(record["sales"]) + [sale for one in record["origin_invoices"] for sale in one["sales"]]
    # A credit note has no notes of ours: its lines point to those of the invoice it credits.
    originals = (line for one in record["origin_invoices"] for line in one["lines"])
    credited = {f"account.invoice.line,{line['id']}": key_of(line) for line in originals}
    total = record["total_amount"]
    due = record["amount_to_pay"] if record["state"] == "posted" else ZERO
    return InvoiceDoc(
        ref=_ref("account.invoice", record),
        kind="credit_note" if total < 0 else "invoice",
        number=str(record["number"] or ""),
        status=_invoice_status(record),
        currency=record["currency"]["code"],
        customer_code=_code(record["party"]),
        order_ids=_unique(str(sale["id"]) for sale in sales),
        external_keys=_unique(str(sale["reference"]) for sale in sales if sale["reference"]),
        issued_on=record["invoice_date"],
        due_on=_due(record["lines_to_pay"]),
        total_net=record["untaxed_amount"],
        total_tax=record["tax_amount"],
        total_gross=total,
        amount_paid=total - due if record["state"] in ("posted", "paid") else ZERO,
        balance=due,
        lines=[_invoice_line(line, credited) for line in record["lines"] if line["type"] == "line"],
        payments=[_payment(record, line) for line in record["payment_lines"]],
        taxes=[_tax(tax) for tax in record["taxes"]],
        origin_ids=[str(one["id"]) for one in record["origin_invoices"]],
        status_text=str(record["state"]),
    )


def _invoice_status(record: Record) -> str:
    state = record["state"]
    if state == "posted":
        return "open" if record["amount_to_pay"] == record["total_amount"] else "partly_paid"
    if state == "cancelled":
        return "credited" if record["number"] else "canceled"
    return "paid" if state == "paid" else "draft"


def _invoice_line(line: Record, credited: Mapping[str, str]) -> InvoiceLineDoc:
    origin = str(line.get("origin") or "")
    rates = [tax["rate"] for tax in line["taxes"] if tax["rate"] is not None]
    return InvoiceLineDoc(
        line_key=key_of(line) or credited.get(origin, ""),
        remote_id=str(line["id"]),
        product_code=_code(line.get("product")),
        description=str(line["description"] or ""),
        quantity=number(line["quantity"]),
        unit=str((line.get("unit") or {}).get("symbol") or ""),
        unit_price=line["unit_price"],
        net_amount=line["amount"],
        tax_code=str(line["taxes"][0]["name"]) if line["taxes"] else "",
        tax_rate=sum((rate * 100 for rate in rates), ZERO),
        order_line_id=origin.removeprefix("sale.line,") if origin.startswith("sale.line,") else "",
    )


def _payment(record: Record, line: Record) -> PaymentDoc:
    """Money in the invoice's currency, which the books of another currency keep as second amount."""
    foreign = line.get("second_currency") and line["second_currency"]["code"] == record["currency"]["code"]
    amount = -line["amount_second_currency"] if foreign else line["credit"] - line["debit"]
    return PaymentDoc(
        ref=_ref("account.move.line", line),
        invoice_id=str(record["id"]),
        invoice_number=str(record["number"] or ""),
        amount=amount,
        currency=record["currency"]["code"],
        paid_on=line["date"],
        reference=str(line["description"] or ""),
    )


def _tax(tax: Record) -> TaxDoc:
    given = tax.get("tax") or {}
    rate = given["rate"] * 100 if given.get("rate") is not None else None
    return TaxDoc(str(given.get("name") or ""), rate, tax["base"], tax["amount"])


def _due(lines: Sequence[Record]) -> date | None:
    """The day by which everything should be paid."""
    days = [line["maturity_date"] for line in lines if line["maturity_date"]]
    return max(days) if days else None


def _ref(model: str, record: Record) -> RemoteRef:
    modified = record["last_modified_at"]
    version = modified.isoformat() if modified else ""
    return RemoteRef(model, str(record["id"]), str(record.get("number") or ""), version, modified)


def number(quantity: float | None) -> Decimal:
    """A quantity, which Tryton sends as a float, as the number a person reads."""
    return Decimal(str(quantity or 0)).normalize() + 0


def _lines(sale: Record) -> list[Record]:
    return [line for line in sale["lines"] if line["type"] == "line"]


def _is_goods(line: Record) -> bool:
    return bool(line.get("product")) and line["product"]["type"] in GOODS


def _code(record: Record | None) -> str:
    return str((record or {}).get("code") or "")


def _share(parts: Sequence[tuple[Decimal, Decimal]]) -> str:
    if parts and all(done >= whole for done, whole in parts):
        return "complete"
    return "partial" if any(done for done, _ in parts) else "none"


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
