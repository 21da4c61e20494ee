"""Invoices and their ledger in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from invoices.actions import canceling, confirming, making
from invoices.models import Allocation, Invoice, InvoiceLine, Payment
from kernel.admin import ReadOnly, for_each
from people.office import RecordAdmin


@admin.register(Invoice)
class InvoiceAdmin(RecordAdmin):
    creating = making.create_invoice
    changing = making.change_invoice
    writable = making.CHANGEABLE
    linked = (("lines", _("Lines")), ("allocations", _("Payments and credits")))
    list_display = [
        "number", "kind", "name", "account", "total", "balance", "currency", "issued_on", "due_on", "status",
        "status_reason", "owner", "team",
    ]  # fmt: skip
    list_filter = ["status", "status_reason", "kind", "currency", "team"]
    actions = [
        for_each("confirm", _("Confirm"), confirming.confirm_invoice),
        for_each("cancel", _("Cancel"), canceling.cancel_invoice),
    ]


@admin.register(InvoiceLine)
class InvoiceLineAdmin(ReadOnly):
    list_display = [
        "invoice",
        "position",
        "description",
        "quantity",
        "unit",
        "unit_price",
        "net",
        "tax",
        "total",
    ]
    ordering = ["invoice_id", "position"]


@admin.register(Payment)
class PaymentAdmin(RecordAdmin):
    """Money comes in on the invoice it pays, so here it is only looked at."""

    linked = (("allocations", _("What it paid")),)
    list_display = [
        "number",
        "account",
        "amount",
        "unallocated",
        "currency",
        "received_on",
        "method",
        "reference",
    ]

    def view_on_site(self, obj: Payment) -> str:
        """A payment has no page of its own; it stands on the invoices it paid."""
        return ""


@admin.register(Allocation)
class AllocationAdmin(ReadOnly):
    list_display = ["invoice", "payment", "credit_note", "amount", "at"]
    ordering = ["-id"]
