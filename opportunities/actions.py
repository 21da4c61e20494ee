"""What can be done to an opportunity: each action is one function and one transaction.

Winning may place an order and losing closes quotes, so both live above (``orders``, ``quotes``) and use
``opportunities.closing``.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.lines import Wanted, write_lines
from customers.parties import refuse_unfit_customer
from kernel import history, outbox
from kernel.errors import Blocker, DomainError, TransitionRefused
from kernel.lifecycle import advance, check_step
from kernel.writing import assign, locked
from opportunities.closing import take_back_close
from opportunities.deals import (
    FIELDS,
    enter_stage,
    follow_lines,
    open_opportunity,
    price_again,
    refuse_new_currency,
    take_rate,
)
from opportunities.hooks import hand_over_along
from opportunities.involved_actions import (
    add_member,
    add_rival,
    add_stakeholder,
    remove_member,
    remove_rival,
    remove_stakeholder,
    set_members,
    set_rivals,
    set_stakeholders,
)
from opportunities.models import Opportunity, Stage
from opportunities.next_due import follow_deal
from opportunities.qualify_actions import bulk_qualify, qualify_lead, reopen_qualified
from opportunities.undo_actions import undo_qualification
from people.access import may, require
from people.models import Team, User

__all__ = [
    "add_member", "add_rival", "add_stakeholder", "assign_opportunity", "bulk_qualify", "change_opportunity",
    "create_opportunity", "hold_opportunity", "judge_opportunity", "move_opportunity", "qualify_lead",
    "remove_member", "remove_rival", "remove_stakeholder", "reopen_opportunity", "reopen_qualified",
    "resume_opportunity", "set_members", "set_opportunity_lines", "set_rivals", "set_stakeholders",
    "undo_qualification",
]  # fmt: skip
AFFECT_PRICES = {
    "account", "currency", "price_list", "discount_percent", "discount_amount", "freight", "freight_tax_code",
    "revenue_mode",
}  # fmt: skip


@transaction.atomic
def create_opportunity(*, by: User, **values: Any) -> Opportunity:
    """Open a possible sale in the first stage of the pipeline, with the customer's own terms."""
    return open_opportunity(by, values)


