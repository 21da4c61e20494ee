"""Closing an opportunity: the part of winning and losing that is the opportunity's own.

Called inside the transaction of a larger action (``quotes.actions.lose_opportunity``,
``orders.actions.win_opportunity``), which has locked the row.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import history, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance
from opportunities.deals import leave_stage
from opportunities.models import Competitor, Opportunity, OpportunityClose
from people.models import User


def close_as_won(opportunity: Opportunity, *, by: User, actual_revenue: Decimal, closed_on: dt.date) -> None:
    """Win the locked opportunity and keep how."""
    if actual_revenue < 0:
        raise DomainError(
            _("The revenue cannot be negative."), code="negative_revenue", field="actual_revenue"
        )
    before = opportunity.status
    advance(opportunity.win, by=by, actual_revenue=actual_revenue, closed_on=closed_on)
    opportunity.save()
    leave_stage(opportunity)
    OpportunityClose.objects.create(
        opportunity=opportunity, outcome="won", closed_on=closed_on, actual_revenue=actual_revenue, by=by
    )
    history.record(opportunity, "won", by=by, from_status=before)
    outbox.publish("opportunity.won", opportunity, by=by)


def close_as_lost(
    opportunity: Opportunity, *, by: User, reason: str, closed_on: dt.date, **details: Any
) -> None:
    """Lose the locked opportunity and keep why: ``details`` are loss_reason, lost_to, revisit_on and note."""
    if reason not in (Opportunity.Reason.CANCELED, Opportunity.Reason.OUT_SOLD):
        raise DomainError(_("Say why it was lost."), code="unknown_reason", field="reason")
    before = opportunity.status
    advance(opportunity.lose, by=by, reason=reason, closed_on=closed_on)
    opportunity.save()
    leave_stage(opportunity)
    OpportunityClose.objects.create(
        opportunity=opportunity, outcome="lost", closed_on=closed_on, by=by, **details
    )
    history.record(opportunity, "lost", by=by, from_status=before, note=str(details.get("note", "")))
    outbox.publish("opportunity.lost", opportunity, by=by)


def competitor_named(name: str) -> Competitor | None:
    """The competitor of this name, however it is capitalized; one that nobody knew of becomes known here."""
    name = " ".join(name.split())
    if not name:
        return None
    return Competitor.objects.filter(name__iexact=name).first() or Competitor.objects.create(name=name)
