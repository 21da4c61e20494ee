"""Our order as a draft sale of Tryton: everything its desktop form would fill in has to be sent."""

from typing import Any

from integrations.adapters.documents import OrderDoc, OrderLineDoc
from integrations.adapters.protocol import Rejected
from integrations.adapters.tryton.client import Record
from integrations.adapters.tryton.codes import Codes
from integrations.adapters.tryton.mapping import ROUNDING, note_of
from integrations.adapters.tryton.pricing import four_decimals, price_for


def sale_record(doc: OrderDoc, codes: Codes, *, company: int) -> Record:
    """The draft with all its lines; raises `Rejected` naming every line Tryton has no code for."""
    currency = codes.currency(doc.currency)
    lines = _lines(doc, codes, digits=int(currency["digits"]))
    party = codes.party_for(doc)
    record: dict[str, Any] = {
        "company": company,
        "currency": currency["id"],
        "party": party["id"],
        "invoice_address": codes.address_of(party, doc.customer.bill_to),
        "shipment_address": codes.address_of(party, doc.customer.ship_to),
        "reference": doc.external_key,
        "description": " ".join(part for part in (doc.number, doc.customer_po) if part),
        "comment": "\n".join(
            [*([doc.note] if doc.note else []), *(f"{k}: {v}" for k, v in doc.extra.items())]
        ),
        "sale_date": doc.order_date,
        "lines": [["create", lines]],
    }
    term = codes.payment_term(doc.payment_terms) or party["customer_payment_term"]
    if term:
        record["payment_term"] = term
    if doc.requested_date:
        record["shipping_date"] = doc.requested_date
    return record


def _lines(doc: OrderDoc, codes: Codes, *, digits: int) -> list[Record]:
    products = codes.products(line.product_code for line in doc.lines)
    faults: dict[str, str] = {}
    lines: list[Record] = []
    for line in doc.lines:
        try:
            lines += _line(line, codes, product=_product(line, products), digits=digits)
        except Rejected as fault:
            faults[line.line_key] = fault.text
    if faults:
        raise Rejected(" ".join(faults.values()), remote_code="lines_refused", lines=faults)
    return [{**line, "sequence": position * 10} for position, line in enumerate(lines, start=1)]


def _product(line: OrderLineDoc, products: dict[str, Record]) -> Record | None:
    """The product of a line; a line without a code is a write-in."""
    if not line.product_code:
        return None
    product = products.get(line.product_code)
    if product is None:
        raise Rejected(f"There is no product with the code {line.product_code} in Tryton.")
    if not product["salable"]:
        raise Rejected(f"The product {line.product_code} is not salable in Tryton.")
    return product


def _line(line: OrderLineDoc, codes: Codes, *, product: Record | None, digits: int) -> list[Record]:
    """A line at our net price, and one more for a rest that no price of four decimals can express."""
    price = price_for(line.net_amount, line.quantity, digits)
    tax = codes.tax(line.tax_code, line.tax_rate, product)
    common: dict[str, Any] = {"type": "line", "taxes": [["add", [tax]]] if tax else []}
    main = {
        **common,
        "quantity": float(line.quantity),
        "unit_price": price.unit_price,
        "base_price": four_decimals(line.unit_price),
        "description": line.description,
        "note": note_of(line.line_key),
        "unit": codes.unit(line.unit, product),
    }
    if product:
        main["product"] = product["id"]
    if not price.missing:
        return [main]
    rest = {
        **common,
        "quantity": 1.0,
        "unit_price": price.missing,
        "description": f"{line.description} (rounding)",
        "note": note_of(line.line_key + ROUNDING),
    }
    return [main, rest]