@transaction.atomic
def change_opportunity(
    opportunity: Opportunity, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Opportunity:
    """Change what is known of the deal, while it is open; its lines are priced again."""
    opportunity = locked(opportunity, version=version)
    advance(opportunity.edit, by=by)
    changes = take_over(opportunity, values, by)
    if not changes:
        return opportunity
    opportunity.save()
    history.record(opportunity, "changed", by=by, changes=changes, note=note)
    return opportunity


@transaction.atomic
def set_opportunity_lines(
    opportunity: Opportunity, lines: Wanted, *, by: User, version: int | None = None
) -> Opportunity:
    """Make the lines exactly these; a calculated revenue follows them."""
    opportunity = locked(opportunity, version=version)
    advance(opportunity.edit, by=by)
    before = opportunity.total
    write_lines(opportunity, lines, on=timezone.localdate())
    follow_lines(opportunity)
    opportunity.save()
    history.record(
        opportunity, "lines_changed", by=by, changes={"total": [str(before), str(opportunity.total)]}
    )
    return opportunity


@transaction.atomic
def move_opportunity(
    opportunity: Opportunity, *, by: User, stage: Stage, version: int | None = None, **values: Any
) -> Opportunity:
    """Bring the deal to another stage; what that stage asks for may be given along."""
    opportunity = locked(opportunity, version=version)
    check_step(opportunity.move, by=by)
    left = opportunity.stage
    changes = take_over(opportunity, values, by)
    if stage.pk == left.pk:
        already = Blocker(
            "same_stage", _("it is in this stage already"), field="stage", record=str(opportunity)
        )
        raise TransitionRefused(opportunity, [already], step="move")
    if not (stage.is_active and stage.pipeline.is_active):
        retired = Blocker("stage_retired", _("%(stage)s is retired") % {"stage": stage}, field="stage")
        raise TransitionRefused(opportunity, [retired], step="move")
    if missing := opportunity.missing_for(stage):
        raise TransitionRefused(opportunity, missing, step="move")
    advance(opportunity.move, by=by, stage=stage)
    opportunity.save()
    enter_stage(opportunity)
    changes["stage"] = [str(left), str(stage)]
    history.record(opportunity, "moved", by=by, changes=changes)
    outbox.publish("opportunity.moved", opportunity, by=by, payload={"from": left.name, "to": stage.name})
    return opportunity


@transaction.atomic
def judge_opportunity(
    opportunity: Opportunity, *, by: User, forecast: str | None, version: int | None = None
) -> Opportunity:
    """Say in which category of the forecast the deal counts, whatever its stage; None takes that back."""
    opportunity = locked(opportunity, version=version)
    before = opportunity.get_forecast_display()
    if forecast is not None and forecast not in Stage.Forecast.values:
        raise DomainError(_("There is no such category."), code="unknown_category", field="forecast")
    advance(opportunity.judge, by=by, forecast=forecast)
    opportunity.save()
    history.record(
        opportunity,
        "judged",
        by=by,
        changes={"forecast": [str(before), str(opportunity.get_forecast_display())]},
    )
    outbox.publish("opportunity.judged", opportunity, by=by)
    return opportunity


@transaction.atomic
def hold_opportunity(opportunity: Opportunity, *, by: User, version: int | None = None) -> Opportunity:
    """Let it rest."""
    opportunity = locked(opportunity, version=version)
    advance(opportunity.hold, by=by)
    return _step(opportunity, "held", Opportunity.Status.OPEN, by)


@transaction.atomic
def resume_opportunity(opportunity: Opportunity, *, by: User, version: int | None = None) -> Opportunity:
    """Work on it again after a rest."""
    opportunity = locked(opportunity, version=version)
    advance(opportunity.resume, by=by)
    return _step(opportunity, "resumed", Opportunity.Status.OPEN, by)


@transaction.atomic
def reopen_opportunity(
    opportunity: Opportunity, *, by: User, reason: str = "", version: int | None = None
) -> Opportunity:
    """Take back that it was won or lost; how it was closed stays on record, canceled."""
    opportunity = locked(opportunity, version=version)
    before = opportunity.status
    advance(opportunity.reopen, by=by)
    take_back_close(opportunity, by=by)
    enter_stage(opportunity)
    return _step(opportunity, "reopened", before, by, note=reason)


@transaction.atomic
def assign_opportunity(
    opportunity: Opportunity,
    *,
    by: User,
    owner: User | None,
    team: Team | None = None,
    version: int | None = None,
) -> Opportunity:
    """Give the deal to somebody, or (without an owner) to a team."""
    opportunity = locked(opportunity, version=version)
    require(by, "assign", opportunity)
    team = team or (owner.team if owner else opportunity.team)
    former = opportunity.owner
    changes = assign(opportunity, {"owner": owner, "team": team}, allowed={"owner", "team"})
    if not may(by, "assign", opportunity):
        raise DomainError(
            _("You may hand it only to somebody you work with."), code="out_of_reach", field="owner"
        )
    if changes:
        opportunity.save()
        history.record(opportunity, "assigned", by=by, changes=changes)
        outbox.publish("opportunity.assigned", opportunity, by=by)
        hand_over_along(opportunity, former, by=by)
    return opportunity


def take_over(opportunity: Opportunity, values: Mapping[str, Any], by: User) -> dict[str, list[Any]]:
    """Take over what is said of the deal and say what changed; its lines are priced again where that bears on them."""
    refuse_new_currency(opportunity, values)
    changes = assign(opportunity, values, allowed=FIELDS)
    refuse_unfit_customer(opportunity, by, changes)
    if "currency" in changes:
        take_rate(opportunity)
    if AFFECT_PRICES & changes.keys():
        price_again(opportunity)
    if "next_step_on" in changes:
        follow_deal(opportunity)
    return changes


def _step(opportunity: Opportunity, verb: str, before: str, by: User, note: str = "") -> Opportunity:
    """Save a step that was taken, remember it, tell the apps above."""
    opportunity.save()
    history.record(opportunity, verb, by=by, from_status=before, note=note)
    outbox.publish(f"opportunity.{verb}", opportunity, by=by)
    return opportunity
