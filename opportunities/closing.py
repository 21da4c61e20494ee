"""Closing an opportunity: the part of winning and losing that is the opportunity's own.

Called inside the transaction of a larger action (``quotes.actions.lose_opportunity``,
``orders.actions.win_opportunity``), which has locked the row.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.actions import call_off, receive_task
from activities.models import Activity
from kernel import history, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance
from opportunities.deals import leave_stage
from opportunities.models import Competitor, LossReason, Opportunity, OpportunityClose
from people.models import User

MORNING = dt.time(9)


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
    opportunity: Opportunity, *, by: User, reason: str = "", closed_on: dt.date, revisit_on: dt.date | None = None,
    **details: Any,
) -> None:  # fmt: skip
    """Lose the locked opportunity and keep why: ``details`` are loss_reason, lost_to and note."""
    reason = reason_under(reason, details.get("loss_reason"))
    if revisit_on is not None and revisit_on <= timezone.localdate():
        raise DomainError(
            _("Choose a day that is still to come."), code="revisit_in_past", field="revisit_on"
        )
    before = opportunity.status
    advance(opportunity.lose, by=by, reason=reason, closed_on=closed_on)
    opportunity.save()
    leave_stage(opportunity)
    task = plan_revisit(opportunity, revisit_on, by=by) if revisit_on else None
    OpportunityClose.objects.create(
        opportunity=opportunity, outcome="lost", closed_on=closed_on, by=by, revisit_on=revisit_on, revisit=task,
        **details,
    )  # fmt: skip
    history.record(opportunity, "lost", by=by, from_status=before, note=str(details.get("note", "")))
    outbox.publish("opportunity.lost", opportunity, by=by)


def reason_under(reason: str, loss_reason: LossReason | None) -> str:
    """The fixed reason that the organization's own one falls under, or the one that was given without it."""
    if loss_reason is not None and reason and reason != loss_reason.status_reason:
        text = _("“%(reason)s” falls under %(fixed)s.")
        fixed = str(loss_reason.get_status_reason_display()).lower()
        raise DomainError(
            text % {"reason": loss_reason, "fixed": fixed}, code="reason_mismatch", field="loss_reason"
        )
    found = loss_reason.status_reason if loss_reason else reason
    if found not in Opportunity.REASONS["lost"]:
        raise DomainError(
            _("Say why it was lost."), code="unknown_reason", field="reason" if reason else "loss_reason"
        )
    return found


def plan_revisit(opportunity: Opportunity, on: dt.date, *, by: User) -> Activity:
    """A task of whoever looks after the deal, to ask the customer again; part of losing it."""
    at = timezone.make_aware(dt.datetime.combine(on, MORNING))
    subject = str(_("Revisit: %(deal)s") % {"deal": opportunity.name})[:200]
    body = str(_("%(deal)s was lost; the customer may be asked again.") % {"deal": opportunity.number})
    return receive_task(regarding=opportunity, subject=subject, body=body, by=by, due_at=at)[0]


def take_back_close(opportunity: Opportunity, *, by: User) -> None:
    """How it was closed stays on record, canceled; a revisit whose day has not come is called off with it."""
    for close in opportunity.closes.filter(is_canceled=False).select_related("revisit"):
        close.is_canceled = True
        close.save(update_fields=["is_canceled"])
        task = close.revisit
        too_early = close.revisit_on is not None and timezone.localdate() < close.revisit_on
        if task and too_early and task.status == Activity.Status.OPEN:
            call_off(task, by=by)


def competitor_named(name: str) -> Competitor | None:
    """The competitor of this name, however it is capitalized; one that nobody knew of becomes known here."""
    name = " ".join(name.split())
    if not name:
        return None
    return Competitor.objects.filter(name__iexact=name).first() or Competitor.objects.create(name=name)
