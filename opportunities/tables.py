"""The list of opportunities."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from activities.columns import look_up_next_steps, told_next
from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, KEEPING, OWNER, customer_column
from kernel.tables import Column, Editing, OwnerFilter, StatusFilter, Table
from opportunities.lost_columns import LOST
from opportunities.models import Opportunity
from opportunities.rotting import look_up_rots, told_rot


def amount_of(mode: str, typed: Decimal, net: Decimal, freight: Decimal) -> Decimal:
    """What the deal is worth, from its columns; see ``Opportunity.amount``."""
    return net + freight if mode == Opportunity.Revenue.SYSTEM_CALCULATED else typed


class OpportunityTable(Table):
    """Deals, the newest first."""

    name, model, place = "opportunities", Opportunity, "opportunities:list"
    places = {"board": "opportunities:board", "timeline": "opportunities:timeline"}
    title = _("Opportunities")
    columns = (
        Column("number", _("Number"), sort=True),
        Column("name", _("Name"), sort=True, main=True, edit="name"),
        customer_column(sort=False),
        Column(
            "pipeline", _("Pipeline"), filter="stage__pipeline", parts=("stage__pipeline__name",), join=str,
            source=lambda deal: deal.stage.pipeline, shown=False,
        ),
        Column("stage", _("Stage"), sort="stage__position"),
        Column("stage_entered_at", _("In stage since"), kind="ago", shown=False),
        Column("probability", _("Probability"), kind="percent", sort=True, edit="probability", shown=False),
        Column(
            "amount", _("Amount"), kind="money", sort="estimated_revenue", currency="currency.code",
            parts=("revenue_mode", "estimated_revenue", "pre_freight_amount", "freight"), join=amount_of,
        ),
        Column("currency", _("Currency"), filter="currency__code", shown=False),
        Column("forecast", _("Forecast category"), shown=False),
        Column("is_judged", _("Own judgement"), kind="yesno", shown=False),
        Column("estimated_close_on", _("Close date"), kind="date", sort=True, edit="estimated_close_on"),
        Column("status", _("Status"), kind="badge"),
        Column("next_due_at", _("Planned next"), kind="datetime", shown=False),
        Column("planned", _("Planned"), source=told_next, filter=False, prepare=look_up_next_steps),
        Column("rotting", _("Rotting"), source=told_rot, filter=False, prepare=look_up_rots, shown=False),
        Column("owner", _("Owner")),
        Column("next_step", _("Next step"), shown=False, edit="next_step"),
        Column("next_step_on", _("Next step on"), kind="date", shown=False, edit="next_step_on"),
        Column("timeframe", _("Timeframe"), shown=False, edit="timeframe"),
        Column("status_reason", _("Reason"), shown=False),
        Column("actual_revenue", _("Actual revenue"), kind="money", currency="currency.code", shown=False),
        Column("closed_on", _("Closed"), kind="date", shown=False),
        *LOST,
        Column("lead.number", _("Lead"), shown=False),
        Column("lead.source", _("Source"), shown=False),
        *KEEPING,
    )  # fmt: skip
    searched = ("number", "name")
    editing = Editing("opportunities.actions.change_opportunity", "opportunities.forms.OpportunityForm")
    filters = (StatusFilter(Opportunity.Status), OwnerFilter(), *OF_CUSTOMER)
    default_order = "-pk"
    related = ("account", "contact", "stage", "currency", "owner")
    reads = (
        "number", "name", "stage", "stage__name", "probability", "revenue_mode", "estimated_revenue",
        "pre_freight_amount", "freight", "currency", "currency__code", "estimated_close_on", "status",
        *CUSTOMER, *OWNER,
    )  # fmt: skip
