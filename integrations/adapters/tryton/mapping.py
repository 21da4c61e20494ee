"""Tryton's sales in our words, without any HTTP."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from integrations.adapters.content import hash_of
from integrations.adapters.documents import (
    FREIGHT_KEY,
    FoundOrder,
    OrderLineState,
    OrderState,
    RemoteRef,
    ShipmentDoc,
    ShipmentLineDoc,
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
    return ref_of("sale.sale", sale)


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
        (key_of(line), code_of(line.get("product")), number(line["quantity"]), amounts[line["id"]])
        for line in _own_lines(sale)
    ]
    return hash_of(str(sale["reference"] or ""), code_of(sale["party"]), sale["currency"]["code"], rows)


def _amounts(sale: Record) -> dict[int, Decimal]:
    """The amount of every line by its id; a line that only carries a rest of rounding counts to the line it
    is of.
    """
    rests = {key_of(line): line["amount"] for line in _lines(sale) if is_rest(line)}
    return {
        line["id"]: line["amount"] + rests.get(key_of(line) + ROUNDING, ZERO) for line in _own_lines(sale)
    }


def _own_lines(sale: Record) -> list[Record]:
    return [line for line in _lines(sale) if not is_rest(line)]


def is_rest(line: Record) -> bool:
    """Whether a line only carries what no unit price could express."""
    return key_of(line).endswith(ROUNDING)


def order_state(sale: Record, moves: Sequence[Record]) -> OrderState:
    """A sale as the ERP has it now, with what its stock moves say was sent."""
    sent = [move for move in moves if move["state"] == "done" and move.get("shipment")]
    amounts = _amounts(sale)
    lines = [_line_state(sale, line, sent, net_amount=amounts[line["id"]]) for line in _own_lines(sale)]
    # Lines that people added there show in the totals; they are no lines of ours.
    ours = [line for line in lines if line.line_key]
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
        lines=ours,
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
    keys = {f"sale.line,{line['id']}": key_of(line) for line in _own_lines(sale) if key_of(line)}
    result = []
    for shipment in sale.get("shipments") or ():
        name = f"stock.shipment.out,{shipment['id']}"
        mine = [move for move in sent if move["shipment"] == name and move["origin"] in keys]
        if mine:
            lines = [ShipmentLineDoc(keys[move["origin"]], number(move["quantity"])) for move in mine]
            key, label = str(shipment["id"]), str(shipment["number"] or "")
            result.append(ShipmentDoc(key, label, shipment["effective_date"], lines=lines))
    return [*result, *_services(sale)]


def _services(sale: Record) -> list[ShipmentDoc]:
    """What has no shipment there is delivered with the last of the goods; freight is no delivery."""
    lines = [
        ShipmentLineDoc(key_of(line), number(line["quantity"]))
        for line in _own_lines(sale)
        if not _is_goods(line) and key_of(line) not in ("", FREIGHT_KEY)
    ]
    if not lines or _fulfillment(sale) != "complete":
        return []
    return [ShipmentDoc(f"{sale['id']}-services", f"{sale['number']} services", None, lines=lines)]


def ref_of(model: str, record: Record) -> RemoteRef:
    """Where a record lives."""
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


def code_of(record: Record | None) -> str:
    """The code of a related record, if there is one."""
    return str((record or {}).get("code") or "")


def _share(parts: Sequence[tuple[Decimal, Decimal]]) -> str:
    if parts and all(done >= whole for done, whole in parts):
        return "complete"
    return "partial" if any(done for done, _ in parts) else "none"
