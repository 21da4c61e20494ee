"""The words of the generic contract and ours, without any HTTP."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.adapters.content import hash_of
from integrations.adapters.documents import (
    FREIGHT_KEY,
    AddressDoc,
    FoundOrder,
    InvoiceDoc,
    InvoiceLineDoc,
    OrderDoc,
    OrderLineDoc,
    OrderLineState,
    OrderState,
    PartyDoc,
    PaymentDoc,
    RemoteRef,
    ShipmentDoc,
    ShipmentLineDoc,
)

Json = Mapping[str, Any]
CHANGEABLE = frozenset({"draft", "accepted", "processing", "exception"})


def plain(number: Decimal) -> str:
    """A decimal as the contract writes it: digits and a point, no exponent."""
    return format(number, "f")


def order_body(doc: OrderDoc) -> dict[str, Any]:
    """An order as it is sent."""
    return {
        "external_id": doc.external_key,
        "version": doc.version,
        "number": doc.number,
        "customer": _party(doc.customer),
        "currency": doc.currency,
        "order_date": doc.order_date.isoformat(),
        "requested_date": doc.requested_date.isoformat() if doc.requested_date else None,
        "prices_include_tax": doc.prices_include_tax,
        "payment_terms": doc.payment_terms,
        "customer_po": doc.customer_po,
        "note": doc.note,
        "custom": dict(doc.extra),
        "lines": [_line(line) for line in doc.lines],
        "totals": {"net": plain(doc.total_net), "tax": plain(doc.total_tax), "gross": plain(doc.total_gross)},
    }


def _party(party: PartyDoc) -> dict[str, Any]:
    return {
        "code": party.code,
        "name": party.name,
        "tax_number": party.tax_number,
        "email": party.email,
        "bill_to": _address(party.bill_to),
        "ship_to": _address(party.ship_to),
    }


def _address(address: AddressDoc) -> dict[str, str]:
    names = ("name", "street", "postal_code", "city", "region", "country")
    return {name: getattr(address, name) for name in names}


def _line(line: OrderLineDoc) -> dict[str, Any]:
    kind = "freight" if line.line_key == FREIGHT_KEY else "goods" if line.product_code else "write_in"
    return {
        "line_key": line.line_key,
        "kind": kind,
        "product_code": line.product_code,
        "description": line.description,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "unit_price": plain(line.unit_price),
        "discount": plain(line.discount_amount),
        "tax_code": line.tax_code,
        "tax_rate": plain(line.tax_rate),
        "net": plain(line.net_amount),
        "tax": plain(line.tax_amount),
    }


def found_order(order: Json) -> FoundOrder:
    """An order as a trace of its key."""
    status = text(order, "status")
    phase = {"canceled": "canceled", "draft": "draft", "done": "archived"}.get(status, "open")
    rows = [
        (text(line, "line_key"), text(line, "product_code"), amount(line, "quantity"), _sent_net(line))
        for line in items(order, "lines")
    ]
    customer = text(order["customer"], "code")
    totals = order["totals"]
    return FoundOrder(
        ref=ref("orders", order),
        phase=phase,
        content_hash=hash_of(text(order, "external_id"), customer, text(order, "currency"), rows),
        total_net=amount(totals, "net"),
        total_tax=amount(totals, "tax"),
        total_gross=amount(totals, "gross"),
    )


def order_state(order: Json) -> OrderState:
    """An order as the ERP has it now."""
    totals = order["totals"]
    return OrderState(
        ref=ref("orders", order),
        external_key=text(order, "external_id"),
        status=text(order, "status"),
        fulfillment=text(order, "fulfillment"),
        billing=text(order, "billing"),
        currency=text(order, "currency"),
        total_net=amount(totals, "net"),
        total_tax=amount(totals, "tax"),
        total_gross=amount(totals, "gross"),
        lines=[_line_state(line) for line in items(order, "lines")],
        shipments=[_shipment(shipment) for shipment in items(order, "shipments")],
        status_text=str(order.get("stage") or text(order, "status")),
    )


def _line_state(line: Json) -> OrderLineState:
    return OrderLineState(
        line_key=text(line, "line_key"),
        remote_id=str(line.get("id") or text(line, "line_key")),
        ordered=amount(line, "quantity"),
        shipped=amount(line, "shipped"),
        canceled=amount(line, "canceled"),
        backordered=amount(line, "backordered", "0"),
        invoiced=amount(line, "invoiced"),
        net_amount=amount(line, "net"),
        tax_amount=amount(line, "tax"),
    )


def _shipment(shipment: Json) -> ShipmentDoc:
    return ShipmentDoc(
        id=text(shipment, "id"),
        number=text(shipment, "number"),
        shipped_on=day(shipment, "shipped"),
        carrier=str(shipment.get("carrier") or ""),
        tracking=str(shipment.get("tracking") or ""),
        lines=[
            ShipmentLineDoc(text(line, "line_key"), amount(line, "quantity"))
            for line in items(shipment, "lines")
        ],
    )


def invoice(document: Json) -> InvoiceDoc:
    """An invoice or credit note, figure for figure."""
    totals = document["totals"]
    return InvoiceDoc(
        ref=ref("invoices", document),
        kind=text(document, "kind"),
        number=text(document, "number"),
        status=text(document, "status"),
        currency=text(document, "currency"),
        customer_code=text(document, "customer_code"),
        order_ids=[text(document, "order_id")] if document.get("order_id") else [],
        external_keys=[text(document, "external_id")] if document.get("external_id") else [],
        issued_on=day(document, "issued"),
        due_on=day(document, "due"),
        total_net=amount(totals, "net"),
        total_tax=amount(totals, "tax"),
        total_gross=amount(totals, "gross"),
        amount_paid=amount(document, "paid"),
        balance=amount(document, "balance"),
        lines=[_invoice_line(line) for line in items(document, "lines")],
        payments=[payment(one) for one in items(document, "payments")],
        credit_note_ids=[str(one) for one in document.get("credit_note_ids") or []],
        origin_ids=[str(one) for one in document.get("origin_ids") or []],
        status_text=text(document, "status"),
    )


def _invoice_line(line: Json) -> InvoiceLineDoc:
    return InvoiceLineDoc(
        line_key=str(line.get("line_key") or ""),
        remote_id=str(line.get("id") or line.get("line_key") or ""),
        product_code=str(line.get("product_code") or ""),
        description=str(line.get("description") or ""),
        quantity=amount(line, "quantity"),
        unit=str(line.get("unit") or ""),
        unit_price=amount(line, "unit_price"),
        net_amount=amount(line, "net"),
        tax_amount=amount(line, "tax"),
        tax_code=str(line.get("tax_code") or ""),
        tax_rate=amount(line, "tax_rate"),
        order_line_id=str(line.get("order_line_id") or line.get("line_key") or ""),
    )


def payment(document: Json) -> PaymentDoc:
    """Money received for one invoice."""
    return PaymentDoc(
        ref=ref("payments", document),
        invoice_id=text(document, "invoice_id"),
        invoice_number=text(document, "invoice_number"),
        amount=amount(document, "amount"),
        currency=text(document, "currency"),
        paid_on=day(document, "paid_on"),
        reference=str(document.get("reference") or ""),
    )


def ref(kind: str, document: Json) -> RemoteRef:
    """Where a document lives."""
    modified = text(document, "modified")
    version = str(document.get("version") or modified)
    return RemoteRef(kind, text(document, "id"), str(document.get("number") or ""), version, moment(modified))


def text(document: Json, name: str) -> str:
    """A field that must be there."""
    value = document[name]
    if not isinstance(value, (str, int)):
        raise TypeError(f"{name} is missing in the ERP's answer")
    return str(value)


def amount(document: Json, name: str, default: str | None = None) -> Decimal:
    """A decimal string, digit for digit; a JSON number is refused because it has lost digits already."""
    value = document.get(name, default)
    if not isinstance(value, str):
        raise TypeError(f"{name} is not a decimal string in the ERP's answer")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{name} is not a number in the ERP's answer") from None
    if not number.is_finite():
        raise ValueError(f"{name} is not a number in the ERP's answer")
    return number


def day(document: Json, name: str) -> date | None:
    """A date, or nothing."""
    value = document.get(name)
    return date.fromisoformat(value) if value else None


def moment(value: str) -> datetime:
    """A moment in UTC; one without a zone is refused, nobody knows when that is."""
    result = datetime.fromisoformat(value)
    if result.tzinfo is None:
        raise ValueError("a moment without time zone in the ERP's answer")
    return result.astimezone(UTC)


def items(document: Json, name: str) -> Sequence[Json]:
    """A list of objects; absent means empty."""
    return document.get(name) or []


def _sent_net(line: Json) -> Decimal:
    """The net amount we sent: the ERP's own may differ by a cent and it is still the same order."""
    return amount(line, "requested_net") if line.get("requested_net") else amount(line, "net")
