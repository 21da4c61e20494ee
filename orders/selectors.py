"""What is read about orders."""

from dataclasses import replace
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from catalog.editor import Lines, table_of_lines
from kernel.errors import Blocker
from kernel.lifecycle import Step, steps
from kernel.outbox_models import ComponentOwnership
from orders.models import Order, OrderLine, Shipment, ShipmentLine

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "quote", "opportunity", "owner", "team",
    "freight_tax_code",
)  # fmt: skip
PROGRESS = (
    ("quantity_shipped", _("Shipped")), ("quantity_backordered", _("Backordered")),
    ("quantity_canceled", _("Canceled")), ("quantity_invoiced", _("Invoiced")),
)  # fmt: skip
ALWAYS = ("quantity_shipped", "quantity_invoiced")
REPORTED = Blocker("component_owned_by_erp", _("its fulfillment is reported by the ERP"))


def has_erp() -> bool:
    """Whether any ERP is connected: without one no ERP word appears."""
    return bool(ComponentOwnership.objects.current().exists())


def steps_of(order: Order, user: Any) -> list[Step]:
    """The order's steps; what the ERP reports is not typed here."""
    found = steps(order, user)
    if not order.managed_by:
        return found
    return [
        replace(one, blockers=(*one.blockers, REPORTED)) if one.name == "fulfill" else one for one in found
    ]


def open_lines(order: Order) -> list[OrderLine]:
    """What is left to deliver, in order."""
    lines = order.lines.select_related("product", "unit").order_by("position", "id")
    return [line for line in lines if line.quantity_open > 0]


def shipments_of(order: Order) -> list[Shipment]:
    """What left, with what was in it: two queries."""
    inside = Prefetch("lines", queryset=ShipmentLine.objects.select_related("order_line").order_by("id"))
    return list(order.shipments.prefetch_related(inside).order_by("-shipped_on", "-id")[:50])


def lines_with_progress(order: Order) -> tuple[Lines, list[Any]]:
    """The lines with what happened to their quantities; a column that says nothing is left out."""
    if order.status == Order.Status.ACTIVE:
        return table_of_lines(order), []
    lines = table_of_lines(order, more=[name for name, _label in PROGRESS])
    used = [
        index
        for index, (name, _label) in enumerate(PROGRESS)
        if name in ALWAYS or any(row.more[index] != "0" for row in lines.rows)
    ]
    for row in lines.rows:
        row.more = tuple(row.more[index] for index in used)
    return lines, [PROGRESS[index][1] for index in used]
