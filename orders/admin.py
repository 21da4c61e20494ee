"""Orders in the back office."""

from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.admin import ReadOnly, for_each
from orders import actions as steps
from orders.actions.changing import CHANGEABLE
from orders.models import ChangeRequest, ChangeRequestLine, Order, OrderLine, Shipment, ShipmentLine
from people.office import RecordAdmin
from people.removing import remove_record

REASONS = (Order.Reason.NO_MONEY, Order.Reason.CUSTOMER_REQUEST, Order.Reason.OTHER)


@admin.register(Order)
class OrderAdmin(RecordAdmin):
    creating = steps.create_order
    changing = steps.change_order
    deleting = remove_record
    writable = CHANGEABLE
    linked = (("lines", _("Lines")), ("shipments", _("Shipments")),
              ("change_requests", _("Change requests")), ("invoices", _("Invoices")))  # fmt: skip
    list_display = [
        "number", "name", "account", "total", "currency", "ordered_on", "status", "status_reason", "fulfillment",
        "billing", "erp_number", "owner", "team",
    ]  # fmt: skip
    list_filter = ["status", "fulfillment", "billing", "currency", "team"]
    actions = [
        for_each("submit", _("Submit"), steps.submit_order),
        for_each("hold", _("Set pending"), steps.hold_order),
        for_each("resume", _("Resume"), steps.resume_order),
        for_each("lock", _("Lock prices"), steps.lock_order),
        for_each("unlock", _("Unlock prices"), steps.unlock_order),
        *(
            for_each(
                f"cancel_{reason}",
                format_lazy("{}: {}", _("Cancel"), reason.label),
                steps.cancel_order,
                reason=reason,
            )
            for reason in REASONS
        ),
    ]


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnly):
    list_display = [
        "order", "position", "description", "quantity", "unit", "unit_price", "net", "total", "quantity_shipped",
        "quantity_canceled", "quantity_invoiced",
    ]  # fmt: skip
    ordering = ["order_id", "position"]


@admin.register(Shipment)
class ShipmentAdmin(ReadOnly):
    list_display = ["delivery_note", "order", "carrier", "tracking", "shipped_on"]
    search_fields = ["delivery_note__startswith"]
    ordering = ["-id"]


@admin.register(ShipmentLine)
class ShipmentLineAdmin(ReadOnly):
    list_display = ["shipment", "order_line", "quantity"]
    list_select_related = ["shipment", "order_line"]
    ordering = ["-id"]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnly):
    list_display = ["order", "status", "text", "asked_by", "asked_at", "decided_by", "decided_at"]
    list_select_related = ["order", "asked_by", "decided_by"]
    list_filter = ["status"]
    ordering = ["-id"]


@admin.register(ChangeRequestLine)
class ChangeRequestLineAdmin(ReadOnly):
    list_display = ["request", "order_line", "quantity_before", "quantity", "wanted_on"]
    list_select_related = ["request", "order_line"]
    ordering = ["-id"]
