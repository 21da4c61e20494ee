"""What is read about orders."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.editor import Lines, table_of_lines
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import Step, steps
from kernel.outbox_models import ComponentOwnership
from orders.hooks import Findings, answers
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from orders.models.preflight import Preflight, preflight, same_number

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "quote", "opportunity", "owner", "team",
    "freight_tax_code",
)  # fmt: skip
PROGRESS = (
    ("quantity_shipped", _("Shipped")), ("quantity_backordered", _("Backordered")),
    ("quantity_canceled", _("Canceled")), ("quantity_invoiced", _("Invoiced")),
)  # fmt: skip
MOST_NAMED = 5  # orders under the same number
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


def asked_preflight(order: Order) -> Preflight:
    """The pre-flight after asking elsewhere, which takes its time: never inside a transaction."""
    asked = sum(answers("ask_findings", order), Findings())
    order.__dict__.pop("_preflight", None)
    found = preflight(order)
    fresh = tuple(one for one in asked.warnings if one not in found.warnings)
    return replace(found, warnings=(*found.warnings, *fresh))


def same_number_warnings(order: Order, visible: Callable[[QuerySet[Any]], QuerySet[Any]]) -> list[Blocker]:
    """Other orders under the customer's same number: named with their page for those who may see them."""
    if not order.customer_po.strip() or order.status == Order.Status.CANCELED:
        return []
    others = list(same_number(order).values_list("pk", "number")[:MOST_NAMED])
    if not others:
        return []
    seen = set(
        visible(Order.objects.filter(pk__in=[pk for pk, _number in others])).values_list("pk", flat=True)
    )
    text = _("%(other)s of this customer has the number %(po)s too.")
    known = [number for pk, number in others if pk in seen]
    po = order.customer_po
    found = [
        Blocker(
            "same_customer_po",
            text % {"other": one, "po": po},
            "customer_po",
            one,
            record_url("orders:detail", one),
        )
        for one in known
    ]
    other = _("Another order of this customer has the number %(po)s too.") % {"po": po}
    return found or [Blocker("same_customer_po", other, "customer_po")]
