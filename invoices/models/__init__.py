"""Invoices, credit notes and payments: what customers owe and have paid."""

from invoices.models.invoice import Invoice
from invoices.models.ledger import Allocation, Instalment, InvoiceLine, Payment
from invoices.models.reminders import Reminder, ReminderLevel

__all__ = ["Allocation", "Instalment", "Invoice", "InvoiceLine", "Payment", "Reminder", "ReminderLevel"]
