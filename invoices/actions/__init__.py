"""What can be done to an invoice: each action is one function and one transaction."""

from invoices.actions.billing import invoice_from_order
from invoices.actions.canceling import cancel_invoice, is_untouched, reissue_invoice
from invoices.actions.confirming import book_invoice, confirm_invoice, install_invoice, ship_invoice
from invoices.actions.crediting import credit_invoice
from invoices.actions.erp import ErpInvoice, ErpInvoiceLine, ErpPayment, take_erp_invoice
from invoices.actions.mailing import (
    dismiss_reminder,
    propose_reminders,
    remind_customer,
    remind_invoice,
    send_invoice,
)
from invoices.actions.making import change_invoice, create_invoice, set_invoice_lines
from invoices.actions.paying_back import refund_credit_note, refund_payment, reverse_payment
from invoices.actions.settling import (
    allocate_credit_note,
    allocate_payment,
    record_customer_payment,
    record_payment,
)

__all__ = [
    "ErpInvoice", "ErpInvoiceLine", "ErpPayment", "allocate_credit_note", "allocate_payment", "book_invoice",
    "cancel_invoice", "change_invoice", "confirm_invoice", "create_invoice", "credit_invoice", "dismiss_reminder",
    "install_invoice", "invoice_from_order", "is_untouched", "propose_reminders", "record_customer_payment",
    "record_payment", "refund_credit_note", "refund_payment", "reissue_invoice", "remind_customer",
    "remind_invoice", "reverse_payment", "send_invoice", "set_invoice_lines", "ship_invoice", "take_erp_invoice",
]  # fmt: skip
