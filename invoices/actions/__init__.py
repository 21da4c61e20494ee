"""What can be done to an invoice: each action is one function and one transaction."""

from invoices.actions.erp import ErpInvoice, ErpInvoiceLine, ErpPayment, take_erp_invoice
from invoices.actions.making import change_invoice, create_invoice, invoice_from_order, set_invoice_lines
from invoices.actions.settling import (
    allocate_payment,
    cancel_invoice,
    confirm_invoice,
    credit_invoice,
    record_payment,
)

__all__ = [
    "ErpInvoice", "ErpInvoiceLine", "ErpPayment", "allocate_payment", "cancel_invoice", "change_invoice",
    "confirm_invoice", "create_invoice", "credit_invoice", "invoice_from_order", "record_payment",
    "set_invoice_lines", "take_erp_invoice",
]  # fmt: skip
