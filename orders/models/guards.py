"""What must hold before an order takes a step, in the words people see."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.documents import COUNTED
from catalog.models import PaymentTerms
from kernel.lifecycle import Guard
from kernel.ownership import owner_of

# In the database's words what OrderLine.quantity_to_invoice says of one line: more than nothing is ready.
READY: dict[str, Q] = {
    PaymentTerms.Invoicing.WHEN_ORDERED: Q(quantity__gt=F("quantity_canceled") + F("quantity_invoiced")),
    PaymentTerms.Invoicing.WHEN_FULFILLED: Q(quantity_shipped__gt=F("quantity_invoiced")),
}


def invoicing_of(order: Any) -> str:
    """When the order's payment terms let it be invoiced; without terms at once."""
    terms = order.payment_terms
    return str(terms.invoicing) if terms else PaymentTerms.Invoicing.WHEN_ORDERED


has_lines = Guard(
    "no_lines",
    _("it has no lines"),
    lambda order: order.lines.filter(kind__in=COUNTED).exists(),
    field="lines",
)
has_ship_to = Guard(
    "no_ship_to",
    _("it has no delivery address"),
    lambda order: bool(order.ship_to_city),
    field="ship_to_city",
    fix="orders:edit",
)
has_price_list = Guard(
    "no_price_list",
    _("it has no price list"),
    lambda order: order.price_list_id is not None,
    field="price_list",
    fix="orders:edit",
)
nothing_shipped = Guard(
    "already_shipped", _("something was shipped already"), lambda order: order.fulfillment == "none"
)
nothing_invoiced = Guard(
    "already_invoiced", _("something was invoiced already"), lambda order: order.billing == "none"
)
is_not_fulfilled = Guard(
    "nothing_open", _("nothing is left to deliver"), lambda order: order.fulfillment != "complete"
)
crm_owns_invoices = Guard(
    "component_owned_by_erp",
    _("invoices are made in the ERP and appear here by themselves"),
    lambda _order: owner_of("invoices") == "crm",
)
has_something_to_invoice = Guard(
    "nothing_to_invoice",
    _("nothing is ready to be invoiced under its payment terms"),
    lambda order: order.lines.filter(READY[invoicing_of(order)]).exists(),
)
is_managed_here = Guard("managed_in_erp", _("it is managed in the ERP"), lambda order: not order.is_pulled)
has_bill_to = Guard(
    "no_bill_to",
    _("it has no billing address"),
    lambda order: bool(order.bill_to_city),
    field="bill_to_city",
    fix="orders:edit",
)
has_no_open_request = Guard(
    "request_open",
    _("a change is requested already and waits for an answer"),
    lambda order: not order.change_requests.filter(status="open").exists(),
)
