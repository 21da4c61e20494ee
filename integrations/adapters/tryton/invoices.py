"""Tryton's invoices in our words, without any HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from integrations.adapters.documents import InvoiceDoc, InvoiceLineDoc, PaymentDoc, TaxDoc
from integrations.adapters.tryton.mapping import Record, code_of, is_rest, key_of, number, ref_of
from integrations.adapters.tryton.pricing import ZERO, share_taxes

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


def invoice(record: Record) -> InvoiceDoc:
    """An issued invoice or credit note, figure for figure."""
    sales = list(record["sales"]) + [sale for one in record["origin_invoices"] for sale in one["sales"]]
    # A credit note has no notes of ours: its lines point to those of the invoice it credits.
    originals = (line for one in record["origin_invoices"] for line in one["lines"])
    credited = {f"account.invoice.line,{line['id']}": key_of(line) for line in originals}
    total = record["total_amount"]
    due = record["amount_to_pay"] if record["state"] == "posted" else ZERO
    return InvoiceDoc(
        ref=ref_of("account.invoice", record),
        kind="credit_note" if total < 0 else "invoice",
        number=str(record["number"] or ""),
        status=_invoice_status(record),
        currency=record["currency"]["code"],
        customer_code=code_of(record["party"]),
        order_ids=_unique(str(sale["id"]) for sale in sales),
        external_keys=_unique(str(sale["reference"]) for sale in sales if sale["reference"]),
        issued_on=record["invoice_date"],
        due_on=_due(record["lines_to_pay"]),
        total_net=record["untaxed_amount"],
        total_tax=record["tax_amount"],
        total_gross=total,
        amount_paid=total - due if record["state"] in ("posted", "paid") else ZERO,
        balance=due,
        lines=_invoice_lines(record, credited),
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


def _invoice_lines(record: Record, credited: Mapping[str, str]) -> list[InvoiceLineDoc]:
    """The lines, each with its share of the taxes, which Tryton knows for the document only."""
    lines = [line for line in record["lines"] if line["type"] == "line"]
    taxed = [(tuple(tax["name"] for tax in line["taxes"]), line["amount"]) for line in lines]
    whole = [(str((tax.get("tax") or {}).get("name") or ""), tax["amount"]) for tax in record["taxes"]]
    shares = share_taxes(taxed, whole)
    return [_invoice_line(line, credited, tax=tax) for line, tax in zip(lines, shares, strict=True)]


def _invoice_line(line: Record, credited: Mapping[str, str], *, tax: Decimal | None) -> InvoiceLineDoc:
    origin = str(line.get("origin") or "")
    rates = [tax["rate"] for tax in line["taxes"] if tax["rate"] is not None]
    return InvoiceLineDoc(
        line_key=(key_of(line) or credited.get(origin, "")) if not is_rest(line) else "",
        remote_id=str(line["id"]),
        product_code=code_of(line.get("product")),
        description=str(line["description"] or ""),
        quantity=number(line["quantity"]),
        unit=str((line.get("unit") or {}).get("symbol") or ""),
        unit_price=line["unit_price"],
        net_amount=line["amount"],
        tax_amount=tax,
        tax_code=str(line["taxes"][0]["name"]) if line["taxes"] else "",
        tax_rate=sum((rate * 100 for rate in rates), ZERO),
        order_line_id=origin.removeprefix("sale.line,") if origin.startswith("sale.line,") else "",
    )


def _payment(record: Record, line: Record) -> PaymentDoc:
    """Money in the invoice's currency, which the books of another currency keep as second amount."""
    foreign = line.get("second_currency") and line["second_currency"]["code"] == record["currency"]["code"]
    amount = -line["amount_second_currency"] if foreign else line["credit"] - line["debit"]
    return PaymentDoc(
        ref=ref_of("account.move.line", line),
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


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
