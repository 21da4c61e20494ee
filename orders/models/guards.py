"""What must hold before an order takes a step, in the words people see."""

from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Guard
from kernel.ownership import owner_of

has_lines = Guard("no_lines", _("it has no lines"), lambda order: order.lines.exists(), field="lines")
has_ship_to = Guard(
    "no_ship_to",
    _("it has no delivery address"),
    lambda order: bool(order.ship_to_city),
    field="ship_to_city",
)
has_price_list = Guard(
    "no_price_list",
    _("it has no price list"),
    lambda order: order.price_list_id is not None,
    field="price_list",
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
    lambda order: any(line.quantity_to_invoice > 0 for line in order.lines.all()),
)
is_managed_here = Guard("managed_in_erp", _("it is managed in the ERP"), lambda order: not order.is_pulled)
