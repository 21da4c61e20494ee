"""The list of orders."""

import operator
from typing import ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, KEEPING, OWNER, customer_column
from kernel.tables import BooleanFilter, ChoiceFilter, Column, OwnerFilter, StatusFilter, Table
from orders.last_sold import SOLD
from orders.models import Order

# Asked for and not all delivered yet.
UNDER_WAY = Q(status__in=["active", "submitted"]) | Q(status="fulfilled", status_reason="partial")


class OrderTable(Table):
    """Orders, the newest first."""

    name, model, place = "orders", Order, "orders:list"
    title = _("Orders")
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", _("Number"), sort=True, main=True),
        customer_column(),
        Column("total", _("Total"), kind="money", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("fulfillment", _("Fulfillment")),
        Column("billing", _("Billing")),
        Column("ordered_on", _("Ordered"), kind="date", sort=True),
        Column("owner", _("Owner")),
        Column("name", _("Name"), shown=False),
        Column("customer_po", _("Customer's order number"), shown=False),
        Column("status_reason", _("Reason"), shown=False),
        Column("discount_percent", _("Discount"), kind="percent", shown=False),
        Column("net_amount", _("Net"), kind="money", shown=False, filter="pre_freight_amount",
               parts=("pre_freight_amount", "freight"), join=operator.add),
        Column("total_tax", _("Tax"), kind="money", shown=False),
        Column("price_list", _("Price list"), shown=False),
        Column("bill_to_city", _("City"), shown=False),
        Column("bill_to_country", _("Country"), shown=False),
        Column("quote.number", _("Quote"), kind="link", shown=False),
        Column("opportunity.number", _("Opportunity"), kind="link", shown=False),
        Column("payment_terms", _("Payment terms"), shown=False),
        Column("requested_delivery_on", _("Requested delivery"), kind="date", shown=False),
        Column("promised_delivery_on", _("Promised delivery"), kind="date", shown=False),
        *KEEPING,
    )  # fmt: skip
    searched: ClassVar[tuple[str, ...]] = ("number", "name")
    filters = (
        StatusFilter(Order.Status),
        OwnerFilter(),
        ChoiceFilter("fulfillment", _("Fulfillment"), Order.Progress),
        ChoiceFilter("billing", _("Billing"), Order.Progress),
        BooleanFilter("open", _("Under way"), UNDER_WAY),
        BooleanFilter("sold", _("Sold"), Q(status__in=SOLD)),
        *OF_CUSTOMER,
    )
    default_order = "-id"
    related = ("account", "contact", "currency")
    reads: ClassVar[tuple[str, ...]] = (
        "number", "total", "currency", "currency__code", "status", "status_reason", "fulfillment", "billing",
        "ordered_on", *CUSTOMER, *OWNER,
    )  # fmt: skip


OWNER_AT = [column.name for column in OrderTable.columns].index("owner")


class ErpOrderTable(OrderTable):
    """The same where an ERP is connected: with its number and its word for the state."""

    columns = (
        *OrderTable.columns[:OWNER_AT],
        Column("erp_number", _("ERP no."), sort=True),
        Column("erp_status", _("ERP state")),
        *OrderTable.columns[OWNER_AT:],
    )
    reads = (*OrderTable.reads, "erp_number", "erp_status")
