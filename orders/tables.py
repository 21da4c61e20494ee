"""The list of orders."""

from typing import ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, OWNER
from kernel.tables import BooleanFilter, ChoiceFilter, Column, OwnerFilter, StatusFilter, Table
from orders.last_sold import SOLD
from orders.models import Order

# Asked for and not all delivered yet.
UNDER_WAY = Q(status__in=["active", "submitted"]) | Q(status="fulfilled", status_reason="partial")


class OrderTable(Table):
    """Orders, the newest first."""

    title = _("Orders")
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", _("Number"), sort=True, main=True),
        Column("customer", _("Customer"), sort="account__name"),
        Column("total", _("Total"), kind="money", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("fulfillment", _("Fulfillment")),
        Column("billing", _("Billing")),
        Column("ordered_on", _("Ordered"), kind="date", sort=True),
        Column("owner", _("Owner")),
    )
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


class ErpOrderTable(OrderTable):
    """The same where an ERP is connected: with its number and its word for the state."""

    columns = (
        *OrderTable.columns[:-1],
        Column("erp_number", _("ERP no."), sort=True),
        Column("erp_status", _("ERP state")),
        OrderTable.columns[-1],
    )
    reads = (*OrderTable.reads, "erp_number", "erp_status")
