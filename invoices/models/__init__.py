"""Invoices, credit notes and payments: what customers owe and have paid."""

from invoices.models.invoice import Invoice
from invoices.models.ledger import Allocation, InvoiceLine, Payment

__all__ = ["Allocation", "Invoice", "InvoiceLine", "Payment"]
