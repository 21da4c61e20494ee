"""Parts of larger actions on an opportunity: opening it, its way through the stages, its terms."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.lines import changes_from, lines_of, write_lines
from catalog.rates import rate_on
from customers.parties import refuse_unfit_customer
from customers.terms import usual_terms
from kernel import history, outbox
from kernel.errors import DomainError
from kernel.numbering import next_number
from kernel.writing import assign
from leads.models import Lead
from opportunities.models import Opportunity, StageVisit
from opportunities.next_due import day_begins
from opportunities.selectors import first_stage
from people.access import require
from people.models import User

FIELDS = frozenset({
    "name", "account", "contact", "currency", "price_list", "discount_percent", "discount_amount",
    "freight", "freight_tax_code", "probability", "revenue_mode", "estimated_revenue",
    "estimated_close_on", "need", "timeframe", "next_step", "next_step_on", "custom",
})  # fmt: skip


def open_opportunity(by: User, values: Mapping[str, Any], *, lead: Lead | None = None) -> Opportunity:
    """Make an opportunity with the defaults of its customer; part of a larger action."""
    given = {name: value for name, value in values.items() if name not in ("stage", "owner", "team")}
    opportunity = Opportunity(lead=lead, owner=values.get("owner"), team=values.get("team"))
    if opportunity.owner is None and opportunity.team is None:
        opportunity.owner, opportunity.team = by, by.team
    elif opportunity.team is None and opportunity.owner:
        opportunity.team = opportunity.owner.team
    opportunity.stage = values.get("stage") or first_stage()
    opportunity.probability = opportunity.stage.probability
    opportunity.forecast, opportunity.stage_entered_at = opportunity.stage.forecast, timezone.now()
    assign(opportunity, {"name": "", **terms(given), **given}, allowed=FIELDS)
    require(by, "add", opportunity)
    refuse_unfit_customer(opportunity, by)
    take_rate(opportunity)
    opportunity.next_due_at = opportunity.next_step_on and day_begins(opportunity.next_step_on)
    opportunity.number = next_number("opportunity")
    opportunity.save(force_insert=True)
    enter_stage(opportunity)
    history.record(opportunity, "created", by=by, note=str(lead or ""))
    outbox.publish("opportunity.created", opportunity, by=by)
    return opportunity


def enter_stage(opportunity: Opportunity) -> None:
    """The clock of the present stage starts, that of any other stops."""
    leave_stage(opportunity)
    StageVisit.objects.create(opportunity=opportunity, stage=opportunity.stage, entered_at=timezone.now())


def leave_stage(opportunity: Opportunity) -> None:
    opportunity.stage_visits.filter(left_at=None).update(left_at=timezone.now())


# --- terms and prices -------------------------------------------------------------


def terms(given: Mapping[str, Any]) -> dict[str, Any]:
    """Currency and price list as the customer, else the organisation has them, where none were given."""
    return usual_terms(given)


def take_rate(opportunity: Opportunity) -> None:
    """Copy the exchange rate of the day, so that later rates change nothing."""
    opportunity.exchange_rate = rate_on(opportunity.currency, timezone.localdate())


def refuse_new_currency(opportunity: Opportunity, values: Mapping[str, Any]) -> None:
    currency = values.get("currency")
    if currency is None or currency.pk == opportunity.currency_id:
        return
    if opportunity.lines.exists():
        raise DomainError(
            _("The currency is fixed while there are lines."), code="currency_fixed", field="currency"
        )
    if opportunity.quotes.exists() or opportunity.orders.exists():  # type: ignore[attr-defined]
        raise DomainError(
            _("The currency is fixed while there are quotes or orders."),
            code="currency_fixed",
            field="currency",
        )


def price_again(opportunity: Opportunity) -> None:
    """Price the lines again after the header changed."""
    if lines := lines_of(opportunity):
        write_lines(opportunity, changes_from(lines), on=timezone.localdate())
    follow_lines(opportunity)


def follow_lines(opportunity: Opportunity) -> None:
    """A calculated revenue is the sum of the lines; a typed one stays as typed."""
    if opportunity.revenue_mode == Opportunity.Revenue.SYSTEM_CALCULATED:
        opportunity.estimated_revenue = opportunity.net_amount
