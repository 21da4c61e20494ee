"""What can be done to a lead: each action is one function and one transaction.

Qualifying makes an opportunity and therefore lives above: ``opportunities.actions.qualify_lead``.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.actions import ADDRESS
from kernel import history, outbox
from kernel.errors import Blocker, DomainError, TransitionRefused
from kernel.lifecycle import advance
from kernel.numbering import next_number
from kernel.writing import assign, locked
from leads.models import Lead
from people.access import may, require
from people.models import Team, User

FIELDS = ADDRESS | {
    "topic", "first_name", "last_name", "company", "job_title", "email", "phone", "mobile", "website",
    "source", "rating", "industry", "budget_amount", "budget_status", "need", "timeframe",
    "purchase_process", "decision_maker", "estimated_value", "estimated_close_on", "account", "contact",
    "campaign", "do_not_email", "do_not_phone", "custom",
}  # fmt: skip
LOSSES = Lead.REASONS["disqualified"]


@transaction.atomic
def create_lead(*, by: User, **values: Any) -> Lead:
    """Note somebody who may buy; without an owner it is the maker's."""
    lead = Lead()
    assign(lead, {"topic": "", **values}, allowed=FIELDS | {"owner", "team"})
    if lead.owner_id is None and lead.team_id is None:
        lead.owner, lead.team = by, by.team
    elif lead.team_id is None and lead.owner:
        lead.team = lead.owner.team
    require(by, "add", lead)
    refuse_unseen(lead, by)
    lead.number = next_number("lead")
    lead.save(force_insert=True)
    history.record(lead, "created", by=by)
    outbox.publish("lead.created", lead, by=by)
    return lead


@transaction.atomic
def change_lead(lead: Lead, *, by: User, version: int | None = None, note: str = "", **values: Any) -> Lead:
    """Change what is known of a lead, while it is open."""
    lead = locked(lead, version=version)
    advance(lead.edit, by=by)
    if changes := assign(lead, values, allowed=FIELDS):
        refuse_unseen(lead, by)
        lead.save()
        history.record(lead, "changed", by=by, changes=changes, note=note)
    return lead


@transaction.atomic
def contact_lead(lead: Lead, *, by: User, version: int | None = None) -> Lead:
    """Note that somebody spoke to them."""
    lead = locked(lead, version=version)
    advance(lead.mark_contacted, by=by)
    return _step(lead, "contacted", Lead.Status.OPEN, by=by)


@transaction.atomic
def disqualify_lead(lead: Lead, *, by: User, reason: str, note: str = "", version: int | None = None) -> Lead:
    """Give a lead up, and say why."""
    lead = locked(lead, version=version)
    before = lead.status
    if reason not in LOSSES:
        raise DomainError(_("Say why: choose one of the reasons."), code="unknown_reason", field="reason")
    advance(lead.disqualify, by=by, reason=reason)
    return _step(lead, "disqualified", before, by=by, note=note)


@transaction.atomic
def reopen_lead(lead: Lead, *, by: User, version: int | None = None) -> Lead:
    """Work on a lead again; what it became stays as it is."""
    lead = locked(lead, version=version)
    before = lead.status
    advance(lead.reopen, by=by)
    return _step(lead, "reopened", before, by=by)


@transaction.atomic
def assign_lead(
    lead: Lead, *, by: User, owner: User | None, team: Team | None = None, version: int | None = None
) -> Lead:
    """Give the lead to somebody, or (without an owner) to a team's queue."""
    lead = locked(lead, version=version)
    taken_by_hand = lead.owner_id is None and owner == by and may(by, "change", lead)
    if not taken_by_hand:
        require(by, "assign", lead)
    team = team or (owner.team if owner else lead.team)
    changes = assign(lead, {"owner": owner, "team": team}, allowed={"owner", "team"})
    if not taken_by_hand and not may(by, "assign", lead):
        raise DomainError(
            _("You may hand it only to somebody you work with."), code="out_of_reach", field="owner"
        )
    if changes:
        lead.save()
        history.record(lead, "assigned", by=by, changes=changes)
        outbox.publish("lead.assigned", lead, by=by)
    return lead


@transaction.atomic
def delete_lead(lead: Lead, *, by: User, version: int | None = None) -> None:
    """Remove a lead that led nowhere; one with an opportunity stays."""
    lead = locked(lead, version=version)
    require(by, "delete", lead)
    if below := list(lead.opportunities.all()[:5]):
        text = _("it led to this document")
        raise TransitionRefused(lead, [Blocker("has_downstream", text, record=str(found)) for found in below])
    history.record(lead, "deleted", by=by, note=str(lead))
    lead.delete()


def _step(lead: Lead, verb: str, before: str, *, by: User, note: str = "") -> Lead:
    """Save a step that was taken, remember it, tell the apps above."""
    lead.save()
    history.record(lead, verb, by=by, from_status=before, note=note)
    outbox.publish(f"lead.{verb}", lead, by=by)
    return lead


def refuse_unseen(lead: Lead, by: User) -> None:
    """Nobody links a customer that does not exist for them."""
    for name in ("account", "contact"):
        customer = getattr(lead, name)
        if customer is not None and not may(by, "view", customer):
            raise DomainError(_("There is no such %(what)s.") % {"what": name}, code="not_found", field=name)
