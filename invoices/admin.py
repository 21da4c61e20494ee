"""Invoices and their ledger in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from invoices.actions import canceling, confirming, making
from invoices.models import Allocation, Instalment, Invoice, InvoiceLine, Payment, Reminder, ReminderLevel
from kernel.admin import ReadOnly, for_each
from people.office import RecordAdmin, ReferenceAdmin
from people.removing import remove_record


@admin.register(Invoice)
class InvoiceAdmin(RecordAdmin):
    creating = making.create_invoice
    changing = making.change_invoice
    deleting = remove_record
    writable = making.CHANGEABLE
    linked = (
        ("lines", _("Lines")), ("allocations", _("Payments and credits")), ("instalments", _("Instalments")),
        ("reminders", _("Reminders")),
    )  # fmt: skip
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


@admin.register(Allocation)
class AllocationAdmin(ReadOnly):
    list_display = ["invoice", "refund", "payment", "credit_note", "amount", "on", "at"]
    ordering = ["-id"]


@admin.register(Instalment)
class InstalmentAdmin(ReadOnly):
    list_display = ["invoice", "position", "due_on", "amount", "upto"]
    ordering = ["invoice_id", "position"]


@admin.register(ReminderLevel)
class ReminderLevelAdmin(ReferenceAdmin):
    list_display = ["level", "name", "days_overdue", "subject"]
    ordering = ["level"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    list_display = [
        "invoice",
        "level",
        "due_on",
        "amount",
        "proposed_at",
        "sent_at",
        "dismissed_at",
        "to",
        "by",
    ]
    ordering = ["-id"]
