"""The list of opportunities."""

from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, OWNER
from kernel.tables import Column, OwnerFilter, StatusFilter, Table
from opportunities.models import Opportunity


class OpportunityTable(Table):
    """Deals, the newest first."""

    title = _("Opportunities")
    columns = (
        Column("number", _("Number"), sort=True),
        Column("name", _("Name"), sort=True, main=True),
        Column("customer", _("Customer")),
        Column("stage", _("Stage"), sort="stage__position"),
        Column("probability", _("Probability"), kind="percent", sort=True),
        Column("amount", _("Amount"), kind="money", sort="estimated_revenue", currency="currency.code"),
        Column("estimated_close_on", _("Close date"), kind="date", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("owner", _("Owner")),
    )
    filters = (StatusFilter(Opportunity.Status), OwnerFilter(), *OF_CUSTOMER)
    default_order = "-pk"
    related = ("account", "contact", "stage", "currency", "owner")
    reads = (
        "number", "name", "stage", "stage__name", "probability", "revenue_mode", "estimated_revenue",
        "pre_freight_amount", "freight", "currency", "currency__code", "estimated_close_on", "status",
        *CUSTOMER, *OWNER,
    )  # fmt: skip
